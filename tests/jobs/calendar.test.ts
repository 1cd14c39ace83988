import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addWorkingDays, isWorkingDay, workingDayUpTo } from '../../handlers/calendar.ts';
import { createCalendar, publishedYears, readHolidayFile } from '../../jobs/calendar.ts';
import { rememberingLog, silentLog } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'yigongti-calendar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(content: unknown): string {
  const path = join(folder, 'holidays.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('the calendar of China', () => {
  it.each([
    ['2026-11-20', 'working'],
    ['2026-11-21', 'weekend'],
    ['2026-11-22', 'weekend'],
    ['2026-10-05', 'holiday'], // Monday in the National Day week
    ['2026-10-03', 'holiday'], // Saturday in it
    ['2026-10-10', 'make-up'],
    ['2026-09-20', 'make-up'],
    ['2026-02-14', 'make-up'],
    ['2025-10-08', 'holiday'],
  ])('calls %s %s', (day, kind) => {
    expect(createCalendar({ log: silentLog }).kindOf(day)).toBe(kind);
  });

  it('knows the years that were published, without a gap', () => {
    const years = publishedYears();
    expect(years).toContain(2026);
    expect(years).toEqual(years.map((_, index) => 2004 + index));
  });

  it('beyond the data counts Monday to Friday and warns once a year', () => {
    const log = rememberingLog();
    const calendar = createCalendar({ log });
    expect(calendar.kindOf('2099-10-01')).toBe('working'); // a Thursday
    expect(calendar.kindOf('2099-10-03')).toBe('weekend');
    expect(calendar.kindOf('2098-10-01')).toBe('working');
    expect(calendar.kindOf('2026-10-01')).toBe('holiday');
    expect(log.lines.map((line) => [line.level, line.event, line.fields.year])).toEqual([
      ['warn', 'calendar.unknown-year', '2099'],
      ['warn', 'calendar.unknown-year', '2098'],
    ]);
  });

  it("takes the operator's days for a year beyond the data, and before the published ones", () => {
    const log = rememberingLog();
    const holidays = readHolidayFile(
      fileWith({
        '2099': { holidays: ['2099-10-01'], workdays: ['2099-10-03'] },
        '2026': { holidays: ['2026-11-20'] },
      }),
    );
    const calendar = createCalendar({ log, holidays });
    expect(calendar.kindOf('2099-10-01')).toBe('holiday');
    expect(calendar.kindOf('2099-10-03')).toBe('make-up');
    expect(calendar.kindOf('2099-10-05')).toBe('working');
    expect(calendar.kindOf('2026-11-20')).toBe('holiday');
    expect(calendar.kindOf('2026-10-10')).toBe('make-up');
    expect(log.lines).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['a day that does not exist', { '2027': { holidays: ['2027-02-30'] } }],
    ['a day of another year', { '2027': { holidays: ['2028-01-01'] } }],
    ['a day that is both', { '2027': { holidays: ['2027-01-01'], workdays: ['2027-01-01'] } }],
    ['an unknown key', { '2027': { holiday: ['2027-01-01'] } }],
  ])('refuses a holiday file with %s in one line', (_, content) => {
    const path = fileWith(content);
    expect(() => readHolidayFile(path)).toThrow(/^holiday file .* cannot be used: [^\n]+$/);
  });

  it('refuses a holiday file that is not there', () => {
    expect(() => readHolidayFile(join(folder, 'nowhere.json'))).toThrow(/cannot be used/);
  });
});

describe('working days', () => {
  const calendar = createCalendar({ log: silentLog });

  it('finds the last working day up to a day', () => {
    expect(workingDayUpTo(calendar, '2026-11-20')).toBe('2026-11-20');
    expect(workingDayUpTo(calendar, '2026-11-22')).toBe('2026-11-20');
    expect(workingDayUpTo(calendar, '2026-10-07')).toBe('2026-09-30');
    expect(workingDayUpTo(calendar, '2026-10-11')).toBe('2026-10-10');
  });

  it('counts working days over weekends, holidays and make-up days, both ways', () => {
    expect(addWorkingDays(calendar, '2026-11-20', 1)).toBe('2026-11-23');
    expect(addWorkingDays(calendar, '2026-09-30', 1)).toBe('2026-10-08');
    expect(addWorkingDays(calendar, '2026-10-09', 1)).toBe('2026-10-10');
    expect(addWorkingDays(calendar, '2026-10-08', -1)).toBe('2026-09-30');
    expect(addWorkingDays(calendar, '2026-11-21', 0)).toBe('2026-11-21');
    expect(isWorkingDay(calendar, '2026-10-10')).toBe(true);
  });
});
