/** Answers 哪六个: the members of a counted term, every meaning the documents give（几个统一、几大中心）. */
import type { Hit } from '../score.ts';
import { listChildren } from '../store.ts';
import type { Citation } from '../types.ts';
import { normalise } from '../words.ts';
import { countedTerm, explains, names, spellsOut } from './explains.ts';
import { citation, documentOf, type Found, type Material, type Unsaid } from './material.ts';
import { byChildren } from './parts.ts';
import { leadOf } from './passage.ts';

export async function byCountedTerm(material: Material, best: Hit): Promise<Found | Unsaid | undefined> {
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
    if (others.length > 0) return undefined;
    if (mentioned) return { why: `方案只提到“${term.text}”，没有逐项列出` };
    return term.text.endsWith('统一') ? { why: `方案没有“${term.text}”的说法` } : undefined;
  }
  if (meanings.length === 1 || (first === best && names(first.reading.heading, term))) {
    const listed = await byChildren(material, first);
    if (listed) return listed;
  }
  const near = meanings
    .filter((hit) => hit === first || hit.score >= first.score * 0.55 || spellsOut(term, hit.reading))
    .slice(0, 3);
  const citations: Citation[] = [];
  for (const hit of near)
    for (const one of sentencesWith(hit, term.text).flatMap((words) => citation(material, hit.reading, words)))
      if (!citations.some((other) => sameMembers(other.quote, one.quote))) citations.push(one);
  const lead =
    citations.length > 1
      ? `“${term.text}”在方案里有${HAN[citations.length] ?? citations.length}处，含义不同：`
      : leadOf(question, material.terms, citations[0]?.quote ?? '', first.reading);
  return { lead, citations, score: first.score };
}

const HAN = ['零', '一', '两', '三', '四', '五', '六'];

/** Two sentences that list the same members mean the same. */
function sameMembers(left: string, right: string): boolean {
  const list = (text: string): string =>
    (normalise(text).match(/[\u4e00-\u9fff]{1,6}(?:、[\u4e00-\u9fff]{1,6})+/g) ?? [])
      .sort((a, b) => b.length - a.length)[0]
      ?.split('、')
      .slice(1, -1)
      .join('、') ?? '';
  const [a, b] = [list(left), list(right)];
  return a !== '' && b !== '' && (normalise(right).includes(a) || normalise(left).includes(b));
}

/** Every sentence of the clause that spells the term out; else the one that comes nearest. */
function sentencesWith(hit: Hit, text: string): readonly string[] {
  const marks = (plain: string): number => plain.match(/、/g)?.length ?? 0;
  const there = hit.reading.sentences.filter((sentence) => sentence.plain.includes(text) && marks(sentence.plain) > 0);
  if (there.length > 0) return there.map((sentence) => sentence.raw);
  const other =
    hit.sentences.find((one) => (one.sentence.plain.match(/、|统一/g)?.length ?? 0) >= 2) ?? hit.sentences[0];
  return other ? [other.sentence.raw] : [];
}
