/** Composes the answer of one region's documents from the clauses found, or says why there is none（组织答案）. */
import type { Knex } from 'knex';
import { isFigureRow, isLabelled, ownerSentence, STRICT } from '../evidence.ts';
import type { ReadQuestion } from '../question.ts';
import { type Reading, readClause } from '../reading.ts';
import { abbreviates, type Hit, type WeighedTerm } from '../score.ts';
import { listChildren, type StoredDocument } from '../store.ts';
import type { Citation } from '../types.ts';
import { normalise } from '../words.ts';
import { cite } from './citation.ts';
import { countedTerm, explains, names, spellsOut } from './explains.ts';
import { choosePassages, isUnitNote, items, leadOf, wantsAll } from './passage.ts';
import { tableLead } from './table.ts';
import { holdsUnit, readUnits, unitAsked } from './units.ts';

/** Below this share of the question's words nothing is an answer. */
const MIN_COVERAGE = 0.44;
/** Without such a form, and with no other clause near, less is enough. */
const MIN_COVERAGE_ALONE = 0.29;
const CLEAR_MARGIN = 1.5;
/** … provided that a word as rare as this is met. */
const MIN_RARITY_ALONE = 0.6;
/** With a form of answer that must be there (a date, a figure) and is. */
const MIN_COVERAGE_STRICT = 0.42;
/** A clause with the right form must be about the matter nearly as much as the best clause without it. */
const TOPIC_SHARE = 0.72;
/** Other clauses are cited too when they score nearly as well. */
const NEAR = 0.86;

