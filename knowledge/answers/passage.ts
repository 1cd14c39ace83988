/** Chooses the sentences of a clause to quote, and the few words that say the point（摘句）. */
import { hasEvidence, isLabelled, STRICT } from '../evidence.ts';
import type { ReadQuestion } from '../question.ts';
import type { Reading, Sentence } from '../reading.ts';
import { type Hit, inFocus, manner, type ScoredSentence, type WeighedTerm } from '../score.ts';
import { normalise } from '../words.ts';
import { subjectBefore } from './actor.ts';
import { asksActor, fitOf } from './fit.ts';
import { governingDate, isOfOtherYear, withGoverning, withItsDate } from './governing.ts';
import { limitFit } from './limit.ts';

/** Sentences worth quoting, verbatim, neighbours joined, best passage first; together at most `budget` characters or one sentence. */
export function choosePassages(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
  hit: Hit,
  budget: number,
): readonly string[] {
  const { clause, sentences } = hit.reading;
  if (clause.kind === 'row') return [clause.text];
  if (isLabelled(hit.reading) && !wantsAll(question, terms, hit.reading)) return items(question, terms, hit.reading);
  const best = answeringSentence(question, terms, hit);
  if (!best) return [];
  const own = (plain: string): number =>
    terms.reduce((sum, term) => sum + (term.alternatives.some((one) => plain.includes(one.text)) ? term.weight : 0), 0);
  const least = own(best.sentence.plain) * 0.3;
  const unsure = best.coverage < SURE;
  // A date before the semicolon is quoted with what it governs.
  const dated = withItsDate(sentences, best.sentence);
  const chosen = new Set<Sentence>(
    dated.reduce((sum, { raw }) => sum + raw.length, 0) <= LONG_SENTENCE + 30
      ? dated
      : [...dated.slice(0, 1), best.sentence],
  );
  let used = [...chosen].reduce((sum, { raw }) => sum + raw.length, 0);
  for (const { sentence, score, coverage } of hit.sentences) {
    if (
      chosen.has(sentence) ||
      !(addsTo(terms, [...chosen], sentence, hit.reading) || (unsure && score >= best.score * UNSURE_SHARE)) ||
      score < best.score * 0.55 ||
      coverage < 0.25 ||
      used + sentence.raw.length > budget ||
      isUnitNote(sentence.raw) ||
      isOfOtherYear(question.years, sentences, sentence) ||
      !inFocus(question, sentence.plain) ||
      own(sentence.plain) < least
    )
      continue;
    if (sentence.isHeading) continue;
    chosen.add(sentence);
    used += sentence.raw.length;
  }
  const body = bodyOf(hit.reading);
  const also = (sentence: Sentence | undefined): void => {
    if (!sentence || chosen.has(sentence) || used + sentence.raw.length > budget + 60) return;
    chosen.add(sentence);
    used += sentence.raw.length;
  };
  // A heading names the matter; what it says stands below. A date asked for stands beside what is dated.
  if (best.sentence.isHeading || question.wants.has('definition')) also(body[0]);
  if (best.sentence.isHeading) also(body[1]);
  if (asksStage(question, hit.reading)) for (const sentence of body) also(sentence);
  const governing = governingDate(sentences, best.sentence, hit.reading.label);
  if (question.wants.has('date') && governing)
    for (const sentence of withGoverning(sentences, best.sentence)) also(sentence);
  else if (question.wants.has('date') && ![...chosen].some((sentence) => /20\d{2}年|\d{1,2}月/.test(sentence.plain)))
    also(body.find((sentence) => /20\d{2}年|\d{1,2}月/.test(sentence.plain)));
  const passages: { text: string; score: number; last: number; single: boolean }[] = [];
  for (const [at, sentence] of sentences.entries()) {
    if (!chosen.has(sentence)) continue;
    const score = hit.sentences.find((one) => one.sentence === sentence)?.score ?? 0;
    const before = passages.at(-1);
    const joined =
      before && before.last === at - 1 && !sentences[at - 1]?.isHeading && sentences[at - 1]
        ? `${before.text}${sentence.raw}`
        : undefined;
    if (before && joined !== undefined && normalise(clause.text).includes(normalise(joined))) {
      before.text = joined;
      before.score = Math.max(before.score, score);
      before.last = at;
      before.single = false;
    } else passages.push({ text: sentence.raw, score, last: at, single: true });
  }
  return passages
    .sort((a, b) => b.score - a.score)
    .map((passage) => (passage.single ? trimmed(question, terms, passage.text, hit.reading) : passage.text));
}

