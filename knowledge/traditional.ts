/** Reads traditional characters as simplified ones, one for one（繁体提问）. */
import { z } from 'zod';
import catalogue from './catalogue/traditional.json' with { type: 'json' };

const { traditional, simplified } = z.object({ traditional: z.string(), simplified: z.string() }).parse(catalogue);
const SIMPLE = new Map([...traditional].map((char, at) => [char, [...simplified][at] ?? char]));
const ANY = new RegExp(`[${traditional}]`, 'gu');

/** The text with the traditional characters people type made simplified; of the same length. */
export function toSimplified(text: string): string {
  return text.replace(ANY, (char) => SIMPLE.get(char) ?? char);
}
