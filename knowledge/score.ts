/** Scores clauses for a question: by the words they share, where these stand, and whether they have the form asked for. Pure. */
import type { Near } from './embedding/types.ts';
import { hasEvidence, isFigureRow, isLabelled, ownerSentence, STRICT } from './evidence.ts';
import type { Alternative } from './lexicon.ts';
import { countsDirectly, manner } from './manner.ts';
import { bigrams, meets, presenceOf } from './presence.ts';
import type { ReadQuestion } from './question.ts';
import type { Reading, Sentence } from './reading.ts';
import { createSettling } from './settles.ts';
import type { Term } from './terms.ts';
import { isPutTogether } from './words.ts';

export { inFocus, manner } from './manner.ts';
export { abbreviates } from './presence.ts';

/** A term with what the documents in force make of it. */
export interface WeighedTerm extends Term {
  readonly alternatives: readonly Alternative[];
  /** How much it says: rare in the documents is much. */
  readonly weight: number;
  /** Clauses in force in which it, or what it may stand for, stands. */
  readonly found: number;
  /** Whether a document in force has the very word. */
  readonly literal: boolean;
}

export interface Hit {
  readonly reading: Reading;
  /** Best first. */
  readonly sentences: readonly ScoredSentence[];
  readonly score: number;
  /** How well the clause fits the matter, whatever form the answer must have. */
  readonly topic: number;
  /** Share of what the question says that the clause speaks of, 0 to 1. */
  readonly coverage: number;
  /** Weight of the rarest word of the question that the clause speaks of. */
  readonly rarest: number;
  /** Whether a sentence has the form the question asks for. */
  readonly answers: boolean;
  /** Whether what a yes-or-no question asks of its subject is spoken of; true for other questions. */
  readonly settles: boolean;
  /** How near it is in meaning, where an embedding endpoint was asked. */
  readonly meaning?: Near | undefined;
  /** No words found it: it is no answer by words, and stands behind those. */
  readonly byMeaningOnly?: boolean | undefined;
}

export interface ScoredSentence {
  readonly sentence: Sentence;
  readonly score: number;
  readonly topic: number;
  readonly coverage: number;
  readonly evidence: boolean;
}

/** A figure is asked of a thing no document knows (生孩子住院报多少): the clause must speak of this much of the rest. */
const WITHOUT_STRANGER = 0.62;

/** Names the kind of figure, no thing. */
const NO_THING = /^(?:基数|基期|数值|数字|年头|次数|人头)$/;

/** How much words in the question's own order count beside its terms. */
const SHARED_PAIRS = 0.22;

/** A function that scores a clause for this question; the same clause gets the same score everywhere. */
export function createScorer(question: ReadQuestion, terms: readonly WeighedTerm[]): (reading: Reading) => Hit {
  const total = terms.reduce((sum, term) => sum + term.weight, 0) || 1;
  const strict = STRICT.filter((want) => question.wants.has(want) && !(want === 'number' && hasNarrower(question)));
  const heaviest = Math.max(0, ...terms.map((term) => term.weight));
  const strangers = terms.filter(
    (term) =>
      term.found === 0 &&
      term.grip >= 0.9 &&
      term.weight >= heaviest * 0.95 &&
      /^[\u4e00-\u9fff]+$/.test(term.text) &&
      !NO_THING.test(term.text) &&
      !isPutTogether(term.text),
  );
  const settles = createSettling(question, terms);
  const asked = [...bigrams(question.text)];
  const runs = runsOf(question.text);
  return (reading) => {
    const presences = terms.map((term) => presenceOf(term, reading));
    let rarest = 0;
    const scored = reading.sentences.map((sentence, at): ScoredSentence => {
      let met = 0;
      for (const presence of presences) {
        const value = meets(presence, reading, at);
        met += presence.term.weight * value;
        if (value >= 0.5) rarest = Math.max(rarest, presence.term.weight);
      }
      const coverage = Math.min(1, met / total + runShare(runs, sentence.plain));
      const evidence =
        strict.every((want) => hasEvidence(question, want, sentence, reading)) &&
        holdsMatter(question, terms, reading, sentence);
      const shared =
        asked.length === 0 ? 0 : asked.filter((pair) => sentence.plain.includes(pair)).length / asked.length;
      const topic = coverage + SHARED_PAIRS * shared;
      const form = strict.length > 0 ? (evidence ? 0.14 : -0.16) : 0;
      const heading = sentence.isHeading && reading.sentences.length > 1 ? (question.focus ? 0.4 : 0.08) : 0;
      return { sentence, score: topic + form + manner(question, sentence) - heading, topic, coverage, evidence };
    });
    scored.sort((a, b) => b.score - a.score);
    const coverage = Math.max(0, ...scored.map((one) => one.coverage));
    const bonus = structure(question, terms, reading) + dwelling(scored);
    return {
      reading,
      sentences: scored,
      score: (scored[0]?.score ?? 0) + bonus,
      topic: Math.max(0, ...scored.map((one) => one.topic)) + bonus,
      coverage,
      rarest,
      settles: settles(presences, reading, scored[0]),
      answers:
        strict.length === 0 ||
        (scored.some((one) => one.evidence && one.coverage >= coverage * 0.7) &&
          !(
            strangers.some(({ text }) => !reading.everything.includes(text)) &&
            FIGURES.some((want) => question.wants.has(want)) &&
            coverage < WITHOUT_STRANGER
          )),
    };
  };
}

