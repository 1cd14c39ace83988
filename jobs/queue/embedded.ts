/** The queue inside this very process: nothing to install, nothing kept over a restart（内置队列）. */
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

/** How often delayed jobs are compared with a clock that may be moved (ms, real time). */
const POLL_MS = 200;

interface Entry {
  readonly job: QueuedJob;
  readonly at: Date | undefined;
  readonly key: string | undefined;
  attempts: number;
}

/** Makes the embedded engine. Its timers do not keep the process alive. */
export function createEmbeddedQueue(options: QueueOptions): JobQueue {
  const { clock, log } = options;
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const attempts = options.attempts ?? DEFAULT_ATTEMPTS;
  const backoffMs = options.backoffMs ?? DEFAULT_BACKOFF_MS;
  const waiting: Entry[] = [];
  const resting = new Set<NodeJS.Timeout>();
  const keys = new Set<string>();
  const running = new Set<Promise<void>>();
  let run: ((job: QueuedJob) => Promise<void>) | undefined;
  let poll: NodeJS.Timeout | undefined;
  let closed = false;

  function pump(): void {
    clearTimeout(poll);
    poll = undefined;
    if (!run || closed) return;
    const now = clock.now();
    while (running.size < concurrency) {
      const index = waiting.findIndex((entry) => !entry.at || entry.at <= now);
      const [entry] = index < 0 ? [] : waiting.splice(index, 1);
      if (!entry) break;
      const work = attempt(entry, run).finally(() => {
        running.delete(work);
        pump();
      });
      running.add(work);
    }
    // Whoever finishes pumps again; only delayed jobs need somebody to look at the clock.
    if (running.size < concurrency && waiting.length > 0) poll = setTimeout(pump, POLL_MS).unref();
  }

  async function attempt(entry: Entry, work: (job: QueuedJob) => Promise<void>): Promise<void> {
    try {
      await work(entry.job);
      forget(entry);
    } catch (error) {
      entry.attempts += 1;
      const last = entry.attempts >= attempts || error instanceof NonRetryableError;
      logFailure(log, entry.job.name, { error, attempt: entry.attempts, last });
      if (last || closed) return forget(entry);
      const timer = setTimeout(
        () => {
          resting.delete(timer);
          waiting.push(entry);
          pump();
        },
        backoffMs * 2 ** (entry.attempts - 1),
      ).unref();
      resting.add(timer);
    }
  }

  function forget(entry: Entry): void {
    if (entry.key !== undefined) keys.delete(entry.key);
  }

  return {
    enqueue(job: QueuedJob, { at, key }: EnqueueOptions = {}) {
      const refusal = refusalOf(job);
      if (refusal) {
        log.error({ event: 'queue.refused', job: String(job.name), why: refusal }, 'job refused by the queue');
        return;
      }
      if (closed || (key !== undefined && keys.has(key))) return;
      if (key !== undefined) keys.add(key);
      waiting.push({ job, at, key, attempts: 0 });
      setImmediate(pump);
    },
    async work(next) {
      run = next;
      setImmediate(pump);
    },
    async health() {
      return closed ? 'the queue is closed' : undefined;
    },
    async close() {
      closed = true;
      clearTimeout(poll);
      for (const timer of resting) clearTimeout(timer);
      resting.clear();
      waiting.length = 0;
      await Promise.all(running);
    },
  };
}
