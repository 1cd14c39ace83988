/** Answers 哪六个: the members of a counted term, all of them, in every meaning the documents give（几个统一、几大中心）. */
import type { ReadQuestion, Want } from '../question.ts';
import { type Reading, readClause } from '../reading.ts';
import type { Hit, WeighedTerm } from '../score.ts';
import { listChildren } from '../store.ts';
import type { AnswerPart, Citation } from '../types.ts';
import { normalise } from '../words.ts';
import { citation, documentOf, type Found, type Material, type Unsaid } from './material.ts';
import { type CountedPhrase, countOf, listedAt, listedIn, nth, phrasesOf, setUp } from './members.ts';

/** What one place of the documents says that a term means. */
interface Meaning {
  readonly hit: Hit;
  readonly label: string;
  readonly members: readonly string[];
  /** One a member where each stands in a clause of its own; else empty. */
  readonly parts: readonly AnswerPart[];
  readonly citations: readonly Citation[];
  /** The place has the term itself, not only as many members. */
  readonly literal: boolean;
}

/** A counted term of a question, freed of the words that ask. */
interface AskedTerm {
  readonly text: string;
  readonly count: number;
  readonly noun: string;
  /** 家 of 5家医院; '' and 大 are shown as 项. */
  readonly measure: string;
  readonly at: number;
  /** The question says the number before the noun, as a document would. */
  readonly named: boolean;
}

/** The point stays on one line up to this length; longer lists get a line a member. */
const LINE = 60;
/** Meanings shown at once. */
const MOST = 4;
const HAN = ['零', '一', '两', '三', '四'];
/** Clauses looked into. */
const DEPTH = 30;
const ASKING =
  /(?:第|是|有|都|各|指|包|具体|分别|哪|什么|啥|怎么|如何|的|说|叫|由|归|谁|里|呢|吗|要|在|名单).*$|(?:建设|管理)$/;
/** Asked for one of these, the members are no answer. */
const OTHER: readonly Want[] = [
  'formula',
  'responsible',
  'cooperating',
  'date',
  'duration',
  'money',
  'ratio',
  'percent',
  'lead',
];

export async function byCountedTerm(material: Material, best: Hit): Promise<Found | Unsaid | undefined> {
  const { question } = material;
  const asked = askedTerms(question);
  const terms = asked.length > 0 ? asked : impliedTerms(question, best);
  if (terms.length === 0 || OTHER.some((want) => question.wants.has(want))) return undefined;
  // 是哪几个都设在哪: the members first, where they are stands with them.
  if (question.wants.has('where') && !question.wants.has('list')) return undefined;
  const asksMembers =
    question.wants.has('list') || question.wants.has('definition') || /是啥|意思|解释/.test(question.text);
  const which = question.howMany !== undefined || /哪(?:\d|[两二三四五六七八九十])/.test(question.text);
  if (!asksMembers && !which && !isBare(material, terms)) return undefined;
  const found: { readonly term: AskedTerm; readonly meanings: readonly Meaning[] }[] = [];
  for (const term of terms) {
    const meanings = await meaningsOf(material, term);
    if (meanings.length > 0) found.push({ term, meanings });
  }
  const [first] = found;
  if (first) return found.length > 1 ? sideBySide(found) : oneTerm(first.term, first.meanings, question.text);
  return asksMembers || which ? notListed(material, asked) : undefined;
}

/** 六统一, 5家医院, and 智慧平台有哪七个. */
export function askedTerms(question: ReadQuestion): readonly AskedTerm[] {
  const plain = question.text.replace(/\d{2,4}年(?:底)?/g, (year) => '年'.repeat(year.length));
  const terms = phrasesOf(plain).flatMap((phrase) => {
    const noun = phrase.measure === '' ? phrase.noun : phrase.noun.replace(ASKING, '');
    if (noun === '') return [];
    const text = plain.slice(phrase.at, phrase.at + phrase.text.length - phrase.noun.length + noun.length);
    return [{ text, count: phrase.count, noun, measure: phrase.measure, at: phrase.at, named: true }];
  });
  if (terms.length > 0)
    return terms.filter(
      (term, at) => !terms.slice(0, at).some((other) => other.count === term.count && other.noun === term.noun),
    );
  const after =
    /"?([\u4e00-\u9fff]{2,10}?)"?(?:是|有|分|包括|指)?(?:的)?哪([两二三四五六七八九十]|\d{1,2})(?:[个项类家种条样]|$)/.exec(
      plain,
    );
  const [, noun = '', figure = ''] = after ?? [];
  return after ? [{ text: noun, count: countOf(figure), noun, measure: '', at: after.index, named: false }] : [];
}

