/** Decides which runs of a schedule are due, missed or left out. Pure: same schedule, mark and clock, same slots. */
import { Cron } from 'croner';
import { type DayKind, isWorkingDay, type WorkCalendar } from '../handlers/calendar.ts';
import { type Day, shanghaiDay, shanghaiTime } from '../handlers/time.ts';
import type { Schedule } from './schedules.ts';

/** A run this little late (ms) is on time: a restart or a busy second is no downtime. */
export const ON_TIME_MS = 60_000;
/** A missed run is caught up only when less late than this (ms). */
export const CATCH_UP_MS = 4 * 60 * 60 * 1000;
/** People are written to from this time on … */
export const WAKING_FROM = '07:30';
/** … and before this one (免打扰: 21:00 to 07:30). */
export const WAKING_UNTIL = '21:00';

export interface PlannedSlot {
  /** The same for everybody who plans this run: the database keeps one row of it. One a day for a daily schedule. */
  readonly id: string;
  readonly job: string;
  readonly dueAt: Date;
  readonly state: 'pending' | 'skipped';
  /** Of a skip: `holiday`, `weekend`, `downtime`. */
  readonly reason?: 'holiday' | 'weekend' | 'downtime' | undefined;
  /** What kind of day it is in China. */
  readonly day: DayKind;
}

export interface PlanInput {
  readonly schedule: Schedule;
  /** The cron pattern in force, see patternInForce. */
  readonly pattern: string;
  /** Everything up to this instant has been planned. */
  readonly plannedUntil: Date;
  readonly now: Date;
  readonly calendar: WorkCalendar;
  /** The clock was moved forward on purpose: no run on the way was missed. */
  readonly jump?: boolean | undefined;
}

/** The slots of one schedule after `plannedUntil` up to and including `now`, in order. */
export function planSlots(input: PlanInput): readonly PlannedSlot[] {
  const { schedule, calendar, now } = input;
  const due = schedule.catchUp === 'latest' ? latestRun(input) : runsBetween(input);
  const slots = due.map((dueAt): PlannedSlot => {
    const day = shanghaiDay(dueAt);
    const slot = { id: slotId(schedule, dueAt, day), job: schedule.job, dueAt, day: calendar.kindOf(day) };
    if (schedule.workingDaysOnly && !isWorkingDay(calendar, day))
      return { ...slot, state: 'skipped', reason: slot.day === 'holiday' ? 'holiday' : 'weekend' };
    return { ...slot, state: 'pending' };
  });
  if (schedule.catchUp === 'latest' || input.jump) return slots;
  const latest = slots.findLast((slot) => slot.state === 'pending');
  return slots.map((slot) =>
    slot.state === 'pending' && !(slot === latest && isCaughtUp(slot.dueAt, now))
      ? { ...slot, state: 'skipped', reason: 'downtime' }
      : slot,
  );
}

/** Whether a run that was missed may be made up now; one that is on time always may. */
export function isCaughtUp(dueAt: Date, now: Date): boolean {
  return now.getTime() - dueAt.getTime() <= ON_TIME_MS || (isFresh(dueAt, now) && isWaking(now));
}

/**
 * Whether a planned run that waited (for a retry, a lease, a queue that was down) has become too old to be said. Unlike a missed
 * one it may be said at night when it was planned for the night.
 */
export function isStale(dueAt: Date, now: Date): boolean {
  if (now.getTime() - dueAt.getTime() <= ON_TIME_MS) return false;
  return !isFresh(dueAt, now) || (!isWaking(now) && isWaking(dueAt));
}

/** The schedule's first run after an instant. */
export function nextRun(schedule: Schedule, pattern: string, after: Date): Date {
  const next = calculator(schedule, pattern).nextRun(after);
  if (!next) throw new RangeError(`schedule ${schedule.name} never runs: ${pattern}`);
  return next;
}

function runsBetween({ schedule, pattern, plannedUntil, now }: PlanInput): readonly Date[] {
  const runs: Date[] = [];
  for (let run = nextRun(schedule, pattern, plannedUntil); run <= now; run = nextRun(schedule, pattern, run))
    runs.push(run);
  return runs;
}

function latestRun({ schedule, pattern, plannedUntil, now }: PlanInput): readonly Date[] {
  // "previous" is exclusive of its start, and a run at this very millisecond counts.
  const [run] = calculator(schedule, pattern).previousRuns(1, new Date(now.getTime() + 1));
  return run && run > plannedUntil ? [run] : [];
}

/** croner as a calculator only: its own timers know no injected clock. */
function calculator(schedule: Schedule, pattern: string): Cron {
  return new Cron(pattern, { timezone: schedule.tz, paused: true, mode: '5-part' });
}

/** A daily schedule has one slot a day, so that moving its time on a day it has run does not run it twice. */
function slotId(schedule: Schedule, dueAt: Date, day: Day): string {
  return `${schedule.name}@${schedule.timeSetting ? day : dueAt.toISOString()}`;
}

function isFresh(dueAt: Date, now: Date): boolean {
  return now.getTime() - dueAt.getTime() < CATCH_UP_MS && shanghaiDay(dueAt) === shanghaiDay(now);
}

function isWaking(instant: Date): boolean {
  const time = shanghaiTime(instant);
  return time >= WAKING_FROM && time < WAKING_UNTIL;
}
