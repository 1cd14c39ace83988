/** The knowledge room at work: from a question to the answer a commission official would sign. Reads only. */
import type { Knex } from 'knex';
import { aboutDocument, otherDocument } from './answers/about.ts';
import { labelOf } from './answers/citation.ts';
import { type Compared, sideBySide } from './answers/compare.ts';
import { compose } from './answers/found.ts';
import { type Found, inOne, type Missing } from './answers/material.ts';
import { notFound } from './answers/not-found.ts';
import { markAnswer } from './answers/past.ts';
import { smallTalk } from './answers/talk.ts';
import { notAsked, toColleagues } from './chatter.ts';
import type { Meaning } from './embedding/second-look.ts';
import type { FindNear } from './embedding/types.ts';
import { fromEnglish } from './english.ts';
import { leansOnContext, readInContext } from './followup.ts';
import { heartOf } from './heart.ts';
import { extendLexicon, LEXICON } from './lexicon.ts';
import { partsOf } from './parts-of-question.ts';
import { resolveTypedPath } from './paths.ts';
import { ancestorsOf, findPlaces, type Places } from './places.ts';
import { type ReadOptions, type ReadQuestion, readQuestion } from './question.ts';
import type { Hit, WeighedTerm } from './score.ts';
import { Search } from './search.ts';
import {
  countClauses,
  findClause,
  findClauseAt,
  listChildren,
  listDocuments,
  listPaths,
  listRegions,
  readGeneration,
  type StoredDocument,
  type StoredRegion,
} from './store.ts';
import { toSimplified } from './traditional.ts';
import type { Citation, ClauseView, Knowledge, PolicyAnswer, Question } from './types.ts';
import { normalise } from './words.ts';

/** Questions longer than this are cut: what matters stands at the beginning. */
const MAX_QUESTION = 400;
/** Characters all quotes of an answer may take, so that answer and labels fit a phone. */
const QUOTE_BUDGET = 320;
/** Without a region, the best plan answers alone when it is this much better than the next. */
const CLEARLY_BETTER = 1.3;

interface InForce {
  readonly generation: number;
  readonly documents: readonly StoredDocument[];
  readonly regions: readonly StoredRegion[];
  readonly clauses: number;
}

