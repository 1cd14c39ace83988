/** Reads the numbers people type: Arabic, Chinese, mixed, full width, percent words, ranges（口语数字）. */

/** A number as somebody typed it. */
export interface SpokenNumber {
  /** The whole amount: 3.8万 is 38000; of a percentage its points: 六成 is 60. Of a range (二三十) the lower end. */
  readonly value: number;
  /** Said roughly (十来, 三万八千多, 两三): ask before counting with it. */
  readonly approximate: boolean;
  /** The unit it was said in; `value` is already multiplied out. */
  readonly unit?: '万' | '亿' | '%' | undefined;
}

/** Brings typed text into one form: NFKC (full width becomes half width), trimmed, runs of blanks become one（规范化）. */
export function normaliseText(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/** The number a text consists of, blanks aside; `undefined` when it is something else or more than a number. */
export function parseNumber(text: string): SpokenNumber | undefined {
  const plain = normaliseText(text).replace(/ /g, '');
  const read = readNumber(plain);
  return read !== undefined && read.length === plain.length ? read.number : undefined;
}

/**
 * The number a text begins with, and how many characters it takes（从开头读数）.
 * @param text - normalised text, without leading blanks
 */
export function readNumber(text: string): { readonly number: SpokenNumber; readonly length: number } | undefined {
  const rough = /^(?:大约|大概|差不多|将近|接近|不到|约|近)/.exec(text)?.[0].length ?? 0;
  const read = readShare(text.slice(rough)) ?? readAmount(text.slice(rough));
  if (!read) return undefined;
  const length = rough + read.length;
  const after = /^(?:左右|上下)/.exec(text.slice(length))?.[0].length ?? 0;
  const approximate = read.number.approximate || rough > 0 || after > 0;
  return { number: { ...read.number, approximate }, length: length + after };
}

type Read = { readonly number: SpokenNumber; readonly length: number };

/** 百分之六十, 74.5%, 六成, 七成半. */
function readShare(text: string): Read | undefined {
  const words = /^(百|千)分之/.exec(text);
  if (words) {
    const part = readAmount(text.slice(words[0].length));
    if (!part || part.number.unit) return undefined;
    const value = words[1] === '百' ? part.number.value : part.number.value / 10;
    return {
      number: { value, approximate: part.number.approximate, unit: '%' },
      length: words[0].length + part.length,
    };
  }
  const part = readAmount(text);
  if (!part) return undefined;
  const rest = text.slice(part.length);
  if (/^[%‰]/.test(rest)) {
    const value = rest.startsWith('%') ? part.number.value : part.number.value / 10;
    return { number: { value, approximate: part.number.approximate, unit: '%' }, length: part.length + 1 };
  }
  const tenths = /^成([一二三四五六七八九]|半|多)?/.exec(rest);
  if (!tenths || part.number.value > 10) return undefined;
  const more = tenths[1] === '半' ? 5 : (DIGITS[tenths[1] ?? ''] ?? 0);
  return {
    number: {
      value: part.number.value * 10 + more,
      approximate: part.number.approximate || tenths[1] === '多',
      unit: '%',
    },
    length: part.length + tenths[0].length,
  };
}

/** An amount with an optional sign, range and 多/来/余, e.g. 30多万, 10到20, 二三十. */
function readAmount(text: string): Read | undefined {
  const sign = /^(?:-|负)/.exec(text)?.[0].length ?? 0;
  const first = readPlain(text.slice(sign));
  if (!first) return undefined;
  let { value, approximate, unit } = first.number;
  let length = sign + first.length;
  const vague = /^[来多余](万|亿)?/.exec(text.slice(length));
  if (vague) {
    approximate = true;
    if (vague[1]) {
      value *= MAGNITUDES[vague[1]] ?? 1;
      unit = vague[1] === '万' ? '万' : '亿';
    }
    length += vague[0].length;
  }
  const until = /^(?:到|至|~|-|—)/.exec(text.slice(length));
  if (until && sign === 0) {
    const upper = readPlain(text.slice(length + until[0].length));
    const end = length + until[0].length + (upper?.length ?? 0);
    if (upper && !/^[-/.\d]/.test(text.slice(end))) {
      const scale = upper.number.unit && !unit ? (MAGNITUDES[upper.number.unit] ?? 1) : 1; // 3到5万
      if (upper.number.value > value) {
        return {
          number: { value: value * scale, approximate: true, unit: unit ?? upper.number.unit },
          length: end,
        };
      }
    }
  }
  return { number: { value: sign ? -value : value, approximate, unit }, length };
}

const DIGITS: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  俩: 2,
  三: 3,
  仨: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};
const MAGNITUDES: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000, 万: 10_000, 亿: 100_000_000 };

interface Token {
  readonly kind: 'digit' | 'arabic' | 'magnitude' | 'several' | 'zero';
  readonly value: number;
  readonly text: string;
}

