/** Both engines pass one suite, BullMQ on a real Redis; then Redis is stopped and started under the one that needs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { JobQueue } from '../../handlers/ports.ts';
import { createBullmqQueue } from '../../jobs/queue/bullmq.ts';
import { createEmbeddedQueue } from '../../jobs/queue/embedded.ts';
import { rememberingLog, standingClock, until } from '../jobs/support.ts';
import { freePort } from '../support/services.ts';
import { jobQueueCases } from './job-queue-cases.ts';

const redisUrl = inject('redisUrl');
const redisServer = inject('redisServer');

jobQueueCases('embedded', createEmbeddedQueue);

describe.skipIf(!redisUrl)('with redis-server', () => {
  jobQueueCases('BullMQ', (options) =>
    createBullmqQueue({ ...options, redisUrl: redisUrl ?? '', prefix: `test-${randomUUID()}` }),
  );

  it('shares the work between two processes and leaves nothing but ids in Redis', async () => {
    const prefix = `test-${randomUUID()}`;
    const options = {
      redisUrl: redisUrl ?? '',
      prefix,
      clock: standingClock('2026-11-20T00:00:00.000Z'),
      log: rememberingLog(),
    };
    const queues = [createBullmqQueue(options), createBullmqQueue(options)];
    const got: string[] = [];
    for (const [n, queue] of queues.entries())
      await queue.work(async (job) => {
        await sleep(5);
        got.push(`${n} ${job.data.id}`);
      });
    for (let id = 0; id < 60; id += 1)
      queues[0]?.enqueue({ name: 'slot', data: { id: String(id) } }, { key: `k${id}` });
    for (let id = 0; id < 60; id += 1)
      queues[1]?.enqueue({ name: 'slot', data: { id: String(id) } }, { key: `k${id}` });
    await until(() => got.length >= 60);
    await Promise.all(queues.map((queue) => queue.close()));
    expect(new Set(got.map((line) => line.split(' ')[0]))).toEqual(new Set(['0', '1']));
    const redis = new Redis(redisUrl ?? '');
    const left = await redis.keys(`${prefix}:jobs:*`);
    await redis.quit();
    expect(left.filter((key) => /:k[0-9a-f]{32}$/.test(key))).toEqual([]);
  });
});

describe.skipIf(!redisServer)('BullMQ while Redis is down', () => {
  let port = 0;
  let folder = '';
  let server: ChildProcess | undefined;
  let queue: JobQueue | undefined;
  beforeEach(async () => {
    port = await freePort();
    folder = mkdtempSync(join(tmpdir(), 'yigongti-queue-'));
  });
  afterEach(async () => {
    await queue?.close();
    await stopRedis();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startRedis(): Promise<void> {
    const args = ['--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
    server = spawn(redisServer ?? '', args, { stdio: 'ignore' });
  }
  async function stopRedis(): Promise<void> {
    const stopping = server;
    server = undefined;
    if (!stopping || stopping.exitCode !== null) return;
    const gone = new Promise((done) => stopping.once('exit', done));
    stopping.kill('SIGKILL');
    await gone;
  }

  function open() {
    const log = rememberingLog();
    const made = createBullmqQueue({
      redisUrl: `redis://127.0.0.1:${port}`,
      prefix: 'test',
      clock: standingClock('2026-11-20T00:00:00.000Z'),
      log,
      backoffMs: 20,
    });
    queue = made;
    const got: string[] = [];
    return {
      queue: made,
      log,
      got,
      work: async (job: { data: Readonly<Record<string, string>> }) => void got.push(job.data.id ?? ''),
    };
  }

  it('starts without Redis, enqueues without waiting, says why it is unhealthy, and works once Redis comes', async () => {
    const { queue, log, got, work } = open();
    const before = performance.now();
    await queue.work(work);
    queue.enqueue({ name: 'slot', data: { id: 'early' } }, { key: 'early' });
    queue.enqueue({ name: 'slot', data: { id: 'early' } }, { key: 'early' });
    expect(performance.now() - before).toBeLessThan(200);
    await until(async () => /ECONNREFUSED/.test((await queue.health()) ?? ''));
    await sleep(600); // several tries to connect
    expect(log.lines.filter((line) => line.event === 'queue.trouble')).toHaveLength(1);
    await startRedis();
    await until(async () => (await queue.health()) === undefined);
    queue.enqueue({ name: 'slot', data: { id: 'late' } });
    await until(() => got.length === 2);
    expect(got.sort()).toEqual(['early', 'late']);
  });

  it('goes on by itself after Redis was killed and came back empty', async () => {
    await startRedis();
    const { queue, log, got, work } = open();
    await queue.work(work);
    queue.enqueue({ name: 'slot', data: { id: 'before' } });
    await until(() => got.includes('before'));
    await stopRedis();
    await until(async () => (await queue.health()) !== undefined);
    const began = performance.now();
    for (let n = 0; n < 2000; n += 1) queue.enqueue({ name: 'slot', data: { id: 'during' } }, { key: 'during' });
    expect(performance.now() - began).toBeLessThan(500);
    await startRedis();
    await until(() => got.includes('during'));
    queue.enqueue({ name: 'slot', data: { id: 'after' } });
    await until(() => got.includes('after'));
    expect(got.filter((id) => id === 'during')).toHaveLength(1);
    expect(log.lines.filter((line) => line.event === 'queue.trouble').length).toBeLessThanOrEqual(1);
  });

  it('closes in order of seconds while Redis is down, after what runs', async () => {
    await startRedis();
    const { queue } = open();
    const events: string[] = [];
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((done) => {
      finish = done;
    });
    await queue.work(async () => {
      events.push('began');
      await gate;
      events.push('ended');
    });
    queue.enqueue({ name: 'slot', data: { id: '1' } });
    await until(() => events.includes('began'));
    await stopRedis();
    const closing = queue.close().then(() => events.push('closed'));
    await sleep(100);
    expect(events).toEqual(['began']);
    finish();
    const began = performance.now();
    await closing;
    expect(events).toEqual(['began', 'ended', 'closed']);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
