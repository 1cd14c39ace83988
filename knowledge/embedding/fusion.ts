/** Makes one list of candidates of those found by words and those found by meaning（倒数排名融合）. Pure. */
import type { Hit } from '../score.ts';
import type { Near } from './types.ts';

/** Constant of reciprocal rank fusion, as in the paper that proposed it: the first ranks do not rule alone. */
const K = 60;
/** What the first rank of meaning adds to a score; a term of the question met or not met is worth several times that. */
const WEIGHT = 0.04;

const share = (rank: number): number => 1 / (K + rank + 1);

/** The best `limit` of both lists by reciprocal ranks; equals stay in the order of the first list, then of the second. */
export function fuse(byWords: readonly number[], near: readonly Near[], limit: number): readonly number[] {
  if (near.length === 0) return byWords;
  const totals = new Map<number, number>();
  for (const ranked of [byWords, near.map((one) => one.n)])
    for (const [rank, n] of ranked.entries()) totals.set(n, (totals.get(n) ?? 0) + share(rank));
  return [...totals]
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit)
    .map(([n]) => n);
}

/** The same hits with how near they are in meaning; it moves their order a little and is no evidence. */
export function withMeaning(hits: readonly Hit[], near: readonly Near[]): readonly Hit[] {
  if (near.length === 0) return hits;
  const places = new Map(near.map((one, rank) => [one.n, { one, rank }]));
  return hits.map((hit) => {
    const place = places.get(hit.reading.clause.n);
    if (!place) return hit;
    return { ...hit, score: hit.score + (WEIGHT * share(place.rank)) / share(0), meaning: place.one };
  });
}
