/** When milestones are spoken of: timelines by the day, days off, acknowledgement, and silence about history. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWorkingDay, type WorkCalendar } from '../../../handlers/calendar.ts';
import { asksForDates, type ReminderOptions, remindersDue } from '../../../handlers/milestones/reminders.ts';
import { addDays, type Day, weekdayOf } from '../../../handlers/time.ts';
import { MILESTONES, type Milestone } from '../../../knowledge/catalogue/milestones.ts';

const everyDay: WorkCalendar = { kindOf: () => 'working' };
/** Weekends, and the public holidays around the new year and National Day 2026. */
const calendar: WorkCalendar = {
  kindOf: (day) => {
    if ((day >= '2026-10-01' && day <= '2026-10-07') || (day >= '2027-01-01' && day <= '2027-01-03')) return 'holiday';
    return [0, 6].includes(weekdayOf(day)) ? 'weekend' : 'working';
  },
};

function milestone(id: string): Milestone {
  const found = MILESTONES.find((candidate) => candidate.id === id);
  if (!found) throw new Error(id);
  return found;
}

/** Every day on which something is said, with what it is. */
function timeline(
  id: string,
  from: Day,
  to: Day,
  days: WorkCalendar,
  options: ReminderOptions = {},
): readonly string[] {
  const said: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    for (const reminder of remindersDue(milestone(id), day, days, options)) said.push(`${day} ${reminder.kind}`);
  }
  return said;
}

describe('a single date', () => {
  test('is spoken of 90, 60, 30, 14, 7, 3, 1 days before, on the day, 1, 3, 7 days after, then weekly', () => {
    expect(timeline('WX-M3', '2027-09-01', '2028-01-30', everyDay)).toEqual([
      '2027-10-02 before',
      '2027-11-01 before',
      '2027-12-01 before',
      '2027-12-17 before',
      '2027-12-24 before',
      '2027-12-28 before',
      '2027-12-30 before',
      '2027-12-31 due',
      '2028-01-01 overdue',
      '2028-01-03 overdue',
      '2028-01-07 overdue',
      '2028-01-14 overdue',
      '2028-01-21 overdue',
      '2028-01-28 overdue',
    ]);
  });
  test('acknowledged, every second one falls away, never the day itself', () => {
    expect(timeline('WX-M3', '2027-09-01', '2028-01-30', everyDay, { acknowledged: true })).toEqual([
      '2027-11-01 before',
      '2027-12-17 before',
      '2027-12-28 before',
      '2027-12-31 due',
      '2028-01-03 overdue',
      '2028-01-14 overdue',
      '2028-01-28 overdue',
    ]);
  });
  test('what was over on the first day never fires back', () => {
    expect(timeline('JY-M1', '2020-01-01', '2020-06-30', everyDay).length).toBeGreaterThan(8);
    expect(timeline('JY-M1', '2026-11-21', '2026-12-31', everyDay).length).toBeGreaterThan(0);
    for (const each of MILESTONES.filter((one) => one.due !== null && one.due < '2026-11-21')) {
      expect(timeline(each.id, '2026-11-21', '2026-12-31', everyDay, { since: '2026-11-21' }), each.id).toEqual([]);
    }
  });
  test('undated milestones have no reminders', () => {
    expect(timeline('MD-M2', '2026-01-01', '2026-12-31', everyDay)).toEqual([]);
  });
});

describe('a window', () => {
  test('HZ-S4: opening, half, 30, 14, 7, 1 days before its close, the close, 3 days after', () => {
    expect(timeline('HZ-S4', '2026-09-01', '2027-02-28', everyDay)).toEqual([
      '2026-10-01 opens',
      '2026-11-15 half',
      '2026-12-01 before',
      '2026-12-17 before',
      '2026-12-24 before',
      '2026-12-30 before',
      '2026-12-31 due',
      '2027-01-03 overdue',
    ]);
  });
  test('a short one has no reminder 30 days before its close', () => {
    expect(timeline('HZ-S4a', '2026-09-01', '2026-12-31', everyDay)).toEqual([
      '2026-10-01 opens',
      '2026-10-16 half',
      '2026-10-17 before',
      '2026-10-24 before',
      '2026-10-30 before',
      '2026-10-31 due',
      '2026-11-03 overdue',
    ]);
  });
});

describe('days off', () => {
  test('move a reminder to the working day before, after the date to the next, and never add one', () => {
    expect(timeline('HZ-S4', '2026-09-01', '2027-02-28', calendar)).toEqual([
      '2026-09-30 opens',
      '2026-11-13 half',
      '2026-12-01 before',
      '2026-12-17 before',
      '2026-12-24 before',
      '2026-12-30 before',
      '2026-12-31 due',
      '2027-01-04 overdue',
    ]);
  });
  test('two that meet on one day become one, the later', () => {
    // 2026-10-31 is a Saturday: the day itself and the day before meet on Friday
    expect(timeline('HZ-S4a', '2026-10-26', '2026-11-08', calendar)).toEqual(['2026-10-30 due', '2026-11-03 overdue']);
  });
  test('whatever the day, nothing is said on a day off, and at most one thing on any day', () => {
    const days = fc.integer({ min: 0, max: 2000 }).map((n) => addDays('2025-06-01', n));
    fc.assert(
      fc.property(fc.constantFrom(...MILESTONES), days, (each, day) => {
        const said = remindersDue(each, day, calendar);
        expect(said.length).toBeLessThanOrEqual(1);
        if (!isWorkingDay(calendar, day)) expect(said).toEqual([]);
      }),
    );
  });
});

test('the office is asked about undated ones on the first working day of a quarter only', () => {
  expect(asksForDates('2027-01-04', calendar)).toBe(true);
  expect(asksForDates('2027-01-05', calendar)).toBe(false);
  expect(asksForDates('2026-10-08', calendar)).toBe(true);
  expect(asksForDates('2026-11-02', calendar)).toBe(false);
});
