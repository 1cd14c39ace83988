/** The queue on Redis: several processes share the work（分布式队列）. The only file that knows BullMQ. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, Queue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { EnqueueOptions, JobQueue, QueuedJob } from '../../handlers/ports.ts';
import { NonRetryableError } from '../job.ts';
import {
  DEFAULT_ATTEMPTS,
  DEFAULT_BACKOFF_MS,
  DEFAULT_CONCURRENCY,
  logFailure,
  type QueueOptions,
  refusalOf,
} from './payload.ts';

/** Name of the one queue below the prefix; the queue board asks for it. */
export const QUEUE_NAME = 'jobs';

export interface BullmqOptions extends QueueOptions {
  readonly redisUrl: string;
  /** Keys begin with it, so that several installations share one Redis. */
  readonly prefix: string;
}

/** Longest wait between two tries to reach Redis (ms). */
const RECONNECT_MS = 1_000;
/** A command Redis does not answer in this time has failed (ms). */
const COMMAND_TIMEOUT_MS = 5_000;
const PING_TIMEOUT_MS = 1_000;
/** Jobs kept while Redis is away; what is beyond is dropped, oldest first, and found by the sweep. */
const KEPT_WHILE_AWAY = 1_000;
/** How long close waits for Redis once nothing runs any more (ms). */
const CLOSE_WAIT_MS = 2_000;
/** How often the clock is looked at, and how far it must leap to count as moved (ms). */
const CLOCK_POLL_MS = 200;
const CLOCK_LEAP_MS = 500;
/** The same trouble is logged once in this time (ms, real time), not once a retry. */
const QUIET_MS = 60_000;

/** What lies in Redis: ids, and the instant where there is one. */
interface Stored {
  readonly ids: Readonly<Record<string, string>>;
  readonly at?: string | undefined;
}

interface Kept {
  readonly job: QueuedJob;
  readonly options: EnqueueOptions;
}

