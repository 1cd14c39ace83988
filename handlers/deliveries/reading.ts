/** What the database knows of deliveries in an administrator's region: numbers, addressees and reasons, never words. */
import { UNASSIGNED } from '../directory/binding.ts';
import type { Actor } from '../people.ts';
import type { Reader } from '../ports.ts';

/** How far back 投递 looks (ms). */
const LOOK_BACK_MS = 7 * 24 * 60 * 60 * 1000;

export interface DeliveryRow {
  readonly id: string;
  /** The number people say: as the outbox counts. */
  readonly n: number;
  readonly channel: string;
  readonly state: 'pending' | 'passive' | 'sent' | 'dead';
  readonly attempts: number;
  readonly reason: string | null;
  readonly nextAt: string;
  readonly sentAt: string | null;
  readonly createdAt: string;
  /** Whom it is for, as the directory names them; undefined for somebody who is not bound. */
  readonly to: string | undefined;
  /** The words are gone after the retention: nothing can be sent again. */
  readonly emptied: boolean;
}

interface Joined {
  readonly id: string;
  readonly n: number | string;
  readonly channel: string;
  readonly state: DeliveryRow['state'];
  readonly attempts: number;
  readonly reason: string | null;
  readonly next_at: string;
  readonly sent_at: string | null;
  readonly created_at: string;
  readonly staff: string | null;
  readonly group_title: string | null;
  readonly emptied: number | boolean;
}

/** Deliveries to people and groups of the actor's region, and to nobody's; before a roster says where they work, all. */
function within(db: Reader, actor: Actor, since: Date) {
  const query = db('deliveries as d')
    .join('outbox as o', 'o.id', 'd.outbox_id')
    .leftJoin('staff as s', 's.id', 'o.staff_id')
    .leftJoin('institutions as i', 'i.id', 's.institution_id')
    .leftJoin('groups as g', 'g.id', 'o.target_id')
    .leftJoin('institutions as gi', 'gi.id', 'g.institution_id')
    .leftJoin('alliances as ga', 'ga.id', 'g.alliance_id')
    .where('o.created_at', '>=', since.toISOString());
  if (actor.region.id === UNASSIGNED) return query;
  const region = 'coalesce(i.region_id, g.region_id, gi.region_id, ga.region_id)';
  return query.andWhereRaw(`(${region} = ? or ${region} is null)`, [actor.region.id]);
}

/** Of several ways tried for the same words the last one counts: what was given up before it went on there. */
function laterWay(db: Reader) {
  return db('deliveries as later').whereRaw('later.outbox_id = d.outbox_id and later.id > d.id').select(db.raw('1'));
}

/** How many wait, went and were given up, by channel. */
export async function countDeliveries(
  db: Reader,
  actor: Actor,
  now: Date,
): Promise<
  readonly { readonly channel: string; readonly waiting: number; readonly sent: number; readonly dead: number }[]
> {
  const rows: { channel: string; state: DeliveryRow['state']; count: number | string }[] = await within(
    db,
    actor,
    new Date(now.getTime() - LOOK_BACK_MS),
  )
    .where((last) => last.whereNot('d.state', 'dead').orWhereNotExists(laterWay(db)))
    .groupBy('d.channel', 'd.state')
    .orderBy('d.channel')
    .select('d.channel', 'd.state')
    .count('* as count');
  const counts = new Map<string, { waiting: number; sent: number; dead: number }>();
  for (const { channel, state, count } of rows) {
    const one = counts.get(channel) ?? { waiting: 0, sent: 0, dead: 0 };
    one[state === 'sent' || state === 'dead' ? state : 'waiting'] += Number(count);
    counts.set(channel, one);
  }
  return [...counts].map(([channel, one]) => ({ channel, ...one }));
}

/** The newest that were given up, or one by its number, with every way tried, the last one first. */
export async function listDeliveries(
  db: Reader,
  actor: Actor,
  now: Date,
  which: { readonly dead: true; readonly most: number } | { readonly n: number },
): Promise<readonly DeliveryRow[]> {
  const query = within(db, actor, new Date(now.getTime() - LOOK_BACK_MS)).orderBy([
    { column: 'd.n', order: 'desc' },
    { column: 'd.id', order: 'desc' },
  ]);
  const rows: Joined[] = await ('n' in which
    ? query.where('o.n', which.n)
    : query.where('d.state', 'dead').whereNotExists(laterWay(db)).limit(which.most)
  ).select(
    'd.id',
    'd.n',
    'd.channel',
    'd.state',
    'd.attempts',
    'd.reason',
    'd.next_at',
    'd.sent_at',
    'o.created_at',
    's.name as staff',
    'g.title as group_title',
    db.raw('o.blocks_sealed is null as emptied'),
  );
  return rows.map((row) => ({
    id: row.id,
    n: Number(row.n),
    channel: row.channel,
    state: row.state,
    attempts: Number(row.attempts),
    reason: row.reason,
    nextAt: row.next_at,
    sentAt: row.sent_at,
    createdAt: row.created_at,
    to: row.staff ?? row.group_title ?? undefined,
    emptied: Boolean(row.emptied),
  }));
}

/** People and groups of whom a platform says that it cannot reach them（送不到）, longest first. */
export async function listUnreachable(
  db: Reader,
  actor: Actor,
  most: number,
): Promise<readonly { readonly who: string; readonly channel: string; readonly since: string }[]> {
  const people = db('accounts')
    .join('staff', 'staff.id', 'accounts.staff_id')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .where({ 'staff.status': 'active' })
    .whereNotNull('accounts.unreachable_since')
    .orderBy(['accounts.unreachable_since', 'accounts.id'])
    .limit(most)
    .select(
      'staff.name as who',
      'institutions.short_name as unit',
      'accounts.channel',
      'accounts.unreachable_since as since',
    );
  const groups = db('groups')
    .leftJoin('institutions', 'institutions.id', 'groups.institution_id')
    .whereNotNull('groups.unreachable_since')
    .orderBy(['groups.unreachable_since', 'groups.id'])
    .limit(most)
    .select('groups.title as who', 'groups.channel', 'groups.unreachable_since as since');
  if (actor.region.id !== UNASSIGNED) {
    people.where({ 'institutions.region_id': actor.region.id });
    groups.whereRaw('coalesce(institutions.region_id, groups.region_id) = ?', [actor.region.id]);
  }
  const rows: { who: string; unit?: string; channel: string; since: string }[] = [
    ...((await people) as { who: string; unit: string; channel: string; since: string }[]),
    ...((await groups) as { who: string; channel: string; since: string }[]),
  ];
  return rows
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .slice(0, most)
    .map(({ who, unit, channel, since }) => ({ who: unit ? `${who}（${unit}）` : who, channel, since }));
}
