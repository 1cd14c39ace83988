/**
 * Puts a language model behind the extracted answers（摘录优先，模型补充）: the extracted answer always stands ready, and goes out
 * whenever the model is not needed, not allowed, late, broken, or says what its clauses do not.
 */
import { createHash } from 'node:crypto';
import { markAnswer } from '../answers/past.ts';
import type { ClauseView, Knowledge, PolicyAnswer, Question } from '../types.ts';
import { createBreaker } from './breaker.ts';
import type { FindCandidates } from './candidates.ts';
import { type Checked, checkAnswer, type GivenClause } from './check.ts';
import { looksLikeInstruction } from './prompt.ts';
import type { LanguageModel, ModelRequest } from './types.ts';
import { type Reason, reasonToAsk } from './when.ts';

/** After this the extracted answer stands; a platform waits 4.5 s for all of it. */
const DEADLINE_MS = 3_000;
/** Characters of clauses in one request: what a model on one machine reads in time. */
const CLAUSE_BUDGET = 3_000;
const MAX_CLAUSE = 1_200;
const MAX_CLAUSES = 12;
const MAX_QUESTION = 400;
/** Earlier questions that go along. */
const EARLIER = 2;
const REMEMBERED = 200;
/** So that nobody takes a summary for the words of the plan. */
const NOTE = '（由语言模型按下列条款归纳，以原文为准）';

