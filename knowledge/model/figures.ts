/** Numbers and dates as they stand in Chinese text, in figures or in words, made comparable（数字与日期）. */

/** A number with what it counts; a date is one value (`2027-6`), a ratio too (`6:3:1`). */
export interface Figure {
  readonly value: string;
  /** The first character of what is counted (年, %, 个 …), '' where nothing follows. */
  readonly unit: string;
}

const HAN = '零〇一二两三四五六七八九十百千万亿';
const UNIT =
  '%|‰|个月|工作日|小时|分钟|万|亿|元|年|月|日|天|周|人|名|家|个|项|次|张|例|倍|成|级|类|条|种|岁|位|所|床|号|公里|分';
const DATE = /(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?/g;
const RATIO = /\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+/g;
const ARABIC = new RegExp(`(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)\\s?(${UNIT})?`, 'g');
const IN_WORDS = new RegExp(`(百分之)?([${HAN}]+)(${UNIT})?`, 'g');

/** All figures of a text. Tabs and line ends part them; widths do not matter. */
export function readFigures(text: string): readonly Figure[] {
  const plain = text.normalize('NFKC').replaceAll('∶', ':');
  const figures: Figure[] = [];
  for (const [, year = '', month = '', day] of plain.matchAll(DATE)) {
    figures.push({ value: `${year}-${Number(month)}`, unit: '日期' });
    if (day !== undefined) figures.push({ value: `${year}-${Number(month)}-${Number(day)}`, unit: '日期' });
  }
  for (const [ratio] of plain.matchAll(RATIO)) figures.push({ value: ratio, unit: '比' });
  for (const [, digits = '', unit = ''] of plain.replace(RATIO, ' ').matchAll(ARABIC))
    figures.push({ value: plainNumber(digits.replaceAll(',', '')), unit: unit.slice(0, 1) });
  for (const [, percent, words = '', unit = ''] of plain.matchAll(IN_WORDS)) {
    const value = hanNumber(words);
    if (value === undefined) continue;
    // 一个, 统一, 一体化: one is mostly no number.
    if (words === '一' && percent === undefined && /^[个种项条类次]?$/.test(unit)) continue;
    if (percent !== undefined) figures.push({ value: String(value), unit: '%' });
    else if (unit === '成') figures.push({ value: String(value * 10), unit: '%' });
    else if (unit !== '' || words.length > 1) figures.push({ value: String(value), unit: unit.slice(0, 1) });
  }
  return figures;
}

/** Terms that begin with a counted number in words: 六统一 → 六统, 四贯通 → 四贯. 一 aside. */
export function readCountedWords(text: string): readonly string[] {
  return [
    ...text
      .normalize('NFKC')
      .matchAll(/(?<![零〇一二两三四五六七八九十百千万亿分])[二三四五六七八九十](?=([\u4e00-\u9fff]))/g),
  ]
    .map((match) => `${match[0]}${match[1] ?? ''}`)
    .filter((pair) => !new RegExp(`^.(?:[${HAN}]|${UNIT})`).test(pair));
}

/** Whether a figure stands among others: same value, and the same thing counted, or a bare number as table cells are. */
export function standsAmong(figure: Figure, others: readonly Figure[]): boolean {
  return others.some(
    (other) =>
      other.value === figure.value &&
      (other.unit === figure.unit || other.unit === '' || (figure.unit === '' && other.unit !== '%')),
  );
}

function plainNumber(digits: string): string {
  return String(Number(digits));
}

/** 三十 → 30, 一百二十 → 120, 二〇二七 → 2027; `undefined` for what is no number (十百). */
function hanNumber(words: string): number | undefined {
  const digit = (char: string): number =>
    '零一二三四五六七八九'.indexOf(char === '〇' ? '零' : char === '两' ? '二' : char);
  if (words.length > 1 && [...words].every((char) => digit(char) >= 0)) return Number([...words].map(digit).join(''));
  let total = 0;
  let section = 0;
  let last = -1;
  for (const char of words) {
    const scale = { 十: 10, 百: 100, 千: 1000, 万: 10_000, 亿: 100_000_000 }[char];
    if (scale === undefined) {
      last = digit(char);
      continue;
    }
    if (scale >= 10_000) {
      total = (total + section + Math.max(last, 0) || 1) * scale;
      section = 0;
    } else section += (last < 0 ? 1 : last) * scale;
    last = -1;
  }
  const value = total + section + Math.max(last, 0);
  return Number.isSafeInteger(value) ? value : undefined;
}
