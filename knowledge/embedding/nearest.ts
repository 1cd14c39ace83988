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
const ENOUGH = 40;

/** The clauses nearest to a question, best first; equals in the order of the documents. Same order on every database. */
export async function nearest(question: Int8Array, documents: readonly DocumentVectors[]): Promise<readonly Near[]> {
  const size = lengthOf(question, 0, question.length);
  const all: { n: number; similarity: number }[] = [];
  let multiplied = 0;
  for (const { ns, owners, bytes, lengths } of documents) {
    const similarities = new Float64Array(ns.length).fill(-1);
    for (let row = 0; row < owners.length; row += 1) {
      const owner = owners[row] ?? 0;
      const cosine = product(bytes, row * question.length, question) / (size * (lengths[row] ?? 1));
      if (cosine > (similarities[owner] ?? -1)) similarities[owner] = cosine;
      multiplied += question.length;
      if (multiplied >= BREATH) {
        multiplied = 0;
        await breathe();
      }
    }
    for (const [at, n] of ns.entries()) all.push({ n, similarity: similarities[at] ?? -1 });
  }
  const mean = all.reduce((sum, one) => sum + one.similarity, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, one) => sum + (one.similarity - mean) ** 2, 0) / all.length);
  // Where everything is alike, as from a model that always says the same, nothing stands out.
  const telling = all.length >= ENOUGH && spread > 1e-3;
  return all
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, NEAREST)
    .map((one) => ({ ...one, standsOut: telling ? (one.similarity - mean) / spread : 0 }));
}
