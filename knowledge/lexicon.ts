/** Words people use and the words of the documents: synonyms both ways, sayings one way（词库）. */
import { z } from 'zod';
import catalogue from './catalogue/lexicon.json' with { type: 'json' };
import { normalise } from './words.ts';

const schema = z.object({
  synonyms: z.array(z.array(z.string().min(1)).min(1)),
  sayings: z.array(z.object({ say: z.string().min(1), mean: z.array(z.string().min(1)).min(1) })),
});

/** A word of the documents that may stand for what was said, and how surely. */
export interface Alternative {
  readonly text: string;
  /** 0 to 1; 1 is the word itself. */
  readonly weight: number;
}

const SYNONYM_WEIGHT = 0.85;
const SAYING_WEIGHT = 0.75;

export interface Lexicon {
  /** Every word or saying that has an entry; longest first. */
  readonly keys: readonly string[];
  /** What a word may stand for, itself first. */
  readonly alternatives: (word: string) => readonly Alternative[];
}

/** Builds a lexicon from catalogue data. @throws ZodError for data of another shape */
export function buildLexicon(data: unknown): Lexicon {
  const { synonyms, sayings } = schema.parse(data);
  const entries = new Map<string, Map<string, number>>();
  const add = (word: string, meaning: string, weight: number): void => {
    const meanings = entries.get(word) ?? new Map<string, number>();
    meanings.set(meaning, Math.max(weight, meanings.get(meaning) ?? 0));
    entries.set(word, meanings);
  };
  for (const group of synonyms.map((words) => words.map(normalise)))
    for (const word of group) for (const other of group) if (other !== word) add(word, other, SYNONYM_WEIGHT);
  for (const { say, mean } of sayings)
    for (const meaning of mean) add(normalise(say), normalise(meaning), SAYING_WEIGHT);
  const keys = [...entries.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return {
    keys,
    alternatives: (word) => [
      { text: word, weight: 1 },
      ...[...(entries.get(word) ?? [])].filter(([text]) => text !== word).map(([text, weight]) => ({ text, weight })),
    ],
  };
}

/** Words of one region, added by its commission（词典）: what is said, and the words of the documents it means. */
export interface LocalSaying {
  readonly say: string;
  readonly mean: readonly string[];
}

/** Lexicons with local words, the last ones used: the same words come with every question of a region. */
const extended = new Map<string, Lexicon>();
const MAX_EXTENDED = 50;

/** A lexicon with the words of one region on top; what `base` knows of a word stays. Pure, and quick for the same words. */
export function extendLexicon(base: Lexicon, sayings: readonly LocalSaying[]): Lexicon {
  if (sayings.length === 0) return base;
  const known = JSON.stringify(sayings);
  const before = base === LEXICON ? extended.get(known) : undefined;
  if (before) return before;
  const local = buildLexicon({ synonyms: [], sayings });
  const keys = [...new Set([...base.keys, ...local.keys])].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const lexicon: Lexicon = {
    keys,
    alternatives: (word) => {
      const found = new Map(base.alternatives(word).map((one) => [one.text, one]));
      for (const one of local.alternatives(word))
        if ((found.get(one.text)?.weight ?? 0) < one.weight) found.set(one.text, one);
      return [...found.values()];
    },
  };
  if (base === LEXICON) {
    if (extended.size >= MAX_EXTENDED) extended.clear();
    extended.set(known, lexicon);
  }
  return lexicon;
}

/** The lexicon that comes with the program. */
export const LEXICON: Lexicon = buildLexicon(catalogue);
