/** An answer as plain text for the shell: the point, the words of the document, where they stand（纯文本答案）. */
import { saysMoreThan } from './answers/point.ts';
import type { Citation, PolicyAnswer } from './types.ts';

/** A phone shows no more at once. */
const MAX_CHARACTERS = 600;
const CLOSING = '以主管部门解释为准';

/** At most 600 characters; the lead is always whole, citations are left out from the last where they do not fit. */
export function plainAnswer(answer: PolicyAnswer): string {
  const lead = cut(pointAbove(answer), MAX_CHARACTERS - CLOSING.length - 1);
  if (answer.citations.length === 0) {
    const nearest = (answer.nearest ?? []).map((citation) => `${shown(citation)}`);
    return fill(nearest.length > 0 ? `${lead}\n相近的条款（不是答案）：` : lead, nearest, '');
  }
  return fill(lead, answer.citations.map(shown), CLOSING).replace(/^\n/, '');
}

/** The point, or nothing where the first quote is the same words: then the quote alone says it（不重复）. */
export function pointAbove(answer: PolicyAnswer): string {
  const [first] = answer.citations;
  if (!first || saysMoreThan(answer.lead, first.quote)) return answer.lead;
  const past = /(20\d{2}年[^（，。；]{0,8})（已过）/.exec(answer.lead);
  return past ? `${past[1]}已过` : '';
}

function shown(citation: Citation): string {
  return `“${citation.quote.replaceAll('\t', ' | ')}”\n——${[citation.regionShortName, citation.label, citation.issuedOn].filter(Boolean).join(' ')}`;
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