/** The longest run of number characters, as tokens; 廿 is 二十, 点 joins Chinese decimals. */
function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const arabic = /^(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)/.exec(rest)?.[0];
    if (arabic) {
      found.push({ kind: 'arabic', value: Number(arabic.replaceAll(',', '')), text: arabic });
      at += arabic.length;
      continue;
    }
    const char = rest.charAt(0);
    if (char === '廿' || char === '卅') {
      found.push(
        { kind: 'digit', value: char === '廿' ? 2 : 3, text: char },
        { kind: 'magnitude', value: 10, text: '' },
      );
    } else if (char === '几' || char === '数') {
      found.push({ kind: 'several', value: 2, text: char });
    } else if (char === '零' || char === '〇') {
      found.push({ kind: 'zero', value: 0, text: char });
    } else if (char in DIGITS) {
      found.push({ kind: 'digit', value: DIGITS[char] ?? 0, text: char });
    } else if (char in MAGNITUDES) {
      found.push({ kind: 'magnitude', value: MAGNITUDES[char] ?? 1, text: char });
    } else {
      break;
    }
    at += 1;
  }
  return found;
}

/** An unsigned amount without range words: 72, 七十二, 2万3, 三点八万, 二〇二六, 半. */
function readPlain(text: string): Read | undefined {
  if (text.startsWith('半')) return { number: { value: 0.5, approximate: false }, length: 1 };
  const decimal = /^([零〇一二两三四五六七八九十百千]+)点([零〇一二三四五六七八九]+)([万亿])?/.exec(text);
  if (decimal) {
    const whole = sum(tokens(decimal[1] ?? ''));
    if (!whole || whole.used !== (decimal[1] ?? '').length) return undefined;
    const digits = [...(decimal[2] ?? '')].map((char) => DIGITS[char] ?? 0).join('');
    const unit = decimal[3] === '万' || decimal[3] === '亿' ? decimal[3] : undefined;
    const value = Number(`${whole.value}.${digits}`) * (MAGNITUDES[unit ?? ''] ?? 1);
    return { number: { value: tidy(value), approximate: whole.approximate, unit }, length: decimal[0].length };
  }
  const total = sum(tokens(text));
  if (!total) return undefined;
  const said = text.slice(0, total.used);
  const unit = said.includes('亿') ? '亿' : said.includes('万') ? '万' : undefined;
  return { number: { value: total.value, approximate: total.approximate, unit }, length: total.used };
}

interface Total {
  readonly value: number;
  readonly approximate: boolean;
  /** Characters that belong to the number. */
  readonly used: number;
}

/** Adds tokens up until one does not fit. */
function sum(all: readonly Token[]): Total | undefined {
  const digits = digitString(all);
  if (digits) return digits;
  let total = 0; // what stands before 万 and 亿, multiplied out
  let section = 0; // below 万
  let current: Token | undefined;
  let last = 0; // magnitude just read
  let lowest = Number.POSITIVE_INFINITY; // within the section magnitudes fall
  let afterZero = false;
  let approximate = false;
  let used = 0;
  for (const token of all) {
    if (token.kind === 'zero') {
      if (current) break;
      if (used === 0) current = token;
      afterZero = true;
    } else if (token.kind === 'magnitude') {
      if (token.value < 10_000) {
        if (token.value >= lowest) break;
        if (!current && token.value !== 10) break;
        section += (current?.value ?? 1) * token.value;
        lowest = token.value;
      } else {
        if (!current && section === 0 && (total === 0 || last === token.value)) break;
        section += current?.value ?? 0;
        total = token.value === 10_000 ? total + section * token.value : (total + section) * token.value;
        section = 0;
        lowest = Number.POSITIVE_INFINITY;
      }
      last = token.value;
      current = undefined;
      afterZero = false;
    } else if (current) {
      // 二三十, 十五六: two neighbours are a range; anything else is no longer this number
      const idiom = current.value === 3 && token.value === 5; // 三五个
      const neighbours = token.kind === 'digit' && current.kind === 'digit' && token.value === current.value + 1;
      if (approximate || !(idiom || neighbours)) break;
      approximate = true;
    } else {
      current = token;
      if (token.kind === 'several') approximate = true;
    }
    used += token.text.length;
  }
  if (used === 0 || (all[0]?.kind === 'several' && !last)) {
    return all[0]?.kind === 'several' ? { value: 2, approximate: true, used: all[0].text.length } : undefined;
  }
  if (current) {
    // 一百二 is 120, 2万3 is 23000; after 零, or where more than one figure follows, it is what it says
    const short = !afterZero && last >= 100 && Number.isInteger(current.value) && current.value < 10;
    if (last >= 100 && current.kind === 'arabic' && !short && current.value < last / 10 && !afterZero)
      approximate = true;
    section += short && current.kind !== 'several' ? (current.value * last) / 10 : current.value;
  }
  return { value: tidy(total + section), approximate, used };
}

/** 二〇二六, 一三八: figures one after the other, no magnitude. */
function digitString(all: readonly Token[]): Total | undefined {
  const run: Token[] = [];
  for (const token of all) {
    if (token.kind !== 'digit' && token.kind !== 'zero') break;
    if (token.text === '两' || token.text === '俩' || token.text === '仨' || token.text === '廿') break;
    run.push(token);
  }
  const next = all[run.length];
  if (run.length < 2 || next?.kind === 'magnitude' || next?.kind === 'arabic') return undefined;
  const [first, second] = run;
  const range = run.length === 2 && first && second && second.value === first.value + 1;
  if (range || (run.length === 2 && first?.value === 3 && second?.value === 5)) return undefined;
  return { value: Number(run.map((token) => token.value).join('')), approximate: false, used: run.length };
}

/** Takes the binary dust off a product: 3.8 × 10000 is 38000. */
function tidy(value: number): number {
  return Number(value.toPrecision(14));
}
