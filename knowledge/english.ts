/** Puts a question asked in English into the words of the documents, phrase by phrase（英文提问）. */
import { z } from 'zod';
import catalogue from './catalogue/english.json' with { type: 'json' };

const { phrases } = z.object({ phrases: z.record(z.string(), z.string()) }).parse(catalogue);
const PHRASES = new RegExp(
  `\\b(?:${Object.keys(phrases)
    .sort((a, b) => b.length - a.length)
    .join('|')})\\b`,
  'g',
);

/**
 * The question in Chinese words, in the order of the English ones; `undefined` where it is not English.
 * A word the list does not have stays as it is: what is asked and not understood must not be answered.
 */
export function fromEnglish(question: string): string | undefined {
  const plain = question.normalize('NFKC').toLowerCase();
  const letters = plain.match(/[a-z]/g)?.length ?? 0;
  const han = plain.match(/\p{Script=Han}/gu)?.length ?? 0;
  if (letters < 12 || han > 4 || !/[a-z]{2,}\s+[a-z]{2,}\s+[a-z]{2,}/.test(plain)) return undefined;
  const words = plain.replace(PHRASES, (phrase) => ` ${phrases[phrase] ?? phrase} `);
  const rest = words
    .replace(
      /\b(?:the|a|an|of|for|to|in|on|at|by|is|are|be|and|or|do|does|did|has|have|there|under|plan|city|province|please|tell|me|should|must|will|would|it|its|this|that|our|we|i|you|from|with|as|per|each|all|any|according|their|them|they)\b/g,
      ' ',
    )
    .replace(/[^\p{L}\p{N}%]+/gu, ' ');
  // English words that are left stay apart from one another.
  return /\p{Script=Han}/u.test(rest) ? rest.trim().replace(/(?<=[a-z])\s+(?=[a-z])/g, '，') : undefined;
}
