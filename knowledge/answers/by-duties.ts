/** Answers what an office or hospital is responsible for, over the whole plan, by clause（单位职责，反查）. */
import { type Reading, readClause } from '../reading.ts';
import { listClausesWith } from '../store.ts';
import type { AnswerPart, Citation } from '../types.ts';
import { citation, type Found, type Material } from './material.ts';
import { isUnitNote, leadOf } from './passage.ts';
import { actsIn, holdsUnit, hospitalAsked, readUnits, type Units, unitAsked, wordsFor } from './units.ts';

const DUTIES =
  /(?:负责|牵头|配合|承担|参与|主管|管|干|做|抓)(?:的)?(?:任务|事项|工作|条款|事|活)?(?:都|有|些|是|要)*(?:哪些|什么|啥|哪几|哪块|哪一[块摊片]|哪摊)|(?:出|尽)(?:什么|哪些)力|(?:任务|职责|职能|分工|责任)(?:都|有|是)*(?:哪些|什么|啥|哪几|几[条项件]|多少[条项])|哪些.{0,6}(?:责任|配合|牵头|任务|职责)|(?:的)?(?:职责|职能|任务|分工)[?。]?$|(?:责任|配合|牵头)(?:单位|部门).{0,4}哪些/;
/** Words of such a question that are about the asking. */
const ASKING =
  /^(?:条里?|哪些|事[上情儿]|[干做管]些|这[件事块]事?|医共体|县域医共体|方案|[县区市省])$|负责|牵头|配合|职责|职能|承担|任务|分工|责任|参与|单位|主要|工作|事项|干|管|做|条款|我们|那边/;

/** `undefined` where the question is about more than the unit. */
export async function byDuties(material: Material): Promise<Found | undefined> {
  const { question } = material;
  const office = unitAsked(question.text);
  const asked = office ?? hospitalAsked(question.text);
  if (asked === undefined || !(question.wants.has('duties') || DUTIES.test(question.text))) return undefined;
  if (question.wants.has('responsible') && !question.wants.has('duties') && !DUTIES.test(question.text))
    return undefined;
  const others = material.terms.filter(
    (term) =>
      term.weight > 0.2 &&
      !asked.includes(term.text) &&
      !term.text.includes(asked) &&
      !ASKING.test(term.text) &&
      !sameName(term.text, asked),
  );
  if (others.length > 1) return undefined;
  const ids = material.documents.map((document) => document.id);
  const [matter] = others;
  const readings = (await listClausesWith(material.db, ids, wordsFor(asked)))
    .map(readClause)
    .filter(
      (reading) => matter === undefined || matter.alternatives.some((one) => reading.everything.includes(one.text)),
    );
  const own = readings.find(
    (reading) =>
      /(?:部门|局|委|办|部)$/.test(nameOf(reading)) &&
      holdsUnit([nameOf(reading)], asked) &&
      reading.clause.text !== '',
  );
  if (own) return ownClause(material, own);
  const noted = readings.flatMap((reading) => {
    const units = readUnits(reading);
    return units ? [{ reading, units }] : [];
  });
  const acting = readings.flatMap((reading) => actingIn(material, reading, asked));
  return byNotes(material, asked, noted, acting) ?? byActs(material, asked, readings, acting);
}

function sameName(word: string, asked: string): boolean {
  return wordsFor(asked).some((one) => word.includes(one) || one.includes(word));
}

