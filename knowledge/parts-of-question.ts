/** Parts a message that asks several things into questions of their own（一问多事）. */
import type { WeighedTerm } from './score.ts';

/** The questions of a message, in order; one where it asks one thing. */
export function partsOf(text: string, terms: readonly WeighedTerm[]): readonly string[] {
  const asked = splitQuestion(text);
  if (asked.length > 1) return asked;
  const joined = coordinated(text, terms);
  return joined.length > 1 ? joined : byComma(text);
}

/** Parts that are questions of their own. */
function splitQuestion(text: string): readonly string[] {
  const parts = text
    .split(/[?？；;。!]+/)
    .map((part) => part.trim())
    .filter((part) => part.length >= 4);
  return parts.length <= 4 ? parts : parts.slice(0, 4);
}

/** 一共有几项，谁负责: each part asks by itself and says what about. */
function byComma(text: string): readonly string[] {
  const parts = text.split('，').filter((part) => part !== '');
  return parts.length === 2 && parts.every((part) => part.length >= 6 && ASKS.test(part)) ? parts : [text];
}

const ASKS =
  /谁|哪|几(?!乎)|多少|什么|怎么|怎样|如何|多久|何时|吗$|能不能|能否|是否|是不是|有没有|可不可以|要不要|会不会/;

/** Between two matters of which the same is asked: 七大平台还有五大中心覆盖率各是多少. */
const AND = /还有|以及|和|与|跟|、|同/g;
/** A word that heavy names a matter. */
const A_MATTER = 0.5;

/** One question for each of two matters joined by 和, where the words say that each is asked about. */
function coordinated(text: string, terms: readonly WeighedTerm[]): readonly string[] {
  if (!/分别|各(?:要|是|为|自|有|占|达|多少|几|由|归|在)|都是?(?:多少|几|谁|哪)/.test(text)) return [text];
  for (const and of text.matchAll(AND)) {
    const to = and.index + and[0].length;
    const left = terms.find((term) => Math.abs(term.at + term.text.length - and.index) <= 1);
    const right = terms.find((term) => term.at >= to && term.at - to <= 1);
    if (!left || !right || left.weight < A_MATTER || right.weight < A_MATTER) continue;
    return [
      text.slice(0, and.index) + text.slice(right.at + right.text.length),
      text.slice(0, left.at) + text.slice(to),
    ];
  }
  return [text];
}
