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

/** The lexicon that comes with the program. */
export const LEXICON: Lexicon = buildLexicon(catalogue);