/** Opens the knowledge room on a database that holds the documents. */
export function createKnowledge(ports: {
  readonly db: Knex;
  readonly kind: 'sqlite' | 'pg';
  /** A second look by meaning, where an embedding endpoint is configured. */
  readonly meaning?: Meaning | undefined;
}): Knowledge {
  const { db, meaning } = ports;
  const search = new Search(db, ports.kind);
  let state: InForce | undefined;

  async function inForce(): Promise<InForce> {
    const generation = await readGeneration(db);
    if (state?.generation === generation) return state;
    search.forget();
    const [documents, regions, clauses] = [await listDocuments(db), await listRegions(db), await countClauses(db)];
    state = { generation, documents, regions, clauses };
    return state;
  }

  async function ask(question: Question): Promise<PolicyAnswer> {
    const first = await answerTo(question);
    const answer = meaning ? await meaning.improve(question, first, (near) => answerTo(question, near), viewOf) : first;
    return markAnswer(answer, question.today);
  }

  async function answerTo(
    { q, regionId, context = [], sayings = [] }: Question,
    near?: FindNear | undefined,
  ): Promise<PolicyAnswer> {
    const given = heartOf(fromEnglish(q) ?? toSimplified(q)).slice(0, MAX_QUESTION);
    const talk = smallTalk(given) ?? toColleagues(normalise(given));
    if (talk) return talk;
    const now = await inForce();
    const plain = normalise(given);
    const own = findPlaces(plain, now.regions);
    const earlier = context.map((words) => findPlaces(normalise(words), now.regions));
    const words = own.rest === '' ? `${plain}呢` : own.rest;
    const spoken = earlier.map((places, at) => (places.rest === '' ? normalise(context[at] ?? '') : places.rest));
    const asker = regionId;
    if (own.elsewhere && own.regionIds.length === 0 && !insideAsker(own.elsewhere, asker, now)) {
      return notFound(plain, `${own.elsewhere}的方案`, [], `我这里没有${own.elsewhere}的方案`);
    }
    const reading: ReadOptions = { lexicon: extendLexicon(LEXICON, sayings) };
    const read = readInContext(own.rest === '' && earlier.length > 0 ? '呢' : words, spoken, reading);
    const question = near ? { ...read, near } : read;
    const places = own.regionIds.length > 0 ? own : { ...own, regionIds: regionsOf(words, earlier) };
    const terms = await search.weigh(question, now.clauses);
    const about = aboutDocument(db, plain, places.regionIds, asker, now.documents);
    if (about) return about;
    const other = otherDocument(plain, now.documents);
    if (other) return notFound(plain, '', [], `我这里没有${other}这份文件`);
    const several = comparedRegions(plain, places.regionIds, now, asker);
    if (several.length > 1) return compare(several, question, terms, now, plain);
    const region = several[0] ?? places.regionIds[0] ?? asker;
    const answer =
      region !== undefined
        ? await inRegion(region, question, terms, now, plain, asker)
        : await withoutRegion(question, terms, now, plain, given);
    return answer.kind === 'not-found' ? (notAsked(plain, terms) ?? answer) : answer;
  }

  async function look(
    documents: readonly StoredDocument[],
    question: ReadQuestion,
    terms: readonly WeighedTerm[],
    budget: number,
  ): Promise<Found | Missing> {
    const parts = partsOf(question.text, terms);
    const ids = documents.map((document) => document.id);
    const hits = await search.find(question, terms, ids);
    const whole = await compose({ db, question, terms, hits, documents, budget });
    if (parts.length < 2 || ('lead' in whole && whole.whole === true)) return whole;
    return joinParts(whole, parts, terms, documents, budget);
  }

  /** 算什么收入？怎么分？ are answered one by one, each with the words of the one before it. */
  async function joinParts(
    whole: Found | Missing,
    parts: readonly string[],
    terms: readonly WeighedTerm[],
    documents: readonly StoredDocument[],
    budget: number,
  ): Promise<Found | Missing> {
    const answers: Found[] = [];
    let matter: readonly WeighedTerm[] = [];
    const ids = documents.map((document) => document.id);
    for (const part of parts) {
      const read = readQuestion(part);
      const own = terms.filter((term) => part.includes(term.text));
      const leans = /[这那该其它]/.test(part) || own.filter((term) => term.weight > 0.2).length < 3;
      const carried = leans
        ? matter.filter((term) => !own.includes(term)).map((term) => ({ ...term, weight: term.weight * 0.6 }))
        : [];
      const used = [...own, ...carried];
      if (used.length === 0) continue;
      const hits = await search.find(read, used, ids);
      const share = { db, question: read, documents, budget: Math.floor(budget / parts.length) };
      const leaning = await compose({ ...share, terms: used, hits });
      // What was carried over must not answer the part before once more.
      const again =
        carried.length > 0 &&
        own.length > 0 &&
        (!('lead' in leaning) || answers.some((one) => one.lead === leaning.lead));
      const answer = again ? await compose({ ...share, terms: own, hits: await search.find(read, own, ids) }) : leaning;
      if ('lead' in answer) answers.push(answer);
      matter = own.filter((term) => term.grip >= 0.9);
    }
    // Of two questions one may be answered; the reader sees that the other is not.
    const same = 'lead' in whole && answers.some((one) => one.lead === whole.lead);
    const partly = (same || !('lead' in whole)) && answers.length > 0 && answers.length < parts.length;
    const found = 'lead' in whole ? [whole, ...answers] : answers;
    const [first] = found;
    if (!first) return whole;
    const citations: Citation[] = [];
    for (const one of interleave(found.map((answer) => answer.citations))) {
      if (
        citations.some((other) => sameWords(other, one)) ||
        citations.reduce((sum, other) => sum + other.quote.length, one.quote.length) > budget + 60
      )
        continue;
      citations.push(one);
    }
    const one = inOne(answers.length > 1 ? answers : found);
    return {
      ...one,
      lead: partly ? `${one.lead}；另一问我在方案里没有找到` : one.lead,
      citations,
      score: Math.max(...found.map((one) => one.score)),
    };
  }

  async function inRegion(
    regionId: string,
    question: ReadQuestion,
    terms: readonly WeighedTerm[],
    now: InForce,
    plain: string,
    asker: string | undefined,
  ): Promise<PolicyAnswer> {
    const region = now.regions.find((one) => one.id === regionId);
    const name = region?.shortName ?? '这个地区';
    const own = now.documents.filter((document) => document.regionId === regionId);
    const above = ancestorsOf(regionId, now.regions).flatMap((id) =>
      now.documents.filter((document) => document.regionId === id),
    );
    let missing: Missing = { nearest: [] };
    for (const documents of [own, above]) {
      if (documents.length === 0) continue;
      const answer = await look(documents, question, terms, QUOTE_BUDGET);
      if ('lead' in answer)
        return found(answer, documents === own && regionId === asker ? undefined : documents[0]?.regionShortName);
      if (documents === own || missing.nearest.length === 0) missing = answer;
    }
    // 重庆 asked about from 巫溪: the plan of the asker's own county, named as such.
    if (
      own.length === 0 &&
      above.length === 0 &&
      asker !== undefined &&
      ancestorsOf(asker, now.regions).includes(regionId)
    )
      return inRegion(asker, question, terms, now, plain, undefined);
    if (own.length === 0 && above.length === 0)
      return (
        (await within(regionId, name, question, terms, now)) ??
        notFound(plain, `${name}的方案`, [], `我这里没有${name}的方案`)
      );
    return notFound(
      plain,
      `${name}的方案`,
      missing.nearest,
      missing.why &&
        `${name}的${missing.why}`.replace(/的方案方案|的方案只/, (words) =>
          words.endsWith('只') ? '的方案只' : '的方案',
        ),
    );
  }

  /** 菏泽 has no plan here, its 牡丹 has: never answered as if it were the city's, but offered. */
  async function within(
    regionId: string,
    name: string,
    question: ReadQuestion,
    terms: readonly WeighedTerm[],
    now: InForce,
  ): Promise<PolicyAnswer | undefined> {
    const choices: { label: string; question: string }[] = [];
    const citations: Citation[] = [];
    for (const document of now.documents) {
      if (!ancestorsOf(document.regionId, now.regions).includes(regionId)) continue;
      const answer = await look([document], question, terms, QUOTE_BUDGET);
      if (!('lead' in answer)) continue;
      choices.push({ label: document.regionShortName, question: `${document.regionShortName}：${question.text}` });
      citations.push(...answer.citations.slice(0, 1));
    }
    if (choices.length === 0) return undefined;
    const labels = choices.map((choice) => choice.label).join('、');
    return {
      kind: 'ask',
      answerable: true,
      lead: `我这里没有${name}的方案，只有其中${labels}的，写法只管当地。要看${labels}的吗？`,
      citations,
      choices,
    };
  }

  async function compare(
    regionIds: readonly string[],
    question: ReadQuestion,
    terms: readonly WeighedTerm[],
    now: InForce,
    plain: string,
  ): Promise<PolicyAnswer> {
    const share = Math.floor((QUOTE_BUDGET + 60) / regionIds.length);
    // 各是多少 asks each region once, not several figures of each.
    const one: ReadQuestion = { ...question, wants: new Set([...question.wants].filter((want) => want !== 'each')) };
    const compared: Compared[] = [];
    for (const regionId of regionIds) {
      const regionShortName = now.regions.find((one) => one.id === regionId)?.shortName ?? '';
      const documents = now.documents.filter((document) => document.regionId === regionId);
      const answer = documents.length > 0 ? await look(documents, one, terms, share) : undefined;
      const why = answer ? '方案没有写这一点' : '我这里没有它的方案';
      compared.push({ regionShortName, answer: answer && 'lead' in answer ? answer : { why } });
    }
    return sideBySide(compared, QUOTE_BUDGET + 40) ?? notFound(plain, '这几份方案', []);
  }

  async function withoutRegion(
    question: ReadQuestion,
    terms: readonly WeighedTerm[],
    now: InForce,
    plain: string,
    asked: string,
  ): Promise<PolicyAnswer> {
    const hits = await search.find(
      question,
      terms,
      now.documents.map((document) => document.id),
    );
    const byDocument = new Map<string, Hit[]>();
    for (const hit of hits)
      byDocument.set(hit.reading.clause.documentId, [...(byDocument.get(hit.reading.clause.documentId) ?? []), hit]);
    const answers: { readonly document: StoredDocument; readonly answer: Found }[] = [];
    const nearest: Citation[] = [];
    let why: string | undefined;
    for (const document of now.documents) {
      const own = byDocument.get(document.id);
      if (!own) continue;
      const answer = await compose({ db, question, terms, hits: own, documents: [document], budget: QUOTE_BUDGET });
      if ('lead' in answer) answers.push({ document, answer });
      else {
        nearest.push(...answer.nearest);
        why ??= answer.why;
      }
    }
    answers.sort((a, b) => b.answer.score - a.answer.score);
    const [first, second] = answers;
    if (!first) return notFound(plain, '现有的方案', nearest.slice(0, 2), why && `现有的${why}`);
    const close = answers.filter(({ answer }) => answer.score * CLEARLY_BETTER >= first.answer.score);
    if (!second || close.length < 2) return found(first.answer, first.document.regionShortName);
    return {
      kind: 'ask',
      answerable: true,
      lead: `各地写法不一样，您问的是哪里？${close.map(({ document }) => document.regionShortName).join('、')}`,
      citations: withinBudget(
        close.flatMap(({ answer }) => answer.citations.slice(0, 1)),
        QUOTE_BUDGET + 40,
        1,
      ),
      choices: close.map(({ document }) => ({
        label: document.regionShortName,
        question: `${document.regionShortName}：${asked}`,
      })),
    };
  }

  return {
    ask,
    documents: async () => (await inForce()).documents,
    clause: async (doc, path) => viewOf(doc, path),
    contents: async (doc, path) => {
      const document = (await inForce()).documents.find((one) => one.doc === doc);
      return document ? listChildren(db, document.id, path) : [];
    },
    resolvePath: async (doc, typed) => {
      const document = (await inForce()).documents.find((one) => one.doc === doc);
      return document && resolveTypedPath(typed, await listPaths(db, document.id));
    },
  };

  async function viewOf(doc: string, path: string): Promise<ClauseView | undefined> {
    const document = (await inForce()).documents.find((one) => one.doc === doc);
    const clause = document && (await findClause(db, document.id, path));
    if (!document || !clause) return undefined;
    const [before, after, children] = [
      await findClauseAt(db, document.id, clause.position - 1),
      await findClauseAt(db, document.id, clause.position + 1),
      await listChildren(db, document.id, path),
    ];
    return {
      document,
      clause,
      label: labelOf(document, path, clause.kind),
      above: clause.above,
      children,
      previousPath: before?.path,
      nextPath: after?.path,
    };
  }
}

