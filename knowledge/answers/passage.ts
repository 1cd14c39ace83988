/** Chooses the sentences of a clause to quote, and the few words that say the point（摘句）. */
import { hasEvidence, STRICT } from '../evidence.ts';
import type { ReadQuestion } from '../question.ts';
import type { Sentence } from '../reading.ts';
import type { Hit, WeighedTerm } from '../search.ts';
import { normalise } from '../words.ts';

/** Sentences worth quoting, verbatim, neighbours joined, best passage first; together at most `budget` characters or one sentence. */
export function choosePassages(hit: Hit, budget: number): readonly string[] {
  const { clause, sentences } = hit.reading;
  if (clause.kind === 'row') return [clause.text];
  const best = hit.sentences[0];
  if (!best) return [];
  const chosen = new Set<Sentence>([best.sentence]);
  let used = best.sentence.raw.length;
  for (const { sentence, score, coverage } of hit.sentences.slice(1)) {
    if (score < best.score * 0.55 || coverage < 0.25 || used + sentence.raw.length > budget || isUnitNote(sentence.raw))
      continue;
    if (sentence.isHeading && sentence.raw.length < 4) continue;
    chosen.add(sentence);
    used += sentence.raw.length;
  }
  const passages: { text: string; score: number; last: number }[] = [];
  for (const [at, sentence] of sentences.entries()) {
    if (!chosen.has(sentence)) continue;
    const score = hit.sentences.find((one) => one.sentence === sentence)?.score ?? 0;
    const before = passages.at(-1);
    const joined =
      before && before.last === at - 1 && !sentences[at - 1]?.isHeading && sentences[at - 1]
        ? `${before.text}${sentence.raw}`
        : undefined;
    if (before && joined !== undefined && normalise(clause.text).includes(normalise(joined))) {
      before.text = joined;
      before.score = Math.max(before.score, score);
      before.last = at;
    } else passages.push({ text: sentence.raw, score, last: at });
  }
  return passages.sort((a, b) => b.score - a.score).map((passage) => passage.text);
}

/** （责任单位：…）alone. */
export function isUnitNote(raw: string): boolean {
  return /^[（(〔[]\s*(?:责任|牵头|配合)(?:单位|部门)/.test(raw);
}

const LEAD_CHARACTERS = 64;

/** The point in one line: the sentence, or of a long one the part that speaks of most of what was asked. */
export function leadOf(question: ReadQuestion, terms: readonly WeighedTerm[], raw: string): string {
  const sentence = raw
    .replace(/[。；]$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (sentence.length <= LEAD_CHARACTERS) return sentence;
  const parts = sentence.split(/(?<=[，；：])/);
  let lead = '';
  let top = -1;
  for (let from = 0; from < parts.length; from += 1)
    for (let to = from + 1; to <= parts.length; to += 1) {
      const text = parts.slice(from, to).join('');
      if (text.length > LEAD_CHARACTERS + 16 && to > from + 1) break;
      const value = worth(question, terms, text) - text.length / 400;
      if (value > top) {
        top = value;
        lead = text;
      }
    }
  const short = lead.replace(/[，；：]$/, '');
  return short.length <= 110 ? short : `${short.slice(0, 108)}……`;
}

function worth(question: ReadQuestion, terms: readonly WeighedTerm[], text: string): number {
  const plain = normalise(text);
  let value = 0;
  for (const term of terms) {
    const there = term.alternatives.filter((alternative) => plain.includes(alternative.text));
    value += term.weight * Math.max(0, ...there.map((alternative) => alternative.weight));
  }
  const sentence = { raw: text, plain, isHeading: false };
  for (const want of STRICT)
    if (question.wants.has(want) && want !== 'responsible' && hasForm(question, want, sentence)) value += 0.5;
  return value;
}

function hasForm(question: ReadQuestion, want: (typeof STRICT)[number], sentence: Sentence): boolean {
  const clause = {
    n: 0,
    documentId: '',
    position: 0,
    path: '',
    parentPath: '',
    kind: 'section',
    heading: '',
    text: sentence.raw,
    above: [],
  } as const;
  return hasEvidence(question, want, sentence, {
    clause,
    sentences: [],
    heading: '',
    above: [],
    group: '',
    columns: [],
    plain: sentence.plain,
  });
}
