/** Answers who is responsible for a matter, and what an office is responsible for（责任单位，双向）. */
import { readClause } from '../reading.ts';
import type { Hit } from '../score.ts';
import { listChildren } from '../store.ts';
import type { Citation } from '../types.ts';
import { citation, documentOf, type Found, type Material, quotesOf, type Unsaid } from './material.ts';
import { isUnitNote, leadOf } from './passage.ts';
import { holdsUnit, readUnits, unitAsked } from './units.ts';

export async function byUnits(material: Material, best: Hit): Promise<Found | Unsaid | undefined> {
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

export async function byDuties(material: Material): Promise<Found | undefined> {
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
