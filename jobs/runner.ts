/**
 * Plans the runs of the schedules and runs what is due, each slot once however many processes are up: the database decides who
 * plans and who runs, the queue only wakes somebody, and a sweep finds what the queue lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision } from '../handlers/outcome.ts';
import type { Clock, JobQueue, Log, QueuedJob } from '../handlers/ports.ts';
import { type Job, type JobContext, NonRetryableError } from './job.ts';
import { isStale, nextRun, type PlannedSlot, planSlots } from './planner.ts';
import { patternInForce, type Schedule } from './schedules.ts';
import { readSettings } from './settings.ts';
import {
  type ClaimedSlot,
  claimSlot,
  isAnyHeld,
  listDue,
  listMarks,
  nextPending,
  type PlanRecord,
  recordPlans,
  releaseSlot,
  type SlotDatabase,
} from './slots.ts';

/** Name under which a slot travels through the queue; its data is `{slotId}`. */
export const SLOT_JOB = 'slot';

/** A try may take this long (ms, real time); what it returns later is thrown away. */
export const RUN_LIMIT_MS = 45_000;
/** A process that died while running a slot holds it this long (ms, real time). Longer than a try and its commit. */
export const LEASE_MS = 60_000;
/** Wait before the second try (ms, real time); doubled for each further one … */
export const BACKOFF_MS = 10_000;
/** … up to this. */
export const MAX_BACKOFF_MS = 10 * 60_000;

/** How often the timer plans and looks for what is due (ms, real time). */
const TICK_MS = 1_000;
/** A slot that is still pending is handed to the queue again after this time (ms, real time). */
const SWEEP_MS = 5_000;
/** Slots handed to the queue in one tick at most, and read at once. */
const BATCH = 200;
/** Slots that runDue works on side by side. */
const SIDE_BY_SIDE = 4;
/** How long a moved clock waits for slots that other processes run (ms, real time). */
const SETTLE_MS = 30_000;
/** The same trouble is logged once in this time (ms, real time). */
const QUIET_MS = 60_000;

/** What became of a try: `taken` means somebody else has it, it is not due, or it is finished. */
export type RunResult = 'done' | 'retry' | 'failed' | 'skipped' | 'taken';

export interface RunnerOptions {
  readonly database: SlotDatabase;
  readonly clock: Clock;
  readonly jobs: readonly Job[];
  readonly schedules: readonly Schedule[];
  readonly queue: Pick<JobQueue, 'enqueue'>;
  /**
   * Writes what the job decided and marks the slot done, in one transaction.
   * @returns false when somebody else finished the slot first; nothing is written then
   */
  readonly commit: (slotId: string, decision: Decision) => Promise<boolean>;
  /** Names this process in the database, for the operator. */
  readonly owner: string;
  readonly context: JobContext;
  /** Told of a slot that was given up, after its row says so; must not throw. */
  readonly onFailed?: ((slot: { readonly id: string; readonly job: string }) => void) | undefined;
  /** The machine's real time, for leases and backoff; default: the host's clock. */
  readonly wallNow?: (() => Date) | undefined;
  /** Default RUN_LIMIT_MS. */
  readonly runLimitMs?: number | undefined;
}

export interface Runner {
  /**
   * Inserts the slots that fell due since the last plan, by any process.
   * @param jump - the clock was moved forward on purpose: nothing counts as missed
   * @returns the slots this call made
   */
  plan(options?: { readonly jump?: boolean | undefined }): Promise<readonly PlannedSlot[]>;
  /**
   * Runs everything that is due and free, earliest first, until nothing is left; a failure goes on to the next.
   * @param jump - strictly in order, nothing is too old, and waits for what other processes are running
   * @returns the number of slots this call finished
   */
  runDue(options?: { readonly jump?: boolean | undefined }): Promise<number>;
  /** Claims and runs one slot. Throws only when the database cannot be reached. */
  runSlot(slotId: string): Promise<RunResult>;
  /** For the queue's worker: runs it when it is a slot, else returns false at once. */
  handle(job: QueuedJob): Promise<boolean>;
  /**
   * The first instant after now at which something falls due, for a clock that is moved step by step: move to it, `plan`,
   * `runDue`, ask again. It does not stop for upkeep schedules: of those `plan` takes the latest run at each stop.
   */
  nextDue(): Promise<Date | undefined>;
  /** Plans every second of real time and hands what is due to the queue; does not keep the process alive. */
  start(): void;
  /** Stops planning and waits for the plan under way; the queue's `close` waits for what runs. */
  stop(): Promise<void>;
}