function bodyOf({ sentences }: Reading): readonly Sentence[] {
  return sentences.filter((sentence) => !sentence.isHeading && !isUnitNote(sentence.raw));
}

/** 第一阶段做什么: all that the stage says, from its beginning. */
function asksStage(question: ReadQuestion, { label }: Reading): boolean {
  return /阶段$/.test(label) && STAGE_ASKED.test(question.text.slice(question.text.indexOf(label) + label.length));
}

const STAGE_ASKED =
  /^(?:里|中|内)?(?:都|主要|具体)?(?:要|该|得|应该)?(?:做|干|搞|完成|有|安排)(?:了|些|点)?(?:什么|哪些)(?:事情?|任务|工作|内容)?[?。]*$/;

/** Of the sentences nearly as good the one that has the form asked for; a date may stand before the last semicolon. */
export function answeringSentence(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
  hit: Hit,
): ScoredSentence | undefined {
  const [best] = hit.sentences;
  if (!best || hit.reading.clause.kind === 'row' || isLabelled(hit.reading)) return best;
  const [beginning] = asksStage(question, hit.reading) ? bodyOf(hit.reading) : [];
  const first = beginning && hit.sentences.find((one) => one.sentence === beginning);
  if (first) return first;
  const dated = question.wants.has('date');
  const most = Math.max(...hit.sentences.map((one) => spokenWeight(terms, one.sentence.plain)));
  const known = terms.filter(
    (term) => !term.year && term.found > 0 && hit.sentences.some(({ sentence }) => speaksOf(term, sentence.plain)),
  );
  const heaviest = Math.max(0, ...known.map((term) => term.weight));
  const chief = known.filter((term) => term.weight >= heaviest * 0.9);
  const value = (one: ScoredSentence): number => {
    const governed =
      dated && !one.evidence && governingDate(hit.reading.sentences, one.sentence, hit.reading.label) !== undefined;
    return (
      one.score +
      (governed ? EVIDENCE : 0) +
      FORM * Math.min(MOST_FORM, formOf(question, terms, one.sentence, most)) +
      LIMIT * limitFit(question.text, one.sentence.plain) -
      (chief.length === 0 || chief.some((term) => speaksOf(term, one.sentence.plain)) ? 0 : CHIEF)
    );
  };
  const ofYear = hit.sentences.filter(
    ({ sentence }) => !sentence.isHeading && !isOfOtherYear(question.years, hit.reading.sentences, sentence),
  );
  const candidates = ofYear.length > 0 && question.years.length > 0 ? ofYear : hit.sentences;
  const [leading = best] = candidates;
  return candidates
    .filter(
      (one) =>
        one === leading ||
        (!one.sentence.isHeading && !isUnitNote(one.sentence.raw) && one.score >= leading.score * NEARLY),
    )
    .reduce((chosen, one) => (value(one) > value(chosen) ? one : chosen), leading);
}

/** Of a question met in part only, sentences about as near are shown too. */
const SURE = 0.7;
const UNSURE_SHARE = 0.65;
const EVIDENCE = 0.3;
const FORM = 0.2;
/** Without the heaviest word that the clause has a sentence says little. */
const CHIEF = 0.07;
const LIMIT = 0.3;
const MOST_FORM = 1.5;
const NEARLY = 0.6;

/** How well a clause has the form asked for, as far as it speaks of the matter as much as the best of several. */
export function formOfClause(question: ReadQuestion, terms: readonly WeighedTerm[], hit: Hit, most: number): number {
  const top = answeringSentence(question, terms, hit);
  if (!top || hit.reading.clause.kind === 'row' || isLabelled(hit.reading)) return 0;
  return Math.min(MOST_FORM, formOf(question, terms, top.sentence, most));
}

