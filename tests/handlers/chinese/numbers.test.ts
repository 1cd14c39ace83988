/** Numbers as people say them, and as they come out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseText, parseNumber, readNumber } from '../../../handlers/chinese/numbers.ts';

const EXACT: readonly [string, number, ('万' | '亿' | '%')?][] = [
  ['0', 0],
  ['零', 0],
  ['20', 20],
  ['２０', 20],
  ['1,234', 1234],
  ['0.25', 0.25],
  ['.5', 0.5],
  ['-3.2', -3.2],
  ['七十二', 72],
  ['两百', 200],
  ['一百二', 120],
  ['一百零二', 102],
  ['一百二十三', 123],
  ['两千五', 2500],
  ['两千零五', 2005],
  ['十', 10],
  ['十五', 15],
  ['廿', 20],
  ['廿五', 25],
  ['俩', 2],
  ['半', 0.5],
  ['二〇二六', 2026],
  ['2万3', 23000, '万'],
  ['2万3千5百', 23500, '万'],
  ['2万3500', 23500, '万'],
  ['3.8万', 38000, '万'],
  ['三点八万', 38000, '万'],
  ['三万八千', 38000, '万'],
  ['三万零八十', 30080, '万'],
  ['1亿2千万', 120_000_000, '亿'],
  ['1.15亿', 115_000_000, '亿'],
  ['5百', 500],
  ['74.5%', 74.5, '%'],
  ['74.5％', 74.5, '%'],
  ['百分之六十', 60, '%'],
  ['百分之七十四点五', 74.5, '%'],
  ['百分之74.5', 74.5, '%'],
  ['六成', 60, '%'],
  ['七成半', 75, '%'],
  ['千分之三', 0.3, '%'],
  ['七十四点五', 74.5],
];

const ROUGH: readonly [string, number][] = [
  ['十来', 10],
  ['十几', 12],
  ['几十', 20],
  ['几', 2],
  ['二三十', 20],
  ['两三', 2],
  ['三五', 3],
  ['十五六', 15],
  ['三万八千多', 38000],
  ['三十多万', 300_000],
  ['100多', 100],
  ['20余', 20],
  ['约20', 20],
  ['20左右', 20],
  ['10到20', 10],
  ['10-20', 10],
  ['3到5万', 30000],
];

const NO_NUMBER = [
  '',
  ' ',
  '盒',
  '20盒',
  '三七片',
  '百千',
  '第三',
  '2026-11-21',
  '点五',
  'A2-9',
  '万',
  '--',
  '一二百千',
];

describe('parseNumber', () => {
  it.each(EXACT)('reads %s as %d', (text, value, unit) => {
    expect(parseNumber(text)).toEqual({ value, approximate: false, unit });
  });
  it.each(ROUGH)('reads %s as about %d', (text, value) => {
    expect(parseNumber(text)).toMatchObject({ value, approximate: true });
  });
  it.each(NO_NUMBER)('finds no number in “%s”', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });
  it('reads back every integer written in Chinese', () => {
    fc.assert(
      fc.property(fc.nat(99_999_999), (n) => {
        expect(parseNumber(inChinese(n))).toMatchObject({ value: n, approximate: false });
      }),
    );
  });
  it('reads back every decimal written in figures, also with 万 and %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), (n) => {
        expect(parseNumber(String(n / 100))?.value).toBe(n / 100);
        expect(parseNumber(`${n / 100}%`)).toEqual({ value: n / 100, approximate: false, unit: '%' });
        expect(parseNumber(`${n / 100}万`)?.value).toBe(n * 100);
      }),
    );
  });
  it('never throws and never reads more than there is', () => {
    const characters = fc.constantFrom(...'零一二两三十百千万亿点几半多来成%0123456789.,-~到约 盒');
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 12 }), (chars) => {
        const text = normaliseText(chars.join(''));
        const read = readNumber(text);
        if (read) {
          expect(read.length).toBeGreaterThan(0);
          expect(read.length).toBeLessThanOrEqual(text.length);
          expect(Number.isFinite(read.number.value)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('readNumber', () => {
  it.each([
    ['20盒', 20, 2],
    ['两盒', 2, 1],
    ['一百二十盒', 120, 4],
    ['十来盒', 10, 2],
    ['半箱', 0.5, 1],
    ['7片', 7, 1],
  ])('takes the number off the front of %s', (text, value, length) => {
    const read = readNumber(text);
    expect(read?.number.value).toBe(value);
    expect(read?.length).toBe(length);
  });
});

describe('normaliseText', () => {
  it.each([
    ['  缺药　阿莫西林 ', '缺药 阿莫西林'],
    ['０．２５ｇ＊２４粒', '0.25g*24粒'],
    ['缺：硝苯', '缺:硝苯'],
    ['', ''],
  ])('%s', (text, plain) => expect(normaliseText(text)).toBe(plain));
  it('changes nothing the second time', () => {
    fc.assert(fc.property(fc.string(), (text) => normaliseText(normaliseText(text)) === normaliseText(text)));
  });
});

/** Writes an integer below 10^8 the way a book does; the reader's independent counterpart. */
function inChinese(n: number): string {
  if (n === 0) return '零';
  const digits = '零一二三四五六七八九';
  const section = (value: number): string => {
    let text = '';
    let gap = false;
    for (const [name, unit] of [
      ['千', 1000],
      ['百', 100],
      ['十', 10],
      ['', 1],
    ] as const) {
      const figure = Math.floor(value / unit) % 10;
      if (figure === 0) gap = gap || text !== '';
      else {
        text += `${gap ? '零' : ''}${digits.charAt(figure)}${name}`;
        gap = false;
      }
    }
    return text;
  };
  const high = Math.floor(n / 10_000);
  const low = n % 10_000;
  if (high === 0) return section(low).replace(/^一十/, '十');
  const bridge = low > 0 && low < 1000 ? '零' : '';
  return `${section(high).replace(/^一十/, '十')}万${bridge}${low > 0 ? section(low) : ''}`;
}
