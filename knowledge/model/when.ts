/** Decides whether a model may help at all: only where the extracted answer is missing, unsure, or woven of several clauses. */
import { readQuestion } from '../question.ts';
import type { ClauseView, PolicyAnswer } from '../types.ts';
import { normalise } from '../words.ts';

/** Why a model is asked（调用原因）. */
export type Reason = 'not-found' | 'unsure' | 'weave';

/** Below this share of the question's words in what is cited, an extracted answer is unsure. */
export const UNSURE_BELOW = 0.5;

/** Whether the plans can say it at all: how things stand today, and telephone numbers, are in no plan. */
export function isForThePlans(question: string): boolean {
  const { live, actual } = readQuestion(question);
  return !live && !actual;
}

/** The reason to ask, or none: then the extracted answer is final. `cited` are the clauses its citations stand in. */
export function reasonToAsk(question: string, answer: PolicyAnswer, cited: readonly ClauseView[]): Reason | undefined {
  if (!isForThePlans(question)) return undefined;
  if (answer.kind === 'not-found') return (answer.nearest ?? []).length > 0 ? 'not-found' : undefined;
  if (answer.kind !== 'answer' || cited.length === 0) return undefined;
  if (isWoven(question, answer)) return 'weave';
  return (answer.confidence ?? confidenceOf(question, cited)) < UNSURE_BELOW ? 'unsure' : undefined;
}

/** Several plans set side by side, or several questions in one. */
function isWoven(question: string, { citations }: PolicyAnswer): boolean {
  if (new Set(citations.map((one) => one.doc)).size > 1) return true;
  const parts = question.split(/[?？；;。!！\n]+/).filter((part) => part.trim().length >= 4);
  return parts.length > 1 && new Set(citations.map((one) => one.path)).size > 1;
}

/** Share of what the question is about that stands in the cited clauses, by the weight of the words. */
export function confidenceOf(question: string, cited: readonly ClauseView[]): number {
  const { terms } = readQuestion(question);
  const text = cited
    .map(({ clause, above, document, label }) =>
      normalise(
        [
          clause.heading,
          clause.text,
          clause.group ?? '',
          ...(clause.columns ?? []),
          ...above,
          document.regionShortName,
          label,
        ].join('|'),
      ),
    )
    .join('|');
  const all = terms.reduce((sum, term) => sum + term.grip, 0);
  if (all === 0) return 1;
  const met = terms.filter((term) => term.alternatives.some((one) => text.includes(normalise(one.text))));
  return met.reduce((sum, term) => sum + term.grip, 0) / all;
}
