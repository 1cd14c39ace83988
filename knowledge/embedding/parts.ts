/** What of a clause is turned into vectors: a sentence or two at a time, with what they stand under（向量分段）. Pure. */
import { splitSentences } from '../reading.ts';
import type { StoredClause } from '../store.ts';

/** Short sentences are taken together up to so many characters: one that is found is quoted with no more than that. */
const TOGETHER = 90;
/** A longer sentence is cut at a comma before so many characters; models that read 512 tokens take it with its headings. */
const LONGEST = 240;
/** Characters of each heading that goes with a part. */
const HEADING = 60;
/** Parts of one clause; what comes after is found by words alone. */
const MOST_PARTS = 20;

/** A part of a clause that gets a vector of its own. */
export interface Part {
  /** What is turned into a vector. */
  readonly text: string;
  /** Its words as they stand in the clause, to be quoted. */
  readonly quote: string;
}

/** The parts of a clause, at least one; the same clause gives the same parts. */
export function partsOf(clause: StoredClause): readonly Part[] {
  const above = clause.above.slice(-2).filter((heading) => heading !== '');
  const own = clause.kind === 'row' ? (clause.group ?? '') : clause.heading;
  const head = [...above, own]
    .filter((words) => words !== '')
    .map((words) => words.slice(0, HEADING))
    .join(' > ');
  if (clause.kind === 'row') return [{ text: `${head}\n${rowOf(clause)}`.slice(0, 2 * LONGEST), quote: clause.text }];
  const quotes: string[] = [];
  for (const sentence of splitSentences(clause.text).flatMap(cut)) {
    const last = quotes.at(-1);
    if (last !== undefined && last.length + sentence.length <= TOGETHER) quotes[quotes.length - 1] = last + sentence;
    else quotes.push(sentence);
  }
  if (quotes.length === 0) return [{ text: head, quote: clause.heading }];
  return quotes.slice(0, MOST_PARTS).map((quote) => ({ text: `${head}\n${quote}`, quote }));
}

function cut(sentence: string): readonly string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > LONGEST) {
    const at = Math.max(rest.lastIndexOf('，', LONGEST - 1), rest.lastIndexOf('、', LONGEST - 1)) + 1 || LONGEST;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}

/** A table row with the heads of its columns: 指标：县域内就诊率；2027年：90%. */
function rowOf({ columns, text }: StoredClause): string {
  return text
    .split('\t')
    .map((cell, at) => (columns?.[at] ? `${columns[at]}：${cell}` : cell))
    .join('；');
}
