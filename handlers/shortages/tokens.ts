/** Cuts a shortage message into words that mean something: names, specifications, amounts, urgency（切词）. */
import { readDay } from '../chinese/days.ts';
import { readNumber } from '../chinese/numbers.ts';
import type { Day } from '../time.ts';
import { isChatter, withoutChatter } from './chatter.ts';
import { knownNameAt, resolveDrug } from './drugs.ts';
import { readSpecification, type Specification } from './specs.ts';

/** How pressing it is（紧急程度）: 抢救, 紧急, 一般. */
export const URGENCIES = ['rescue', 'urgent', 'routine'] as const;
export type Urgency = (typeof URGENCIES)[number];
/** What it is for（用途）: 补库存, 患者, 急救. */
export type Purpose = 'restock' | 'patient' | 'emergency';

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly glued: boolean }
  | { readonly kind: 'specification'; readonly specification: Specification }
  | {
      readonly kind: 'amount';
      readonly value: number;
      readonly approximate: boolean;
      /** Absent where only a number was written, or 个. */
      readonly unit: string | undefined;
      readonly text: string;
    }
  | { readonly kind: 'break'; readonly hard: boolean }
  | { readonly kind: 'each' }
  | { readonly kind: 'urgency'; readonly urgency: Urgency }
  | { readonly kind: 'days-left'; readonly days: number }
  | { readonly kind: 'stock'; readonly count: number }
  | { readonly kind: 'monthly-use'; readonly count: number }
  | { readonly kind: 'cold-chain' }
  | { readonly kind: 'purpose'; readonly purpose: Purpose }
  | { readonly kind: 'substitute'; readonly accepted: boolean }
  | { readonly kind: 'wanted-by'; readonly day: Day }
  | { readonly kind: 'factor'; readonly outer: string; readonly count: number; readonly inner: string }
  | { readonly kind: 'vague-quantity'; readonly text: string }
  | { readonly kind: 'vague-date'; readonly text: string };

/** Units a quantity may be given in（单位）. 只 is heard for 支. */
export const PACK_UNITS = '盒|瓶|支|袋|板|条|件|箱|包|罐|桶|贴|片|粒|丸|枚|只|套|吸|喷';
const AMOUNT_UNIT = new RegExp(`^ ?(?:大|小)?(${PACK_UNITS}|个|份)`);

interface Cut {
  readonly token: Token | undefined;
  readonly length: number;
}

/** All tokens of a normalised text, in order. Never fails: what means nothing here is left out. */
export function tokenise(text: string, today: Day): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  let blank = true;
  while (at < text.length) {
    const rest = text.slice(at);
    const mark = /^(?:[;\n。!?|]|\d{1,2}[.)、](?=[\p{Script=Han}]))/u.exec(rest) ?? /^[,、+&]/.exec(rest);
    if (mark) {
      found.push({ kind: 'break', hard: !/^[,、+&]/.test(mark[0]) });
      at += mark[0].length;
      blank = true;
      continue;
    }
    if (/^\/(?=\p{Script=Han}{2})/u.test(rest) && found.at(-1)?.kind === 'name') {
      found.push({ kind: 'break', hard: false }); // 氨酚烷胺片/黄那敏颗粒 are two
      at += 1;
      blank = true;
      continue;
    }
    const less = cutNegative(text, at, found.at(-1)?.kind === 'name');
    if (less) {
      if (less.token) found.push(less.token);
      at += less.length;
      blank = false;
      continue;
    }
    if (/^[\s()[\]【】“”"'<>《》=_:.*×·/~-]/.test(rest)) {
      blank = true;
      at += 1;
      continue;
    }
    const cut = cutFixed(rest, today);
    if (cut) {
      if (cut.token) found.push(cut.token);
      at += cut.length;
      blank = false;
      continue;
    }
    const run = readRun(rest, today);
    for (const token of namesOf(run, !blank)) found.push(token);
    at += Math.max(run.length, 1);
    blank = false;
  }
  return found;
}

/** Everything but free names: tried at each position, most telling first. */
function cutFixed(rest: string, today: Day): Cut | undefined {
  if (knownNameAt(rest) !== undefined) return undefined; // 急支糖浆 is a name, 三七片 no amount
  return (
    cutPhrase(rest) ??
    cutCounted(rest) ??
    cutFactor(rest) ??
    cutDay(rest, today) ??
    cutSpecification(rest) ??
    cutAmount(rest)
  );
}

