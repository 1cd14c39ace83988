/**
 * Calendar days and clock times as people here read them: Asia/Shanghai（北京时间）.
 * China has had one zone and no daylight saving since 1991, so a fixed +08:00 is exact and never asks the host's zone data.
 */

/** A calendar day in Shanghai, `YYYY-MM-DD`. Sorts and compares as text. */
export type Day = string;

const OFFSET_MS = 8 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'] as const;

/** The Shanghai day of an instant: `2026-11-21`. */
export function shanghaiDay(instant: Date): Day {
  return shifted(instant).slice(0, 10);
}

/** The Shanghai wall clock of an instant, `HH:MM`, seconds cut off. */
export function shanghaiTime(instant: Date): string {
  return shifted(instant).slice(11, 16);
}

/**
 * The instant at which Shanghai's clocks show this time on this day.
 * @param time - `HH:MM`, 00:00 to 23:59
 * @throws RangeError for a day or time that does not exist
 */
export function instantOf(day: Day, time: string): Date {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new RangeError(`no such time of day: ${time}`);
  return new Date(startOf(day) + Number(time.slice(0, 2)) * 3_600_000 + Number(time.slice(3)) * 60_000 - OFFSET_MS);
}

/** The day `n` days later; earlier for a negative `n`. */
export function addDays(day: Day, n: number): Day {
  return new Date(startOf(day) + n * DAY_MS).toISOString().slice(0, 10);
}

/** Days from `a` to `b`: 1 from a day to the next, negative when `b` is earlier. */
export function daysBetween(a: Day, b: Day): number {
  return Math.round((startOf(b) - startOf(a)) / DAY_MS);
}

/** `11月21日`, as it is said; the year is left to the sentence around it. */
export function formatDay(day: Day): string {
  startOf(day);
  return `${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;
}

/** Number of the day in the week, 0 Sunday to 6 Saturday. */
export function weekdayOf(day: Day): number {
  return new Date(startOf(day)).getUTCDay();
}

/** `周六`. */
export function formatWeekday(day: Day): string {
  return WEEKDAYS[weekdayOf(day)] ?? '';
}

function shifted(instant: Date): string {
  return new Date(instant.getTime() + OFFSET_MS).toISOString();
}

/** Midnight UTC of the written day, for counting only. */
function startOf(day: Day): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day)
    throw new RangeError(`no such day: ${day}`);
  return start;
}