/** Makes the engine and begins to connect; whether Redis is there or not, it returns at once. */
export function createBullmqQueue(options: BullmqOptions): JobQueue {
  const { clock, log, prefix } = options;
  const attempts = options.attempts ?? DEFAULT_ATTEMPTS;
  const running = new Set<Promise<void>>();
  let kept: Kept[] = [];
  let closing: Promise<void> | undefined;
  let lastTrouble = '';
  let loggedAt = Number.NEGATIVE_INFINITY;

  function trouble(error: unknown): void {
    lastTrouble = error instanceof Error ? error.message : String(error);
    if (closing || performance.now() - loggedAt < QUIET_MS) return;
    loggedAt = performance.now();
    log.error({ event: 'queue.trouble', why: lastTrouble.slice(0, 200) }, 'the queue on Redis has trouble');
  }

  const connect = (more: { readonly enableOfflineQueue?: boolean; readonly commandTimeout?: number }): Redis => {
    const redis = new Redis(options.redisUrl, {
      ...more,
      maxRetriesPerRequest: null, // BullMQ insists
      retryStrategy: (times) => Math.min(times * 100, RECONNECT_MS),
    });
    redis.on('error', trouble);
    return redis;
  };

  // Commands of the producer fail at once while Redis is away instead of waiting in memory without a bound.
  const producer = connect({ enableOfflineQueue: false, commandTimeout: COMMAND_TIMEOUT_MS });
  const queue = keepAlive(() => {
    const made = new Queue<Stored>(QUEUE_NAME, { connection: producer, prefix });
    made.on('error', trouble);
    return made;
  });
  producer.on('ready', () => {
    const waiting = kept;
    kept = [];
    for (const { job, options: when } of waiting) add(job, when);
  });

  function keep(entry: Kept): void {
    if (closing) return;
    const { key } = entry.options;
    if (key !== undefined && kept.some((other) => other.options.key === key)) return;
    kept.push(entry);
    if (kept.length > KEPT_WHILE_AWAY) kept.shift();
  }

  function add(job: QueuedJob, when: EnqueueOptions): void {
    if (producer.status !== 'ready') {
      keep({ job, options: when });
      return;
    }
    const { at, key } = when;
    const stored: Stored = at ? { ids: job.data, at: at.toISOString() } : { ids: job.data };
    queue
      .current()
      .add(job.name, stored, {
        attempts,
        backoff: { type: 'exponential', delay: options.backoffMs ?? DEFAULT_BACKOFF_MS },
        delay: at ? Math.max(0, at.getTime() - clock.now().getTime()) : 0,
        removeOnComplete: true,
        removeOnFail: true,
        ...(key === undefined ? {} : { jobId: jobIdOf(key) }),
      })
      .catch((error: unknown) => {
        trouble(error);
        keep({ job, options: when });
      });
  }

  // The worker's own connection, made once and kept for whatever worker is made on it.
  let consumer: Redis | undefined;
  let worker: Keeper<Worker<Stored>> | undefined;

  function startWorker(connection: Redis, run: (job: QueuedJob) => Promise<void>): Worker<Stored> {
    const made = new Worker<Stored>(
      QUEUE_NAME,
      async (job, token) => {
        const at = job.data.at ? new Date(job.data.at) : undefined;
        const earlyMs = at ? at.getTime() - clock.now().getTime() : 0;
        if (earlyMs > 0) {
          await job.moveToDelayed(Date.now() + earlyMs, token);
          throw new DelayedError();
        }
        const work = run({ name: job.name, data: job.data.ids });
        const settled = work.then(
          () => undefined,
          () => undefined,
        );
        running.add(settled);
        void settled.then(() => running.delete(settled));
        await work.catch((error: unknown) => {
          const last = error instanceof NonRetryableError || job.attemptsMade + 1 >= attempts;
          logFailure(log, job.name, { error, attempt: job.attemptsMade + 1, last });
          // Only the class of the error goes to Redis: its words may hold what must not lie there.
          const name = error instanceof Error ? error.name : 'Error';
          throw last ? new UnrecoverableError(name) : new Error(name);
        });
      },
      {
        connection,
        prefix,
        concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
        runRetryDelay: RECONNECT_MS,
      },
    );
    made.on('error', trouble);
    return made;
  }

  // Redis measures delays in real time: when the bot's clock is moved forward, what fell due is promoted.
  let offsetMs = clock.now().getTime() - Date.now();
  const clockPoll = setInterval(() => {
    const seenMs = clock.now().getTime() - Date.now();
    if (seenMs - offsetMs > CLOCK_LEAP_MS && producer.status === 'ready') promoteDue().catch(trouble);
    offsetMs = seenMs;
  }, CLOCK_POLL_MS).unref();

  async function promoteDue(): Promise<void> {
    const now = clock.now().toISOString();
    // Another process may have promoted it: then there is nothing left to do.
    for (const job of await queue.current().getDelayed())
      if (job.data.at && job.data.at <= now) await job.promote().catch(() => undefined);
  }

  async function close(): Promise<void> {
    clearInterval(clockPoll);
    kept = [];
    // Worker before queue before connection; without Redis the engine would wait for ever, so only what runs is waited for.
    const orderly = (async () => {
      await worker?.close();
      await queue.close();
    })().catch(() => undefined);
    const giveUp = (async () => {
      while (running.size > 0) await Promise.all(running);
      await sleep(CLOSE_WAIT_MS, undefined, { ref: false });
    })();
    await Promise.race([orderly, giveUp]);
    consumer?.disconnect();
    producer.disconnect();
  }

  return {
    enqueue(job, when = {}) {
      const refusal = refusalOf(job);
      if (refusal) {
        log.error({ event: 'queue.refused', job: String(job.name), why: refusal }, 'job refused by the queue');
        return;
      }
      if (!closing) add(job, when);
    },
    async work(run) {
      if (worker || closing) return;
      const connection = connect({});
      consumer = connection;
      worker = keepAlive(() => startWorker(connection, run));
    },
    async health() {
      if (closing) return 'the queue is closed';
      if (producer.status !== 'ready') return `redis is ${producer.status}${lastTrouble && `: ${lastTrouble}`}`;
      const late = sleep(PING_TIMEOUT_MS, 'redis does not answer', { ref: false });
      const ping = producer.ping().then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : 'redis does not answer'),
      );
      return Promise.race([ping, late]);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** A job id of BullMQ holds no colon and is no integer. */
function jobIdOf(key: string): string {
  return `k${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

interface Closable {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
interface Keeper<T> {
  current(): T;
  close(): Promise<void>;
}

/** A queue or worker whose very first greeting fails stays broken for ever: then a new one takes its place. */
function keepAlive<T extends Closable>(make: () => T): Keeper<T> {
  let closed = false;
  let current = make();
  const watch = (): void => {
    current.waitUntilReady().catch(async () => {
      await sleep(RECONNECT_MS, undefined, { ref: false });
      if (closed) return;
      await current.close().catch(() => undefined);
      current = make();
      watch();
    });
  };
  watch();
  return {
    current: () => current,
    close: () => {
      closed = true;
      return current.close();
    },
  };
}
