/** When a milestone is spoken of: the days before and after its date, the turns of its window（提醒规则，本单位设定）. Pure. */
import type { Milestone } from '../../knowledge/catalogue/milestones.ts';
import { addWorkingDays, isWorkingDay, type WorkCalendar, workingDayUpTo } from '../calendar.ts';
import { addDays, type Day, daysBetween } from '../time.ts';

/** Days from a single date, before (negative) and after; after the last of them every week. */
const DATE_OFFSETS = [-90, -60, -30, -14, -7, -3, -1, 0, 1, 3, 7] as const;
const WEEKLY = 7;
/** Days before a window closes; the first only for long windows. */
const WINDOW_OFFSETS = [-30, -14, -7, -1, 0, 3] as const;
const LONG_WINDOW_DAYS = 90;
/** A working day is never further than this from a day off. */
const SEARCH_DAYS = 16;

export interface Reminder {
  readonly milestoneId: string;
  readonly kind: 'before' | 'due' | 'overdue' | 'opens' | 'half';
  /** The day it is meant for; it is said on a working day near it. */
  readonly nominal: Day;
}

export interface ReminderOptions {
  /** First day the bot was used here: what was over by then is history, and nothing fires back. */
  readonly since?: Day | undefined;
  /** Somebody acknowledged it: every second reminder falls away, the day itself never. */
  readonly acknowledged?: boolean | undefined;
}

/**
 * What is said about a milestone on a day: at most one reminder, the latest of those that fall on it. A day off moves a
 * reminder to the working day before it, after the date to the next one; the date itself never moves.
 */
export function remindersDue(
  milestone: Milestone,
  day: Day,
  calendar: WorkCalendar,
  options: ReminderOptions = {},
): readonly Reminder[] {
  const { due } = milestone;
  if (due === null || !isWorkingDay(calendar, day)) return [];
  if (options.since !== undefined && due < options.since) return [];
  for (let distance = SEARCH_DAYS; distance >= -SEARCH_DAYS; distance -= 1) {
    const nominal = addDays(day, distance);
    const kind = kindOn(milestone, due, nominal, options.acknowledged ?? false);
    if (!kind || saidOn(nominal, due, calendar) !== day) continue;
    if (options.since !== undefined && nominal < options.since) continue;
    return [{ milestoneId: milestone.id, kind, nominal }];
  }
  return [];
}

function saidOn(nominal: Day, due: Day, calendar: WorkCalendar): Day {
  return nominal <= due ? workingDayUpTo(calendar, nominal) : addWorkingDays(calendar, addDays(nominal, -1), 1);
}

/** The reminder a day is meant for, if any. */
function kindOn(milestone: Milestone, due: Day, nominal: Day, acknowledged: boolean): Reminder['kind'] | undefined {
  const offset = daysBetween(due, nominal);
  if (milestone.opens === null) return kept(DATE_OFFSETS, offset, acknowledged) ? kindAt(offset) : undefined;
  const { opens } = milestone;
  const length = daysBetween(opens, due);
  const offsets = WINDOW_OFFSETS.filter((days) => days !== -30 || length + 1 >= LONG_WINDOW_DAYS);
  if (offsets.some((days) => days === offset) && nominal > opens) {
    return isKept(offsets, offsets.indexOf(offset as (typeof offsets)[number]), acknowledged)
      ? kindAt(offset)
      : undefined;
  }
  if (nominal === opens) return 'opens';
  if (nominal === addDays(opens, Math.floor(length / 2)) && !acknowledged) return 'half';
  return undefined;
}

function kept(offsets: readonly number[], offset: number, acknowledged: boolean): boolean {
  const last = offsets.at(-1) ?? 0;
  const weekly = offset > last && (offset - last) % WEEKLY === 0;
  const position = weekly ? offsets.length - 1 + (offset - last) / WEEKLY : offsets.indexOf(offset);
  return position >= 0 && isKept(offsets, position, acknowledged);
}

/** Acknowledged: every second one, counted from the day itself. */
function isKept(offsets: readonly number[], position: number, acknowledged: boolean): boolean {
  return !acknowledged || (position - offsets.indexOf(0)) % 2 === 0;
}

function kindAt(offset: number): Reminder['kind'] {
  return offset < 0 ? 'before' : offset === 0 ? 'due' : 'overdue';
}

/** Whether a day is the first working day of a quarter: then the office is asked about what has no date. */
export function asksForDates(day: Day, calendar: WorkCalendar): boolean {
  if (!['01', '04', '07', '10'].includes(day.slice(5, 7))) return false;
  return isWorkingDay(calendar, day) && addWorkingDays(calendar, addDays(`${day.slice(0, 8)}01`, -1), 1) === day;
}
