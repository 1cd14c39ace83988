/** Working days as the rules of features see them（工作日）; jobs/calendar.ts knows the public holidays behind them. */
import { addDays, type Day } from './time.ts';

/** Why a day is worked or not: `make-up` is a weekend day worked instead of a holiday（调休上班）. */
export type DayKind = 'working' | 'make-up' | 'weekend' | 'holiday';

export interface WorkCalendar {
  /** Never fails: for a year without published holidays Monday to Friday count as worked. */
  kindOf(day: Day): DayKind;
}

/** Working or make-up day. */
export function isWorkingDay(calendar: WorkCalendar, day: Day): boolean {
  const kind = calendar.kindOf(day);
  return kind === 'working' || kind === 'make-up';
}

/** The day itself when it is worked, else the last working day before it. */
export function workingDayUpTo(calendar: WorkCalendar, day: Day): Day {
  let candidate = day;
  while (!isWorkingDay(calendar, candidate)) candidate = addDays(candidate, -1);
  return candidate;
}

/** The `n`th working day after `day` (before it for a negative `n`); `day` itself for 0. */
export function addWorkingDays(calendar: WorkCalendar, day: Day, n: number): Day {
  let candidate = day;
  for (let left = Math.abs(n); left > 0; ) {
    candidate = addDays(candidate, Math.sign(n));
    if (isWorkingDay(calendar, candidate)) left -= 1;
  }
  return candidate;
}
