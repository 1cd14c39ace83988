/** Believes a model only what can be verified: quotes word for word, a lead that says nothing its clauses do not（核对）. */
import { readQuestion, type Want } from '../question.ts';
import type { Citation, ClauseView } from '../types.ts';
import { readCountedWords, readFigures, standsAmong } from './figures.ts';
import type { ModelAnswer } from './types.ts';

const MIN_QUOTE = 4;
const MAX_QUOTES = 6;
/** All quotes together, so that the answer fits a phone. */
const MAX_QUOTED = 360;
const MAX_LEAD = 240;
/** Share of the lead's pairs of characters that must stand in what it cites. */
const MIN_SUPPORT = 0.5;

/** Questions with these words are answered by a figure or not at all. */
const FIGURE_WANTED: readonly Want[] = ['ratio', 'percent', 'number', 'money', 'date', 'duration'];

/** A clause a model was given, by its id in that request. */
export interface GivenClause {
  readonly id: string;
  readonly view: ClauseView;
}

export interface CheckRules {
  readonly given: readonly GivenClause[];
  /** The question as asked: years in it must stand in what is cited. */
  readonly question: string;
  /** Documents that must be among the cited: those the extracted answer sets side by side. */
  readonly docs: readonly string[];
  /** Regions the lead must speak of, for the same reason. */
  readonly regions: readonly string[];
}

/** Why an answer was not believed: for counting and logs, never shown. */
export type Doubt =
  | 'not-answerable'
  | 'no-quote'
  | 'unknown-clause'
  | 'not-verbatim'
  | 'too-long'
  | 'lead-form'
  | 'lead-figure'
  | 'lead-unit'
  | 'lead-strong-word'
  | 'lead-unsupported'
  | 'year-missing'
  | 'figure-missing'
  | 'omits';

export type Checked =
  | { readonly lead: string; readonly citations: readonly Citation[]; readonly doubt?: undefined }
  | { readonly doubt: Doubt };

/** The answer with citations of our own making, or the first reason not to believe it. One bad quote spoils all. */
export function checkAnswer(answer: ModelAnswer, rules: CheckRules): Checked {
  if (!answer.answerable) return { doubt: 'not-answerable' };
  if (answer.quotes.length === 0) return { doubt: 'no-quote' };
  if (answer.quotes.length > MAX_QUOTES) return { doubt: 'too-long' };
  const citations: Citation[] = [];
  const cited: ClauseView[] = [];
  for (const { clauseId, quote } of answer.quotes) {
    const view = rules.given.find((one) => one.id === clauseId)?.view;
    if (!view) return { doubt: 'unknown-clause' };
    const words = findVerbatim(quote, view);
    if (words === undefined) return { doubt: 'not-verbatim' };
    if (citations.some((one) => one.doc === view.document.doc && one.path === view.clause.path && one.quote === words))
      continue;
    cited.push(view);
    citations.push({
      doc: view.document.doc,
      path: view.clause.path,
      quote: words,
      label: view.label,
      regionShortName: view.document.regionShortName,
      issuedOn: view.document.issuedOn,
    });
  }
  if (citations.reduce((sum, one) => sum + one.quote.length, 0) > MAX_QUOTED) return { doubt: 'too-long' };
  if (rules.docs.some((doc) => !citations.some((one) => one.doc === doc))) return { doubt: 'omits' };
  const lead = answer.lead.trim();
  const doubt = doubtLead(lead, cited, rules);
  return doubt === undefined ? { lead, citations } : { doubt };
}

