/**
 * Looks a second time where the words did not answer for sure: clauses near in meaning join those found by words（二次检索）. Without
 * vectors, in time, the first answer stands.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { createBreaker } from '../model/breaker.ts';
import { confidenceOf, isForThePlans, UNSURE_BELOW } from '../model/when.ts';
import type { ClauseView, PolicyAnswer, Question } from '../types.ts';
import { nearest } from './nearest.ts';
import { listEmbedded } from './store.ts';
import { type Embedder, EmbeddingFailure, type FindNear } from './types.ts';
import { createVectorMemory } from './vector-memory.ts';
import { compress } from './vectors.ts';

/** All that the second look may wait for the endpoint (ms); after it the first answer goes out. */
const BUDGET_MS = 300;
/** The client's own limit for a question (ms): an answer just late is there for the next one who asks. */
export const QUESTION_TIMEOUT_MS = 2_000;
/** Vectors of questions kept: people ask the same, and a handler may run again. */
const REMEMBERED = 200;

/** The second look, as the knowledge room asks for it. */
export interface Meaning {
  /**
   * The answer with what is near in meaning, or the one given. Never rejects because of the endpoint.
   * @param again - answers the question once more, finding clauses near in meaning by what it is given
   * @param view - the clause a citation stands in
   */
  improve(
    question: Question,
    answer: PolicyAnswer,
    again: (near: FindNear) => Promise<PolicyAnswer>,
    view: (doc: string, path: string) => Promise<ClauseView | undefined>,
  ): Promise<PolicyAnswer>;
}

export interface MeaningOptions {
  readonly db: Knex;
  readonly embedder: Embedder;
  /** Name of the model: only vectors of the same one are compared. */
  readonly model: string;
  /** Whether words may leave the machine: false for anything that tells of a patient. */
  readonly mayLeave: (text: string) => boolean;
  readonly clock: { now(): Date };
  readonly log?: { info(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
  readonly budgetMs?: number | undefined;
  /** Most bytes of vectors kept in memory; default see vector-memory.ts. */
  readonly maxBytes?: number | undefined;
}

/** No clauses near in meaning can be told, in time or at all. */
class WithoutMeaning extends Error {
  override readonly name = 'WithoutMeaning';
}

/** Makes the second look; nothing is loaded and nobody is called before a question needs it. */
export function createMeaning(options: MeaningOptions): Meaning {
  const { db, embedder, model, log, budgetMs = BUDGET_MS } = options;
  const breaker = createBreaker(options.clock);
  const memory = createVectorMemory(db, model, options.maxBytes);
  const known = new Map<string, Int8Array>();

  async function embed(words: string): Promise<Int8Array> {
    const key = createHash('sha256').update(words).digest('hex');
    const before = known.get(key);
    if (before) return before;
    // Loading the library takes longer than the budget and is no fault of the endpoint.
    await embedder.load();
    if (!breaker.begin()) throw new WithoutMeaning('the endpoint is left alone');
    let well = false;
    try {
      const [vector] = await embedder.embed([words]);
      if (!vector) throw new EmbeddingFailure('no vector');
      well = true;
      const small = compress(vector);
      if (known.size >= REMEMBERED) known.delete(known.keys().next().value ?? '');
      known.set(key, small);
      return small;
    } finally {
      breaker.ended(well);
    }
  }

  async function find(words: string, documentIds: readonly string[]) {
    const documents = await listEmbedded(db, model, documentIds);
    if (documents.length === 0) return [];
    const [vector, vectors] = await Promise.all([embed(words), memory.read(documents)]);
    if (documents.some((one) => one.dimension !== vector.length)) {
      known.clear();
      throw new EmbeddingFailure('a vector of another length than those of the clauses');
    }
    return nearest(vector, vectors);
  }

  return {
    async improve(question, answer, again, view) {
      if (!(await isWorthIt(question, answer, view))) return answer;
      if (![question.q, ...(question.context ?? [])].every(options.mayLeave)) return answer;
      const until = performance.now() + budgetMs;
      let found = 0;
      try {
        const better = await again(async (words, documentIds) => {
          try {
            const near = await within(until - performance.now(), () => find(words, documentIds));
            found += near.length;
            return near;
          } catch (error) {
            throw error instanceof WithoutMeaning ? error : new WithoutMeaning(kindOf(error), { cause: error });
          }
        });
        if (found === 0) return answer;
        if (better.kind === answer.kind || better.kind === 'answer' || answer.kind === 'not-found') {
          log?.info({ event: 'embedding.used', before: answer.kind, after: better.kind }, 'looked by meaning too');
          return better;
        }
        return answer;
      } catch (error) {
        if (!(error instanceof WithoutMeaning)) throw error;
        log?.info({ event: 'embedding.failed', error: error.message }, 'without vectors, the words’ answer stands');
        return answer;
      }
    },
  };
}

/** Words that answer for sure need no second look: nothing of such a question leaves. */
async function isWorthIt(
  { q }: Question,
  answer: PolicyAnswer,
  view: (doc: string, path: string) => Promise<ClauseView | undefined>,
): Promise<boolean> {
  if (!isForThePlans(q)) return false;
  if (answer.kind === 'not-found') return true;
  if (answer.kind !== 'answer') return false;
  if (answer.confidence !== undefined) return answer.confidence < UNSURE_BELOW;
  const cited: ClauseView[] = [];
  for (const { doc, path } of answer.citations) {
    const found = await view(doc, path);
    if (found) cited.push(found);
  }
  return confidenceOf(q, cited) < UNSURE_BELOW;
}

/** Waits no longer than this; what comes later is not lost, it is there for the next question. */
async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  if (ms <= 0) throw new WithoutMeaning('late');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new WithoutMeaning('late')), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Kind and HTTP status of a failure; other messages may quote the question. */
function kindOf(error: unknown): string {
  if (error instanceof EmbeddingFailure) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}
