/** Connects an embedding endpoint: clauses get vectors in the background, questions are looked up by meaning a second time. */
import type { Clock, Ids, Log } from '../handlers/ports.ts';
import { isEmergency } from '../handlers/safety/emergency.ts';
import { narcoticRefusal, notifiableDisease } from '../handlers/safety/refusals.ts';
import type { JobContext } from '../jobs/job.ts';
import { EMBED_CLAUSES } from '../jobs/schedules.ts';
import {
  createEmbedder,
  createMeaning,
  type EmbeddingSettings,
  embedDocuments,
  type Meaning,
  QUESTION_TIMEOUT_MS,
} from '../knowledge/index.ts';
import type { Database } from './database/connect.ts';
import { forgetForeignSettings, mayLeaveForModel } from './language-model.ts';

/** One request with clauses may take this long (ms): a model on one machine without a graphics card. */
const CLAUSES_TIMEOUT_MS = 25_000;
/** A run starts no request after this time (ms, real time): a job is cut off after 45 s. */
const RUN_MS = 15_000;

export interface Embeddings {
  readonly meaning: Meaning;
  /** For the job; a second call while one runs does nothing. */
  readonly embedClauses: NonNullable<JobContext['embedClauses']>;
  /** Ends a run under way after its request. */
  stop(): Promise<void>;
}

/** Whether words may leave for embedding: as for a language model, and nothing the safety rules answer themselves. */
export function mayLeaveForEmbedding(text: string): boolean {
  return (
    mayLeaveForModel(text) &&
    !isEmergency(text) &&
    narcoticRefusal(text) === undefined &&
    notifiableDisease(text) === undefined
  );
}

/** Nothing is loaded and nobody is called before a clause or a question needs it. */
export function connectEmbeddings(
  settings: EmbeddingSettings,
  { database, clock, log }: { readonly database: Database; readonly clock: Clock; readonly log: Log },
): Embeddings {
  forgetForeignSettings(process.env);
  log.info(
    { event: 'embedding.configured', origin: new URL(settings.baseUrl).origin },
    'clauses and questions may go to an embedding endpoint',
  );
  let stopped = false;
  let running: ReturnType<Embeddings['embedClauses']> | undefined;
  const forClauses = createEmbedder(settings, CLAUSES_TIMEOUT_MS);
  return {
    meaning: createMeaning({
      db: database.reader,
      embedder: createEmbedder(settings, QUESTION_TIMEOUT_MS),
      model: settings.model,
      mayLeave: mayLeaveForEmbedding,
      clock,
      log,
    }),
    async embedClauses() {
      if (stopped || running) return { clauses: 0, more: false };
      const until = performance.now() + RUN_MS;
      running = embedDocuments({
        reader: database.reader,
        write: database.write,
        clock,
        embedder: forClauses,
        model: settings.model,
        isStopping: () => stopped || performance.now() > until,
      }).finally(() => {
        running = undefined;
      });
      return running;
    },
    async stop() {
      stopped = true;
      await running?.catch(() => undefined);
    },
  };
}

/** Plans a run of the job for now: at the start of a process, whatever the schedule says. */
export async function embedSoon(database: Database, clock: Clock, ids: Ids): Promise<void> {
  const now = clock.now().toISOString();
  const data = JSON.stringify({ after: ids.next() });
  await database.write(async (trx) => {
    await trx('scheduled_slots')
      .insert({ id: ids.next(), job: EMBED_CLAUSES, due_at: now, data, state: 'pending', created_at: now })
      .onConflict(['job', 'due_at', 'data'])
      .ignore();
  });
}