/** The words of the clause that a quote repeats, as they stand there; white space aside nothing may differ. */
export function findVerbatim(quote: string, { clause }: ClauseView): string | undefined {
  const wanted = quote.replace(/\s+/g, '');
  if ([...wanted].length < MIN_QUOTE) return undefined;
  if (clause.kind === 'row') return clause.text.replace(/\s+/g, '').includes(wanted) ? clause.text : undefined;
  for (const source of [clause.text, clause.heading]) {
    const places = [...source.matchAll(/\S/g)].map((match) => match.index);
    const at = source.replace(/\s+/g, '').indexOf(wanted);
    const [from, last] = [places[at], places[at + wanted.length - 1]];
    if (at >= 0 && from !== undefined && last !== undefined) return source.slice(from, last + 1);
  }
  return undefined;
}

/** Words that turn a sentence round: they may stand in a lead only where they stand in its clauses. */
const STRONG =
  /不得|不能|不可|严禁|禁止|必须|无需|不需要|不必|取消|废止|停止|暂停|免费|全额|一律|不再|不予|可以不|作废/g;
const AT_LEAST = /不低于|不少于|不小于|至少|以上|≥|>|(?<!不)(?:超过|高于|多于|大于)/;
const AT_MOST = /不超过|不高于|不大于|不多于|至多|以内|以下|≤|<|(?<!不)(?:低于|少于|小于)/;
/** 财政局, 医保局, 中心药房: two characters before what kind of body it is. */
const BODY = /[\u4e00-\u9fff]{2}(?:局|委|厅|政府|医院|卫生院|卫生室|中心|药房|办公室)/g;

function doubtLead(lead: string, cited: readonly ClauseView[], rules: CheckRules): Doubt | undefined {
  if (lead.length < 2 || [...lead].length > MAX_LEAD || lead.split('\n').length > 8) return 'lead-form';
  if (!/\p{Script=Han}/u.test(lead) || /https?:|www\.|[@<>`{}]|\*\*/i.test(lead)) return 'lead-form';
  const sources = cited.map(everythingOf);
  const pool = sources.join('\n');
  const figures = sources.flatMap(readFigures);
  if (!readFigures(lead).every((figure) => standsAmong(figure, figures))) return 'lead-figure';
  const plain = pool.normalize('NFKC');
  if (!readCountedWords(lead).every((words) => plain.includes(words))) return 'lead-figure';
  const { wants } = readQuestion(rules.question);
  if (FIGURE_WANTED.some((want) => wants.has(want)) && readFigures(lead).length === 0) return 'figure-missing';
  const years = readFigures(rules.question).filter((one) => one.unit === '年' && one.value.length === 4);
  if (!years.every((year) => standsAmong(year, figures))) return 'year-missing';
  for (const direction of [AT_LEAST, AT_MOST])
    if (direction.test(lead) && !direction.test(plain)) return 'lead-strong-word';
  if ([...lead.matchAll(STRONG)].some(([word]) => !pool.includes(word))) return 'lead-strong-word';
  if ([...lead.matchAll(BODY)].some(([body]) => !pool.includes(body) && !rules.question.includes(body)))
    return 'lead-unit';
  if (rules.regions.some((region) => !lead.includes(region))) return 'omits';
  return support(lead, pool) < MIN_SUPPORT ? 'lead-unsupported' : undefined;
}

/** All that stands with a clause: its own words, headings above, heads of columns, whose plan it is. */
function everythingOf({ clause, above, document }: ClauseView): string {
  const parts = [clause.heading, clause.text, ...above, ...(clause.columns ?? []), clause.group ?? ''];
  return [...parts, document.title, document.regionShortName].join('\n');
}

/** Share of the Chinese pairs of characters of a lead that stand in a text; figures are checked by themselves. */
function support(lead: string, pool: string): number {
  const words = lead.normalize('NFKC').replace(/\d[\d.,:]*\s?(?:个月|[年月日天人个家%])?/g, ' ');
  const pairs = (words.match(/\p{Script=Han}+/gu) ?? []).flatMap((run) =>
    Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2)),
  );
  // 2027年为100人: nothing but checked figures.
  if (pairs.length < 3 && words !== lead) return 1;
  return pairs.length === 0 ? 0 : pairs.filter((pair) => pool.includes(pair)).length / pairs.length;
}