/** The form of the part of a sentence that is its point, as far as that speaks of the matter. */
function formOf(question: ReadQuestion, terms: readonly WeighedTerm[], sentence: Sentence, most: number): number {
  const parts = sentence.raw.split(/(?<=[，；：])/).map(normalise);
  return Math.max(
    ...parts.map((part, at) => {
      const words = part.length < 30 ? `${parts[at - 1] ?? ''}${part}` : part;
      return fitOf(question, words) * aboutMatter(spokenWeight(terms, words), most);
    }),
  );
}

function speaksOf(term: WeighedTerm, plain: string): boolean {
  return term.alternatives.some((one) => one.weight >= 0.8 && plain.includes(one.text));
}

/** Weight of the question's words that are spoken. */
export function spokenWeight(terms: readonly WeighedTerm[], plain: string): number {
  return terms.reduce((sum, term) => {
    const there = term.alternatives.filter((one) => plain.includes(one.text)).map((one) => one.weight);
    return sum + term.weight * Math.max(0, ...there);
  }, 0);
}

/** Words of the right form that are about something else do not answer. */
function aboutMatter(spoken: number, most: number): number {
  return most <= 0 ? 1 : Math.min(1, spoken / (most * ABOUT));
}

const ABOUT = 0.8;
/** Parts of one sentence are never quite about something else. */
const SAME_SENTENCE = 0.5;

/** A further sentence is quoted only where it speaks of a word of the question that those before do not. */
function addsTo(
  terms: readonly WeighedTerm[],
  chosen: readonly Sentence[],
  sentence: Sentence,
  reading: Reading,
): boolean {
  const met = (term: WeighedTerm, plain: string): boolean =>
    term.alternatives.some((one) => one.weight >= 0.8 && plain.includes(one.text));
  return terms.some(
    (term) =>
      term.weight >= 0.25 &&
      met(term, sentence.plain) &&
      !reading.heading.includes(term.text) &&
      !chosen.some((one) => met(term, one.plain)),
  );
}

/** Asks for the members themselves, none of them named. */
export function wantsAll(question: ReadQuestion, terms: readonly WeighedTerm[], reading: Reading): boolean {
  const lists = (['list', 'count', 'contents', 'names'] as const).some((want) => question.wants.has(want));
  const members = reading.clause.text
    .split('\n')
    .map((line) => normalise(line.replace(/^[^：:]{1,8}[：:]/, '')))
    .join('\n');
  const named = terms.some(
    (term) => term.weight >= 0.6 && !reading.heading.includes(term.text) && members.includes(term.text),
  );
  return lists && !named && roleLines(terms, reading.clause.text.split('\n')).length < 2;
}

/** Of a list of members the lines that lead (牵头单位：…) where asked, and the members asked about. */
export function items(question: ReadQuestion, terms: readonly WeighedTerm[], reading: Reading): readonly string[] {
  const heavy = terms.filter((term) => term.weight >= 0.25);
  const value = (text: string): number => {
    const plain = normalise(text);
    return heavy.reduce(
      (sum, term) => sum + (term.alternatives.some((one) => plain.includes(one.text)) ? term.weight : 0),
      0,
    );
  };
  const lines = reading.clause.text.split('\n');
  const role = roleLines(terms, lines);
  const told = heavy.filter((term) => !lines.some((line) => label(line) === term.text));
  const worth = (line: string): number => told.reduce((sum, term) => sum + (spoken(line, term) ? term.weight : 0), 0);
  const most = Math.max(0, ...role.map(worth));
  const meant = most > 0 ? role.filter((line) => worth(line) === most) : [];
  if (role.length > 1 && meant.length > 0 && meant.length <= 3) return meant;
  if (role.length > 1 || (role.length === 1 && (role[0] ?? '').length <= ROLE_LINE)) return role;
  const leading =
    question.wants.has('who') || question.wants.has('lead') || /牵头/.test(question.text)
      ? lines.filter((line) => /^牵头单位/.test(line))
      : [];
  const members = lines
    .flatMap((line) => (line.length > 40 ? line.replace(/^[^：:]{1,8}[：:]/, '').split('、') : [line]))
    .filter((member) => member.length >= 4);
  const best = Math.max(0, ...members.map(value));
  // 有没有宁厂: the member itself, whatever else of the list was named.
  const inside = members.filter((member) => question.member !== '' && normalise(member).includes(question.member));
  const there = /(?:有没有|有无|在不在|包不包括|含不含)([\u4e00-\u9fff]{2,6})/.exec(question.text)?.[1] ?? '';
  const named =
    inside.length > 0 ? inside : members.filter((member) => there !== '' && normalise(member).includes(there));
  const asked =
    named.length > 0
      ? named.slice(0, 3)
      : best > 0
        ? members.filter((member) => value(member) >= best * 0.95).slice(0, 3)
        : [];
  const chosen = [...new Set([...asked, ...leading])];
  return chosen.length > 0 ? chosen : lines.slice(0, 1);
}

