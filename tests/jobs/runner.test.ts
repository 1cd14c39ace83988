import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Committer, createCommitter } from '../../bot/committer.ts';
import { openDatabase } from '../../bot/database/connect.ts';
import type { Decision } from '../../handlers/outcome.ts';
import type { QueuedJob } from '../../handlers/ports.ts';
import { instantOf } from '../../handlers/time.ts';
import { createCalendar } from '../../jobs/calendar.ts';
import { defineJob, type Job, type JobContext, NonRetryableError } from '../../jobs/job.ts';
import { createEmbeddedQueue } from '../../jobs/queue/embedded.ts';
import { BACKOFF_MS, createRunner, LEASE_MS, type Runner } from '../../jobs/runner.ts';
import type { Schedule } from '../../jobs/schedules.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { countingIds, mirrorVault, rememberingLog, standingClock, until } from './support.ts';

const daily: Schedule = {
  name: 'morning',
  job: 'morning',
  pattern: '0 8 * * *',
  tz: 'Asia/Shanghai',
  timeSetting: 'morning.time',
  workingDaysOnly: true,
  catchUp: 'waking-hours',
  label: '汇总',
  inWords: 'on working days at 08:00',
};
const upkeep: Schedule = {
  name: 'upkeep',
  job: 'upkeep',
  pattern: '*/5 * * * *',
  tz: 'Asia/Shanghai',
  workingDaysOnly: false,
  catchUp: 'latest',
  inWords: 'every 5 minutes',
};

/** A job that audits its run, so that the database tells how often its decision was committed. */
function auditing(
  name: string,
  run: (data: Readonly<Record<string, string>>) => Promise<void> = async () => undefined,
): Job {
  return defineJob({
    name,
    schema: z.record(z.string(), z.string()),
    attempts: 3,
    run: async (_, data, slot): Promise<Decision> => {
      await run(data);
      return { replies: [], audit: [{ action: `${name}.run`, objectType: 'slot', objectId: slot.id }] };
    },
  });
}

const shanghai = (text: string) => instantOf(text.slice(0, 10), text.slice(11, 16));