/** 共享中心有哪些: the clause found counts them. */
function impliedTerms(question: ReadQuestion, best: Hit): readonly AskedTerm[] {
  if (!question.wants.has('list') && !question.wants.has('definition')) return [];
  return phrasesOf(bare(best.reading.clause.heading))
    .filter(({ noun }) => noun.length >= 3 && question.text.includes(noun.replace(/[“”"].*$/, '')))
    .map(({ text, count, noun, measure, at }) => ({ text, count, noun, measure, at, named: true }));
}

/** The term alone, with at most one word that tells which: 用药五统一. */
function isBare({ question, terms }: Material, asked: readonly AskedTerm[]): boolean {
  const others = terms.filter(
    (term) => term.weight > 0.2 && !asked.some((one) => one.text.includes(term.text) || term.text.includes(one.text)),
  );
  const rest = asked.reduce((text, one) => text.replace(one.text, ''), question.text);
  return others.length <= 1 && rest.replace(/[?。，!"]/g, '').length <= 4;
}

async function meaningsOf(material: Material, term: AskedTerm): Promise<readonly Meaning[]> {
  const all: Meaning[] = [];
  for (const hit of material.hits.slice(0, DEPTH))
    for (const meaning of await meaningsIn(material, hit, term))
      if (!all.some((other) => sameMembers(other.members, meaning.members))) all.push(meaning);
  const told = material.terms.filter((one) => one.at < term.at && one.weight > 0.2 && !term.text.includes(one.text));
  const meant = told.length === 0 ? all : all.filter((meaning) => told.some((one) => tells(meaning, one)));
  const literal = told.length === 0 ? [] : meant.filter((meaning) => meaning.literal);
  return [literal, meant, all].find((some) => some.length > 0)?.slice(0, MOST) ?? [];
}

/** The word before the term chooses the meaning: 临床服务五大中心. */
function tells({ hit, citations, label }: Meaning, term: WeighedTerm): boolean {
  const words = normalise([label, hit.reading.clause.heading, ...citations.map((one) => one.quote)].join('\n'));
  return term.alternatives.some((one) => words.includes(one.text));
}

async function meaningsIn(material: Material, hit: Hit, term: AskedTerm): Promise<readonly Meaning[]> {
  const { reading } = hit;
  const found: Meaning[] = [];
  for (const sentence of reading.sentences) {
    const raw = bare(sentence.raw);
    for (const phrase of phrasesOf(raw)) {
      if (!fits(term, phrase, raw)) continue;
      const listing = listedAt(raw, phrase);
      if (listing && !sentence.isHeading)
        found.push({
          ...inOneClause(hit, listing.members, citation(material, reading, sentence.raw)),
          label: listing.label,
        });
      else if (sentence.isHeading || reading.clause.kind === 'row') {
        const under = (await byChildrenOf(material, hit, phrase)) ?? inOwnText(material, hit, phrase);
        if (under) found.push(under);
      }
    }
    const spelt = spelledOut(term, raw);
    if (spelt) found.push({ ...inOneClause(hit, spelt, citation(material, reading, sentence.raw)), literal: false });
  }
  return found;
}

/** The phrase of the text is the one asked for: as many, of the same noun; 三单 is 三个责任清单. */
function fits(term: AskedTerm, phrase: CountedPhrase, sentence: string): boolean {
  if (phrase.count !== term.count) return false;
  if (phrase.noun.startsWith(term.noun) || term.noun.startsWith(phrase.noun)) return true;
  if (term.noun === '单') return /清单$/.test(phrase.noun.slice(0, 6));
  if (term.noun.length < 2) return false;
  if (phrase.noun.includes(term.noun)) return true;
  const tail = term.noun.slice(-2);
  const told = term.noun.slice(0, -2);
  const around = `${sentence.slice(Math.max(0, phrase.at - 12), phrase.at)}${phrase.noun}`;
  return phrase.noun.includes(tail) && inOrder(told, around);
}

/** 国家试 stands in 国家县域医共体试点: every character, in order. */
function inOrder(short: string, text: string): boolean {
  let from = 0;
  return [...short].every((char) => {
    from = text.indexOf(char, from) + 1;
    return from > 0;
  });
}

/** 推进“六统一”管理 with six clauses below; “七大平台” with three clauses that count 3, 2 and 2. */
async function byChildrenOf(material: Material, hit: Hit, phrase: CountedPhrase): Promise<Meaning | undefined> {
  const document = documentOf(material, hit.reading);
  if (!document || hit.reading.clause.children === 0) return undefined;
  const children = (await listChildren(material.db, document.id, hit.reading.clause.path)).map(readClause);
  const parts: AnswerPart[] = [];
  const citations: Citation[] = [];
  for (const child of children) {
    const members = children.length === phrase.count ? undefined : innerMembers(child, phrase.noun);
    const says =
      members &&
      child.sentences.find((one) => !one.isHeading && members.some((member) => bare(one.raw).includes(member)));
    const [made] = citation(material, child, says?.raw ?? child.clause.heading);
    if (made) citations.push(made);
    for (const text of members ?? [child.clause.heading.replace(/[。；]$/, '')]) parts.push({ text, citation: made });
  }
  if (parts.length !== phrase.count) return undefined;
  return { hit, label: '', members: parts.map((part) => part.text), parts, citations, literal: true };
}

/** What a child counts in its own heading (“3大智慧医疗平台”), or the one thing it sets up. */
function innerMembers(child: Reading, noun: string): readonly string[] | undefined {
  const tail = noun.replace(/[“”"].*$/, '');
  const [own] = phrasesOf(bare(child.clause.heading));
  if (!own) {
    const [single] = setUp(bare(child.clause.heading), tail);
    return [single ?? child.clause.heading.replace(/[。；]$/, '')];
  }
  const named = setUp(bare(child.clause.text), own.noun);
  if (named.length === own.count) return named;
  for (const { raw, isHeading } of child.sentences) {
    const listed = isHeading ? undefined : listedIn(bare(raw), own.count);
    if (listed) return listed;
  }
  return undefined;
}

/** A clause whose heading is the term: the sentence that lists as many (两包：打包甲和乙), or what it sets up. */
function inOwnText(material: Material, hit: Hit, phrase: CountedPhrase): Meaning | undefined {
  const { reading } = hit;
  const heading = phrasesOf(bare(reading.clause.heading));
  if (heading.length > 1 || reading.clause.children > 0) return undefined;
  if (reading.clause.kind === 'row') {
    const listed = reading.clause.text.split(/[\t\n]/).map((line) => listedIn(bare(line), phrase.count));
    const members = listed.find((one) => one !== undefined);
    return members && inOneClause(hit, members, citation(material, reading, reading.clause.text));
  }
  const named = setUp(bare(reading.clause.text), phrase.noun);
  if (phrase.noun.length >= 2 && named.length === phrase.count)
    return inOneClause(
      hit,
      named,
      reading.sentences
        .filter((one) => !one.isHeading && named.some((name) => bare(one.raw).includes(name)))
        .flatMap((one) => citation(material, reading, one.raw)),
    );
  for (const { raw, isHeading } of reading.sentences) {
    const members = isHeading ? undefined : listedIn(bare(raw), phrase.count);
    if (members) return inOneClause(hit, members, citation(material, reading, raw));
  }
  return undefined;
}

function inOneClause(hit: Hit, members: readonly string[], citations: readonly Citation[]): Meaning {
  return { hit, label: '', members, parts: [], citations, literal: true };
}

/** Says the same without its name: 统一行政管理、统一财务管理… is a 六统一 where 统一 stands six times. */
function spelledOut(term: AskedTerm, sentence: string): readonly string[] | undefined {
  if (!term.noun.startsWith('统一') || (term.named && sentence.includes(term.text))) return undefined;
  for (const part of sentence.split(/[，；。]/)) {
    if ((part.match(/统一/g)?.length ?? 0) === term.count || /等(?:方面)?(?:的)?统一管理/.test(part)) {
      const listed = listedIn(part, term.count);
      if (listed) return listed;
    }
  }
  return undefined;
}

function oneTerm(term: AskedTerm, meanings: readonly Meaning[], asked: string): Found | undefined {
  const [only] = meanings;
  if (!only) return undefined;
  const citations = meanings.flatMap((meaning) => meaning.citations);
  if (meanings.length > 1) {
    const parts = meanings.map(
      ({ label, members, citations: [where] }): AnswerPart => ({
        text: `${label === '' ? '' : `${label}：`}${members.join('、')}`,
        citation: where,
      }),
    );
    return {
      lead: `“${term.text}”在方案里有${HAN[meanings.length] ?? meanings.length}处，含义不同：`,
      parts,
      citations,
      score: only.hit.score,
    };
  }
  const which = nth(asked);
  const one = which === undefined ? undefined : only.members[which - 1];
  if (one !== undefined) {
    const where = only.parts[(which ?? 1) - 1]?.citation;
    return {
      lead: `“${term.text}”的第${which}项：${one}`,
      citations: where ? [where] : citations,
      score: only.hit.score,
    };
  }
  const head = headOf(term, only);
  const line = `${head}${only.members.join('、')}`;
  if (only.parts.length === 0 && line.length <= LINE) return { lead: line, citations, score: only.hit.score };
  const parts = only.parts.length > 0 ? only.parts : only.members.map((text) => ({ text }));
  return { lead: head, parts, citations, score: only.hit.score };
}

/** “七大智慧平台”共7项：, 5家医院：; the name as the document prints it where it does. */
function headOf(term: AskedTerm, { label, hit }: Meaning): string {
  if ('个家种类条处所级'.includes(term.measure) && term.measure !== '') return `${term.text}：`;
  const printed = hit.reading.clause.text.match(/“[^“”]{2,12}”/g)?.find((one) => one.includes(term.text));
  const name = printed?.slice(1, -1) ?? term.text;
  const [number = ''] = /^(?:\d+|[两二三四五六七八九十])/.exec(name) ?? [];
  return `“${number === '' || name.includes(label) ? '' : label}${name}”共${term.count}项：`;
}

/** 两包三单六贯通七统一: a line a term. */
function sideBySide(found: readonly { readonly term: AskedTerm; readonly meanings: readonly Meaning[] }[]): Found {
  const parts = found.flatMap(({ term, meanings }) =>
    meanings.slice(0, 1).map(
      ({ members, citations: [where] }): AnswerPart => ({
        text: `${term.text}：${members.join('、')}`,
        citation: where,
      }),
    ),
  );
  return {
    lead: `${found.map(({ term }) => term.text).join('、')}分别是：`,
    parts,
    citations: parts.flatMap((part) => part.citation ?? []),
    score: found[0]?.meanings[0]?.hit.score ?? 0,
  };
}

/** Only used, nowhere spelt out; `undefined` where the question is about more than the term. */
function notListed(material: Material, asked: readonly AskedTerm[]): Unsaid | undefined {
  const [term] = asked;
  if (!term?.named) return undefined;
  const others = material.terms.filter(
    (one) =>
      one.weight >= 0.3 &&
      !/^[两一二三四五六七八九十\d]/.test(one.text) &&
      !term.text.includes(one.text) &&
      !one.text.includes(term.text),
  );
  if (others.length > 0) return undefined;
  if (material.hits.some((hit) => hit.reading.plain.includes(term.text)))
    return { why: `方案只提到“${term.text}”，没有逐项列出` };
  return term.text.endsWith('统一') ? { why: `方案没有“${term.text}”的说法` } : undefined;
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.filter((one) => right.includes(one)).length * 2 >= left.length;
}

/** Without the white space of the print and the marks of bold. */
function bare(text: string): string {
  return text.replace(/[\s*]+/g, '');
}
