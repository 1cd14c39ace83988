/** Answers who is responsible for a matter: 责任单位, 配合单位, and who acts by the words themselves（责任单位）. */
import { isLabelled } from '../evidence.ts';
import type { ReadQuestion } from '../question.ts';
import { type Reading, readClause } from '../reading.ts';
import type { Hit } from '../score.ts';
import { listChildren } from '../store.ts';
import type { AnswerPart } from '../types.ts';
import { normalise } from '../words.ts';
import { actorIn } from './actor.ts';
import { askedTerms } from './counted.ts';
import { citation, documentOf, type Found, type Material, type Unsaid } from './material.ts';
import { nth } from './members.ts';
import { answeringSentence, isUnitNote, leadOf } from './passage.ts';
import { readUnits, type Units } from './units.ts';

/** 哪几家单位配合. */
const COOPERATES = /(?:哪|谁)[^，。]{0,6}配合(?!的?机制)|配合[^，。]{0,4}(?:哪|谁)/;
/** The point stays one line up to this length. */
const LINE = 60;

export async function byUnits(material: Material, best: Hit): Promise<Found | Unsaid | undefined> {
  const { question } = material;
  const explicit =
    COOPERATES.test(question.text) ||
    /责任单位|责任部门|配合单位|配合部门|责任主体|主责/.test(question.text) ||
    question.wants.has('cooperating');
  if (!explicit && !question.wants.has('responsible')) return undefined;
  const host = hostOf(material, best);
  if (isLabelled(host.reading)) return undefined; // a list of members has roles, not a note of units
  const units = readUnits(host.reading);
  if (!units) {
    const listed = await byMembers(material, host, explicit);
    if (listed) return listed;
    if (!explicit) return best.answers ? undefined : { why: '方案没有写明由谁负责' };
    return { why: `这一条没有列${question.wants.has('cooperating') ? '配合' : '责任'}单位` };
  }
  const both = asksBoth(question.text);
  if (question.wants.has('cooperating') && !both && units.cooperating.length === 0)
    return { why: `这一条只列了责任单位（${units.responsible.join('、')}），没有列配合单位` };
  const top = host.sentences.find((one) => !isUnitNote(one.sentence.raw));
  const says =
    !explicit && top && top.evidence && top.coverage >= 0.6 && /负责|牵头|由/.test(top.sentence.plain)
      ? leadOf(question, material.terms, top.sentence.raw, host.reading)
      : undefined;
  const acting = explicit || ASKS_OWNER.test(question.text) ? undefined : byActor(material, host, units);
  if (acting) return acting;
  const line = unitsLine(units, asksCooperating(question) && !both ? 'cooperating' : 'all');
  const topical = top ? citation(material, host.reading, top.sentence.raw) : [];
  const unitsFirst = citation(material, host.reading, units.quote);
  const together = says === undefined ? line : `${says}；${line}`;
  return {
    lead: together.length <= LINE ? together : line,
    citations: says ? [...topical, ...unitsFirst] : [...unitsFirst, ...topical.slice(0, explicit ? 0 : 1)],
    score: host.score,
  };
}

/** Who is answerable for it, not who does it. */
const ASKS_OWNER =
  /负责|主管|归(?:谁|哪)(?:个|家)?(?:部门|单位)?管|谁(?:来)?管|找谁|主抓|落实|推进|哪(?:个|些|几个)(?:部门|单位|局)/;
const SPOKEN = 0.5;

/** 书记由谁当, 处方点评由哪家牵头: the words of the clause name who does it; its units stand behind. */
function byActor(material: Material, host: Hit, units: Units): Found | undefined {
  const { question, terms } = material;
  const top = answeringSentence(question, terms, host);
  if (!top || top.sentence.isHeading || isUnitNote(top.sentence.raw) || top.coverage < SPOKEN) return undefined;
  const lead = leadOf(question, terms, top.sentence.raw, host.reading);
  if (actorIn(normalise(lead)) === undefined) return undefined;
  return {
    lead,
    citations: [
      ...citation(material, host.reading, top.sentence.raw),
      ...citation(material, host.reading, units.quote),
    ],
    score: host.score,
  };
}

function asksCooperating({ text, wants }: ReadQuestion): boolean {
  return wants.has('cooperating') || COOPERATES.test(text);
}

function asksBoth(text: string): boolean {
  return /(?:负责|责任|牵头).*配合|配合.*(?:负责|责任|牵头)/.test(text);
}

function unitsLine(units: Units, which: 'all' | 'cooperating'): string {
  return [
    ...(which === 'cooperating' ? [] : [`责任单位：${units.responsible.join('、')}`]),
    ...(units.cooperating.length > 0 ? [`配合单位：${units.cooperating.join('、')}`] : []),
  ].join('；');
}

/** 六统一谁负责: the clause that is the term, not one that uses it. */
function hostOf(material: Material, best: Hit): Hit {
  const [term] = askedTerms(material.question);
  if (!term || best.reading.clause.heading.includes(term.text)) return best;
  return (
    material.hits.find(
      ({ reading }) =>
        reading.clause.kind === 'section' && reading.clause.children > 0 && reading.clause.heading.includes(term.text),
    ) ?? best
  );
}

/** 六统一的责任单位: those of each clause below; 第三个 only the third. */
async function byMembers(material: Material, host: Hit, explicit: boolean): Promise<Found | undefined> {
  const { question } = material;
  const document = documentOf(material, host.reading);
  if (!document || host.reading.clause.children === 0) return undefined;
  const children = (await listChildren(material.db, document.id, host.reading.clause.path)).map(readClause);
  const noted = children.flatMap((reading) => {
    const units = readUnits(reading);
    return units ? [{ reading, units }] : [];
  });
  if (noted.length === 0 || (!explicit && noted.length < children.length / 2)) return undefined;
  const only = nth(question.text);
  const chosen = only === undefined ? noted : noted.filter(({ reading }) => reading === children[only - 1]);
  const which = question.wants.has('cooperating') && !asksBoth(question.text) ? 'cooperating' : 'all';
  const parts = chosen.map(({ reading, units }) => partOf(material, reading, units, which));
  const [first] = parts;
  if (!first) return undefined;
  const citations = parts.flatMap((part) => part.citation ?? []);
  if (parts.length === 1 && first.text.length <= LINE) return { lead: first.text, citations, score: host.score };
  return { lead: `${host.reading.clause.heading}，逐条的单位：`, parts, citations, score: host.score };
}

function partOf(material: Material, reading: Reading, units: Units, which: 'all' | 'cooperating'): AnswerPart {
  const line = unitsLine(units, which);
  return {
    text: `${reading.clause.heading}——${line === '' ? '没有列配合单位' : line}`,
    citation: citation(material, reading, units.quote)[0],
  };
}
