/** Answers with what stands under a heading: all members, each cited（列举）. */
import type { ReadQuestion } from '../question.ts';
import { type Reading, readClause } from '../reading.ts';
import type { Hit } from '../score.ts';
import { listChildren } from '../store.ts';
import { countedTerm } from './explains.ts';
import { citation, documentOf, type Found, type Material, shorten } from './material.ts';
import { isUnitNote } from './passage.ts';

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