function found(answer: Found, regionShortName?: string): PolicyAnswer {
  return {
    kind: 'answer',
    answerable: true,
    lead:
      regionShortName && !answer.lead.includes(regionShortName) ? `（${regionShortName}）${answer.lead}` : answer.lead,
    ...(answer.parts ? { parts: answer.parts } : {}),
    citations: answer.citations,
  };
}

/** The region a leaning question takes over: of the last one that named any, while each leans on the one before. */
function regionsOf(words: string, earlier: readonly Places[]): readonly string[] {
  if (!leansOnContext(words)) return [];
  const before = earlier.at(-1);
  if (!before) return [];
  return before.regionIds.length > 0 ? before.regionIds : regionsOf(before.rest, earlier.slice(0, -1));
}

function insideAsker(place: string, asker: string | undefined, now: InForce): boolean {
  const region = now.regions.find((one) => one.id === asker);
  return region !== undefined && place === '全国';
}

/** Regions set side by side: those named, or all with a plan where the words say so. */
function comparedRegions(
  plain: string,
  named: readonly string[],
  now: InForce,
  asker: string | undefined,
): readonly string[] {
  if (named.length > 1) return named;
  const [other] = named;
  const withOwn = /不同|区别|差别|一样|相同|对比|比较|相比|比起来|差在哪/.test(plain);
  if (withOwn && other !== undefined && asker !== undefined && asker !== other) return [asker, other];
  const all =
    /各地|五份|五个(?:地方|方案|地区)|几个地方|几份方案|(?<![在到于])哪些(?:地方|地区|县)|其他(?:地方|地区|县)|别的地方|全部方案|所有方案|横向|对比一下各/.test(
      plain,
    );
  return all ? [...new Set(now.documents.map((document) => document.regionId))] : named;
}

function interleave<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const merged: T[] = [];
  for (let at = 0; at < Math.max(0, ...lists.map((list) => list.length)); at += 1)
    for (const list of lists) if (at < list.length) merged.push(list[at] as T);
  return merged;
}

function sameWords(left: Citation, right: Citation): boolean {
  if (left.doc !== right.doc || left.path !== right.path) return false;
  const [a, b] = [normalise(left.quote), normalise(right.quote)];
  return a.includes(b) || b.includes(a);
}

function withinBudget(citations: readonly Citation[], budget: number, least: number): readonly Citation[] {
  const kept: Citation[] = [];
  let used = 0;
  for (const [at, citation] of citations.entries()) {
    if (at >= least && used + citation.quote.length > budget) continue;
    kept.push(citation);
    used += citation.quote.length;
  }
  return kept;
}