/** Makes the runner; nothing happens before `start` or a call. */
export function createRunner(options: RunnerOptions): Runner {
  const { database, clock, schedules, context } = options;
  const { log } = context;
  const wallNow = options.wallNow ?? (() => new Date());
  const jobs = new Map(options.jobs.map((job) => [job.name, job]));
  const names = [...jobs.keys()];
  for (const { name, job } of schedules)
    if (!jobs.has(job)) throw new Error(`schedule ${name} runs no known job: ${job}`);
  const settingKeys = schedules.flatMap((schedule) => schedule.timeSetting ?? []);
  const complain = oncePerMinute(log, wallNow);
  const moment = () => ({ now: clock.now(), wallNow: wallNow() });
  let tries = 0;

  async function patterns(): Promise<ReadonlyMap<Schedule, string>> {
    const settings = await readSettings(database.reader, settingKeys);
    return new Map(
      schedules.map((schedule) => {
        const setting = schedule.timeSetting && settings.get(schedule.timeSetting);
        const { pattern, settingIgnored } = patternInForce(schedule, setting);
        if (settingIgnored)
          complain('setting.ignored', { key: schedule.timeSetting }, 'the setting is no time of day, HH:MM');
        return [schedule, pattern];
      }),
    );
  }

  async function plan({ jump }: { readonly jump?: boolean | undefined } = {}): Promise<readonly PlannedSlot[]> {
    const now = clock.now();
    const marks = await listMarks(database);
    const records: PlanRecord[] = [];
    for (const [schedule, pattern] of await patterns()) {
      const mark = marks.get(schedule.name);
      const slots = mark
        ? planSlots({ schedule, pattern, plannedUntil: mark.plannedUntil, now, calendar: context.calendar, jump })
        : [];
      // Where nothing falls due nothing is written: the mark may stay behind.
      if (!mark || slots.length > 0) records.push({ schedule: schedule.name, mark, plannedUntil: now, slots });
    }
    if (records.length === 0) return [];
    const fresh = await recordPlans(database, records, now);
    for (const slot of fresh) {
      const fields = { slot: slot.id, job: slot.job, dueAt: slot.dueAt.toISOString(), day: slot.day };
      const lateMs = now.getTime() - slot.dueAt.getTime();
      if (slot.state === 'pending') log.info({ event: 'slot.planned', ...fields, lateMs }, 'run planned');
      else if (slot.reason === 'downtime')
        log.warn({ event: 'slot.skipped', ...fields, reason: slot.reason }, 'run skipped: missed by a downtime');
      else log.info({ event: 'slot.skipped', ...fields, reason: slot.reason }, 'run skipped: no working day');
    }
    return fresh;
  }

  async function runSlot(id: string, jump = false): Promise<RunResult> {
    tries += 1;
    const owner = `${options.owner}/${tries}`;
    const at = moment();
    const leaseUntil = new Date(at.wallNow.getTime() + LEASE_MS);
    const slot = await claimSlot(database, id, { ...at, owner, leaseUntil, jobs: names });
    const job = slot && jobs.get(slot.job);
    if (!slot || !job) return 'taken';
    const fields = { slot: slot.id, job: slot.job, dueAt: slot.dueAt.toISOString() };
    if (!jump && isForPeople(slot, schedules) && isStale(slot.dueAt, at.now)) {
      await releaseSlot(database, id, owner, { state: 'skipped', reason: 'downtime', at: at.now });
      log.warn({ event: 'slot.skipped', ...fields, reason: 'downtime' }, 'run skipped: too late to be said');
      return 'skipped';
    }
    try {
      const run = job.run(context, slot.data, { id: slot.id, dueAt: slot.dueAt });
      const decision = await within(run, options.runLimitMs ?? RUN_LIMIT_MS);
      const committed = await options.commit(slot.id, decision ?? { replies: [] });
      if (!committed) return 'taken';
      log.info({ event: 'slot.done', ...fields }, 'run done');
      return 'done';
    } catch (error) {
      const attempts = slot.attempts + 1;
      const failure = { ...fields, attempts, ...describeFailure(error) };
      if (error instanceof NonRetryableError || attempts >= job.attempts) {
        await releaseSlot(database, id, owner, { state: 'failed', attempts, at: clock.now() });
        log.error({ event: 'slot.failed', ...failure }, 'run given up');
        options.onFailed?.({ id: slot.id, job: slot.job });
        return 'failed';
      }
      const waitMs = Math.min(BACKOFF_MS * 2 ** (attempts - 1), MAX_BACKOFF_MS);
      const notBefore = new Date(wallNow().getTime() + waitMs);
      await releaseSlot(database, id, owner, { state: 'pending', attempts, notBefore });
      log.warn({ event: 'slot.retry', ...failure, waitMs }, 'run failed, will be tried again');
      return 'retry';
    }
  }

  async function runDue({ jump = false }: { readonly jump?: boolean | undefined } = {}): Promise<number> {
    const seen = new Set<string>();
    const settleBy = performance.now() + SETTLE_MS;
    let finished = 0;
    for (;;) {
      const filter = { jobs: names, limit: BATCH + seen.size };
      const due = (await listDue(database, moment(), filter)).filter((id) => !seen.has(id));
      if (due.length > 0) {
        for (const id of due) seen.add(id);
        finished += await runAll(due, jump);
      } else if (jump && performance.now() < settleBy && (await isAnyHeld(database, moment(), names))) {
        await sleep(20);
      } else {
        return finished;
      }
    }
  }

  async function runAll(due: readonly string[], jump: boolean): Promise<number> {
    const waiting = due.values();
    let finished = 0;
    const work = async () => {
      for (const id of waiting) if ((await runSlot(id, jump)) === 'done') finished += 1;
    };
    await Promise.all(Array.from({ length: jump ? 1 : SIDE_BY_SIDE }, work));
    return finished;
  }

  const handedOver = new Map<string, number>();
  async function wake(): Promise<void> {
    const wall = wallNow().getTime();
    for (const [id, at] of handedOver) if (wall - at >= SWEEP_MS) handedOver.delete(id);
    for (const slotId of await listDue(database, moment(), { jobs: names, limit: BATCH })) {
      if (handedOver.has(slotId)) continue;
      handedOver.set(slotId, wall);
      options.queue.enqueue({ name: SLOT_JOB, data: { slotId } }, { key: `${SLOT_JOB} ${slotId}` });
    }
  }

  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> | undefined;
  async function tick(): Promise<void> {
    try {
      await plan();
      await wake();
    } catch (error) {
      complain('jobs.plan-failed', describeFailure(error), 'planning failed, will be tried every second');
    }
  }

  return {
    plan,
    runDue,
    runSlot: (slotId) => runSlot(slotId),
    async handle(job) {
      if (job.name !== SLOT_JOB) return false;
      await runSlot(job.data.slotId ?? '');
      return true;
    },
    async nextDue() {
      const now = clock.now();
      const instants = [await nextPending(database, now, names)];
      for (const [schedule, pattern] of await patterns())
        if (schedule.catchUp !== 'latest') instants.push(nextRun(schedule, pattern, now));
      const times = instants.flatMap((instant) => instant?.getTime() ?? []);
      return times.length > 0 ? new Date(Math.min(...times)) : undefined;
    },
    start() {
      if (timer) return;
      const go = () => {
        ticking ??= tick().finally(() => {
          ticking = undefined;
        });
      };
      go();
      timer = setInterval(go, TICK_MS).unref();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await ticking;
    },
  };
}

/** A planned run that writes to people; one-off timers and upkeep are never too old. */
function isForPeople(slot: ClaimedSlot, schedules: readonly Schedule[]): boolean {
  return schedules.some(({ name, catchUp }) => catchUp === 'waking-hours' && slot.id.startsWith(`${name}@`));
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the log may say of an error: its class and the beginning of its words. */
export function describeFailure(error: unknown): { readonly error: string; readonly why: string } {
  if (!(error instanceof Error)) return { error: typeof error, why: '' };
  return { error: error.name, why: error.message.slice(0, 200) };
}

/** A warning that does not repeat itself: one line a minute for each event. */
function oncePerMinute(
  log: Log,
  wallNow: () => Date,
): (event: string, fields: Readonly<Record<string, unknown>>, message: string) => void {
  const last = new Map<string, number>();
  return (event, fields, message) => {
    const wall = wallNow().getTime();
    if (wall - (last.get(event) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    last.set(event, wall);
    log.warn({ event, ...fields }, message);
  };
}
