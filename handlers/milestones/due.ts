/** The milestone reminders of a day, with whom they go to: read and decided here, sent by a job（里程碑提醒）. */
import { MILESTONES, type Milestone } from '../../knowledge/catalogue/milestones.ts';
import { addWorkingDays, type WorkCalendar } from '../calendar.ts';
import type { Block } from '../message.ts';
import type { Reader, Vault } from '../ports.ts';
import type { Day } from '../time.ts';
import { asksForDates, remindersDue } from './reminders.ts';
import { historyText, reminderBlocks, undatedText } from './replies.ts';
import { phaseOf } from './status.ts';
import { firstDay, listRecipients, listRecords, type MilestoneRecord, type Recipient } from './store.ts';

/** One push to several people. */
export interface DueReminder {
  /** A milestone's id, or `history:<region id>` for the one note about what was over before the bot came. */
  readonly milestoneId: string;
  /** Staff ids: commission and managers of the plan's region. */
  readonly audience: readonly string[];
  readonly blocks: readonly Block[];
}

/**
 * Everything milestones have to say on a day. Same database and day, same answer: calling it twice adds nothing.
 * What was over on the first day is not reminded of; it is named once, as a count.
 */
export async function dueReminders(
  ports: { readonly db: Reader; readonly vault: Vault },
  day: Day,
  calendar: WorkCalendar,
): Promise<readonly DueReminder[]> {
  const recipients = await listRecipients(ports.db);
  const found: DueReminder[] = [];
  for (const regionId of new Set(MILESTONES.map((milestone) => milestone.regionId))) {
    const concerned = recipients.filter((person) => person.regionPath.includes(regionId));
    if (concerned.length > 0) found.push(...(await remindersOf(ports, { regionId, concerned, day, calendar })));
  }
  return found;
}

async function remindersOf(
  ports: { readonly db: Reader; readonly vault: Vault },
  options: {
    readonly regionId: string;
    readonly concerned: readonly Recipient[];
    readonly day: Day;
    readonly calendar: WorkCalendar;
  },
): Promise<readonly DueReminder[]> {
  const { regionId, concerned, day, calendar } = options;
  const audience = concerned.map((person) => person.staffId);
  const since = await firstDay(ports.db, [regionId, ...new Set(concerned.map((person) => person.regionPath[0] ?? ''))]);
  const records = await listRecords(ports, [regionId]);
  const open = MILESTONES.filter((each) => each.regionId === regionId && !isDone(each, records));
  const found: DueReminder[] = [];
  for (const milestone of open) {
    const acknowledged = records.some((each) => each.milestoneId === milestone.id && each.kind === 'acknowledged');
    for (const reminder of remindersDue(milestone, day, calendar, { since, acknowledged })) {
      found.push({
        milestoneId: milestone.id,
        audience,
        blocks: reminderBlocks(milestone, reminder, records, day),
      });
    }
    if (phaseOf(milestone, day) === 'undated' && asksForDates(day, calendar)) {
      found.push({ milestoneId: milestone.id, audience, blocks: [{ type: 'text', text: undatedText(milestone) }] });
    }
  }
  const history = await historyNote(ports.db, { regionId, open, since, day, calendar });
  return history === undefined
    ? found
    : [...found, { milestoneId: `history:${regionId}`, audience, blocks: [{ type: 'text', text: history }] }];
}

async function historyNote(
  db: Reader,
  options: {
    readonly regionId: string;
    readonly open: readonly Milestone[];
    readonly since: Day | undefined;
    readonly day: Day;
    readonly calendar: WorkCalendar;
  },
): Promise<string | undefined> {
  const { regionId, open, since, day, calendar } = options;
  if (since === undefined || addWorkingDays(calendar, since, 1) !== day) return undefined;
  const over = open.filter((milestone) => milestone.due !== null && milestone.due < since);
  if (over.length === 0) return undefined;
  const region: { short_name: string } | undefined = await db('regions').where({ id: regionId }).first('short_name');
  return historyText(region?.short_name ?? '', over.length);
}

function isDone(milestone: Milestone, records: readonly MilestoneRecord[]): boolean {
  return records.some((record) => record.milestoneId === milestone.id && record.kind === 'completed');
}
