/** What both engines share: what may travel through a queue, how it is paced, what the log may say of a failure. */
import type { Clock, Log, QueuedJob } from '../../handlers/ports.ts';

/** Longest text in a queued job: ids are far shorter, the words of a patient's case are not. */
const MAX_LENGTH = 200;

/** Tries of a queued job unless told otherwise. */
export const DEFAULT_ATTEMPTS = 3;
/** Jobs a process works on side by side unless told otherwise. */
export const DEFAULT_CONCURRENCY = 8;
/** Wait before the second try (ms, real time) unless told otherwise; doubled for each further one. */
export const DEFAULT_BACKOFF_MS = 1_000;

/** What both engines take; an engine may want more. */
export interface QueueOptions {
  /** Delays follow it, also when it is moved. */
  readonly clock: Clock;
  readonly log: Log;
  /** Default DEFAULT_CONCURRENCY. */
  readonly concurrency?: number | undefined;
  /** Default DEFAULT_ATTEMPTS. */
  readonly attempts?: number | undefined;
  /** Default DEFAULT_BACKOFF_MS. */
  readonly backoffMs?: number | undefined;
}

/** Why a job may not be queued; undefined when it may. The types say the same, but a queue outlives its writers. */
export function refusalOf(job: QueuedJob): string | undefined {
  if (typeof job.name !== 'string' || job.name === '') return 'it has no name';
  for (const [key, value] of Object.entries(job.data as Readonly<Record<string, unknown>>)) {
    if (typeof value !== 'string') return `${key} is no text`;
    if (value.length > MAX_LENGTH) return `${key} is too long for an id`;
  }
  return undefined;
}

/** Logs a failed try of a queued job. */
export function logFailure(
  log: Log,
  job: string,
  failure: { readonly error: unknown; readonly attempt: number; readonly last: boolean },
): void {
  const name = failure.error instanceof Error ? failure.error.name : typeof failure.error;
  const fields = { job, attempt: failure.attempt, error: name };
  if (failure.last) log.error({ event: 'queue.failed', ...fields }, 'queued job given up');
  else log.warn({ event: 'queue.retry', ...fields }, 'queued job failed, will be tried again');
}
