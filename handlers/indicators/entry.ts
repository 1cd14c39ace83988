/** Reads what somebody reports: which indicator, which period, which value（填报内容识别）. Pure; asks nothing, stores nothing. */
import type { Indicator } from '../../knowledge/catalogue/indicators.ts';
import { readNumber, type SpokenNumber } from '../chinese/numbers.ts';
import { type Period, parsePeriod } from '../chinese/periods.ts';
import type { Day } from '../time.ts';
import { findIndicator, plainText } from './names.ts';

/** A number with the unit word said after it: 18.6万 + 人, 59.2%. */
export interface Amount {
  readonly number: SpokenNumber;
  readonly said: string;
}

/** What a text says; everything may be absent. */
export interface Entry {
  readonly indicator?: Indicator | undefined;
  readonly period?: Period | undefined;
  /** The value itself, or both parts of the quotient. */
  readonly amount?: Amount | undefined;
  readonly numerator?: Amount | undefined;
  readonly denominator?: Amount | undefined;
  readonly source?: string | undefined;
  /** A sum since January was said (前三季度, 1-9月, 累计): single periods are recorded, the year is added up from them. */
  readonly runningTotal: boolean;
  /** Words that were not understood and are not recorded. */
  readonly rest: string;
}

/** Words around a figure that carry nothing. */
const FILLERS =
  /那个|麻烦|帮我|一下|目前|现在|已经|已|达到了?|达|到了|到|有了|有|是|为|了|的|吧|哈|呢|啊|数据|数值|指标值|完成值?|[,，。;；:：!！=]/g;
/** Said before the figure; 一下 must not be read as the number one. */
const POLITE = /(?:麻烦|帮我|请)?(?:填报?|报|登记|记)?一下/g;
/** A sum since January: never a single period. */
const RUNNING_TOTAL = /前[一二三四1-4]个?季度|\d{1,2}月?份?[-—~至到]\d{1,2}月|年初(?:至今|以来)|今年以来/;
/** Words that belong to the figure before them. */
const UNIT = /^(?:万?人次?|万?例|家|个百分点|个点|个|名|项|万?元|万?户|所|台|张|次|天|岁|分(?![子母]))多?/;

/**
 * Reads one report from a text, in any order of its parts.
 * @param today - for periods said without a year
 * @param about - the indicator already known from an earlier message
 */
export function parseEntry(text: string, today: Day, about?: Indicator): Entry {
  const named = findIndicator(text);
  let rest = named?.rest ?? plainText(text);
  const indicator = named?.indicator ?? about;
  const source = /(?:数据)?(?:来源|来自|出自)[:： ]*(\S.*)$/.exec(rest);
  if (source) rest = rest.slice(0, source.index).trim();
  rest = rest.replace(POLITE, ' ').trim();
  const runningTotal = RUNNING_TOTAL.test(rest);
  const period = runningTotal ? undefined : takePeriod(rest, today);
  if (period) rest = period.rest;
  const parts = indicator?.parts ? takeParts(rest, indicator.parts) : undefined;
  if (parts) rest = parts.rest;
  const amount = parts ? undefined : takeAmount(rest);
  if (amount) rest = amount.rest;
  return {
    indicator,
    period: period?.period,
    amount: amount?.amount,
    numerator: parts?.numerator,
    denominator: parts?.denominator,
    source: source?.[1]?.trim(),
    runningTotal,
    rest: rest.replace(FILLERS, '').replace(/\s+/g, ' ').trim(),
  };
}

/** Characters of a report that are searched for a period; the rest is no report of one value. */
const LONGEST_ENTRY = 200;
/** 二〇二六年第三季度 and the like. */
const LONGEST_PERIOD = 14;

/** The period inside a text, the longest spelling first. A bare number is a period only as a word of its own (2026, 202609). */
function takePeriod(text: string, today: Day): { readonly period: Period; readonly rest: string } | undefined {
  const end = Math.min(text.length, LONGEST_ENTRY);
  for (let length = Math.min(end, LONGEST_PERIOD); length >= 2; length -= 1) {
    for (let at = 0; at + length <= end; at += 1) {
      const said = text.slice(at, at + length);
      if (said !== said.trim()) continue;
      if (/^[\d./-]+$/.test(said) && !isWholeWord(text, at, length)) continue;
      if (/^\d/.test(said) && /\d/.test(text.charAt(at - 1))) continue;
      if (/^\d+$/.test(said) && !/^20\d{2}(?:0[1-9]|1[0-2])?$/.test(said)) continue;
      const period = parsePeriod(said, today);
      if (period) return { period, rest: `${text.slice(0, at)} ${text.slice(at + length)}`.trim() };
    }
  }
  return undefined;
}

