/** Whether a clause says what a counted term means (六统一, 五大中心) or only uses it（是否展开）. */
import type { Reading } from '../reading.ts';

const HAN = '零一二三四五六七八九十';

export interface CountedTerm {
  readonly text: string;
  readonly count: number;
}

/** The counted term of a question: 六统一 is 6, 两个允许 2, 七大智慧平台 7. */
export function countedTerm(text: string): CountedTerm | undefined {
  const match =
    /([两二三四五六七八九十]|\d{1,2})(?:个|项)?(?:大[\u4e00-\u9fff]{0,6}(?:中心|平台)|统一|不准|允许|贯通|包(?![括含])|单(?![位独])|强化|提升)/.exec(
      text,
    );
  if (!match) return undefined;
  const n = match[1] ?? '';
  return { text: match[0], count: /\d/.test(n) ? Number(n) : n === '两' ? 2 : HAN.indexOf(n) };
}

/** True when the clause, its heading or its children spell the members out. */
export function explains(term: CountedTerm, reading: Reading, children: readonly string[]): boolean {
  const isHeading = names(reading.heading, term);
  if (reading.heading === term.text && reading.clause.text !== '') return true;
  if (isHeading && (children.length >= term.count || membersOf(children) === term.count)) return true;
  for (const sentence of reading.sentences) {
    const at = sentence.plain.indexOf(term.text);
    if (at < 0 && !isHeading) continue;
    if (isHeading && !sentence.isHeading && items(sentence.plain) >= term.count) return true;
    if (at < 0) continue;
    const before =
      sentence.plain
        .slice(0, at)
        .split(/[，。；:]/)
        .at(-1) ?? '';
    if (items(before) >= term.count) return true;
    const after = sentence.plain.slice(at + term.text.length);
    if (/^"?[^，。]{0,12}[:：]|^"?(?:是指|即|包括|为)/.test(after) && items(after) >= term.count) return true;
    if (term.count >= 3 && items(sentence.plain) >= term.count && /[:：]|包括|分别/.test(sentence.plain)) return true;
  }
  return false;
}

/** The heading is the term's own (推进“六统一”管理), not one that lists it among others (两包三单六贯通七统一). */
export function names(heading: string, term: CountedTerm): boolean {
  if (!heading.includes(term.text)) return false;
  const others = heading.replace(term.text, '').match(/[两二三四五六七八九十](?:大|统一|包|单|贯通)/);
  return heading === term.text || others === null;
}

/** 3大 + 2大 + 2大: what the children's headings count together; a heading without a count is one. */
function membersOf(children: readonly string[]): number {
  return children.reduce((sum, heading) => sum + Number(/(\d+)大/.exec(heading)?.[1] ?? 1), 0);
}

/** Members of an enumeration: parts between 、 and the last 和 or 及. */
function items(text: string): number {
  const marks = text.match(/、/g)?.length ?? 0;
  if (marks === 0) return /[^和及与][和及与][^和及与]/.test(text) ? 2 : 1;
  return marks + 1 + (/[和及与](?=[^、]*$)/.test(text) ? 1 : 0);
}

/** Says the same without its name: 统一行政管理、统一财务管理… is a 六统一 where 统一 stands six times. */
export function spellsOut(term: CountedTerm, reading: Reading): boolean {
  if (!term.text.endsWith('统一')) return false;
  return reading.sentences.some(
    (sentence) =>
      (sentence.plain.match(/统一/g)?.length ?? 0) === term.count ||
      (/等(?:方面)?(?:的)?统一管理/.test(sentence.plain) &&
        items(sentence.plain.split(/[，；]/).find((part) => /统一管理/.test(part)) ?? '') === term.count),
  );
}