/** Phrases without a number, each with what it stands for; the first that fits wins. */
const PHRASES: readonly (readonly [RegExp, (text: string) => Token])[] = [
  [/^(?:还有|另外|以及)(?=[^\d没])/, () => ({ kind: 'break', hard: false })],
  [/^(?:每样|每种|各)(?=[\d一二两三四五六七八九十半])/, () => ({ kind: 'each' })],
  [/^(?:不是很急|不急|不着急|常规)/, () => ({ kind: 'urgency', urgency: 'routine' })],
  [/^(?:抢救用?|救命)/, () => ({ kind: 'urgency', urgency: 'rescue' })],
  [/^(?:急救车|急救用?)(?!药)/, () => ({ kind: 'purpose', purpose: 'emergency' })],
  [
    /^(?:特急|加急|紧急|非常急|很急|比较急|挺急|急用|急需|急要|着急|马上要|急(?![\p{Script=Han}])|急(?=[的了吧啊!]))/u,
    () => ({ kind: 'urgency', urgency: 'urgent' }),
  ],
  [/^(?:补库存|补货|备货|补库|补充库存)/, () => ({ kind: 'purpose', purpose: 'restock' })],
  [
    /^(?:(?:给|有)?(?:个|位)?(?:患者|病人)(?:等着)?(?:要用|用)?|慢病续方|续方|延伸处方|长期处方|慢病取药)/,
    () => ({ kind: 'purpose', purpose: 'patient' }),
  ],
  [/^(?:要|需要?|走)?(?:冷链|冷藏|2 ?[-~到] ?8 ?(?:°C|度))(?:运输|保存|配送)?/, () => ({ kind: 'cold-chain' })],
  [/^(?:不接受替代|不要替代|不能替代|不可替代|不能换|只要原研)/, () => ({ kind: 'substitute', accepted: false })],
  [
    /^(?:可以?替代|能替代|接受替代|可以?换厂家?|换厂家也行|别的厂家也(?:行|可以)|国产的?也(?:行|可以))/,
    () => ({ kind: 'substitute', accepted: true }),
  ],
  [
    /^(?:[一二两三四五六半\d]+个?(?:月|周|星期|季度|天|疗程)的量|够[^,;。 ]{1,6}?[用吃]的?|若干|一些|一批|适量|多一?点|少量)/,
    (text) => ({ kind: 'vague-quantity', text }),
  ],
  [/^(?:赶集(?:那天|日)?|过几天|这几天|过年前)(?:要|用|前)?/, (text) => ({ kind: 'vague-date', text })],
];

function cutPhrase(rest: string): Cut | undefined {
  const counted = cutCounted(rest); // 还够3天 before 够…用
  if (counted) return counted;
  for (const [pattern, make] of PHRASES) {
    const found = pattern.exec(rest);
    if (found) return { token: make(found[0]), length: found[0].length };
  }
  return undefined;
}

const DAYS_CUE = /^(?:还能用|还能撑|只能用|还够用?|只够用?|够用|够|能用|能撑|撑|可用|仅剩|只剩|还剩|剩余?|还有) ?/;
const STOCK_CUE = /^(?:现存量?|现有|库存量?(?:还有)?|手上有|仅剩|只剩|还剩|剩余?|还有)[: ]{0,2}/;
const MONTHLY_CUE = /^(?:月均(?:用量)?|月用量|每个?月(?:要)?用?|一个?月(?:要)?用|月消耗)[: ]{0,2}/;

/** 还能用3天, 库存5盒, 月均60盒. */
function cutCounted(rest: string): Cut | undefined {
  const days = afterCue(rest, DAYS_CUE, /^ ?个?(天|日|周|星期|礼拜|月)(?!后|前)(?:的?(?:用)?量)?(?:左右)?/);
  if (days) {
    const each = { 天: 1, 日: 1, 周: 7, 星期: 7, 礼拜: 7, 月: 30 }[days.unit] ?? 1;
    return { token: { kind: 'days-left', days: Math.floor(days.value * each) }, length: days.length };
  }
  const unit = new RegExp(`^ ?(${PACK_UNITS})(?:左右)?`);
  const stock = afterCue(rest, STOCK_CUE, unit);
  if (stock) return { token: { kind: 'stock', count: Math.floor(stock.value) }, length: stock.length };
  const monthly = afterCue(rest, MONTHLY_CUE, unit);
  if (monthly) return { token: { kind: 'monthly-use', count: Math.ceil(monthly.value) }, length: monthly.length };
  return undefined;
}

