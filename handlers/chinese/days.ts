/** Reads the days people type: 明早, 周五, 月底, 12月15日, 三天后, 下周三（口语日期）. */
import { addDays, type Day, weekdayOf } from '../time.ts';
import { normaliseText, readNumber } from './numbers.ts';

/** The day a text begins with, and how many characters say it. */
export interface DayRead {
  readonly day: Day;
  readonly length: number;
}

/** The day a text consists of (前, 之前, 到, 左右 after it are allowed); `undefined` for anything else, e.g. 赶集那天. */
export function parseDay(text: string, today: Day): Day | undefined {
  const plain = normaliseText(text).replace(/ /g, '');
  const read = readDay(plain, today);
  return read && /^(?:(?:之|以)?前|到货?|送达|左右|早上|上午|下午|晚上|中午)*$/.test(plain.slice(read.length))
    ? read.day
    : undefined;
}

/**
 * The day at the beginning of a normalised text. Without a year it is the next such day, but one within the last thirty
 * days stays in the past: 11月1日 said on 21 November is three weeks ago, 1月5日 is next January.
 */
export function readDay(text: string, today: Day): DayRead | undefined {
  const word = /^(?:今天|今日|今晚|今早|当天|明天|明日|明早|明晚|后天|大后天|昨天|前天|月底|月末|年底|年末)/.exec(
    text,
  )?.[0];
  if (word) return { day: wordDay(word, today), length: word.length };
  const week = /^(本|这|下|下下)?个?(?:周|星期|礼拜)([一二三四五六日天末1-6])/.exec(text);
  if (week) return { day: weekDay(week[1], week[2] ?? '', today), length: week[0].length };
  const later = readLater(text, today);
  if (later) return later;
  return readDate(text, today);
}

function wordDay(word: string, today: Day): Day {
  if (/^(?:今|当)/.test(word)) return today;
  if (word.startsWith('明')) return addDays(today, 1);
  if (word === '后天') return addDays(today, 2);
  if (word === '大后天') return addDays(today, 3);
  if (word === '昨天') return addDays(today, -1);
  if (word === '前天') return addDays(today, -2);
  if (word.startsWith('年')) return `${today.slice(0, 4)}-12-31`;
  return lastOfMonth(Number(today.slice(0, 4)), Number(today.slice(5, 7)));
}

/** 周五 is the next Friday, today included; 下周三 the Wednesday of next week (weeks begin on Monday). */
function weekDay(which: string | undefined, name: string, today: Day): Day {
  const wanted = name === '末' ? 6 : '日天'.includes(name) ? 7 : (readNumber(name)?.number.value ?? 1);
  const now = weekdayOf(today) || 7;
  if (which?.startsWith('下')) return addDays(today, wanted - now + 7 * which.length);
  return addDays(today, wanted >= now ? wanted - now : wanted - now + 7);
}

/** 3天后, 两周后, 一周内, 半个月后. */
function readLater(text: string, today: Day): DayRead | undefined {
  const number = readNumber(text);
  if (!number || number.number.approximate) return undefined;
  const unit = /^个?(天|日|周|星期|月)(?:之?后|以?内|之内)/.exec(text.slice(number.length));
  if (!unit) return undefined;
  const days = { 天: 1, 日: 1, 周: 7, 星期: 7, 月: 30 }[unit[1] ?? ''] ?? 1;
  return { day: addDays(today, Math.round(number.number.value * days)), length: number.length + unit[0].length };
}

/** 2026-12-15, 2026年12月15日, 12月15号, 12.15, 12/15, 15号. */
function readDate(text: string, today: Day): DayRead | undefined {
  const year = Number(today.slice(0, 4));
  const full = /^(20\d{2})[-年/.](\d{1,2})[-月/.](\d{1,2})[日号]?/.exec(text);
  if (full) return asDay(Number(full[1]), Number(full[2]), Number(full[3]), full[0].length);
  const spoken = /^(\d{1,2}|[一二三四五六七八九十]{1,2})月(\d{1,2}|[一二三四五六七八九十廿]{1,3})[日号]?/.exec(text);
  const figures = spoken ?? /^(\d{1,2})[-/.](\d{1,2})(?![\d.]|[a-zA-Z%])[日号]?/.exec(text);
  if (figures) {
    const month = readNumber(figures[1] ?? '')?.number.value ?? 0;
    const date = readNumber(figures[2] ?? '')?.number.value ?? 0;
    const read = asDay(year, month, date, figures[0].length);
    return read && read.day < addDays(today, -30) ? asDay(year + 1, month, date, figures[0].length) : read;
  }
  const only = /^(\d{1,2})[日号](?![的码])/.exec(text);
  if (!only) return undefined;
  const month = Number(today.slice(5, 7));
  const date = Number(only[1]);
  const read = asDay(year, month, date, only[0].length);
  if (read && read.day >= today) return read;
  return month === 12 ? asDay(year + 1, 1, date, only[0].length) : asDay(year, month + 1, date, only[0].length);
}

function asDay(year: number, month: number, date: number, length: number): DayRead | undefined {
  if (month < 1 || month > 12 || date < 1 || date > Number(lastOfMonth(year, month).slice(8))) return undefined;
  return { day: `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`, length };
}

function lastOfMonth(year: number, month: number): Day {
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