/** A line that names one holder of an office; longer ones list members. */
const ROLE_LINE = 40;

function spoken(line: string, term: WeighedTerm): boolean {
  return term.alternatives.some((one) => one.weight >= 0.8 && normalise(line).includes(one.text));
}

/** The name of a role at the beginning of its line; '' where the line goes on with the role before. */
function label(line: string): string {
  return normalise(/^([^：:]{1,8})[：:]/.exec(line)?.[1] ?? '');
}

/** 副组长：甲 / 乙: the line of the role asked about with the lines that go on without a label of their own. */
export function roleLines(terms: readonly Pick<WeighedTerm, 'text'>[], lines: readonly string[]): readonly string[] {
  const labels = lines.map(label).filter((one) => one !== '' && terms.some((term) => term.text === one));
  const longest = labels.reduce((chosen, one) => (one.length > chosen.length ? one : chosen), '');
  const from = longest === '' ? -1 : lines.findIndex((line) => label(line) === longest);
  if (from < 0) return [];
  const rest = lines.slice(from + 1);
  const next = rest.findIndex((line) => label(line) !== '');
  return [lines[from] ?? '', ...(next < 0 ? rest : rest.slice(0, next))];
}

/** （责任单位：…）alone. */
export function isUnitNote(raw: string): boolean {
  return /^[（(〔[]\s*(?:责任|牵头|配合)(?:单位|部门)/.test(raw);
}

const LEAD_CHARACTERS = 60;

/** The point in one line: the sentence, or of a long one the part that speaks of most of what was asked. */
export function leadOf(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
  raw: string,
  reading: Reading,
  limit = LEAD_CHARACTERS,
): string {
  const sentence = raw
    .replace(/[。；]$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (sentence.length <= limit) return sentence;
  const short = bestPart(question, terms, sentence, reading, limit, 160).replace(/[，；：]$/, '');
  const words = withResult(sentence, short.length <= LEAD_CHARACTERS ? withSubject(question, sentence, short) : short);
  return words.length <= LEAD_CHARACTERS + 20 ? words : pickItems(terms, words);
}

/** 与财政投入……挂钩 is what the 考核结果 before it does. */
function withResult(sentence: string, part: string): string {
  if (!/^与[^，]*挂钩/.test(part)) return part;
  const result = /(?:考核|考评|评估|评价)结果/.exec(sentence.slice(0, sentence.indexOf(part)))?.[0];
  return result === undefined ? part : `${result}${part}`;
}

/** 医共体内设立中心药房……建立缺药登记和配送制度: who is asked for stands at the beginning of the sentence. */
function withSubject(question: ReadQuestion, sentence: string, part: string): string {
  if (!asksActor(question, question.text)) return part;
  const parts = sentence.split(/(?<=[，；：])/);
  const at = parts.findIndex((one) => part.startsWith(one.replace(/[，；：]$/, '')));
  const subject =
    at > 0
      ? subjectBefore(
          parts.map((one) => normalise(one)),
          at,
        )
      : undefined;
  const raw = parts.find((one) => subject !== undefined && normalise(one) === subject)?.replace(/[，；：]$/, '');
  if (raw === undefined) return part;
  const joined = parts[at - 1]?.startsWith(raw) ? `${raw}，${part}` : `${raw}……${part}`;
  return joined.length <= LEAD_CHARACTERS ? joined : part;
}

/** The run of parts between commas that says most of what was asked, at most `limit` characters where one part allows it. */
function bestPart(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
  sentence: string,
  reading: Reading,
  limit: number,
  patience: number,
): string {
  const parts = sentence.split(/(?<=[，；：])/);
  const most = Math.max(...parts.map((part) => spokenWeight(terms, normalise(part))));
  let chosen = '';
  let top = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < parts.length; from += 1)
    for (let to = from + 1; to <= parts.length; to += 1) {
      const text = parts.slice(from, to).join('');
      if (text.length > limit && to > from + 1) break;
      if (hasOpenMark(text) && to < parts.length) continue;
      const value =
        worth(question, terms, text, reading, most) -
        (ONLY_DATE.test(text) && !question.wants.has('date') ? 1 : 0) -
        Math.min(text.length, limit + 30) / patience -
        (text.length < 10 && parts.length > 1 ? 1 : 0);
      if (value > top) {
        top = value;
        chosen = text;
      }
    }
  return chosen;
}

function hasOpenMark(text: string): boolean {
  const count = (mark: string): number => text.split(mark).length;
  return count('“') !== count('”') || count('（') !== count('）') || count('《') !== count('》');
}

/** Of a long enumeration the members asked about, else its beginning. */
function pickItems(terms: readonly WeighedTerm[], text: string): string {
  const items = text.split('、');
  const heavy = terms.filter((term) => term.weight >= 0.3);
  const named = items.filter((item) =>
    heavy.some((term) => term.alternatives.some((one) => normalise(item).includes(one.text))),
  );
  if (items.length < 3 || named.length === 0 || named.join('、').length > 100) return `${text.slice(0, 100)}……`;
  return named.length === 1 ? (named[0] ?? '') : `……${named.join('、')}……`;
}

/** A sentence too long to be quoted whole: the part of it that answers with what stands around it, verbatim. */
const LONG_SENTENCE = 200;

function trimmed(question: ReadQuestion, terms: readonly WeighedTerm[], raw: string, reading: Reading): string {
  if (raw.length <= LONG_SENTENCE + 30) return raw;
  const parts = raw.split(/(?<=[，；：])/);
  const point = bestPart(question, terms, raw, reading, LEAD_CHARACTERS, 160);
  const start = raw.indexOf(point);
  let from = 0;
  let length = 0;
  for (; from < parts.length && length + (parts[from]?.length ?? 0) <= start; from += 1)
    length += parts[from]?.length ?? 0;
  let to = from;
  let taken = '';
  while (to < parts.length && taken.length < point.length) taken += parts[to++] ?? '';
  // Who acts stands before, what comes of it behind.
  for (let grown = true; grown; ) {
    grown = false;
    const before = parts[from - 1];
    if (before !== undefined && taken.length + before.length <= LONG_SENTENCE) {
      taken = `${before}${taken}`;
      from -= 1;
      grown = true;
    }
    const after = parts[to];
    if (after !== undefined && taken.length + after.length <= LONG_SENTENCE) {
      taken += after;
      to += 1;
      grown = true;
    }
  }
  return taken;
}

/** 2026年10月—12月， alone. */
const ONLY_DATE = /^(?:到|至)?20\d{2}年[\d年月底\s—–-]*，?$/;

function worth(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
  text: string,
  reading: Reading,
  most: number,
): number {
  const plain = normalise(text);
  const spoken = spokenWeight(terms, plain);
  let value = spoken;
  const sentence = { raw: text, plain, isHeading: false };
  for (const want of STRICT)
    if (question.wants.has(want) && want !== 'responsible' && hasEvidence(question, want, sentence, reading))
      value += 0.5;
  return (
    value + 2 * manner(question, sentence) + fitOf(question, plain) * Math.max(SAME_SENTENCE, aboutMatter(spoken, most))
  );
}