describe.each(databaseKinds())('the runner on %s', (kind) => {
  let fresh: TestDatabase;
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
    wall = new Date('2026-11-19T00:00:00.000Z');
    clock.set(wall);
  });
  afterEach(async () => {
    await fresh.drop();
  });

  const clock = standingClock('2026-11-19T00:00:00.000Z');
  let wall = new Date('2026-11-19T00:00:00.000Z');
  const at = (time: string) => {
    wall = new Date(wall.getTime() + Math.max(0, shanghai(time).getTime() - clock.now().getTime()));
    clock.set(shanghai(time));
  };

  let made = 0;
  /** A process: its own connection, committer and runner on the same database. */
  function start(options: {
    jobs: readonly Job[];
    schedules?: readonly Schedule[];
    database?: TestDatabase['database'];
    commit?: (committer: Committer, slotId: string, decision: Decision) => Promise<boolean>;
    enqueue?: (job: QueuedJob) => void;
    runLimitMs?: number;
  }) {
    made += 1;
    const database = options.database ?? fresh.database;
    const log = rememberingLog();
    const given: string[] = [];
    const ids = countingIds(`p${made}-`);
    const committer = createCommitter({
      database,
      clock,
      ids,
      vault: mirrorVault,
      log,
      owner: `p${made}`,
      channels: [],
    });
    const context: JobContext = {
      db: database.reader,
      clock,
      ids,
      vault: mirrorVault,
      log,
      calendar: createCalendar({ log }),
      features: [],
    };
    const commit =
      options.commit ??
      (async (_, slotId, decision) => (await committer.commit({ kind: 'slot', slotId, decision })).done);
    const runner = createRunner({
      database,
      clock,
      jobs: options.jobs,
      schedules: options.schedules ?? [],
      queue: { enqueue: options.enqueue ?? (() => undefined) },
      commit: (slotId, decision) => commit(committer, slotId, decision),
      owner: `p${made}`,
      context,
      wallNow: () => wall,
      onFailed: ({ id, job }) => given.push(`${id} ${job}`),
      runLimitMs: options.runLimitMs,
    });
    return { runner, log, given };
  }

  const slots = async () =>
    (await fresh.database.reader('scheduled_slots').orderBy(['due_at', 'id'])).map((row) =>
      [row.due_at, row.job, row.reason ?? row.state].join(' '),
    );
  const runs = async (action = 'morning.run') =>
    (await fresh.database.reader('audit').where({ action }).orderBy('id')).map((row) => row.object_id as string);
  const step = async (runner: Runner, time: string) => {
    at(time);
    await runner.plan();
    return runner.runDue();
  };
  const addTimer = (id: string, job: string, dueAt: string, data: object = {}) =>
    fresh.database.writer('scheduled_slots').insert({
      id,
      job,
      due_at: shanghai(dueAt).toISOString(),
      data: JSON.stringify(data),
      state: 'pending',
      created_at: clock.now().toISOString(),
    });

  it('at 08:00 runs once, between 08:00 and the next day not again', async () => {
    const { runner, log } = start({ jobs: [auditing('morning')], schedules: [daily] });
    await step(runner, '2026-11-19 09:00'); // the first start fires nothing back
    await step(runner, '2026-11-20 07:59');
    expect(await runs()).toEqual([]);
    expect(await step(runner, '2026-11-20 08:00')).toBe(1);
    expect(await step(runner, '2026-11-20 08:01')).toBe(0);
    await step(runner, '2026-11-20 23:59');
    expect(await runs()).toEqual(['morning@2026-11-20']);
    expect(await slots()).toEqual(['2026-11-20T00:00:00.000Z morning done']);
    expect(log.lines.map((line) => line.event)).toEqual(['slot.planned', 'slot.done']);
  });

  it('leaves out a holiday Monday, fires on a make-up Saturday, and logs both', async () => {
    const { runner, log } = start({ jobs: [auditing('morning')], schedules: [daily] });
    at('2026-10-04 09:00');
    await runner.plan();
    await step(runner, '2026-10-05 08:00');
    await fresh.database.writer('schedule_marks').update({ planned_until: shanghai('2026-10-09 09:00').toISOString() });
    await step(runner, '2026-10-10 08:00');
    expect(await slots()).toEqual([
      '2026-10-05T00:00:00.000Z morning holiday',
      '2026-10-10T00:00:00.000Z morning done',
    ]);
    expect(log.lines.map((line) => [line.event, line.fields.day, line.fields.reason])).toEqual([
      ['slot.skipped', 'holiday', 'holiday'],
      ['slot.planned', 'make-up', undefined],
      ['slot.done', undefined, undefined],
    ]);
  });

  it('fires on Monday to Friday of a year nobody has published, with one warning', async () => {
    const { runner, log } = start({ jobs: [auditing('morning')], schedules: [daily] });
    await step(runner, '2099-09-30 09:00');
    await step(runner, '2099-10-01 08:00');
    await step(runner, '2099-10-02 08:00');
    await step(runner, '2099-10-03 08:00');
    expect(await runs()).toEqual(['morning@2099-10-01', 'morning@2099-10-02']);
    expect(log.lines.filter((line) => line.event === 'calendar.unknown-year')).toHaveLength(1);
  });

  it('after a downtime catches up within the policy, and records and logs what it skipped', async () => {
    const { runner } = start({ jobs: [auditing('morning')], schedules: [daily] });
    await step(runner, '2026-11-18 09:00');
    // killed here; started again on Friday at 11:59
    const again = start({ jobs: [auditing('morning')], schedules: [daily] });
    await step(again.runner, '2026-11-20 11:59');
    expect(await slots()).toEqual([
      '2026-11-19T00:00:00.000Z morning downtime',
      '2026-11-20T00:00:00.000Z morning done',
    ]);
    expect(again.log.lines.filter((line) => line.event === 'slot.skipped').map((line) => line.level)).toEqual(['warn']);
    await step(again.runner, '2026-11-23 12:00');
    expect((await slots()).at(-1)).toBe('2026-11-23T00:00:00.000Z morning downtime');
    expect(await runs()).toEqual(['morning@2026-11-20']);
  });

  it('does not say a planned run that waited too long, and leaves a trace', async () => {
    const { runner } = start({ jobs: [auditing('morning')], schedules: [daily] });
    await step(runner, '2026-11-19 09:00');
    at('2026-11-20 08:00');
    await runner.plan(); // and nobody is there to run it
    const again = start({ jobs: [auditing('morning')], schedules: [daily] });
    await step(again.runner, '2026-11-20 12:00');
    expect(await slots()).toEqual(['2026-11-20T00:00:00.000Z morning downtime']);
    expect(await runs()).toEqual([]);
  });

  it('runs every slot on the way when the clock is moved, stopping where nextDue says', async () => {
    const { runner } = start({
      jobs: [auditing('morning'), auditing('once'), auditing('upkeep')],
      schedules: [daily, upkeep],
    });
    await step(runner, '2026-11-19 09:00');
    await addTimer('t1', 'once', '2026-11-20 21:30');
    const target = shanghai('2026-11-24 07:00');
    for (;;) {
      const next = await runner.nextDue();
      if (!next || next > target) break;
      clock.set(next);
      await runner.plan({ jump: true });
      await runner.runDue({ jump: true });
    }
    clock.set(target);
    await runner.plan({ jump: true });
    await runner.runDue({ jump: true });
    expect(await slots()).toEqual([
      '2026-11-20T00:00:00.000Z morning done',
      '2026-11-20T00:00:00.000Z upkeep done',
      '2026-11-20T13:30:00.000Z once done',
      '2026-11-20T13:30:00.000Z upkeep done',
      '2026-11-21T00:00:00.000Z morning weekend',
      '2026-11-21T00:00:00.000Z upkeep done',
      '2026-11-22T00:00:00.000Z morning weekend',
      '2026-11-22T00:00:00.000Z upkeep done',
      '2026-11-23T00:00:00.000Z morning done',
      '2026-11-23T00:00:00.000Z upkeep done',
      '2026-11-23T23:00:00.000Z upkeep done',
    ]);
    expect(await runner.nextDue()).toEqual(shanghai('2026-11-24 08:00'));
  });

  it('takes the whole way in one leap as well: nothing counts as missed', async () => {
    const { runner } = start({ jobs: [auditing('morning')], schedules: [daily] });
    await step(runner, '2026-11-18 09:00');
    at('2026-11-23 22:00');
    await runner.plan({ jump: true });
    await runner.runDue({ jump: true });
    expect(await runs()).toEqual(['morning@2026-11-19', 'morning@2026-11-20', 'morning@2026-11-23']);
  });

  it('follows a changed time, never twice on one day, and keeps its own time when the setting is nonsense', async () => {
    const { runner, log } = start({ jobs: [auditing('morning')], schedules: [daily] });
    const set = (value: string) =>
      fresh.database
        .writer('settings')
        .insert({ key: 'morning.time', scope: 'all', value, updated_at: clock.now().toISOString() })
        .onConflict(['key', 'scope'])
        .merge();
    await step(runner, '2026-11-18 09:00');
    await set('"07:40"');
    await step(runner, '2026-11-19 07:40');
    await set('"16:00"');
    await step(runner, '2026-11-19 16:00'); // it has run today
    await step(runner, '2026-11-20 15:59');
    expect(await runs()).toEqual(['morning@2026-11-19']);
    await step(runner, '2026-11-20 16:00');
    await set('"soon"');
    await step(runner, '2026-11-23 08:00');
    await step(runner, '2026-11-24 08:00');
    expect(await runs()).toEqual([
      'morning@2026-11-19',
      'morning@2026-11-20',
      'morning@2026-11-23',
      'morning@2026-11-24',
    ]);
    expect(log.lines.some((line) => line.event === 'setting.ignored')).toBe(true);
  });

  it('gives one row and one run a slot to several processes that plan and run at once', async () => {
    const others = [1, 2].map(() => openDatabase({ databaseUrl: fresh.databaseUrl, dataDir: fresh.dataDir }));
    try {
      const processes = [fresh.database, ...others].map((database) =>
        start({ jobs: [auditing('morning'), auditing('upkeep')], schedules: [daily, upkeep], database }),
      );
      for (const time of ['2026-11-19 09:00', '2026-11-20 08:00', '2026-11-23 08:00']) {
        at(time);
        const planned = await Promise.all(processes.map(({ runner }) => runner.plan()));
        if (time.endsWith('08:00')) expect(planned.flat().filter((slot) => slot.state === 'pending')).toHaveLength(2);
        await Promise.all(processes.map(({ runner }) => runner.runDue()));
      }
      expect(await runs()).toEqual(expect.arrayContaining(['morning@2026-11-20', 'morning@2026-11-23']));
      expect(await runs()).toHaveLength(2);
    } finally {
      await Promise.all(others.map((database) => database.close()));
    }
  });

  it('after a kill between claim and commit runs once, when the lease is over', async () => {
    const never = new Promise<boolean>(() => undefined);
    const killed = start({ jobs: [auditing('morning')], schedules: [daily], commit: () => never });
    at('2026-11-19 09:00');
    await killed.runner.plan();
    at('2026-11-20 08:00');
    await killed.runner.plan();
    void killed.runner.runSlot('morning@2026-11-20'); // claims, runs, and never comes to its commit
    await until(async () => (await fresh.database.reader('scheduled_slots').whereNotNull('owner')).length === 1);
    const alive = start({ jobs: [auditing('morning')], schedules: [daily] });
    expect(await alive.runner.runSlot('morning@2026-11-20')).toBe('taken');
    expect(await alive.runner.runDue()).toBe(0);
    wall = new Date(wall.getTime() + LEASE_MS);
    expect(await alive.runner.runDue()).toBe(1);
    expect(await alive.runner.runDue()).toBe(0);
    expect(await runs()).toEqual(['morning@2026-11-20']);
  });

  it('commits once when a slow process comes back after its lease was taken over', async () => {
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((done) => {
      finish = done;
    });
    const slow = start({ jobs: [auditing('morning', () => gate)], schedules: [daily] });
    at('2026-11-19 09:00');
    await slow.runner.plan();
    at('2026-11-20 08:00');
    await slow.runner.plan();
    const late = slow.runner.runSlot('morning@2026-11-20');
    await until(async () => (await fresh.database.reader('scheduled_slots').whereNotNull('owner')).length === 1);
    wall = new Date(wall.getTime() + LEASE_MS);
    const quick = start({ jobs: [auditing('morning')], schedules: [daily] });
    expect(await quick.runner.runSlot('morning@2026-11-20')).toBe('done');
    finish();
    expect(await late).toBe('taken');
    expect(await runs()).toEqual(['morning@2026-11-20']);
  });

  it('tries a failing slot again after a growing wait, then gives it up and tells the operator', async () => {
    const { runner, log, given } = start({
      jobs: [
        auditing('bad', async () => {
          throw new Error('no such table');
        }),
        auditing('good'),
      ],
    });
    await addTimer('a-bad', 'bad', '2026-11-19 08:00');
    await addTimer('b-good', 'good', '2026-11-19 08:00');
    expect(await runner.runDue()).toBe(1); // the good one, though the bad one came first
    expect(await runs('good.run')).toEqual(['b-good']);
    expect(await runner.runSlot('a-bad')).toBe('taken');
    wall = new Date(wall.getTime() + BACKOFF_MS);
    expect(await runner.runSlot('a-bad')).toBe('retry');
    wall = new Date(wall.getTime() + BACKOFF_MS);
    expect(await runner.runSlot('a-bad')).toBe('taken');
    wall = new Date(wall.getTime() + BACKOFF_MS);
    expect(await runner.runSlot('a-bad')).toBe('failed');
    expect(await fresh.database.reader('scheduled_slots').where({ id: 'a-bad' }).first()).toMatchObject({
      state: 'failed',
      attempts: 3,
      owner: null,
    });
    expect(log.lines.filter((line) => line.level === 'error').map((line) => line.event)).toEqual(['slot.failed']);
    expect(await runs('bad.run')).toEqual([]);
    expect(given).toEqual(['a-bad bad']);
  });

  it('gives up at once what cannot be mended: wrong data, or a job that says so', async () => {
    const strict = defineJob({
      name: 'strict',
      schema: z.strictObject({ referralId: z.string() }),
      attempts: 5,
      run: async () => undefined,
    });
    const hopeless = auditing('hopeless', async () => {
      throw new NonRetryableError('gone');
    });
    const { runner } = start({ jobs: [strict, hopeless] });
    await addTimer('s1', 'strict', '2026-11-19 08:00', { patient: '张三' });
    await addTimer('s2', 'strict', '2026-11-19 08:00', { referralId: 'r1' });
    await addTimer('s3', 'hopeless', '2026-11-19 08:00');
    await runner.runDue();
    const states = await fresh.database.reader('scheduled_slots').orderBy('id').select('id', 'state');
    expect(states.map((row) => [row.id, row.state])).toEqual([
      ['s1', 'failed'],
      ['s2', 'done'], // nothing to say is done too
      ['s3', 'failed'],
    ]);
  });

  it('cuts off a run that never ends, and the others do not wait for it', async () => {
    const { runner, log } = start({
      jobs: [auditing('stuck', () => new Promise(() => undefined)), auditing('good')],
      runLimitMs: 100,
    });
    await addTimer('a-stuck', 'stuck', '2026-11-19 08:00');
    await addTimer('b-good', 'good', '2026-11-19 08:00');
    const all = runner.runDue();
    await until(async () => (await runs('good.run')).length === 1);
    expect((await fresh.database.reader('scheduled_slots').where({ id: 'a-stuck' }).first()).owner).not.toBe(null);
    await all;
    expect(log.lines.map((line) => line.event)).toContain('slot.retry');
  });

  it('leaves a one-off timer alone until it is due, and runs it however late', async () => {
    const { runner } = start({ jobs: [auditing('once')] });
    await addTimer('t1', 'once', '2026-11-19 10:00', { referralId: 'r1' });
    at('2026-11-19 09:59');
    expect(await runner.runDue()).toBe(0);
    expect(await runner.runSlot('t1')).toBe('taken');
    expect(await runner.nextDue()).toEqual(shanghai('2026-11-19 10:00'));
    at('2026-11-22 02:00');
    expect(await runner.runDue()).toBe(1);
  });

  it('leaves slots of jobs it does not know to those who do', async () => {
    const { runner } = start({ jobs: [auditing('good')] });
    await addTimer('t1', 'of-a-newer-version', '2026-11-19 08:00');
    expect(await runner.runDue()).toBe(0);
    expect(await runner.runSlot('t1')).toBe('taken');
    expect(await slots()).toEqual(['2026-11-19T00:00:00.000Z of-a-newer-version pending']);
  });

  it('wakes the queue by itself, and again while a slot stays pending', async () => {
    const woken: QueuedJob[] = [];
    const { runner } = start({ jobs: [auditing('once')], enqueue: (job) => woken.push(job) });
    await addTimer('t1', 'once', '2026-11-19 08:00');
    runner.start();
    try {
      await until(() => woken.length === 1);
      expect(woken).toEqual([{ name: 'slot', data: { slotId: 't1' } }]);
      wall = new Date(wall.getTime() + 5_000); // the queue lost it
      await until(() => woken.length === 2);
    } finally {
      await runner.stop();
    }
  });

  it('works from the timer through the embedded queue to the commit', async () => {
    const log = rememberingLog();
    const queue = createEmbeddedQueue({ clock, log });
    const { runner } = start({ jobs: [auditing('once')], enqueue: (job) => queue.enqueue(job) });
    await queue.work(async (job) => {
      await runner.handle(job);
    });
    await addTimer('t1', 'once', '2026-11-19 08:00');
    runner.start();
    try {
      await until(async () => (await runs('once.run')).length === 1);
    } finally {
      await runner.stop();
      await queue.close();
    }
    expect(await runner.handle({ name: 'delivery', data: {} })).toBe(false);
  });

  it('goes on planning after the database was away for a while', async () => {
    let away = true;
    const real = fresh.database;
    const database = {
      ...real,
      write: ((work) => (away ? Promise.reject(new Error('SQLITE_BUSY')) : real.write(work))) as typeof real.write,
    };
    const { runner, log } = start({ jobs: [auditing('morning')], schedules: [daily], database });
    runner.start();
    try {
      await until(() => log.lines.some((line) => line.event === 'jobs.plan-failed'));
      away = false;
      await until(async () => (await real.reader('schedule_marks')).length === 1);
    } finally {
      await runner.stop();
    }
  });
});

it('refuses a schedule whose job does not exist', () => {
  const clock = standingClock('2026-11-19T00:00:00.000Z');
  expect(() =>
    createRunner({
      database: { reader: undefined as never, write: undefined as never },
      clock,
      jobs: [],
      schedules: [daily],
      queue: { enqueue: () => undefined },
      commit: async () => true,
      owner: 'p',
      context: { log: rememberingLog() } as unknown as JobContext,
    }),
  ).toThrow(/morning runs no known job/);
});
