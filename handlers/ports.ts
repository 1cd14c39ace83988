/** What handlers and jobs need from outside, as interfaces; bot/ provides them, tests may provide their own. */
import type { Knex } from 'knex';

/** The one clock（时钟）. In the playground it may run ahead of the real one. */
export interface Clock {
  now(): Date;
}

/** The one source of ids: unique, sortable by time of making. */
export interface Ids {
  next(): string;
}

/** Reads only; every write goes through the committer as a `Write`. */
export type Reader = Knex;

/** Seals what must not lie in the database as plain text, AES-256-GCM with key rotation（加密）. */
export interface Vault {
  /** Ciphertext with version, key id, nonce and tag, as one printable string. */
  seal(plain: string): string;
  /** @throws Error when the text was changed or its key is not among DATA_KEY. */
  open(sealed: string): string;
  /** HMAC-SHA-256 with a derived key: equal for equal input, so that equal patients are found without plain text. */
  fingerprint(plain: string): string;
}

/** Structured logging, English, ids only: never message text, names or secrets. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A job as a queue carries it: a name and ids, never text or patient data. */
export interface QueuedJob {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface EnqueueOptions {
  /** Not before this instant, by the process's clock. Absent: at once. */
  readonly at?: Date | undefined;
  /** While a job with the same key waits or runs, another is not added. */
  readonly key?: string | undefined;
}

/**
 * Wakes a worker（任务队列）. At least once, possibly late, possibly lost while the engine is down: whether something is due,
 * and that it happens once, is decided in the database, and a sweep finds what was lost.
 */
export interface JobQueue {
  /** Never rejects and is never waited for on a message's path; what fails is logged and left to the sweep. */
  enqueue(job: QueuedJob, options?: EnqueueOptions): void;
  /** Starts working. `run` may be called for the same job again: a throw is retried with backoff, up to `attempts`. */
  work(run: (job: QueuedJob) => Promise<void>): Promise<void>;
  /** `undefined` when healthy, else the reason in English. */
  health(): Promise<string | undefined>;
  /** Waits for what runs, drops what waits, closes its own connections. Calling it twice does no harm. */
  close(): Promise<void>;
}
