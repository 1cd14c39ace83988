/** What an answer is made of and made into, and citing from it（答案的材料）. */
import type { Knex } from 'knex';
import type { ReadQuestion } from '../question.ts';
import type { Reading } from '../reading.ts';
import { abbreviates, type Hit, type WeighedTerm } from '../score.ts';
import type { StoredDocument } from '../store.ts';
import type { AnswerPart, Citation } from '../types.ts';
import { cite } from './citation.ts';
import { choosePassages } from './passage.ts';

export interface Found {
  readonly lead: string;
  /** What the lead goes on with, a line each. */
  readonly parts?: readonly AnswerPart[] | undefined;
  readonly citations: readonly Citation[];
  readonly score: number;
  /** Answers all parts of the message at once. */
  readonly whole?: boolean | undefined;
}

export interface Missing {
  readonly nearest: readonly Citation[];
  /** What is missing, where that is known better than "not written". */
  readonly why?: string | undefined;
}

export interface Material {
  readonly db: Knex;
  readonly question: ReadQuestion;
  readonly terms: readonly WeighedTerm[];
  readonly hits: readonly Hit[];
  readonly documents: readonly StoredDocument[];
  /** Characters the quotes may take together. */
  readonly budget: number;
}

/** Known not to be written, and what. */
export interface Unsaid {
  readonly why: string;
}

export function documentOf(material: Material, reading: Reading): StoredDocument | undefined {
  return material.documents.find((document) => document.id === reading.clause.documentId);
}

export function citation(material: Material, reading: Reading, quote: string): readonly Citation[] {
  const document = documentOf(material, reading);
  const made = document && cite(document, reading, quote);
  return made ? [made] : [];
}

export function quotesOf(material: Material, hit: Hit, budget: number): readonly Citation[] {
  return choosePassages(material.question, material.terms, hit, budget).flatMap((quote) =>
    citation(material, hit.reading, quote),
  );
}

export function says(reading: Reading, term: WeighedTerm): boolean {
  const words = [reading.plain, reading.group, ...reading.above.slice(-1)].join('\n');
  return (
    term.alternatives.some((alternative) => words.includes(alternative.text)) || abbreviates(term.text, reading.plain)
  );
}

export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 2)}……`;
}

/** The point stays one line up to this length. */
const LINE = 60;

/** Several answers to one message as one point: on a line where they fit, else a line each. */
export function inOne(answers: readonly Found[]): Pick<Found, 'lead' | 'parts'> {
  const [first, ...more] = answers.filter(
    (answer, at) =>
      !answers.some(
        (other, earlier) =>
          earlier !== at &&
          (other.lead === answer.lead ? earlier < at : other.lead.includes(answer.lead)) &&
          !answer.parts,
      ),
  );
  if (!first) return { lead: '' };
  if (more.length === 0) return { lead: first.lead, parts: first.parts };
  const lines = [first, ...more].map(({ lead, parts = [] }) => `${lead}${parts.map((part) => part.text).join('；')}`);
  const line = lines.join('；');
  if (line.length <= LINE) return { lead: line };
  return {
    lead: `您问了${lines.length}件事：`,
    parts: [first, ...more].map(({ citations }, at) => ({ text: lines[at] ?? '', citation: citations[0] })),
  };
}

/** The point within a line of a phone: a longer one ends at its last comma before, the words themselves follow below it. */
export function pointLine(lead: string, line = LINE): string {
  if (lead.length <= line) return lead;
  const cut = lead.slice(0, line - 2);
  const at = Math.max(...['，', '；', '、', '。'].map((mark) => cut.lastIndexOf(mark)));
  return `${at >= line / 2 ? cut.slice(0, at) : cut}……`;
}