/** A clause that goes on about the matter says more than one that names it once. */
function dwelling(scored: readonly ScoredSentence[]): number {
  const speaking = scored.filter(({ sentence, coverage }) => !sentence.isHeading && coverage >= 0.95).length;
  return Math.min(Math.max(0, speaking - 1), 2) * 0.03;
}

/** Runs of five to nine characters of the question, longest first: a name kept whole says more than its words. */
function runsOf(text: string): readonly string[] {
  const runs: string[] = [];
  for (let length = 9; length >= 5; length -= 1)
    for (let at = 0; at + length <= text.length; at += 1) {
      const run = text.slice(at, at + length);
      if (/^[\u4e00-\u9fff]+$/.test(run)) runs.push(run);
    }
  return runs;
}

function runShare(runs: readonly string[], plain: string): number {
  const run = runs.find((one) => plain.includes(one));
  return run === undefined ? 0 : 0.03 * (run.length - 4);
}

/** A heading that names one thing: 起付标准, not 结余留用、超支分担机制. */
const ONE_MATTER = /^与?[^、，和与及]{2,8}$/;

/** What a word of the heading is worth to a sentence under it. */
const IN_ITS_HEADING = 0.6;

/** A figure belongs to what its own sentence speaks of: the heaviest words of the question must stand there. */
function holdsMatter(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
  reading: Reading,
  sentence: Sentence,
): boolean {
  if (
    !(question.wants.has('who') || question.wants.has('date') || FIGURES.some((want) => question.wants.has(want))) ||
    reading.clause.kind === 'row' ||
    isLabelled(reading)
  )
    return true;
  let here = 0;
  let under = 0;
  let anywhere = 0;
  for (const term of terms) {
    if (term.year) continue;
    const inside = Math.max(0, ...term.alternatives.map((one) => (sentence.plain.includes(one.text) ? one.weight : 0)));
    const around = Math.max(
      0,
      ...term.alternatives.map((one) =>
        reading.heading.includes(one.text) || reading.plain.includes(one.text) ? one.weight : 0,
      ),
    );
    const titled = Math.max(
      0,
      ...term.alternatives.map((one) => (reading.heading.includes(one.text) ? one.weight * IN_ITS_HEADING : 0)),
    );
    here += inside * term.weight;
    under += Math.max(inside, titled) * term.weight;
    anywhere += around * term.weight;
  }
  // 【起付标准】…三级医院900元: with a word of its own the sentence also has those of its heading.
  if (ONE_MATTER.test(reading.heading) && here >= anywhere * 0.25) here = Math.max(here, under);
  // Who does it may stand in the sentence before: 设立信息管理中心，负责…。…。加强网络信息安全。
  if (countsDirectly(question, sentence.plain)) return true;
  if (FIGURES.some((want) => question.wants.has(want)))
    return here >= anywhere * 0.55 && besideFigure(question, terms, reading, sentence);
  return (
    Math.max(here, ONE_MATTER.test(reading.heading) ? under : 0) >= anywhere * 0.3 ||
    (/负责|管/.test(question.text) && ownerSentence(reading) !== undefined)
  );
}

/** The heaviest word of the question stands in the part of the sentence that holds the figure, in a neighbour or the heading. */
function besideFigure(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
  reading: Reading,
  sentence: Sentence,
): boolean {
  const matters = terms.filter(
    (term) => !term.year && (term.found > 0 || term.text.length >= 3) && term.grip >= 1 && !MEASURING.test(term.text),
  );
  const heaviest = Math.max(0, ...matters.map((term) => term.weight));
  const chief = matters.filter((term) => term.weight >= heaviest * 0.9);
  if (chief.length === 0) return true;
  const parts = sentence.plain.split(/(?<=[，；。])/);
  const wants = FIGURES.filter((want) => question.wants.has(want));
  const around = parts.flatMap((part, at) => {
    const figure = { raw: part, plain: part, isHeading: false };
    return wants.some((want) => hasEvidence(question, want, figure, reading))
      ? [BELOW.test(question.text) ? sentence.plain : parts.slice(Math.max(0, at - 2), at + 2).join('')]
      : [];
  });
  const words = [
    ...(around.length > 0 ? around : [sentence.plain]),
    reading.heading,
    reading.label,
    reading.group,
    reading.title,
    ...reading.above,
  ].join('\n');
  return chief.some((term) => term.alternatives.some((one) => words.includes(one.text)));
}