function nameOf(reading: Reading): string {
  return reading.clause.heading.replace(/[（(].*$/, '');
}

/** 医疗保障部门。完善医保支付政策……: the clause is the list of its duties. */
function ownClause(material: Material, reading: Reading): Found {
  const sentences = reading.sentences.filter((one) => !one.isHeading);
  const parts = sentences.map(
    ({ raw }): AnswerPart => ({
      text: raw.replace(/[。；]$/, ''),
      citation: citation(material, reading, raw)[0],
    }),
  );
  const [only] = parts;
  if (parts.length === 1 && only) {
    const point = leadOf(material.question, material.terms, only.text, reading);
    return { lead: `${nameOf(reading)}：${point}`, citations: parts.flatMap((one) => one.citation ?? []), score: 1 };
  }
  return {
    lead: `${nameOf(reading)}的职责，共${parts.length}项：`,
    parts,
    citations: parts.flatMap((one) => one.citation ?? []),
    score: 1,
  };
}

const LINE = 60;

/** 配合5条，没有列为责任单位: a line a clause, those it is responsible for first. */
function byNotes(
  material: Material,
  asked: string,
  noted: readonly { readonly reading: Reading; readonly units: Units }[],
  acting: readonly AnswerPart[],
): Found | undefined {
  const { text } = material.question;
  const onlyCooperating = /配合|协助/.test(text) && !/负责|牵头/.test(text);
  const onlyLeading = /牵头|主责/.test(text);
  const responsible = noted.filter(({ units }) => holdsUnit(units.responsible, asked));
  const cooperating = noted.filter(({ units }) => holdsUnit(units.cooperating, asked));
  if (responsible.length + cooperating.length === 0) return undefined;
  const first = responsible.filter(({ units }) => holdsUnit(units.responsible.slice(0, 1), asked));
  const line = ({ reading, units }: (typeof noted)[number], role: '责任' | '配合'): AnswerPart => ({
    text: `${role}：${reading.clause.heading.replace(/[。；]$/, '')}${role === '配合' || units.responsible.length < 2 ? '' : holdsUnit(units.responsible.slice(0, 1), asked) ? '（排第一）' : ''}`,
    citation: citation(material, reading, units.quote)[0],
  });
  const parts = [
    ...(onlyCooperating
      ? []
      : (onlyLeading ? [...first, ...responsible.filter((one) => !first.includes(one))] : responsible).map((one) =>
          line(one, '责任'),
        )),
    ...(onlyLeading && responsible.length > 0 ? [] : cooperating.map((one) => line(one, '配合'))),
    ...(onlyCooperating || onlyLeading ? [] : acting.slice(0, 2)),
  ].filter((part) => part.citation !== undefined);
  const says = [
    responsible.length > 0
      ? `${responsible.length}条列为责任单位${first.length > 0 && first.length < responsible.length ? `（${first.length}条排第一）` : ''}`
      : '没有列为责任单位',
    cooperating.length > 0
      ? `${cooperating.length}条列为配合单位`
      : noted.some(({ units }) => units.cooperating.length > 0)
        ? '没有列为配合单位'
        : '',
  ].filter((one) => one !== '');
  if (onlyCooperating) says.reverse();
  const [only] = parts;
  const citations = parts.flatMap((part) => part.citation ?? []);
  const line1 = `${asked}：${says.join('，')}`;
  if (parts.length === 1 && only && line1.length + only.text.length < LINE)
    return { lead: `${line1}。${only.text}`, citations, score: 1 };
  return { lead: `${line1}：`, parts, citations, score: 1 };
}

/** A plan without such brackets: what the unit itself does; else where it is only named among others. */
function byActs(
  material: Material,
  asked: string,
  readings: readonly Reading[],
  acting: readonly AnswerPart[],
): Found | undefined {
  if (acting.length > 0) {
    return {
      lead: `${asked}：方案写到它要做的有${acting.length}处：`,
      parts: acting,
      citations: acting.flatMap((part) => part.citation ?? []),
      score: 1,
    };
  }
  if (unitAsked(asked) === undefined) return undefined;
  const mentions = readings
    .flatMap((reading) =>
      reading.sentences
        .filter((one) => !one.isHeading && !isUnitNote(one.raw))
        .flatMap((one) => mentionOf(material, reading, one.raw, asked)),
    )
    .sort((a, b) => a.quote.length - b.quote.length);
  if (mentions.length === 0) return undefined;
  return {
    lead: `${asked}：方案没有单列它的职责，提到它的有${mentions.length}处`,
    citations: mentions.slice(0, 3),
    score: 1,
  };
}

/** The part of a sentence, verbatim, that names the office among others or in passing, with what follows. */
function mentionOf(material: Material, reading: Reading, raw: string, asked: string): readonly Citation[] {
  const parts = raw.split(/(?<=[，；])/);
  const named = new RegExp(`(?:${wordsFor(asked).join('|')})(?:(?:局|委|办|部门|部)(?!.{0,2}中心)|(?=[、等和及]))`);
  const at = parts.findIndex(
    (part) => named.test(part) && (/、/.test(part) === false || /部门|单位|负责人|成员/.test(part)),
  );
  return at < 0 ? [] : citation(material, reading, `${parts[at] ?? ''}${parts[at + 1] ?? ''}`);
}

/** What the unit does in a clause, in the clause's own words; headings, notes and tables aside. */
function actingIn(material: Material, reading: Reading, asked: string): readonly AnswerPart[] {
  if (!/^(?:section|paragraph|preamble)$/.test(reading.clause.kind)) return [];
  return reading.sentences
    .filter((one) => !one.isHeading && !isUnitNote(one.raw))
    .flatMap((one) => {
      const text = actsIn(one.raw, asked);
      return text === undefined || text.length < 8 ? [] : [{ text, citation: citation(material, reading, one.raw)[0] }];
    });
}
