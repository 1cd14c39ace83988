/** Reads what follows 有货, 配送, 签收 …: number, line, quantity, day, reason（命令参数）. */
import { readDay } from '../chinese/days.ts';
import { normaliseText, readNumber } from '../chinese/numbers.ts';
import type { Day } from '../time.ts';
import { type ReasonCode, readReason } from './states.ts';
import { PACK_UNITS } from './tokens.ts';

/** The words of a move, taken apart. */
export interface MoveArgument {
  /** QY…, in capitals; absent where none was given. */
  readonly number: string | undefined;
  readonly lineNo: number | undefined;
  /** A figure that may be a line or a quantity: 有货 QY… 10. */
  readonly figure: number | undefined;
  readonly quantity: { readonly value: number; readonly unit: string | undefined } | undefined;
  /** 少了3盒: what is lacking of the delivery. */
  readonly short: number | undefined;
  readonly damaged: number | undefined;
  readonly expectedOn: Day | undefined;
  readonly reason: ReasonCode | undefined;
  /** What is left of the words, as a reason in free text. */
  readonly words: string;
}

const NUMBER = /(?:qy ?)?(\d{8}\d{3,})(?: ?[-—#] ?(\d{1,2})(?!\d))?/i;
const AMOUNT = new RegExp(`^ ?(${PACK_UNITS})`);

/** Never fails; what cannot be read stays in `words`. */
export function readMove(text: string, today: Day): MoveArgument {
  let rest = normaliseText(text);
  const number = NUMBER.exec(rest);
  if (number) rest = `${rest.slice(0, number.index)} ${rest.slice(number.index + number[0].length)}`;
  let lineNo = number?.[2] === undefined ? undefined : Number(number[2]);
  const line = /第 ?(\d{1,2}|[一二三四五六七八九十]) ?(?:项|行|个|条)/.exec(rest);
  if (line) {
    lineNo = readNumber(line[1] ?? '')?.number.value;
    rest = rest.replace(line[0], ' ');
  }
  const short = counted(rest, /(?:少|缺|差)了? ?/);
  rest = short?.rest ?? rest;
  const damaged = counted(rest, /(?:破损|损坏|坏)了? ?|有 ?(?=.{1,4}(?:破损|坏))/, /^(?:破损|损坏|坏)?了?/);
  rest = damaged?.rest ?? rest;
  const day = expectedDay(rest, today);
  rest = day?.rest ?? rest;
  const quantity = counted(rest, /(?:^|[ ,])(?:实收|收到?|到了|给|先给|发)? ?/);
  rest = quantity?.rest ?? rest;
  const figure = /(?:^|\s)([-−–负])? ?(\d{1,5}(?:\.\d+)?|[零〇])(?=\s|$)/.exec(rest);
  if (figure) rest = rest.replace(figure[0], ' ');
  const words = rest
    .replace(/原因(?:是|为)?|因为|由于|预计|复核|到货|[:,;。，、]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    number: number ? `QY${number[1]}` : undefined,
    lineNo,
    figure: figure ? (figure[1] ? -1 : 1) * (readNumber(figure[2] ?? '')?.number.value ?? 0) : undefined,
    quantity: quantity && { value: quantity.value, unit: quantity.unit },
    short: short?.value,
    damaged: damaged?.value,
    expectedOn: day?.day,
    reason: readReason(words),
    words,
  };
}

function counted(
  text: string,
  cue: RegExp,
  after = /^/,
): { readonly value: number; readonly unit: string | undefined; readonly rest: string } | undefined {
  for (const found of text.matchAll(new RegExp(cue.source, 'g'))) {
    const start = found.index + found[0].length;
    const number = readNumber(text.slice(start));
    if (!number || number.number.approximate || !Number.isInteger(number.number.value)) continue;
    const unit = AMOUNT.exec(text.slice(start + number.length));
    if (!unit) continue;
    const end = start + number.length + unit[0].length;
    const tail = after.exec(text.slice(end))?.[0].length ?? 0;
    const named = unit[1] === '只' ? '支' : unit[1];
    return { value: number.number.value, unit: named, rest: `${text.slice(0, found.index)} ${text.slice(end + tail)}` };
  }
  return undefined;
}

/** The first day in the words: 预计12月15日, 明天送到. */
function expectedDay(text: string, today: Day): { readonly day: Day; readonly rest: string } | undefined {
  for (const found of text.matchAll(
    /(?:^|[\s,;:]|预计|预期|大约|大概|约|到|在|于)(?=[\d一二三四五六七八九十两本这下明后今大月年周星礼])/g,
  )) {
    const start = found.index + found[0].length;
    const read = readDay(text.slice(start), today);
    if (!read || new RegExp(`^(?:${PACK_UNITS})`).test(text.slice(start + read.length))) continue;
    const tail = /^(?:之?前|左右)?(?:能?到货?|送到?|送达|复核)?/.exec(text.slice(start + read.length))?.[0].length ?? 0;
    return { day: read.day, rest: `${text.slice(0, found.index)} ${text.slice(start + read.length + tail)}` };
  }
  return undefined;
}
