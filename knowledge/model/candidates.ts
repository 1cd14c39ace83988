/** Finds the clauses a model is given beside those already cited: the next best of the same documents（候选条款）. */
import type { Knex } from 'knex';
import { readInContext } from '../followup.ts';
import { Search } from '../search.ts';
import { countClauses, listDocuments, readGeneration } from '../store.ts';
import { normalise } from '../words.ts';

/** Where a clause stands. */
export interface ClauseKey {
  readonly doc: string;
  readonly path: string;
}

/** Clauses about a question in the documents named, best first. */
export type FindCandidates = (
  question: string,
  context: readonly string[],
  docs: readonly string[],
) => Promise<readonly ClauseKey[]>;

/** Clauses a document gives at most. */
const PER_DOCUMENT = 6;
/** A clause must speak of this share of the question's words. */
const MIN_COVERAGE = 0.2;

export function createCandidates(ports: { readonly db: Knex; readonly kind: 'sqlite' | 'pg' }): FindCandidates {
  const { db, kind } = ports;
  const search = new Search(db, kind);
  let generation: number | undefined;
  return async (question, context, docs) => {
    const current = await readGeneration(db);
    if (current !== generation) search.forget();
    generation = current;
    const read = readInContext(normalise(question), context.map(normalise));
    const terms = await search.weigh(read, await countClauses(db));
    const found: ClauseKey[][] = [];
    for (const document of (await listDocuments(db)).filter((one) => docs.includes(one.doc))) {
      const hits = await search.find(read, terms, [document.id]);
      const close = hits.filter(
        (hit) => hit.coverage >= MIN_COVERAGE && !/^(?:head|tail)$/.test(hit.reading.clause.kind),
      );
      found.push(close.slice(0, PER_DOCUMENT).map((hit) => ({ doc: document.doc, path: hit.reading.clause.path })));
    }
    // In turns, so that no plan crowds out another.
    return Array.from({ length: PER_DOCUMENT }, (_, rank) =>
      found.flatMap((keys) => keys.slice(rank, rank + 1)),
    ).flat();
  };
}
