/** An answer as plain text for the shell: the point, the words of the document, where they stand（纯文本答案）. */
import { saysMoreThan } from './answers/point.ts';
import type { AnswerPart, Citation, PolicyAnswer } from './types.ts';

/** A phone shows no more at once. */
const MAX_CHARACTERS = 600;
const CLOSING = '以主管部门解释为准';

/** At most 600 characters; the lead is always whole, citations are left out from the last where they do not fit. */
export function plainAnswer(answer: PolicyAnswer): string {
  const lead = cut(
    [pointAbove(answer), ...(answer.parts ?? []).map(partLine)].join('\n'),
    MAX_CHARACTERS - CLOSING.length - 1,
  );
  if (answer.citations.length === 0) {
    const nearest = (answer.nearest ?? []).map((citation) => `${shown(citation)}`);
    return fill(nearest.length > 0 ? `${lead}\n相近的条款（不是答案）：` : lead, nearest, '');
  }
  return fill(lead, answer.citations.map(shown), CLOSING).replace(/^\n/, '');
}

/** The point, or nothing where the first quote is the same words: then the quote alone says it（不重复）. */
export function pointAbove(answer: PolicyAnswer): string {
  const [first] = answer.citations;
  const says = !first || answer.parts !== undefined || answer.lead.includes('已过');
  return says || saysMoreThan(answer.lead, first.quote) ? answer.lead : '';
}

/** 徽州：…, or a member of a list. */
export function partLine(part: AnswerPart, at: number): string {
  return part.label === undefined ? `${at + 1}. ${part.text}` : `${part.label}：${part.text}`;
}

/** A quote as a person can read it: the cells of a row under the heads of their columns. */
export function readable(citation: Citation): string {
  return citation.cells === undefined
    ? `“${citation.quote.replaceAll('\t', ' | ')}”`
    : citation.cells.map(({ label, value }) => `${label}：${value}`).join('\n');
}

function shown(citation: Citation): string {
  return `${readable(citation)}\n——${[citation.regionShortName, citation.label, citation.issuedOn].filter(Boolean).join(' ')}`;
}

function fill(lead: string, parts: readonly string[], closing: string): string {
  let text = lead;
  for (const part of parts) {
    const longer = `${text}\n${part}`;
    if ([...longer].length + closing.length + 1 <= MAX_CHARACTERS) text = longer;
  }
  if (text === lead && parts.length > 0 && text.endsWith('：')) text = text.split('\n')[0] ?? text;
  return closing === '' ? text : `${text}\n${closing}`;
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 2).join('')}……`;
}