function afterCue(
  rest: string,
  cue: RegExp,
  unit: RegExp,
): { readonly value: number; readonly unit: string; readonly length: number } | undefined {
  const start = cue.exec(rest)?.[0].length;
  if (start === undefined) return undefined;
  const number = readNumber(rest.slice(start));
  if (!number || number.number.value < 0) return undefined;
  const end = unit.exec(rest.slice(start + number.length));
  if (!end) return undefined;
  return { value: number.number.value, unit: end[1] ?? '', length: start + number.length + end[0].length };
}

/** 1件=24盒 */
function cutFactor(rest: string): Cut | undefined {
  const start = /^(?:1|一|每)? ?(件|箱|条|板|盒) ?(?:=|等于|是|有|装) ?/.exec(rest);
  const number = start && readNumber(rest.slice(start[0].length));
  if (!start || !number) return undefined;
  const end = new RegExp(`^ ?(${PACK_UNITS})`).exec(rest.slice(start[0].length + number.length));
  if (!end) return undefined;
  const { value } = number.number;
  return {
    token: { kind: 'factor', outer: start[1] ?? '', count: value, inner: end[1] ?? '' },
    length: start[0].length + number.length + end[0].length,
  };
}

const DAY_BEGINS =
  /^(?:明|后天|大后天|月底|月末|年底|(?:本|这|下)?个?(?:周|星期|礼拜)[一二三四五六日天末]|\d{1,2}月\d|[一二三四五六七八九十]{1,2}月|\d{1,2}[日号]|[一二两三四五六七八九十\d]{1,2}个?(?:天|周|星期)(?:之?后|以?内))/;

function cutDay(rest: string, today: Day): Cut | undefined {
  const cue = /^(?:(?:希望|期望|最好|需要?|要)?(?:在|于)?|最晚|最迟)/.exec(rest)?.[0].length ?? 0;
  for (const start of new Set([0, cue])) {
    const text = rest.slice(start);
    const soon = /^今天(?=之?前|以?内|要|就要)/.test(text);
    if (!soon && !DAY_BEGINS.test(text)) continue;
    const read = readDay(text, today);
    if (!read) continue;
    const after = /^(?:(?:之|以)?前|就?要用?|要?到货?|送到|用|内)*/.exec(text.slice(read.length))?.[0].length ?? 0;
    return { token: { kind: 'wanted-by', day: read.day }, length: start + read.length + after };
  }
  return undefined;
}

function cutSpecification(rest: string): Cut | undefined {
  const read = readSpecification(rest);
  return read && { token: { kind: 'specification', specification: read.specification }, length: read.length };
}

function cutAmount(rest: string): Cut | undefined {
  const number = readNumber(rest);
  if (!number || number.number.value < 0 || number.number.unit === '%') return undefined;
  const after = rest.slice(number.length);
  const unit = AMOUNT_UNIT.exec(after);
  const { value, approximate } = number.number;
  if (unit) {
    const about = /^(?:左右|上下|多)/.exec(after.slice(unit[0].length))?.[0].length ?? 0;
    const length = number.length + unit[0].length + about;
    const named = unit[1] === '只' ? '支' : unit[1] === '个' || unit[1] === '份' ? undefined : unit[1];
    const token: Token = {
      kind: 'amount',
      value,
      approximate: approximate || about > 0,
      unit: named,
      text: rest.slice(0, length),
    };
    return { token, length };
  }
  // a lone figure, not an age, bed, phone or date
  const figure = /^\d{1,6}(?![\d.]|岁|床|号|天|日|周|年|月|点|个月|[a-zA-Z])/.exec(rest);
  if (!figure) return /^\d/.test(rest) ? { token: undefined, length: Math.max(number.length, 1) } : undefined;
  const token: Token = { kind: 'amount', value: Number(figure[0]), approximate, unit: undefined, text: figure[0] };
  return { token, length: figure[0].length };
}

/** -5盒, 负5盒: kept as nothing ordered, in the words as typed, so that it is asked for again; 粒-20盒 has a mere dash. */
function cutNegative(text: string, at: number, afterName: boolean): Cut | undefined {
  const sign = /^(?:[-−–] ?|负)/.exec(text.slice(at))?.[0];
  if (!sign) return undefined;
  const before = text.slice(0, at);
  const begins = /(?:^|[\s,，、;:。])$/.test(before) && /^(?:[-−–]|负)\S/.test(text.slice(at));
  const onlyDash = afterName && /\p{Script=Han}$/u.test(before) && (text.match(/[-−–]/g)?.length ?? 0) === 1;
  if (sign !== '负' && !begins && !onlyDash) return undefined;
  const rest = text.slice(at + sign.length);
  const cut = /^[\d一二两三四五六七八九十百半]/.test(rest) ? cutAmount(rest) : undefined;
  if (cut?.token?.kind !== 'amount') return undefined;
  if (cut.token.unit === undefined && !/^(?:$|[\s,;个份])/.test(rest.slice(cut.length))) return undefined;
  const words = text.slice(at, at + sign.length + cut.length);
  return { token: { ...cut.token, value: 0, text: words }, length: words.length };
}

