/** Compares a question with every clause of some documents, one after the other（最近邻）. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Near } from './types.ts';
import type { DocumentVectors } from './vector-memory.ts';
import { lengthOf, product } from './vectors.ts';

/** Clauses handed back. */
const NEAREST = 50;
/** Numbers multiplied before others get their turn: some 10 ms. */
const BREATH = 8_000_000;
/** Among fewer clauses nothing can be said to stand out. */
const ENOUGH = 20;
/** What makes a median of deviations comparable with a standard deviation. */
const SIGMA = 1.4826;

/** The clauses nearest to a question, best first; equals in the order of the documents. Same order on every database. */
export async function nearest(question: Int8Array, documents: readonly DocumentVectors[]): Promise<readonly Near[]> {
  const size = lengthOf(question, 0, question.length);
  const all: { n: number; part: number; similarity: number }[] = [];
  let multiplied = 0;
  for (const { ns, owners, bytes, lengths } of documents) {
    const best = ns.map((n) => ({ n, part: 0, similarity: -1 }));
    let [owner, part] = [-1, 0];
    for (let row = 0; row < owners.length; row += 1) {
      part = owners[row] === owner ? part + 1 : 0;
      owner = owners[row] ?? 0;
      const cosine = product(bytes, row * question.length, question) / (size * (lengths[row] ?? 1));
      const one = best[owner];
      if (one && cosine > one.similarity) Object.assign(one, { part, similarity: cosine });
      multiplied += question.length;
      if (multiplied >= BREATH) {
        multiplied = 0;
        await breathe();
      }
    }
    for (const one of best) all.push(one);
  }
  all.sort((a, b) => b.similarity - a.similarity);
  const usual = median(all.map((one) => one.similarity));
  const spread = SIGMA * median(all.map((one) => Math.abs(one.similarity - usual)).sort((a, b) => b - a));
  // Where everything is alike, as from a model that always says the same, nothing stands out.
  const telling = all.length >= ENOUGH && spread > 1e-3;
  return all
    .slice(0, NEAREST)
    .map((one, rank) => ({ ...one, rank, standsOut: telling ? (one.similarity - usual) / spread : 0 }));
}

/** The middle of an ordered list; some clauses that fit well do not move it, as they would a mean. */
function median(ordered: readonly number[]): number {
  return ordered[Math.floor(ordered.length / 2)] ?? 0;
}
