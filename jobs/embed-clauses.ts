/** Gives new clauses their vectors, beside all other work, where an embedding endpoint is configured（向量入库）. */
import { z } from 'zod';
import { EmbeddingFailure } from '../knowledge/index.ts';
import { defineJob } from './job.ts';
import { EMBED_CLAUSES } from './schedules.ts';

/**
 * Works for some seconds, then leaves the rest to a run of its own. While the endpoint fails nothing is lost and nobody is told:
 * questions are answered by words, and the next run goes on where this one stopped.
 */
export const embedClauses = defineJob({
  name: EMBED_CLAUSES,
  schema: z.strictObject({
    /** Tells one run from another at the same instant: a document, a start, the run before. */
    after: z.string().optional(),
  }),
  attempts: 3,
  run: async ({ clock, log, embedClauses: embed }, _data, slot) => {
    if (!embed) return undefined;
    try {
      const { clauses, more } = await embed();
      if (clauses > 0) log.info({ event: 'embedding.stored', clauses, more }, 'clauses got their vectors');
      return more && clauses > 0
        ? { replies: [], timers: [{ job: EMBED_CLAUSES, dueAt: clock.now(), data: { after: slot.id } }] }
        : undefined;
    } catch (error) {
      if (!(error instanceof EmbeddingFailure)) throw error;
      log.warn(
        { event: 'embedding.failed', error: error.message },
        'clauses wait for their vectors, the next run goes on',
      );
      return undefined;
    }
  },
});