/** Letters and Chinese characters up to where something else begins; B12, 654-2, 30R inside known names stay whole. */
function readRun(rest: string, today: Day): string {
  let at = 0;
  while (at < rest.length) {
    const here = rest.slice(at);
    const known = knownNameAt(here);
    if (known !== undefined) {
      at += known.length;
      continue;
    }
    if (at > 0 && /^\d/.test(here)) {
      const coded = /[a-zA-Z]$/.test(rest.slice(0, at)) && !/[xX]$/.test(rest.slice(0, at));
      const code = coded ? /^\d{1,3}(?![\d.]|[a-zA-Z%]| ?(?:盒|瓶|支|袋|片|粒))/.exec(here)?.[0] : undefined;
      if (code === undefined) break;
      at += code.length;
      continue;
    }
    if (!/^[\p{Script=Han}\p{L}]/u.test(here)) break;
    if (at > 0 && (cutNegative(here, 0, false) || cutFixed(here, today) || /^[xX*×]\d/.test(here))) break;
    at += 1;
  }
  return rest.slice(0, at);
}

/** Words around a name that say nothing about it, longest first. */
const LEADING =
  /^(?:那个|呃|嗯|麻烦|请|帮我|帮忙|给我们|我们这里|我们这边|我们这|我们|我这里|我这|我院|我们院|咱们|这里|这边|这儿|卫生室|卫生院|村里|院里|现在|目前|最近|老师|你好|您好|登记一下|登记|一下|改成|改为|换成|缺药|缺货|断货|断供|缺少|没有了|没有|没了|没药|供不上|需要|想要|再要|补点|调点|匀点|申请|已经|今天|怎么|什么时候|[缺要没的了还就])/;
const CAREFUL = /^[我帮来补都快有再买也加]/;
const TRAILING =
  /(?:还有没有|有没有货?|没有了|没有|没了|没货了?|断货了?|断供了?|缺货了?|用完了?|用光了?|不够了?|不多了|快|供不上了?|需要|急需|请|麻烦了?|谢谢|老师|给我们|一共|总共|大概|登记|改成|改为|[缺要了吧哈呢啊呀哦的共也都各来吗嘛])$/;
const JOINT = /还有|另外|以及|[和跟与]/;

/** Labels of a person's data (the data themselves were taken out before), and what belongs to a referral. */
const NOT_A_NAME =
  /上转|下转|转诊|转上去|^床|^(?:岁|男|女|男性|女性|电话|手机号?|联系电话|姓名|身份证号?码?|住址|家住|地址|号)$/;

/** The names in a run: words around them dropped, 阿莫西林和布洛芬 taken apart where a side is known. */
function namesOf(run: string, glued: boolean): readonly Token[] {
  const name = bare(withoutChatter(bare(run)));
  if (name === '' || NOT_A_NAME.test(name) || isChatter(name)) return [];
  const joint = JOINT.exec(name);
  if (joint && knownWhole(name) === false) {
    const left = bare(name.slice(0, joint.index));
    const right = bare(name.slice(joint.index + joint[0].length));
    const known = [left, right].some((side) => side !== '' && resolveDrug(side).kind !== 'unmatched');
    if (known || left === '' || right === '') {
      const first: readonly Token[] = left === '' ? [] : [{ kind: 'name', text: left, glued }];
      return [...first, { kind: 'break', hard: false }, ...namesOf(right, false)];
    }
  }
  return [{ kind: 'name', text: name, glued }];
}

function knownWhole(name: string): boolean {
  return resolveDrug(name).kind !== 'unmatched';
}

function bare(run: string): string {
  let name = run;
  for (;;) {
    if (knownNameAt(name) === name) return name;
    const known = knownNameAt(name) !== undefined;
    const lead = known ? undefined : LEADING.exec(name)?.[0];
    if (lead) {
      name = name.slice(lead.length);
      continue;
    }
    const trail = TRAILING.exec(name)?.[0];
    if (trail) {
      name = name.slice(0, -trail.length);
      continue;
    }
    if (
      !known &&
      CAREFUL.test(name) &&
      (name.length === 1 || knownWhole(name.slice(1)) || LEADING.test(name.slice(1)))
    ) {
      name = name.slice(1);
      continue;
    }
    return name;
  }
}