function isWholeWord(text: string, at: number, length: number): boolean {
  return /^(?:\s|)$/.test(text.charAt(at - 1)) && /^(?:\s|)$/.test(text.charAt(at + length));
}

/** `基层 41.2万 总 69.1万`, `分子41.2万分母69.1万`, `41.2万/69.1万`. */
function takeParts(
  text: string,
  words: NonNullable<Indicator['parts']>,
): { readonly numerator: Amount; readonly denominator: Amount; readonly rest: string } | undefined {
  const slash = text.indexOf('/');
  if (slash > 0) {
    const left = takeAmount(text.slice(0, slash));
    const right = takeAmount(text.slice(slash + 1));
    if (left && right) {
      return { numerator: left.amount, denominator: right.amount, rest: `${left.rest} ${right.rest}`.trim() };
    }
  }
  const top = amountAfter(text, words.numerator);
  const bottom = amountAfter(text, words.denominator);
  if (!top || !bottom || top.at === bottom.at) return undefined;
  const used = [top, bottom].sort((a, b) => b.start - a.start);
  const rest = used.reduce((left, part) => `${left.slice(0, part.start)} ${left.slice(part.end)}`, text);
  return { numerator: top.amount, denominator: bottom.amount, rest: rest.replace(/\s+/g, ' ').trim() };
}

/** The amount that follows one of the words, with nothing but a few letters between. */
function amountAfter(
  text: string,
  words: readonly string[],
): { readonly amount: Amount; readonly start: number; readonly at: number; readonly end: number } | undefined {
  for (const word of [...words].sort((a, b) => b.length - a.length)) {
    const start = text.indexOf(word);
    if (start < 0) continue;
    const after = text.slice(start + word.length);
    const gap = /^[^\d零〇一二两三四五六七八九十百.]{0,6}/.exec(after)?.[0] ?? '';
    if (gap.length === after.length) continue;
    const found = readAmount(after.slice(gap.length));
    if (!found) continue;
    const at = start + word.length + gap.length;
    return { amount: found.amount, start, at, end: at + found.length };
  }
  return undefined;
}

/** The first amount in a text. */
function takeAmount(text: string): { readonly amount: Amount; readonly rest: string } | undefined {
  for (let at = 0; at < text.length; at += 1) {
    if (!/[-\d.零〇一二两三四五六七八九十百千半几约近大差将接不负]/.test(text.charAt(at))) continue;
    const found = readAmount(text.slice(at));
    if (found) return { amount: found.amount, rest: `${text.slice(0, at)} ${text.slice(at + found.length)}`.trim() };
  }
  return undefined;
}

function readAmount(text: string): { readonly amount: Amount; readonly length: number } | undefined {
  const read = readNumber(text);
  if (!read) return undefined;
  const unit = UNIT.exec(text.slice(read.length))?.[0] ?? '';
  const vague = read.number.approximate || unit.endsWith('多') || /^多/.test(text.slice(read.length));
  const more = /^多(?:万?人次?|例|名|个)?/.exec(text.slice(read.length))?.[0].length ?? 0;
  const length = read.length + Math.max(unit.length, more);
  return { amount: { number: { ...read.number, approximate: vague }, said: text.slice(0, length) }, length };
}

/**
 * The amount in the catalogue's unit, as far as its words decide it: 万人 from 万 or from persons, a ratio from its
 * percentage. What still looks wrong is left to the plausibility rules.
 */
export function canonicalValue(indicator: Indicator, amount: Amount): number {
  const { value, unit } = amount.number;
  if (indicator.unit === '万人') {
    // 18.6 said bare is the table's unit; 18.6万 and 186000 (people) are multiplied out already.
    const persons = unit !== undefined || value >= BARE_PERSONS || /^[\d.,]+(?:人|例)/.test(amount.said);
    return persons ? tidy(value / 10_000) : value;
  }
  if (indicator.unit === '比值') return unit === '%' || value > RATIO_LIMIT ? tidy(value / 100) : value;
  return value;
}

/** From here on a bare figure for an indicator in 万人 counts persons. */
const BARE_PERSONS = 1000;
/** A ratio above this was typed as a percentage. */
const RATIO_LIMIT = 10;

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