export interface WithModelOptions {
  readonly model: LanguageModel;
  /** Whether words may leave the machine: false for anything that tells of a patient. */
  readonly mayLeave: (text: string) => boolean;
  /** More clauses of the documents the extracted answer looked into; absent: only what it cites. */
  readonly candidates?: FindCandidates | undefined;
  readonly clock: { now(): Date };
  readonly log?: { info(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
  readonly deadlineMs?: number | undefined;
}

/** The same knowledge; answers that are missing, unsure or woven may be improved by a model. Never rejects because of it. */
export function withModel(knowledge: Knowledge, options: WithModelOptions): Knowledge {
  const { model, mayLeave, log, deadlineMs = DEADLINE_MS } = options;
  const breaker = createBreaker(options.clock);
  const checked = new Map<string, Checked>();

  async function ask(question: Question): Promise<PolicyAnswer> {
    const extracted = await knowledge.ask(question);
    try {
      return (await improve(question, extracted)) ?? extracted;
    } catch (error) {
      log?.info({ event: 'model.failed', error: kindOf(error) }, 'the model did not help, the extracted answer stands');
      return extracted;
    }
  }

  async function improve(question: Question, extracted: PolicyAnswer): Promise<PolicyAnswer | undefined> {
    if (extracted.kind !== 'answer' && extracted.kind !== 'not-found') return undefined;
    const q = question.q.slice(0, MAX_QUESTION);
    const earlier = (question.context ?? []).slice(-EARLIER).map((words) => words.slice(0, MAX_QUESTION));
    // The whole question is looked at, not only what would be sent of it.
    const words = [question.q, ...(question.context ?? []).slice(-EARLIER)];
    if (words.some((text) => looksLikeInstruction(text) || !mayLeave(text))) return undefined;
    const named = extracted.kind === 'answer' ? extracted.citations : (extracted.nearest ?? []);
    const cited = await views(named);
    const reason = reasonToAsk(q, extracted, cited);
    if (reason === undefined) return undefined;
    const given = await gather(q, question.context ?? [], cited);
    if (given.length === 0) return undefined;
    const request: ModelRequest = { question: q, earlier, clauses: given.map(asModelClause) };
    const result = await answerOnce(request, given, await demands(reason, extracted));
    if (result === undefined) return undefined;
    if (result.doubt !== undefined) {
      log?.info({ event: 'model.doubted', reason, doubt: result.doubt }, 'the model’s answer was not believed');
      return undefined;
    }
    log?.info({ event: 'model.used', reason, quotes: result.citations.length }, 'the model’s answer passed its checks');
    return markAnswer(asAnswer(result, extracted), question.today);
  }

  /** Equal requests are answered once: a handler may run again, and people ask the same. Only hashes are kept as keys. */
  async function answerOnce(
    request: ModelRequest,
    given: readonly GivenClause[],
    more: { readonly docs: readonly string[]; readonly regions: readonly string[] },
  ): Promise<Checked | undefined> {
    const key = createHash('sha256')
      .update(JSON.stringify([request, more]))
      .digest('hex');
    const known = checked.get(key);
    if (known) return known;
    if (!breaker.begin()) return undefined;
    let well = false;
    try {
      const answer = await within(deadlineMs, (signal) => model.answer(request, signal));
      well = true;
      const result = checkAnswer(answer, { given, question: request.question, ...more });
      if (checked.size >= REMEMBERED) checked.delete(checked.keys().next().value ?? '');
      checked.set(key, result);
      return result;
    } finally {
      breaker.ended(well);
    }
  }

  /** What an extracted answer already says may not be lost: its documents and regions where several stand side by side. */
  async function demands(reason: Reason, { citations, lead, parts = [] }: PolicyAnswer) {
    const docs = reason === 'weave' ? [...new Set(citations.map((one) => one.doc))] : [];
    if (docs.length < 2) return { docs, regions: [] };
    const names = (await knowledge.documents()).map((document) => document.regionShortName);
    return {
      docs,
      regions: [...new Set(names.filter((name) => lead.includes(name) || parts.some((part) => part.label === name)))],
    };
  }

  /** The clauses of a request: those cited, then the next best of their documents, as many as fit. */
  async function gather(
    q: string,
    context: readonly string[],
    cited: readonly ClauseView[],
  ): Promise<readonly GivenClause[]> {
    const docs = [...new Set(cited.map((view) => view.document.doc))];
    const more = options.candidates ? await views(await options.candidates(q, context, docs)) : [];
    const chosen: ClauseView[] = [];
    let characters = 0;
    for (const view of [...cited, ...more]) {
      const length = view.clause.heading.length + view.clause.text.length;
      if (chosen.length >= MAX_CLAUSES || length > MAX_CLAUSE || characters + length > CLAUSE_BUDGET) continue;
      if (chosen.some((one) => one.document.doc === view.document.doc && one.clause.path === view.clause.path))
        continue;
      if (looksLikeInstruction(`${view.clause.heading}\n${view.clause.text}`)) continue;
      chosen.push(view);
      characters += length;
    }
    return chosen.map((view, at) => ({ id: `c${at + 1}`, view }));
  }

  async function views(
    keys: readonly { readonly doc: string; readonly path: string }[],
  ): Promise<readonly ClauseView[]> {
    const found: ClauseView[] = [];
    for (const { doc, path } of keys) {
      const view = await knowledge.clause(doc, path);
      if (view) found.push(view);
    }
    return found;
  }

  return { ...knowledge, ask };
}

function asModelClause({ id, view }: GivenClause) {
  const { clause, above, document } = view;
  return {
    id,
    where: [document.regionShortName, ...above].join(' › '),
    ...(clause.columns ? { columns: clause.columns } : {}),
    heading: clause.kind === 'row' ? '' : clause.heading,
    text: clause.text,
  };
}

function asAnswer(result: Exclude<Checked, { doubt: string }>, extracted: PolicyAnswer): PolicyAnswer {
  // （徽州）…: who named no region is told whose plan it is.
  const [region = ''] = /^（[^）]{2,6}）/.exec(extracted.lead) ?? [];
  const lead = extracted.kind === 'answer' && !result.lead.startsWith(region) ? `${region}${result.lead}` : result.lead;
  return { kind: 'answer', answerable: true, lead: `${lead}\n${NOTE}`, citations: result.citations };
}

/** Waits no longer than this, whatever the work does with its signal. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineError());
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** Name and HTTP status of a failure; its message may quote the question. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? `${error.name} ${status}` : error.name;
}
