/** The date under which words stand: 到2025年底，甲…；乙… holds for both, up to the full stop（统领日期）. Pure. */
import type { Sentence } from '../reading.ts';

const DATE =
  /^(?:\*\*)?(?:到|至|于|确保到)?20\d{2}年(?:\s*\d{1,2}月(?:\d{1,2}日)?(?:\s*[—–-]+\s*(?:20\d{2}年)?\d{1,2}月)?|底|末)?/;

/** The sentence with those before it that end in a semicolon, in order; a full stop ends what a date governs. */
export function withGoverning(sentences: readonly Sentence[], sentence: Sentence): readonly Sentence[] {
  const at = sentences.indexOf(sentence);
  let from = at;
  while (from > 0 && /；$/.test(sentences[from - 1]?.raw ?? '') && !sentences[from - 1]?.isHeading) from -= 1;
  return sentences.slice(Math.max(0, from), at + 1);
}

/** The date the sentence stands under, as printed, its own before one further back; `undefined` where there is none. */
export function governingDate(sentences: readonly Sentence[], sentence: Sentence, label = ''): string | undefined {
  // A stage has one span of time for all that is done in it.
  const body = sentences.filter((one) => !one.isHeading);
  const under = /阶段$/.test(label) ? [...body.slice(0, 1), sentence] : withGoverning(sentences, sentence);
  for (const one of [...under].reverse()) {
    const date = DATE.exec(one.raw.trim())?.[0];
    if (date !== undefined) return date;
  }
  return undefined;
}

/** The last date that stands before some words of the sentence: 到2020年5月，甲；到2020年6月，乙 dates 乙 by June. */
export function dateBefore(raw: string, words: string): string | undefined {
  const at = raw.indexOf(words.slice(0, 8));
  const parts = at <= 0 ? [] : raw.slice(0, at).split(/(?<=[，；])/);
  for (const part of parts.reverse()) {
    const date = DATE.exec(part.trim())?.[0];
    if (date !== undefined) return date;
  }
  return undefined;
}

/** The years the sentence is about: those it names, else that of the date it stands under. */
export function yearsOf(sentences: readonly Sentence[], sentence: Sentence): readonly string[] {
  const under = [...withGoverning(sentences, sentence)].reverse();
  for (const { raw } of under) {
    const years = raw.match(/20\d{2}年/g) ?? [];
    if (years.length > 0) return years;
  }
  return [];
}

/** 2025年底: words that belong to another year only do not answer what is asked of this one. */
export function isOfOtherYear(years: readonly string[], sentences: readonly Sentence[], sentence: Sentence): boolean {
  const own = years.length === 0 || sentence.isHeading ? [] : yearsOf(sentences, sentence);
  return own.length > 0 && !own.some((year) => years.includes(year));
}

/** The sentences from the one that holds the date to this one, where the date stands before a semicolon; else this one alone. */
export function withItsDate(sentences: readonly Sentence[], sentence: Sentence): readonly Sentence[] {
  const under = withGoverning(sentences, sentence);
  const from = under.findLastIndex((one) => DATE.test(one.raw.trim()));
  return from < 0 ? [sentence] : under.slice(from);
}
