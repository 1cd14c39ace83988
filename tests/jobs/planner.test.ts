import { afterEach, describe, expect, it } from 'vitest';
import { instantOf } from '../../handlers/time.ts';
import { createCalendar } from '../../jobs/calendar.ts';
import { isStale, nextRun, planSlots } from '../../jobs/planner.ts';
import { patternInForce, type Schedule, schedules } from '../../jobs/schedules.ts';
import { silentLog } from './support.ts';

const calendar = createCalendar({ log: silentLog });

function scheduleNamed(name: string): Schedule {
  const schedule = schedules.find((candidate) => candidate.name === name);
  if (!schedule) throw new Error(name);
  return schedule;
}
const digest = scheduleNamed('daily-digest');
const seal = scheduleNamed('audit-seal');

/** What is planned between two Shanghai times, as readable lines. */
function plan(
  from: string,
  until: string,
  options: { schedule?: Schedule; at?: unknown; jump?: boolean } = {},
): string[] {
  const schedule = options.schedule ?? digest;
  return planSlots({
    schedule,
    pattern: patternInForce(schedule, options.at).pattern,
    plannedUntil: shanghai(from),
    now: shanghai(until),
    calendar,
    jump: options.jump,
  }).map((slot) => [slot.dueAt.toISOString(), slot.reason ?? slot.state].join(' '));
}

function shanghai(text: string): Date {
  const [day = '', time = ''] = text.split(' ');
  const instant = instantOf(day, time.slice(0, 5));
  return new Date(instant.getTime() + Number(time.slice(6) || 0) * 1000);
}

