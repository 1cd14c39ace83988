import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { createCommitter } from '../../bot/committer.ts';
import { createCalendar } from '../../jobs/calendar.ts';
import { defineJob } from '../../jobs/job.ts';
import { createBullmqQueue } from '../../jobs/queue/bullmq.ts';
import { createRunner } from '../../jobs/runner.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { freePort } from '../support/services.ts';
import { countingIds, mirrorVault, rememberingLog, standingClock, until } from './support.ts';

const redisServer = inject('redisServer');

describe.skipIf(!redisServer).each(databaseKinds())('with Redis down, on %s', (kind) => {
  let fresh: TestDatabase;
  let folder = '';
  let server: ChildProcess | undefined;
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
    folder = mkdtempSync(join(tmpdir(), 'yigongti-jobs-'));
  });
  afterEach(async () => {
    server?.kill('SIGKILL');
    await fresh.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on planning, and what fell due is done once when Redis comes back', async () => {
    const { database } = fresh;
    const port = await freePort();
    const clock = standingClock('2026-11-20T00:00:00.000Z');
    const log = rememberingLog();
    const ids = countingIds();
    const context = {
      db: database.reader,
      clock,
      ids,
      vault: mirrorVault,
      log,
      calendar: createCalendar({ log }),
      features: [],
    };
    const committer = createCommitter({ database, clock, ids, vault: mirrorVault, log, owner: 'p', channels: [] });
    const queue = createBullmqQueue({ redisUrl: `redis://127.0.0.1:${port}`, prefix: 'test', clock, log });
    const runner = createRunner({
      database,
      clock,
      jobs: [
        defineJob({
          name: 'morning',
          schema: z.strictObject({}),
          attempts: 3,
          run: async (_, __, slot) => ({
            replies: [],
            audit: [{ action: 'morning.run', objectType: 'slot', objectId: slot.id }],
          }),
        }),
      ],
      schedules: [
        {
          name: 'morning',
          job: 'morning',
          pattern: '0 8 * * *',
          tz: 'Asia/Shanghai',
          workingDaysOnly: true,
          catchUp: 'waking-hours',
          inWords: 'on working days at 08:00',
        },
      ],
      queue,
      commit: async (slotId, decision) => (await committer.commit({ kind: 'slot', slotId, decision })).done,
      owner: 'p',
      context,
    });
    const states = async () => (await database.reader('scheduled_slots').orderBy('due_at')).map((row) => row.state);
    await runner.plan();
    await queue.work(async (job) => {
      await runner.handle(job);
    });
    clock.set('2026-11-23T00:00:00.000Z'); // Monday 08:00
    runner.start();
    try {
      await until(async () => (await states()).join() === 'skipped,skipped,pending');
      expect(await queue.health()).toMatch(/redis/);
      server = spawn(redisServer ?? '', ['--port', String(port), '--save', '', '--dir', folder], { stdio: 'ignore' });
      await until(async () => (await states()).join() === 'skipped,skipped,done');
      expect(await database.reader('audit').where({ action: 'morning.run' })).toHaveLength(1);
    } finally {
      await runner.stop();
      await queue.close();
    }
  });
});