export interface Found {
  readonly lead: string;
  readonly citations: readonly Citation[];
  readonly score: number;
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

/** The answer from these clauses, or what is missing. */
export async function compose(material: Material): Promise<Found | Missing> {
  const { question, hits } = material;
  const nearest = (): readonly Citation[] =>
    hits
      .filter((hit) => hit.coverage >= 0.3)
      .slice(0, 2)
      .flatMap((hit) => quotesOf(material, hit, 80).slice(0, 1));
  const best = pick(material);
  if (!best) return { nearest: nearest() };
  if (question.live) return { nearest: [], why: '方案不写值班、电话这类随时变化的事' };
  if (question.actual && asksFigure(question)) return { nearest: nearest(), why: '方案只写目标，没有写实际完成数' };
  const answer =
    (await byDuties(material)) ??
    (await byCountedTerm(material, best)) ??
    byTable(material, best) ??
    (await byUnits(material, best)) ??
    (await byChildren(material, best)) ??
    bySentences(material, best);
  if ('why' in answer || !('lead' in answer))
    return { nearest: nearest(), ...('why' in answer ? { why: answer.why } : {}) };
  return answer.citations.length > 0 ? answer : { nearest: nearest() };
}

function asksFigure(question: ReadQuestion): boolean {
  return (['percent', 'count', 'number', 'money'] as const).some((want) => question.wants.has(want));
}

/** The clause that answers: of the right form, about the matter, and speaking of enough of the question. */
function pick({ question, terms, hits }: Material): Hit | undefined {
  const strict = STRICT.some((want) => question.wants.has(want));
  const onlyWho = STRICT.every((want) => want === 'who' || !question.wants.has(want));
  const topic = Math.max(0, ...hits.map((hit) => hit.topic));
  const foreign = strangerTo(terms, hits);
  for (const hit of hits.slice(0, 12)) {
    if (strict && !hit.answers && !mayHaveUnits(question)) continue;
    if (hit.topic < topic * TOPIC_SHARE) continue;
    if (!enough(hit, hits, strict && !onlyWho) || (foreign && hit.coverage < 0.8)) continue;
    if (!speaksOfQuoted(terms, hit.reading) || !yearFits(question, hit) || !holdsMember(question, hit.reading))
      continue;
    return hit;
  }
  return undefined;
}

/** Enough of the question's words; fewer where no other clause comes near. */
function enough(hit: Hit, hits: readonly Hit[], strict: boolean): boolean {
  if (hit.coverage >= (strict ? MIN_COVERAGE_STRICT : MIN_COVERAGE)) return true;
  const next = hits.find((other) => other !== hit);
  return (
    !strict &&
    hit.rarest >= MIN_RARITY_ALONE &&
    hit.coverage >= MIN_COVERAGE_ALONE &&
    hit.topic >= (next?.topic ?? 0) * CLEAR_MARGIN
  );
}

/** The heaviest word of the question stands in other regions' documents only: what is asked is theirs. */
function strangerTo(terms: readonly WeighedTerm[], hits: readonly Hit[]): boolean {
  const heaviest = Math.max(0, ...terms.map((term) => term.weight));
  return terms.some(
    (term) =>
      term.found > 0 &&
      term.grip >= 1 &&
      term.text.length >= 3 &&
      term.weight >= heaviest * 0.9 &&
      !hits.some((hit) => says(hit.reading, term)),
  );
}

/** What is asked to be in a list must be in it. */
function holdsMember(question: ReadQuestion, reading: Reading): boolean {
  return question.member === '' || reading.plain.includes(question.member);
}

function mayHaveUnits(question: ReadQuestion): boolean {
  return question.wants.has('responsible') || question.wants.has('cooperating');
}

/** What stood in quotation marks must stand in the clause or above it. */
function speaksOfQuoted(terms: readonly WeighedTerm[], reading: Reading): boolean {
  const words = [reading.plain, reading.group, ...reading.above].join('\n');
  return terms.every(
    (term) =>
      !term.quoted || term.weight < 0.2 || term.alternatives.some((alternative) => words.includes(alternative.text)),
  );
}

/** A figure of one year is not given for another. */
function yearFits(question: ReadQuestion, hit: Hit): boolean {
  if (question.years.length === 0 || isFigureRow(hit.reading)) return true;
  if (!STRICT.some((want) => question.wants.has(want) && want !== 'date' && want !== 'responsible')) return true;
  const { plain } = hit.reading;
  return question.years.every(
    (year) => plain.includes(year) || plain.includes(year.slice(0, 4)) || /20\d{2}年[^。，]{0,8}-20\d{2}年/.test(plain),
  );
}

function documentOf(material: Material, reading: Reading): StoredDocument | undefined {
  return material.documents.find((document) => document.id === reading.clause.documentId);
}

function citation(material: Material, reading: Reading, quote: string): readonly Citation[] {
  const document = documentOf(material, reading);
  const made = document && cite(document, reading, quote);
  return made ? [made] : [];
}

function quotesOf(material: Material, hit: Hit, budget: number): readonly Citation[] {
  return choosePassages(material.question, material.terms, hit, budget).flatMap((quote) =>
    citation(material, hit.reading, quote),
  );
}

// --- 哪六个: the members of a counted term, every meaning the documents give

async function byCountedTerm(material: Material, best: Hit): Promise<Found | { readonly why: string } | undefined> {
  const { question, hits } = material;
  const term = countedTerm(question.text);
  if (!term || !(question.wants.has('list') || question.wants.has('definition') || /是啥|意思/.test(question.text)))
    return undefined;
  const meanings: Hit[] = [];
  for (const hit of hits.slice(0, 25)) {
    const { reading } = hit;
    if (!reading.plain.includes(term.text) && !spellsOut(term, reading)) continue;
    const document = documentOf(material, reading);
    const children =
      document && names(reading.heading, term)
        ? (await listChildren(material.db, document.id, reading.clause.path)).map((child) => normalise(child.heading))
        : [];
    if (explains(term, reading, children) || spellsOut(term, reading)) meanings.push(hit);
  }
  meanings.sort((a, b) => Number(names(b.reading.heading, term)) - Number(names(a.reading.heading, term)));
  const [first] = meanings;
  if (!first) {
    const others = material.terms.filter(
      (one) =>
        one.weight >= 0.3 &&
        !/^[两一二三四五六七八九十\d]/.test(one.text) &&
        !term.text.includes(one.text) &&
        !one.text.includes(term.text),
    );
    const mentioned = hits.some((hit) => hit.reading.plain.includes(term.text));
    return mentioned && others.length === 0 ? { why: `方案只提到“${term.text}”，没有逐项列出` } : undefined;
  }
  if (meanings.length === 1 || (first === best && names(first.reading.heading, term))) {
    const listed = await byChildren(material, first);
    if (listed) return listed;
  }
  const near = meanings
    .filter((hit) => hit === first || hit.score >= first.score * 0.55 || spellsOut(term, hit.reading))
    .slice(0, 3);
  const citations = near.flatMap((hit) => citation(material, hit.reading, sentenceWith(hit, term.text)));
  const lead =
    near.length > 1
      ? `“${term.text}”在方案里有${near.length === 2 ? '两' : '三'}处，含义不同：`
      : leadOf(question, material.terms, sentenceWith(first, term.text), first.reading);
  return { lead, citations, score: first.score };
}

function sentenceWith(hit: Hit, text: string): string {
  const there = hit.reading.sentences.filter((sentence) => sentence.plain.includes(text));
  const counted = there.sort((a, b) => (b.plain.match(/、/g)?.length ?? 0) - (a.plain.match(/、/g)?.length ?? 0))[0];
  const enumerates = (counted?.plain.match(/、/g)?.length ?? 0) > 0 ? counted : undefined;
  return (
    (
      enumerates ??
      hit.sentences.find((one) => (one.sentence.plain.match(/、|统一/g)?.length ?? 0) >= 2)?.sentence ??
      hit.sentences[0]?.sentence
    )?.raw ?? ''
  );
}

// --- a cell of an indicator table

function byTable(material: Material, best: Hit): Found | { readonly why: string } | undefined {
  if (!isFigureRow(best.reading)) return undefined;
  const { question } = material;
  if (question.wants.has('formula')) return undefined;
  const cell = tableLead(question, best.reading);
  if ('missing' in cell) return { why: `指标表里没有列${cell.missing}` };
  return { lead: cell.lead, citations: quotesOf(material, best, 0), score: best.score };
}

// --- 责任单位, 配合单位

async function byUnits(material: Material, best: Hit): Promise<Found | { readonly why: string } | undefined> {
  const { question } = material;
  const explicit =
    /责任单位|责任部门|配合单位|配合部门|责任主体|主责/.test(question.text) || question.wants.has('cooperating');
  if (!explicit && !question.wants.has('responsible')) return undefined;
  const units = readUnits(best.reading);
  if (!units) {
    if (!explicit) return best.answers ? undefined : { why: '方案没有写明由谁负责' };
    const document = documentOf(material, best.reading);
    const children = document ? await listChildren(material.db, document.id, best.reading.clause.path) : [];
    const parts = children.map(readClause).flatMap((reading) => {
      const found = readUnits(reading);
      return found ? [{ reading, found }] : [];
    });
    if (parts.length === 0) return { why: `这一条没有列${question.wants.has('cooperating') ? '配合' : '责任'}单位` };
    return {
      lead: parts.map(({ reading, found }) => `${reading.clause.heading}：${found.responsible.join('、')}`).join('；'),
      citations: parts.flatMap(({ reading, found }) => citation(material, reading, found.quote)),
      score: best.score,
    };
  }
  if (question.wants.has('cooperating') && units.cooperating.length === 0)
    return { why: `这一条只列了责任单位（${units.responsible.join('、')}），没有列配合单位` };
  const top = best.sentences.find((one) => !isUnitNote(one.sentence.raw));
  const says =
    !explicit && top && top.evidence && top.coverage >= 0.6 && /负责|牵头|由/.test(top.sentence.plain)
      ? leadOf(question, material.terms, top.sentence.raw, best.reading)
      : undefined;
  const lines = [
    ...(says ? [says] : []),
    ...(question.wants.has('cooperating') ? [] : [`责任单位：${units.responsible.join('、')}`]),
    ...(units.cooperating.length > 0 ? [`配合单位：${units.cooperating.join('、')}`] : []),
  ];
  const topical = top ? citation(material, best.reading, top.sentence.raw) : [];
  const unitsFirst = citation(material, best.reading, units.quote);
  return {
    lead: lines.join('；'),
    citations: says ? [...topical, ...unitsFirst] : [...unitsFirst, ...topical.slice(0, explicit ? 0 : 1)],
    score: best.score,
  };
}

// --- X管什么: what a unit is named for

async function byDuties(material: Material): Promise<Found | undefined> {
  const { question, hits } = material;
  const asked = unitAsked(question.text);
  if (
    !asked ||
    !(
      question.wants.has('duties') ||
      /哪些.{0,6}(?:责任|配合|牵头)单位|(?:责任|配合|牵头)单位.{0,4}哪些/.test(question.text) ||
      /(?:牵头|负责|配合|承担)(?:的)?(?:任务|事项|工作|条款)?(?:有)?(?:哪些|什么|哪几)/.test(question.text)
    )
  )
    return undefined;
  const others = material.terms.filter(
    (term) => term.weight > 0.2 && !asked.includes(term.text) && !/负责|牵头|配合|职责|承担|任务/.test(term.text),
  );
  if (others.length > 1) return undefined;
  const own = hits.find((hit) => {
    const name = hit.reading.heading.replace(/\(.*$/, '');
    return /(?:部门|局|委|办|部|中心|医院)$/.test(name) && holdsUnit([name], asked) && hit.reading.clause.text !== '';
  });
  if (own)
    return {
      lead: `${own.reading.clause.heading.replace(/[（(].*$/, '')}：${leadOf(question, material.terms, own.sentences.find((one) => !one.sentence.isHeading)?.sentence.raw ?? '', own.reading)}`,
      citations: wholeText(material, own),
      score: own.score,
    };
  const cooperates = /配合/.test(question.text);
  const named = hits.flatMap((hit) => {
    const units = readUnits(hit.reading);
    return units && holdsUnit(cooperates ? units.cooperating : units.responsible, asked) ? [{ hit, units }] : [];
  });
  if (named.length === 0) return undefined;
  named.sort((a, b) => a.hit.reading.clause.position - b.hit.reading.clause.position);
  const shown = named.slice(0, 8);
  return {
    lead: `${asked}${cooperates ? '配合' : '列为责任单位'}的有${named.length}条：${shown.map(({ hit }) => hit.reading.clause.heading).join('；')}${named.length > shown.length ? '等' : ''}`,
    citations: shown.slice(0, 3).flatMap(({ hit, units }) => citation(material, hit.reading, units.quote)),
    score: named[0]?.hit.score ?? 0,
  };
}

function wholeText(material: Material, hit: Hit): readonly Citation[] {
  return hit.reading.clause.text.length <= material.budget
    ? citation(material, hit.reading, hit.reading.clause.text)
    : quotesOf(material, hit, material.budget);
}

// --- a heading whose parts are the answer

async function byChildren(material: Material, best: Hit): Promise<Found | undefined> {
  const { question, hits } = material;
  const parent = best.reading.clause.text === '' ? best : undefined;
  const wantsAll =
    question.wants.has('list') ||
    question.wants.has('definition') ||
    question.wants.has('count') ||
    question.howMany !== undefined;
  const named = hits.find(
    (hit) =>
      hit.reading.heading.length >= 3 &&
      hit.coverage >= best.coverage * 0.9 &&
      question.text.includes(hit.reading.heading),
  );
  const host = parent ?? (wantsAll ? (named ?? best) : undefined);
  const document = host && documentOf(material, host.reading);
  if (!host || !document) return undefined;
  const children = (await listChildren(material.db, document.id, host.reading.clause.path)).map(readClause);
  if (children.length === 0 || (host !== parent && !wantsAll)) return undefined;
  if (host !== parent && children.length < 2) return undefined;
  const groups = asksGroups(question) ? groupLines(host.reading) : [];
  if (groups.length > 1)
    return {
      lead: `${host.reading.clause.heading}，共${groups.length}类：${groups.map((line) => line.split(/——|[。：]/)[0]).join('；')}`,
      citations: groups.flatMap((line) => citation(material, host.reading, line)),
      score: host.score,
    };
  const intro =
    host.reading.clause.text !== '' &&
    host.reading.clause.kind === 'section' &&
    !host.reading.clause.text.includes('\t')
      ? host.sentences.find((one) => !one.sentence.isHeading)?.sentence.raw
      : undefined;
  const total = material.budget;
  const headings = children.map((child) => child.clause.heading.replace(/[。；]$/, ''));
  const bare = headings.join('；').length;
  const share = Math.floor((total - bare) / children.length);
  const asksInside =
    countedTerm(question.text) !== undefined && children.length < (countedTerm(question.text)?.count ?? 0);
  const citations = children.flatMap((child) => {
    const inner = asksInside && child.clause.text !== '' ? enumerationOf(child, Math.max(share, 60)) : undefined;
    return citation(material, child, inner ?? child.clause.heading);
  });
  if (citations.length === 0) return undefined;
  const lead = `${host.reading.clause.heading}，共${children.length}项：${headings.map((heading) => shorten(heading, 40)).join('；')}`;
  return {
    lead: lead.length <= 330 ? lead : `${lead.slice(0, 328)}……`,
    citations: [...(intro && asksInside ? citation(material, host.reading, intro) : []), ...citations],
    score: host.score,
  };
}

function asksGroups(question: ReadQuestion): boolean {
  return /(?:几|哪些|哪几|多少)(?:个)?(?:大)?(?:类|方面|部分|块|组)|一级指标|分类/.test(question.text);
}

/** Headings over groups of rows, as printed in the annex. */
function groupLines(reading: Reading): readonly string[] {
  return reading.clause.text.includes('\t')
    ? reading.clause.text.split('\n').filter((line) => !line.includes('\t') && line.length >= 4)
    : [];
}

/** The sentences of a part that name its members, within a budget. */
function enumerationOf(reading: Reading, budget: number): string | undefined {
  const [first] = reading.sentences.filter((sentence) => !sentence.isHeading && !isUnitNote(sentence.raw));
  return first && first.raw.length <= Math.max(budget, 120) ? first.raw : undefined;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 2)}……`;
}

// --- sentences of the best clause, and of others that say what it does not

function bySentences(material: Material, best: Hit): Found {
  const { question, terms, hits, budget } = material;
  const citations: Citation[] = [];
  let used = 0;
  const add = (hit: Hit, most: number, limit: number): void => {
    for (const one of quotesOf(material, hit, most).slice(0, limit)) {
      if (citations.length > 0 && used + one.quote.length > budget) continue;
      if (
        citations.some(
          (other) =>
            other.path === one.path && other.doc === one.doc && normalise(other.quote).includes(normalise(one.quote)),
        )
      )
        continue;
      citations.push(one);
      used += one.quote.length;
    }
  };
  const owner =
    question.wants.has('responsible') || question.wants.has('who') ? ownerSentence(best.reading) : undefined;
  const first = best.sentences[0]?.sentence;
  add(best, Math.min(260, budget), 2);
  if (owner && owner !== first && !/负责/.test(first?.plain ?? ''))
    for (const one of citation(material, best.reading, owner.raw)) citations.push(one);
  const unmet = terms.filter((term) => term.weight >= 0.25 && !says(best.reading, term));
  const more = hits.filter((hit) => hit !== best && hit.reading.clause.path !== best.reading.clause.path);
  const asked = terms.reduce((sum, term) => sum + term.weight, 0);
  let also: Hit | undefined;
  const weight = unmet.reduce((sum, term) => sum + term.weight, 0);
  if (weight >= asked * 0.22) {
    const second = more
      .map((hit) => ({
        hit,
        met: unmet.filter((term) => says(hit.reading, term)).reduce((sum, term) => sum + term.weight, 0) / weight,
      }))
      .filter(({ hit, met }) => met >= 0.6 && hit.coverage >= 0.3 && !/^(?:head|tail)$/.test(hit.reading.clause.kind))
      .sort((a, b) => b.met - a.met || b.hit.score - a.hit.score)[0];
    if (second) {
      add(second.hit, 150, 1);
      also = second.hit;
    }
  }
  const near = question.wants.has('lead') ? 0.7 : NEAR;
  for (const hit of more.filter((one) => one.score >= best.score * near && one.coverage >= MIN_COVERAGE).slice(0, 2))
    if (citations.length < 4) add(hit, 130, 1);
  const second = also;
  const cited = second && citations.some((one) => one.path === second.reading.clause.path);
  const named =
    owner && owner !== first && !/负责/.test(first?.plain ?? '')
      ? [leadOf(question, terms, owner.raw, best.reading)]
      : [];
  const leads = [...named, pointOf(material, best), ...(second && cited ? [pointOf(material, second)] : [])];
  return { lead: leads.join('；'), citations, score: best.score };
}

/** The point of a clause in one line. */
function pointOf(material: Material, hit: Hit): string {
  const { question, terms } = material;
  const best = hit.sentences[0]?.score ?? 0;
  const top =
    hit.sentences.find((one) => !one.sentence.isHeading && !isUnitNote(one.sentence.raw) && one.score >= best * 0.8) ??
    hit.sentences[0];
  return withHeading(material, hit, leadOf(question, terms, top?.sentence.raw ?? '', hit.reading));
}

function says(reading: Reading, term: WeighedTerm): boolean {
  const words = [reading.plain, reading.group, ...reading.above.slice(-1)].join('\n');
  return (
    term.alternatives.some((alternative) => words.includes(alternative.text)) || abbreviates(term.text, reading.plain)
  );
}

/** Names what the clause is about where the sentence does not: 巫溪县中医医共体：牵头单位：…; 依法执业与行风监管：…. */
function withHeading({ question, terms }: Material, hit: Hit, lead: string): string {
  const { clause, above } = hit.reading;
  if (isLabelled(hit.reading)) {
    const chosen = wantsAll(question, terms, hit.reading) ? [lead] : items(question, terms, hit.reading);
    return `${clause.heading}：${shorten(chosen.join('；'), 110)}`;
  }
  const parent = clause.above.at(-1) ?? '';
  if (clause.text === '' && parent !== '' && above.length >= 2) return `${parent}：${lead}`;
  return lead;
}
