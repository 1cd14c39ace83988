/**
 * Brings together what words and what meaning found, so that meaning parts answers that words already allow and allows none
 * itself（排名融合）. Pure.
 */
import type { Hit } from '../score.ts';
import type { Near } from './types.ts';

/** Constant of reciprocal rank fusion, as in the paper that proposed it: the first ranks do not rule alone. */
const K = 60;
/** What the first rank of meaning adds to a score; a word of the question met or not met is worth several times that. */
const WEIGHT = 0.04;

/** Hits by words as they are, each with its nearness; behind them clauses that are near and that no words found. */
export function joinNear(byWords: readonly Hit[], others: readonly Hit[], near: readonly Near[]): readonly Hit[] {
  if (near.length === 0) return byWords;
  const places = new Map(near.map((one) => [one.n, one]));
  const placed = (hit: Hit): Hit => ({ ...hit, meaning: places.get(hit.reading.clause.n) });
  return [...byWords.map(placed), ...others.map((hit) => ({ ...placed(hit), byMeaningOnly: true }))];
}

/** Of hits that all answer by words, best first, the one that is best with its rank of meaning; equals stay in order. */
export function fusedFirst(hits: Iterable<Hit>): Hit | undefined {
  let best: { readonly hit: Hit; readonly score: number } | undefined;
  for (const hit of hits) {
    const score = hit.score + (hit.meaning ? (WEIGHT * (K + 1)) / (K + 1 + hit.meaning.rank) : 0);
    if (!best || score > best.score) best = { hit, score };
  }
  return best?.hit;
}
