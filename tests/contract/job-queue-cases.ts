/** What every engine behind JobQueue must do; job-queues.test.ts runs it for each of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobQueue, QueuedJob } from '../../handlers/ports.ts';
import { NonRetryableError } from '../../jobs/job.ts';
import type { QueueOptions } from '../../jobs/queue/payload.ts';
import { rememberingLog, standingClock, until } from '../jobs/support.ts';

/** Long enough to see that nothing happens (ms): both engines deliver in a few milliseconds. */
const QUIET_MS = 250;

/** Runs the suite for one engine. */
export function jobQueueCases(name: string, create: (options: QueueOptions) => JobQueue): void {
  describe(`job queue: ${name}`, () => {
    const opened: JobQueue[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((queue) => queue.close()));
    });

    function open(options: Partial<QueueOptions> = {}) {
      const clock = standingClock('2026-11-20T00:00:00.000Z');
      const log = rememberingLog();
      const queue = create({ clock, log, attempts: 3, backoffMs: 20, ...options });
      opened.push(queue);
      return { clock, log, queue };
    }

    it('delivers what was enqueued before and after the work began, with its ids', async () => {
      const { queue } = open();
      const got: QueuedJob[] = [];
      queue.enqueue({ name: 'slot', data: { slotId: 'before' } });
      await queue.work(async (job) => {
        got.push(job);
      });
      queue.enqueue({ name: 'slot', data: { slotId: 'after', other: '0020203' } });
      await until(() => got.length === 2);
      expect(got).toContainEqual({ name: 'slot', data: { slotId: 'before' } });
      expect(got).toContainEqual({ name: 'slot', data: { slotId: 'after', other: '0020203' } });
    });

    it("holds a delayed job until the process's clock says so, also when the clock is moved", async () => {
      const { queue, clock } = open();
      const got: string[] = [];
      await queue.work(async (job) => {
        got.push(job.data.id ?? '');
      });
      queue.enqueue({ name: 'later', data: { id: 'in an hour' } }, { at: new Date('2026-11-20T01:00:00.000Z') });
      queue.enqueue({ name: 'later', data: { id: 'in two' } }, { at: new Date('2026-11-20T02:00:00.000Z') });
      queue.enqueue({ name: 'later', data: { id: 'past' } }, { at: new Date('2026-11-19T00:00:00.000Z') });
      await until(() => got.includes('past'));
      await sleep(QUIET_MS);
      expect(got).toEqual(['past']);
      clock.set('2026-11-20T01:00:00.000Z');
      await until(() => got.includes('in an hour'));
      await sleep(QUIET_MS);
      expect(got).toEqual(['past', 'in an hour']);
    });

    it('does not run a delayed job early when its clock stands behind real time', async () => {
      const { queue, clock } = open();
      const got: string[] = [];
      await queue.work(async (job) => {
        got.push(job.data.id ?? '');
      });
      queue.enqueue({ name: 'later', data: { id: 'a' } }, { at: new Date('2026-11-20T00:00:00.100Z') });
      await sleep(QUIET_MS);
      expect(got).toEqual([]);
      clock.set('2026-11-20T00:00:01.000Z');
      await until(() => got.length === 1);
    });

    it('adds a key once while it waits or runs, and again once it is done', async () => {
      const { queue } = open();
      const got: string[] = [];
      let finish: () => void = () => undefined;
      const gate = new Promise<void>((done) => {
        finish = done;
      });
      queue.enqueue({ name: 'slot', data: { id: '1' } }, { key: 'slot 1' });
      queue.enqueue({ name: 'slot', data: { id: '1, again while waiting' } }, { key: 'slot 1' });
      await queue.work(async (job) => {
        got.push(job.data.id ?? '');
        await gate;
      });
      await until(() => got.length === 1);
      queue.enqueue({ name: 'slot', data: { id: '1, again while running' } }, { key: 'slot 1' });
      queue.enqueue({ name: 'slot', data: { id: 'another' } }, { key: 'slot 2' });
      await until(() => got.includes('another'));
      await sleep(QUIET_MS);
      expect(got).toEqual(['1', 'another']);
      finish();
      await until(async () => {
        queue.enqueue({ name: 'slot', data: { id: '1, later' } }, { key: 'slot 1' });
        await sleep(20);
        return got.includes('1, later');
      });
    });

    it('takes keys with colons and keys that are numbers', async () => {
      const { queue } = open();
      const got: string[] = [];
      await queue.work(async (job) => {
        got.push(job.data.id ?? '');
      });
      queue.enqueue({ name: 'slot', data: { id: 'colons' } }, { key: 'digest@2026-11-20T00:00:00.000Z' });
      queue.enqueue({ name: 'slot', data: { id: 'number' } }, { key: '42' });
      await until(() => got.length === 2);
    });

    it('tries a throwing job again with growing waits up to its attempts, then gives it up and logs an error', async () => {
      const { queue, log } = open({ attempts: 3, backoffMs: 40 });
      const at: number[] = [];
      await queue.work(async () => {
        at.push(performance.now());
        throw new Error('病人张三');
      });
      queue.enqueue({ name: 'slot', data: { id: '1' } });
      await until(() => log.lines.some((line) => line.event === 'queue.failed'));
      await sleep(QUIET_MS);
      const [first = 0, second = 0, third = 0] = at;
      expect(at).toHaveLength(3);
      expect(second - first).toBeGreaterThanOrEqual(38);
      expect(third - second).toBeGreaterThanOrEqual(76);
      expect(log.lines.map((line) => [line.level, line.event, line.fields.attempt])).toEqual([
        ['warn', 'queue.retry', 1],
        ['warn', 'queue.retry', 2],
        ['error', 'queue.failed', 3],
      ]);
      expect(JSON.stringify(log.lines)).not.toContain('张三');
    });

    it('stops trying when a try succeeds', async () => {
      const { queue, log } = open();
      let tries = 0;
      await queue.work(async () => {
        tries += 1;
        if (tries === 1) throw new Error('first');
      });
      queue.enqueue({ name: 'slot', data: { id: '1' } });
      await until(() => tries === 2);
      await sleep(QUIET_MS);
      expect(tries).toBe(2);
      expect(log.lines.map((line) => line.event)).toEqual(['queue.retry']);
    });

    it('does not try again what cannot be mended', async () => {
      const { queue, log } = open();
      let tries = 0;
      await queue.work(async () => {
        tries += 1;
        throw new NonRetryableError('no such thing');
      });
      queue.enqueue({ name: 'slot', data: { id: '1' } });
      await until(() => log.lines.some((line) => line.event === 'queue.failed'));
      await sleep(QUIET_MS);
      expect(tries).toBe(1);
    });

    it('goes on with the others while one fails and one takes long', async () => {
      const { queue } = open({ concurrency: 2 });
      const got: string[] = [];
      let finish: () => void = () => undefined;
      const gate = new Promise<void>((done) => {
        finish = done;
      });
      await queue.work(async (job) => {
        if (job.data.id === 'long') await gate;
        if (job.data.id === 'bad') throw new Error('bad');
        got.push(job.data.id ?? '');
      });
      for (const id of ['long', 'bad', 'good', 'better']) queue.enqueue({ name: 'slot', data: { id } });
      await until(() => got.includes('good') && got.includes('better'));
      expect(got).not.toContain('long');
      finish();
      await until(() => got.includes('long'));
    });

    it.each([
      ['a number', { id: 42 }],
      ['an object', { id: { patient: '张三' } }],
      ['nothing', { id: undefined }],
      ['a whole text', { id: '张三，男，'.repeat(60) }],
    ])('refuses data with %s, without a throw and without repeating it in the log', async (_, data) => {
      const { queue, log } = open();
      const got: QueuedJob[] = [];
      await queue.work(async (job) => {
        got.push(job);
      });
      queue.enqueue({ name: 'slot', data: data as unknown as Record<string, string> });
      queue.enqueue({ name: 'slot', data: { id: 'fine' } });
      await until(() => got.length > 0);
      await sleep(50);
      expect(got).toEqual([{ name: 'slot', data: { id: 'fine' } }]);
      expect(log.lines.map((line) => [line.level, line.event])).toEqual([['error', 'queue.refused']]);
      expect(JSON.stringify(log.lines)).not.toContain('张三');
    });

    it('waits at close for what runs, starts nothing more, and may be closed twice', async () => {
      const { queue } = open({ concurrency: 1 });
      const events: string[] = [];
      let finish: () => void = () => undefined;
      const gate = new Promise<void>((done) => {
        finish = done;
      });
      await queue.work(async (job) => {
        events.push(`began ${job.data.id}`);
        await gate;
        events.push(`ended ${job.data.id}`);
      });
      queue.enqueue({ name: 'slot', data: { id: '1' } });
      await until(() => events.length === 1);
      queue.enqueue({ name: 'slot', data: { id: '2' } });
      await sleep(50);
      const first = queue.close().then(() => events.push('closed'));
      const second = queue.close();
      await sleep(100);
      expect(events).toEqual(['began 1']);
      finish();
      await Promise.all([first, second]);
      expect(events).toEqual(['began 1', 'ended 1', 'closed']);
      queue.enqueue({ name: 'slot', data: { id: '3' } });
      await sleep(50);
      expect(events).toHaveLength(3);
    });

    it('closes at once when it never worked', async () => {
      const { queue } = open();
      queue.enqueue({ name: 'slot', data: { id: '1' } });
      await queue.close();
      expect(await queue.health()).toContain('closed');
    });

    it('is healthy while it can work and says why not', async () => {
      const { queue } = open();
      await queue.work(async () => undefined);
      await until(async () => (await queue.health()) === undefined);
      await queue.close();
      expect(await queue.health()).toMatch(/closed/);
    });
  });
}