describe.each(['UTC', 'America/New_York', 'Asia/Shanghai'])('on a host in %s', (zone) => {
  const before = process.env.TZ;
  afterEach(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  it('08:00 is 08:00 in Shanghai, on the days worked there', () => {
    process.env.TZ = zone;
    expect(plan('2026-10-08 09:00', '2026-10-11 08:00', { jump: true })).toEqual([
      '2026-10-09T00:00:00.000Z pending',
      '2026-10-10T00:00:00.000Z pending',
      '2026-10-11T00:00:00.000Z weekend',
    ]);
  });
});

describe('the next runs', () => {
  it.each([
    ['daily-digest', ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z']],
    ['milestone-reminders', ['2026-11-20T00:30:00.000Z', '2026-11-21T00:30:00.000Z', '2026-11-22T00:30:00.000Z']],
    ['audit-seal', ['2026-11-19T16:05:00.000Z', '2026-11-19T16:10:00.000Z', '2026-11-19T16:15:00.000Z']],
    ['retention', ['2026-11-19T19:20:00.000Z', '2026-11-20T19:20:00.000Z', '2026-11-21T19:20:00.000Z']],
  ])('of %s are Shanghai times', (name, expected) => {
    const schedule = scheduleNamed(name);
    let after = shanghai('2026-11-20 00:00');
    const runs = expected.map(() => {
      after = nextRun(schedule, schedule.pattern, after);
      return after.toISOString();
    });
    expect(runs).toEqual(expected);
  });
});

describe('a daily run', () => {
  it('is due at 08:00 Shanghai, not a second before and not twice', () => {
    expect(plan('2026-11-19 08:00', '2026-11-20 07:59:59')).toEqual([]);
    expect(plan('2026-11-19 08:00', '2026-11-20 08:00')).toEqual(['2026-11-20T00:00:00.000Z pending']);
    expect(plan('2026-11-20 08:00', '2026-11-20 23:59')).toEqual([]);
  });

  it('leaves out the weekend and says so', () => {
    expect(plan('2026-11-21 07:00', '2026-11-21 08:00')).toEqual(['2026-11-21T00:00:00.000Z weekend']);
  });

  it('leaves out a holiday Monday and fires on a make-up Saturday', () => {
    expect(plan('2026-10-05 07:00', '2026-10-05 08:00')).toEqual(['2026-10-05T00:00:00.000Z holiday']);
    expect(plan('2026-10-10 07:00', '2026-10-10 08:00')).toEqual(['2026-10-10T00:00:00.000Z pending']);
  });

  it.each([
    ['a restart of half a minute is on time', '2026-11-20 07:00', '2026-11-20 08:00:30', 'pending'],
    ['5 minutes late is caught up', '2026-11-20 07:00', '2026-11-20 08:05', 'pending'],
    ['just under 4 h late is caught up', '2026-11-20 07:00', '2026-11-20 11:59:59', 'pending'],
    ['4 h late is skipped', '2026-11-20 07:00', '2026-11-20 12:00', 'downtime'],
  ])('%s', (_, from, until, outcome) => {
    expect(plan(from, until)).toEqual([`2026-11-20T00:00:00.000Z ${outcome}`]);
  });

  it.each([
    ['20:59 is still a time to write', '18:30', '2026-11-20 20:59:59', '2026-11-20T10:30:00.000Z pending'],
    ['21:00 is night', '18:30', '2026-11-20 21:00', '2026-11-20T10:30:00.000Z downtime'],
    ['07:29 is night', '07:00', '2026-11-20 07:29', '2026-11-19T23:00:00.000Z downtime'],
    ['07:30 is a time to write', '07:00', '2026-11-20 07:30', '2026-11-19T23:00:00.000Z pending'],
    [
      'on time at 22:00 is what the operator asked for',
      '22:00',
      '2026-11-20 22:00:10',
      '2026-11-20T14:00:00.000Z pending',
    ],
    ['half an hour late but the next day is skipped', '23:50', '2026-11-21 00:20', '2026-11-20T15:50:00.000Z downtime'],
  ])('set to another time: %s', (_, at, until, expected) => {
    expect(plan('2026-11-20 01:00', until, { at })).toEqual([expected]);
  });

  it('after days of downtime catches up the latest run only and keeps a trace of the others', () => {
    expect(plan('2026-11-18 08:00', '2026-11-23 09:00')).toEqual([
      '2026-11-19T00:00:00.000Z downtime',
      '2026-11-20T00:00:00.000Z downtime',
      '2026-11-21T00:00:00.000Z weekend',
      '2026-11-22T00:00:00.000Z weekend',
      '2026-11-23T00:00:00.000Z pending',
    ]);
  });

  it('misses nothing when the clock was moved forward on purpose', () => {
    expect(plan('2026-11-18 08:00', '2026-11-21 23:00', { jump: true })).toEqual([
      '2026-11-19T00:00:00.000Z pending',
      '2026-11-20T00:00:00.000Z pending',
      '2026-11-21T00:00:00.000Z weekend',
    ]);
  });

  it('has one slot a day, also when its time is moved after it ran', () => {
    const slots = ['08:00', '09:00'].map(
      (at) =>
        planSlots({
          schedule: digest,
          pattern: patternInForce(digest, at).pattern,
          plannedUntil: shanghai('2026-11-20 07:00'),
          now: shanghai('2026-11-20 09:30'),
          calendar,
        })[0]?.id,
    );
    expect(slots).toEqual(['daily-digest@2026-11-20', 'daily-digest@2026-11-20']);
  });
});

describe('an upkeep run', () => {
  it('is made up once after a downtime, at any hour, and the others leave no trace', () => {
    expect(plan('2026-11-18 08:00', '2026-11-21 03:02', { schedule: seal })).toEqual([
      '2026-11-20T19:00:00.000Z pending',
    ]);
  });

  it('is due at its very instant, and not again before the next', () => {
    expect(plan('2026-11-20 08:00', '2026-11-20 08:05', { schedule: seal })).toEqual([
      '2026-11-20T00:05:00.000Z pending',
    ]);
    expect(plan('2026-11-20 08:05', '2026-11-20 08:09:59', { schedule: seal })).toEqual([]);
  });
});

describe('a planned run that waited', () => {
  it.each([
    ['an hour later it is said', '2026-11-20 08:00', '2026-11-20 09:00', false],
    ['4 h later it is too old', '2026-11-20 08:00', '2026-11-20 12:00', true],
    ['into the night it is not said', '2026-11-20 20:30', '2026-11-20 21:10', true],
    ['meant for the night it is said', '2026-11-20 22:00', '2026-11-20 22:10', false],
    ['the next day it is too old', '2026-11-20 22:00', '2026-11-21 00:10', true],
  ])('%s', (_, due, now, stale) => {
    expect(isStale(shanghai(due), shanghai(now))).toBe(stale);
  });
});

describe('the time setting', () => {
  it.each([
    ['a time', '07:45', '45 7 * * *', false],
    ['nothing', undefined, '0 8 * * *', false],
    ['an hour that does not exist', '25:00', '0 8 * * *', true],
    ['a number', 8, '0 8 * * *', true],
    ['a whole cron pattern', '* * * * *', '0 8 * * *', true],
  ])('%s', (_, setting, pattern, settingIgnored) => {
    expect(patternInForce(digest, setting)).toEqual({ pattern, settingIgnored });
  });

  it('does not move a schedule that has none', () => {
    expect(patternInForce(seal, '07:45').pattern).toBe('*/5 * * * *');
  });
});
