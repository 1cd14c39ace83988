/** Answers 哪六个: the members of a counted term, every meaning the documents give（几个统一、几大中心）. */
import type { Hit } from '../score.ts';
import { listChildren } from '../store.ts';
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
