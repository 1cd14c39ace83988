/** What the commission of each region is told once a week: the questions that wait（每周问题清单）. */
import type { Block } from '../message.ts';
import type { Reader, Vault } from '../ports.ts';
import { addDays, type Day } from '../time.ts';
import { drawList, waitingEntries } from './replies.ts';
import { listEntries } from './store.ts';

/** Days a week looks back. */
const WEEK = 7;

/** One list for the people of one region. */
export interface WeeklyList {
  readonly regionId: string;
  readonly audience: readonly string[];
  readonly blocks: readonly Block[];
}

/**
 * The lists of a week, region by region. A region is silent when nothing waits there, or when nothing that waits was asked in the
 * last seven days and no named clause is gone: nobody is told the same again and again.
 */
export async function weeklyLists(
  ports: { readonly db: Reader; readonly vault: Vault },
  today: Day,
): Promise<readonly WeeklyList[]> {
  const lists: WeeklyList[] = [];
  for (const region of await listReaders(ports.db)) {
    const entries = await listEntries(ports, region.id);
    const waiting = waitingEntries(entries);
    const since = addDays(today, -WEEK);
    const fresh = waiting.filter((entry) => entry.lastOn >= since);
    if (fresh.length === 0 && !waiting.some((entry) => entry.vanished)) continue;
    const drawn = await drawList(ports.db, {
      entries,
      regionName: region.shortName,
      lead: `这一周大家问了${fresh.length}个还没找到答案的问题，请您看看：`,
    });
    if (!drawn) continue;
    // A job has no conversation to turn pages in.
    const blocks = drawn.reply.blocks.filter((block) => block.type !== 'buttons');
    const more: readonly Block[] =
      drawn.pages.length > 0 ? [{ type: 'text', text: `全部${drawn.waiting}个：发送“问题清单”` }] : [];
    lists.push({ regionId: region.id, audience: region.staff, blocks: [...blocks, ...more] });
  }
  return lists;
}

interface Readers {
  readonly id: string;
  readonly shortName: string;
  readonly staff: readonly string[];
}

/** Active members of the commission by their region. */
async function listReaders(db: Reader): Promise<readonly Readers[]> {
  const rows: { id: string; short_name: string; staff_id: string }[] = await db('staff')
    .join('staff_roles', 'staff_roles.staff_id', 'staff.id')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .join('regions', 'regions.id', 'institutions.region_id')
    .where({ 'staff.status': 'active', 'staff_roles.role': 'commission' })
    .orderBy(['regions.id', 'staff.id'])
    .select('regions.id', 'regions.short_name', 'staff.id as staff_id');
  return [...Map.groupBy(rows, (row) => row.id)].map(([id, people]) => ({
    id,
    shortName: people[0]?.short_name ?? '',
    staff: people.map((person) => person.staff_id),
  }));
}
