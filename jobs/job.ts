/** What a job is: a name, the ids it takes, and a function that reads and decides（任务）. */
import type { z } from 'zod';
import type { WorkCalendar } from '../handlers/calendar.ts';
import type { Feature } from '../handlers/feature.ts';
import type { Decision } from '../handlers/outcome.ts';
import type { Clock, Ids, Log, Reader, Vault } from '../handlers/ports.ts';
import type { Embedded, IngestPlan, LoadedDocument } from '../knowledge/index.ts';

/** Everything a job may use. Like a handler it reads and returns; it writes nothing itself. */
export interface JobContext {
  readonly db: Reader;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly log: Log;
  readonly calendar: WorkCalendar;
  readonly features: readonly Feature[];
  /**
   * Stores a document in many short transactions of its own, safe to repeat: the one thing a job writes that no single decision
   * can hold. Absent where nothing is stored.
   */
  readonly storeDocument?: ((plan: IngestPlan, text: string) => Promise<LoadedDocument>) | undefined;
  /** Gives some clauses their vectors, safe to repeat; the same exception. Absent without an embedding endpoint. */
  readonly embedClauses?: (() => Promise<Embedded>) | undefined;
}

/** The row of `scheduled_slots` a job runs for. */
export interface Slot {
  readonly id: string;
  /** When it was meant to run; a late run still speaks of this instant. */
  readonly dueAt: Date;
}

type JobData = Readonly<Record<string, string | undefined>>;

/** A job as the runner sees it, whatever its data. */
export interface Job {
  readonly name: string;
  /** Tries before the slot is given up as failed. */
  readonly attempts: number;
  /**
   * Runs once for a slot as far as anybody can see: it may be called again after a failure or a kill, and what it decides is
   * committed once.
   * @throws NonRetryableError when the slot's data is not what the job takes
   */
  readonly run: (ctx: JobContext, data: unknown, slot: Slot) => Promise<Decision | undefined>;
}

/** A failure that trying again cannot mend: the slot, or the queued job, is given up at once. */
export class NonRetryableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NonRetryableError';
  }
}

/**
 * Makes a job.
 * @param schema - of its data: ids only, all of them text, `z.object({})` for none
 * @param attempts - tries before the slot is given up as failed, 1 or more
 * @param run - returns what to write and say, or undefined when there is nothing to do
 */
export function defineJob<Data extends JobData>(definition: {
  readonly name: string;
  readonly schema: z.ZodType<Data>;
  readonly attempts: number;
  readonly run: (ctx: JobContext, data: Data, slot: Slot) => Promise<Decision | undefined>;
}): Job {
  return {
    name: definition.name,
    attempts: definition.attempts,
    run: async (ctx, data, slot) => {
      const parsed = definition.schema.safeParse(data);
      if (!parsed.success) throw new NonRetryableError(`data of job ${definition.name} is not what it takes`);
      return definition.run(ctx, parsed.data, slot);
    },
  };
}
