/** How well a clause speaks of one word of a question, by where the word stands in it（词的位置）. */
import type { Alternative } from './lexicon.ts';
import type { Reading } from './reading.ts';
import type { WeighedTerm } from './score.ts';

const IN_SENTENCE = 1;
const IN_HEADING = 0.9;
const NEXT_SENTENCE = 0.75;
const IN_GROUP = 0.75;
const IN_CLAUSE = 0.6;
const IN_PARENT = 0.65;
const IN_ANCESTOR = 0.45;

/** What a clause has of a term: the alternatives that stand in it, or what the term shortens or shares with it. */
export interface Presence {
  readonly term: WeighedTerm;
  readonly alternatives: readonly Alternative[];
  /** Value in a sentence where no alternative stands anywhere in the clause. */
  readonly loose: (plain: string) => number;
}

const NOTHING = (): number => 0;

/** What a clause has of a term. */
export function presenceOf(term: WeighedTerm, reading: Reading): Presence {
  const alternatives = term.alternatives.filter(
    (one) => reading.everything.includes(one.text) || (term.year && inYearRange(one.text, reading.plain)),
  );
  if (alternatives.length > 0 || term.year) return { term, alternatives, loose: NOTHING };
  if (term.text.length < 3) return { term, alternatives, loose: term.found === 0 ? shortFor(term.text) : NOTHING };
  const short = abbreviates(term.text, reading.plain);
  const pairs = [...bigrams(term.text)];
  return {
    term,
    alternatives,
    loose: (plain) => (short && abbreviates(term.text, plain) ? 0.8 : 0.5 * shareOf(pairs, plain)),
  };
}

/** 基药 for 基本药物: both characters in order, one or two between them; only for words no document knows. */
function shortFor(word: string): (plain: string) => number {
  if (!/^[\u4e00-\u9fff]{2}$/.test(word)) return NOTHING;
  // 市局, 省厅: an office, with its whole name between.
  const between = /[市省县区州][局委办厅]$/.test(word) ? '{1,8}' : '{1,2}';
  const spread = new RegExp(`${word[0]}[\\u4e00-\\u9fff]${between}${word[1]}`);
  return (plain) => (spread.test(plain) ? 0.6 : 0);
}

function shareOf(pairs: readonly string[], plain: string): number {
  return pairs.length === 0 ? 0 : pairs.filter((pair) => plain.includes(pair)).length / pairs.length;
}

/** How well the sentence at `at`, with what it stands among and under, speaks of the term; 0 to 1. */
export function meets({ alternatives, loose }: Presence, reading: Reading, at: number): number {
  let value = 0;
  for (const { text, weight } of alternatives)
    if (weight > value) value = Math.max(value, weight * place(text, reading, at));
  return value > 0 ? value : loose(reading.sentences[at]?.plain ?? '');
}

function place(text: string, reading: Reading, at: number): number {
  const sentence = reading.sentences[at];
  if (sentence?.plain.includes(text)) return sentence.isHeading ? IN_HEADING : IN_SENTENCE;
  if (/^20\d{2}年$/.test(text))
    return inYearRange(text, sentence?.plain ?? '') || reading.columns.some((column) => column.includes(text))
      ? 1
      : governs(text, reading, at)
        ? 1
        : reading.plain.includes(text)
          ? 0.4
          : 0;
  if (reading.heading.includes(text) || (reading.label !== '' && reading.label === text)) return IN_HEADING;
  if (reading.sentences[at - 1]?.plain.includes(text) || reading.sentences[at + 1]?.plain.includes(text))
    return NEXT_SENTENCE;
  if (reading.group.includes(text)) return IN_GROUP;
  if (reading.columns.some((column) => column.includes(text))) return IN_CLAUSE;
  if (reading.plain.includes(text)) return IN_CLAUSE;
  if (reading.above.at(-1)?.includes(text)) return IN_PARENT;
  if (reading.above.some((heading) => heading.includes(text)) || reading.title.includes(text)) return IN_ANCESTOR;
  return 0;
}

/** 管委会 in 管理委员会, 卫健委 in 卫生健康委: its characters in order, little between them. */
export function abbreviates(word: string, plain: string): boolean {
  if (!/^[\u4e00-\u9fff]{3,5}$/.test(word)) return false;
  return new RegExp([...word].join('[\\u4e00-\\u9fff]{0,2}')).test(
    plain.replaceAll('"', '').replace(/\([^()]{1,6}\)/g, ''),
  );
}

/** 到2025年底，…；力争90%以上的县…: a year goes on after a semicolon until another is named. */
function governs(year: string, reading: Reading, at: number): boolean {
  for (let before = at; before > 0; before -= 1) {
    if (
      /20\d{2}年/.test(reading.sentences[before]?.plain ?? '') ||
      !/；$/.test(reading.sentences[before - 1]?.raw ?? '')
    )
      return false;
    if (reading.sentences[before - 1]?.plain.includes(year)) return true;
  }
  return false;
}

/** 2028年 lies in 2027年1月-2030年12月. */
function inYearRange(year: string, plain: string): boolean {
  const match = /(20\d{2})年[^。，]{0,8}-(20\d{2})年/.exec(plain);
  return match !== null && Number(year.slice(0, 4)) >= Number(match[1]) && Number(year.slice(0, 4)) <= Number(match[2]);
}

/** Pairs of neighbouring characters. */
export function bigrams(text: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (let at = 0; at + 2 <= text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    if (/^[\u4e00-\u9fff\da-z%]{2}$/.test(pair)) pairs.add(pair);
  }
  return pairs;
}
