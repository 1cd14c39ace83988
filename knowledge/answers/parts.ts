/** Answers with what stands under a heading: all members, each with its place（列举）. */
import { isFigureRow } from '../evidence.ts';
import type { ReadQuestion } from '../question.ts';
import { type Reading, readClause } from '../reading.ts';
import type { Hit } from '../score.ts';
import { listChildren } from '../store.ts';
import type { AnswerPart } from '../types.ts';
import { citation, documentOf, type Found, type Material } from './material.ts';
import { nth } from './members.ts';
import { cellsAsked } from './table.ts';

export async function byChildren(material: Material, best: Hit): Promise<Found | undefined> {
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
  const host = parent ?? (wantsAll || isTableHead(best) ? (named ?? best) : undefined);
  const document = host && documentOf(material, host.reading);
  if (!host || !document) return undefined;
  const all = (await listChildren(material.db, document.id, host.reading.clause.path))
    .filter((child) => child.kind !== 'note') // a note under a table is no member
    .map(readClause);
  const group = groupAsked(question, all);
  const children = group === undefined ? all : all.filter((child) => child.clause.group === group);
  if (children.length === 0 || (host !== parent && !wantsAll && !isTableHead(host))) return undefined;
  if (host !== parent && children.length < 2) return undefined;
  const groups = group === undefined && asksGroups(question) ? groupLines(host.reading) : [];
  if (groups.length > 1) return byGroups(material, host, groups, children.length);
  const parts = children.flatMap((child): readonly AnswerPart[] => {
    const [made] = citation(material, child, child.clause.kind === 'row' ? child.clause.text : headingOf(child));
    return made ? [{ text: partText(question, child), citation: made }] : [];
  });
  if (parts.length === 0) return undefined;
  const which = nth(question.text);
  const one = which === undefined ? undefined : parts[which - 1];
  if (one?.citation) return { lead: `第${which}项：${one.text}`, citations: [one.citation], score: host.score };
  return {
    lead: `${group === undefined ? host.reading.clause.heading : nameOfGroup(group)}${columnAsked(question, children)}，共${parts.length}项${promised(question, parts.length)}：`,
    parts,
    citations: parts.flatMap((part) => part.citation ?? []),
    score: host.score,
  };
}

/** 促分工那组: the rows under one heading of the table. */
function groupAsked(question: ReadQuestion, children: readonly Reading[]): string | undefined {
  const groups = [...new Set(children.flatMap((child) => child.clause.group ?? []))];
  return groups.length > 1 ? groups.find((group) => question.text.includes(nameOfGroup(group))) : undefined;
}

/** 三、促分工——促进有序就医格局形成。 is 促分工. */
function nameOfGroup(group: string): string {
  return (group.replace(/^[一二三四五六七八九十]+、/, '').split(/——|[：。]/)[0] ?? group).trim();
}

/** 2025年目标值, where the rows are listed for one year. */
function columnAsked(question: ReadQuestion, children: readonly Reading[]): string {
  const [year, ...others] = question.years;
  const columns = children[0]?.clause.columns ?? [];
  const column = columns.find((one) => year !== undefined && one.includes(year) && !/市/.test(one));
  return column === undefined || others.length > 0 ? '' : `（${column.replace(/\s/g, '')}）`;
}

/** 现在到哪个阶段了: all stages with their dates; which one runs is told by the clock. */
export async function byStages(material: Material): Promise<Found | undefined> {
  if (!STAGE_NOW.test(material.question.text)) return undefined;
  const stage = material.hits.find(({ reading }) => /阶段$/.test(reading.label));
  const document = stage && documentOf(material, stage.reading);
  if (!stage || !document) return undefined;
  const children = (await listChildren(material.db, document.id, stage.reading.clause.parentPath)).map(readClause);
  const parts = children.flatMap((child): readonly AnswerPart[] => {
    const [made] = citation(material, child, child.sentences.find((one) => !one.isHeading)?.raw ?? headingOf(child));
    return made ? [{ text: partText(material.question, child), citation: made }] : [];
  });
  return { lead: '方案分的阶段：', parts, citations: parts.flatMap((part) => part.citation ?? []), score: stage.score };
}

const STAGE_NOW =
  /(?:现在|目前|眼下|当前|今天|这个月|本月).{0,8}(?:哪|什么|第几)(?:个|一)?(?:阶段|步)|(?:到|进行到|走到|处在|在)(?:哪|什么|第几)(?:个|一)?(?:阶段|步)了/;

/** The head of a table, found alone, stands for its rows. */
function isTableHead({ reading }: Hit): boolean {
  return reading.clause.kind !== 'row' && reading.clause.text.includes('\t') && reading.clause.children > 0;
}

/** 哪四条 where the clause has five: said, not hidden. */
function promised(question: ReadQuestion, counted: number): string {
  return question.howMany === undefined || question.howMany === counted ? '' : `（您问的是${question.howMany}项）`;
}

function headingOf(child: Reading): string {
  return child.clause.heading.replace(/[。；]$/, '');
}

/** A row says the figure asked for beside its name; a stage says when it is. */
function partText(question: ReadQuestion, child: Reading): string {
  if (isFigureRow(child)) {
    const cells = cellsAsked(question, child);
    return cells === '' ? headingOf(child) : `${headingOf(child)}：${cells}`;
  }
  const when = /^(?:20\d{2}年)?\d{1,2}月(?:[—–-]+(?:20\d{2}年)?\d{1,2}月)?/.exec(child.clause.text.replace(/\s/g, ''));
  const name = /阶段$/.test(child.label) ? `${child.label}（${headingOf(child)}）` : headingOf(child);
  return when && /^20\d{2}年/.test(when[0]) ? `${name}：${when[0]}` : name;
}

function asksGroups(question: ReadQuestion): boolean {
  return /(?:几|哪些|哪几|多少)(?:个)?(?:大)?(?:类|方面|部分|块|组)|一级指标|分类/.test(question.text);
}

function byGroups(material: Material, host: Hit, groups: readonly string[], rows: number): Found {
  const parts = groups.map(
    (line): AnswerPart => ({
      text: line.replace(/^[一二三四五六七八九十]+、/, ''),
      citation: citation(material, host.reading, line)[0],
    }),
  );
  return {
    lead: `${host.reading.clause.heading}，共${groups.length}类${rows > 0 ? `、${rows}项` : ''}：`,
    parts,
    citations: parts.flatMap((part) => part.citation ?? []),
    score: host.score,
  };
}

/** Headings over groups of rows, as printed in the annex. */
function groupLines(reading: Reading): readonly string[] {
  return reading.clause.text.includes('\t')
    ? reading.clause.text.split('\n').filter((line) => !line.includes('\t') && line.length >= 4)
    : [];
}
