/** What may be answered by meaning alone, where no words meet: little, and never a figure（以意相近）. */
import { partsOf } from '../embedding/parts.ts';
import { STRICT } from '../evidence.ts';
import type { Want } from '../question.ts';
import type { Hit } from '../score.ts';
import type { Citation } from '../types.ts';
import { citation, type Found, type Material, says, shorten } from './material.ts';

/** An answer must be this near in meaning … */
export const MIN_SIMILARITY = 0.65;
/** … and this many standard deviations nearer than clauses usually are: some models find everything alike. */
export const MIN_STANDS_OUT = 3.5;
/** A clause is offered as near, said to be only that, from here. */
export const NEAR_SIMILARITY = 0.5;
export const NEAR_STANDS_OUT = 2.5;
/** Characters a clause offered as near may take. */
const NEAR_CHARACTERS = 120;

/** Two clauses may be equally near and speak of different figures: these are given by words or not at all. */
const FIGURES: readonly Want[] = ['formula', 'money', 'ratio', 'percent', 'count', 'date', 'duration', 'number'];

/** The clause that means what is asked in other words; undefined where that is not sure. */
export function byMeaning(material: Material): Found | undefined {
  const best = mostAlike(material.hits)[0];
  if (!best || !isSure(material, best)) return undefined;
  const citations = quote(material, best);
  const [first] = citations;
  if (!first) return undefined;
  const lead = `没有同样的说法，意思最近的是：${shorten(first.quote.replace(/\t+/g, ' '), 80)}`;
  // Whatever was found by words comes before it.
  return { lead, citations, score: 0.3 * (best.meaning?.similarity ?? 0) };
}

/** Clauses near in meaning, to be offered as nothing more. */
export function nearByMeaning(material: Material): readonly Citation[] {
  return mostAlike(material.hits)
    .filter(({ meaning }) => reaches(meaning, NEAR_SIMILARITY, NEAR_STANDS_OUT))
    .slice(0, 2)
    .flatMap((hit) => quote(material, hit))
    .filter((one) => one.quote.length <= NEAR_CHARACTERS);
}

/** The words of the clause that are nearest. */
function quote(material: Material, { reading, meaning }: Hit): readonly Citation[] {
  const part = partsOf(reading.clause)[meaning?.part ?? 0];
  return part ? citation(material, reading, part.quote) : [];
}

function mostAlike(hits: readonly Hit[]): readonly Hit[] {
  return hits
    .filter(({ meaning, reading }) => meaning !== undefined && !/^(?:head|tail)$/.test(reading.clause.kind))
    .sort((a, b) => (b.meaning?.similarity ?? 0) - (a.meaning?.similarity ?? 0));
}

function isSure({ question, terms }: Material, hit: Hit): boolean {
  if (question.live || question.actual || question.years.length > 0 || question.member !== '') return false;
  if (!reaches(hit.meaning, MIN_SIMILARITY, MIN_STANDS_OUT)) return false;
  if (FIGURES.some((want) => question.wants.has(want))) return false;
  if (!hit.settles) return false;
  if (STRICT.some((want) => question.wants.has(want)) && !hit.answers) return false;
  // A long word that the plans themselves use, and what was quoted, must stand in the clause.
  const heaviest = Math.max(0, ...terms.map((term) => term.weight));
  return terms.every(
    (term) =>
      says(hit.reading, term) ||
      !(term.quoted || (term.literal && term.text.length >= 3 && term.weight >= heaviest * 0.9)),
  );
}

function reaches(meaning: Hit['meaning'], similarity: number, standsOut: number): boolean {
  return meaning !== undefined && meaning.similarity >= similarity && meaning.standsOut >= standsOut;
}
