/** The answer that people in charge have pointed to: the clause's own words, with no search behind it（指定条款）. */
import { createHash } from 'node:crypto';
import type { Citation, Clause, ClauseView, PolicyAnswer } from '../types.ts';
import { normalise } from '../words.ts';

/** Characters of the clause shown at once; 原文 shows the rest. */
const QUOTE_BUDGET = 280;

/**
 * Words of the clause, verbatim, cut at the end of a sentence, and of a heading without text what stands under it.
 * @param note - says who pointed to it, beside the citation
 */
export function appointedAnswer(view: ClauseView, note: string): PolicyAnswer {
  const { clause, document } = view;
  const cite = (path: string, label: string, quote: string): Citation => ({
    doc: document.doc,
    path,
    quote,
    label,
    regionShortName: document.regionShortName,
    issuedOn: document.issuedOn,
  });
  const own = clause.kind === 'row' ? clause.text : clause.text === '' ? clause.heading : beginning(clause.text);
  const citations: Citation[] = [cite(clause.path, view.label, own)];
  let used = own.length;
  if (clause.text === '')
    for (const child of view.children) {
      const quote = child.kind === 'row' ? child.text : child.heading;
      if (normalise(quote).length < 4 || used + quote.length > QUOTE_BUDGET) continue;
      citations.push(
        cite(child.path, `${view.label}${child.path.slice(clause.path.length).replaceAll('/', '')}`, quote),
      );
      used += quote.length;
    }
  return { kind: 'answer', answerable: true, lead: clause.heading, citations, confidence: 1, note };
}

/** Whole sentences from the beginning, as many as fit; of a longer one its beginning. */
function beginning(text: string): string {
  let taken = '';
  for (const sentence of text.split(/(?<=[。；！？\n])/)) {
    if (taken !== '' && taken.length + sentence.length > QUOTE_BUDGET) break;
    taken += sentence;
  }
  return (taken.length <= QUOTE_BUDGET ? taken : taken.slice(0, QUOTE_BUDGET)).trim();
}

/** Whether a clause is still the one that was pointed to: the same words, or in a new version at least the same heading. */
export function isSameClause(
  clause: Pick<Clause, 'heading' | 'text'>,
  then: { readonly heading: string; readonly hash: string },
): boolean {
  return clauseHash(clause) === then.hash || normalise(clause.heading) === normalise(then.heading);
}

/** Tells whether a clause still says the same, white space and width aside. */
export function clauseHash(clause: Pick<Clause, 'heading' | 'text'>): string {
  return createHash('sha256')
    .update(normalise(`${clause.heading}\n${clause.text}`))
    .digest('hex');
}
