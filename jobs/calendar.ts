/** Working days in China: published holidays and make-up days（法定节假日、调休）, with a file of the operator on top. */
import { readFileSync } from 'node:fs';
import chineseDays from 'chinese-days';
import { z } from 'zod';
import type { DayKind, WorkCalendar } from '../handlers/calendar.ts';
import type { Log } from '../handlers/ports.ts';
import { type Day, weekdayOf } from '../handlers/time.ts';

const FIRST_YEAR = 2004;

const dayList = z
  .array(z.iso.date())
  .default([])
  .transform((days) => new Set(days));
const holidayFile = z.record(
  z.string().regex(/^\d{4}$/),
  z
    .strictObject({ holidays: dayList, workdays: dayList })
    .refine((year) => ![...year.holidays].some((day) => year.workdays.has(day)), {
      message: 'a day cannot be a holiday and a working day',
    }),
);

/** Days an operator adds, by year: `{"2027": {"holidays": ["2027-01-01"], "workdays": ["2027-01-03"]}}`. */
export type HolidayFile = z.infer<typeof holidayFile>;

/**
 * Reads the operator's holiday file.
 * @throws Error with one readable line when it is absent, no JSON, or names a day outside its year
 */
export function readHolidayFile(path: string): HolidayFile {
  try {
    const file = holidayFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const [year, { holidays, workdays }] of Object.entries(file))
      for (const day of [...holidays, ...workdays])
        if (!day.startsWith(year)) throw new Error(`${day} stands under ${year}`);
    return file;
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : '';
    throw new Error(`holiday file ${path} cannot be used: ${why.replaceAll('\n', ' ')}`, { cause });
  }
}

/** Years whose holidays the installed data contains, in order. */
export function publishedYears(): readonly number[] {
  const years: number[] = [];
  for (let year = FIRST_YEAR; isPublished(year); year += 1) years.push(year);
  return years;
}

/**
 * The calendar of mainland China. A year that is neither published nor in the operator's file counts Monday to Friday as
 * worked, and the log says so once a year asked for. Days of the operator's file win over the published ones.
 */
export function createCalendar(options: {
  readonly log: Log;
  readonly holidays?: HolidayFile | undefined;
}): WorkCalendar {
  const warned = new Set<string>();
  return {
    kindOf(day: Day): DayKind {
      const year = day.slice(0, 4);
      const weekend = weekdayOf(day) === 0 || weekdayOf(day) === 6;
      const own = options.holidays?.[year];
      if (own?.holidays.has(day)) return 'holiday';
      if (own?.workdays.has(day)) return weekend ? 'make-up' : 'working';
      if (isPublished(Number(year))) {
        if (chineseDays.isWorkday(noonOf(day))) return weekend ? 'make-up' : 'working';
        return nameOf(day).includes(',') ? 'holiday' : 'weekend';
      }
      if (!own && !warned.has(year)) {
        warned.add(year);
        options.log.warn(
          { event: 'calendar.unknown-year', year },
          'no public holidays known for this year, counting Monday to Friday as working days; add a holiday file',
        );
      }
      return weekend ? 'weekend' : 'working';
    },
  };
}

/** The library answers for every year; only where National Day（国庆节）carries its name does it hold data. */
function isPublished(year: number): boolean {
  return nameOf(`${year}-10-01`).includes('国庆节');
}

/** `National Day,国庆节,3` for days the data names, a plain weekday for the others. */
function nameOf(day: Day): string {
  return chineseDays.getDayDetail(noonOf(day)).name;
}

/**
 * The library reads what it is given in the zone of the host, and a bare day as midnight UTC, which is the day before in the
 * Americas. Noon without a zone is that day everywhere.
 */
function noonOf(day: Day): string {
  return `${day}T12:00:00`;
}