/** 少于多少人的村…: the figure sets a limit for all that follows. */
const BELOW = /(?:少于|低于|不到|不足|超过|多于|高于|大于)(?:多少|几)/;

/** Words that only name the kind of figure. */
const MEASURING =
  /^(?:比例|比值|占比|金额|人数|数量|至少|最少|不少于|以上|以内|几成|每月|每年|最低|最短|最高|最多|至多|顶多|起码|不低于|不超过|不[能得](?:少于|低于|超过))$/;

const FIGURES = ['percent', 'ratio', 'count', 'money', 'number', 'duration'] as const;

function hasNarrower(question: ReadQuestion): boolean {
  return (['money', 'ratio', 'percent', 'count', 'duration'] as const).some((want) => question.wants.has(want));
}

/** Asks for the parts of something. */
function wantsParts(question: ReadQuestion): boolean {
  return (
    question.wants.has('list') ||
    question.wants.has('definition') ||
    question.wants.has('count') ||
    question.howMany !== undefined
  );
}

/** A line 组长：… for 组长是谁. */
function namesRole(terms: readonly WeighedTerm[], reading: Reading): boolean {
  return (
    isLabelled(reading) &&
    terms.some(
      (term) =>
        term.text.length >= 2 &&
        !term.text.endsWith('单位') &&
        reading.clause.text
          .split('\n')
          .some((line) => line.startsWith(`${term.text}：`) || line.startsWith(`${term.text}:`)),
    )
  );
}

const ASKS_INDICATOR =
  /算|率|占比|比值|比例|指标|分子|分母|口径|统计|公式|数据|人均|每万|包括|包含|解释|含义|是什么|指什么|数量|哪/;

const ASKS_AIMS = /目标|原则|指导思想|总体|为什么|为啥|意义|什么样|达到/;

function isGeneral(reading: Reading): boolean {
  return [...reading.above, reading.heading].some((heading) =>
    /^(?:指导思想|基本原则|总体要求|总体思路|工作目标|建设目标|总体目标)$/.test(heading),
  );
}

/** 二(三) names 二/（三）, (13) the clause 二/（二）/6/（13）, 第5项 the fifth row. */
function named({ clause: { path, kind } }: Reading, clause: string): boolean {
  const whole = path.normalize('NFKC').replaceAll('/', '');
  return /^\d+$/.test(clause) ? kind === 'row' && path.endsWith(`/${clause}`) : whole.endsWith(clause);
}

/** What the clause is, and how well its heading names what is asked. */
function structure(question: ReadQuestion, terms: readonly WeighedTerm[], reading: Reading): number {
  let bonus = question.clause !== '' && named(reading, question.clause) ? 0.7 : 0;
  const kind = reading.clause.kind;
  if (kind === 'head' || kind === 'tail') bonus -= 0.35;
  if (kind === 'preamble') bonus -= 0.12;
  // What is said in general comes after what is laid down; aims answer only when they are asked for.
  if (isGeneral(reading) && question.years.length === 0 && question.wants.size === 0 && !ASKS_AIMS.test(question.text))
    bonus -= 0.1;
  const heading = reading.heading.replace(/^[\u4e00-\u9fff]{2,3}[县区市](?=.{3})/, '');
  if (heading.length >= 3 && heading.length <= 30) {
    if (question.text.includes(heading)) bonus += heading.length >= 4 ? 0.35 : 0.18;
    else if (terms.some((term) => term.weight > 0.25 && heading === term.text)) bonus += 0.1;
  }
  // 监管清单有哪些类: what stands under a heading answers, not a sentence that mentions the list.
  if (
    wantsParts(question) &&
    reading.clause.children > 1 &&
    (reading.clause.text === '' || reading.clause.text.includes('\t'))
  ) {
    const heaviest = [...terms].sort((a, b) => b.weight - a.weight)[0];
    if (heaviest?.alternatives.some((one) => one.weight > 0.8 && heading.includes(one.text))) bonus += 0.3;
  }
  if (question.wants.has('who') && namesRole(terms, reading)) bonus += 0.35;
  // How an indicator is reckoned answers only who asks about the indicator.
  if (kind === 'row' && /计算方法/.test(reading.plain) && !ASKS_INDICATOR.test(question.text)) bonus -= 0.2;
  if (isFigureRow(reading))
    bonus +=
      question.years.some((year) => reading.columns.some((column) => column.includes(year))) ||
      /目标|指标|基数|基期|任务/.test(question.text)
        ? 0.08
        : -0.1;
  return bonus;
}
