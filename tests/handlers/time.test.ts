import { describe, expect, it } from 'vitest';
import {
  addDays,
  daysBetween,
  formatDay,
  formatWeekday,
  instantOf,
  shanghaiDay,
  shanghaiTime,
  weekdayOf,
} from '../../handlers/time.ts';

describe('Shanghai days and times', () => {
  it.each([
    ['2026-11-21', '00:00', '2026-11-20T16:00:00.000Z'],
    ['2026-11-20', '23:59', '2026-11-20T15:59:59.999Z'],
    ['2026-11-21', '08:00', '2026-11-21T00:00:00.000Z'],
    ['2027-01-01', '00:00', '2026-12-31T16:00:00.000Z'],
    ['2024-02-29', '12:30', '2024-02-29T04:30:10.000Z'],
  ])('reads %s %s from %s', (day, time, instant) => {
    expect(shanghaiDay(new Date(instant))).toBe(day);
    expect(shanghaiTime(new Date(instant))).toBe(time);
  });

  it('finds the instant of a day and time, whatever zone the host is in', () => {
    expect(instantOf('2026-11-21', '08:00').toISOString()).toBe('2026-11-21T00:00:00.000Z');
    expect(instantOf('2026-03-01', '07:59').toISOString()).toBe('2026-02-28T23:59:00.000Z');
  });

  it.each(['24:00', '8:00', '07:60', ''])('refuses the time %s', (time) => {
    expect(() => instantOf('2026-11-21', time)).toThrow(RangeError);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '11月21日', ''])('refuses the day %s', (day) => {
    expect(() => addDays(day, 1)).toThrow(RangeError);
  });

  it('counts over month ends, leap days and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(daysBetween('2026-11-21', '2027-12-31')).toBe(405);
    expect(daysBetween('2026-11-21', '2026-11-20')).toBe(-1);
  });

  it('says a day as people do', () => {
    expect(formatDay('2026-11-21')).toBe('11月21日');
    expect(formatDay('2027-01-01')).toBe('1月1日');
    expect(formatWeekday('2026-11-21')).toBe('周六');
    expect(weekdayOf('2026-11-22')).toBe(0);
  });
});
