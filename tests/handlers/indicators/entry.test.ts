/** What people write when they report a value, and what is read from it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalValue, parseEntry } from '../../../handlers/indicators/entry.ts';
import { findIndicator, withRowNumber } from '../../../handlers/indicators/names.ts';
import { INDICATORS } from '../../../knowledge/catalogue/indicators.ts';

const TODAY = '2026-11-21';

function read(text: string) {
  const entry = parseEntry(withRowNumber(text), TODAY);
  const { indicator, amount } = entry;
  return {
    id: indicator?.id,
    period: entry.period?.label,
    value: indicator && amount ? canonicalValue(indicator, amount) : undefined,
    rest: entry.rest,
  };
}

describe('one line', () => {
  test.each([
    ['A2-9 2026年三季度 18.6万人', 'A2-9', '2026年三季度', 18.6],
    ['9 2026年三季度 18.6万人', 'A2-9', '2026年三季度', 18.6],
    ['家庭医生签约 26年三季度 18.6万', 'A2-9', '2026年三季度', 18.6],
    ['家签 2026Q3 186000人', 'A2-9', '2026年三季度', 18.6],
    ['家签 2026Q3 186000', 'A2-9', '2026年三季度', 18.6],
    ['家签 2026Q3 18.6', 'A2-9', '2026年三季度', 18.6],
    ['２０２６年三季度 签约人数 １８．６万人', 'A2-9', '2026年三季度', 18.6],
    ['基层诊疗占比 去年四季度 59.2%', 'A2-7', '2025年四季度', 59.2],
    ['基层诊疗占比 上半年 百分之五十九点二', 'A2-7', '2026年上半年', 59.2],
    ['知晓率 2025年 七十四点五', 'A2-11', '2025年', 74.5],
    ['收入比 2025年 0.83', 'A2-6', '2025年', 0.83],
    ['收入比 2025年 83%', 'A2-6', '2025年', 0.83],
    ['收入比 2025年 83', 'A2-6', '2025年', 0.83],
    ['基层检查、上级诊断 三季度 做了38000例', 'A2-5', '2026年三季度', 3.8],
    ['基层检查上级诊断 三季度 3.8万', 'A2-5', '2026年三季度', 3.8],
    ['下派“县聘乡用”人员累计数量 9月 82人', 'A2-1', '2026年9月', 82],
    ['县聘乡用 82人', 'A2-1', undefined, 82],
    ['65岁及以上老年人城乡社区规范健康管理服务率 三季度 65.9', 'A2-10', '2026年三季度', 65.9],
    ['乡聘村用', 'A2-2', undefined, undefined],
  ])('%s', (text, id, period, value) => {
    expect(read(text)).toMatchObject({ id, period, value });
  });

  test('numerator and denominator, named or as a fraction', () => {
    for (const text of [
      'A2-7 2026Q3 基层 41.2万 总 69.1万',
      '7 2026Q3 41.2万/69.1万',
      '7 2026Q3 分子41.2万分母69.1万',
    ]) {
      const entry = parseEntry(withRowNumber(text), TODAY);
      expect([entry.numerator?.number.value, entry.denominator?.number.value], text).toEqual([412000, 691000]);
      expect(entry.period?.label).toBe('2026年三季度');
    }
  });
  test('the source is kept in the words given', () => {
    expect(parseEntry('知晓率 2025年 74.5% 来源：年度问卷调查', TODAY).source).toBe('年度问卷调查');
  });
  test('what was said roughly is marked as such', () => {
    for (const text of ['基层检查上级诊断 三万八千多例', '签约 大约18万', '签约 十来万']) {
      expect(parseEntry(text, TODAY).amount?.number.approximate, text).toBe(true);
    }
  });
  test('a sum since January is no single period', () => {
    for (const text of ['前三季度 3.8万', '1-9月 3.8万', '年初至今 3.8万']) {
      const entry = parseEntry(`基层检查上级诊断 ${text}`, TODAY);
      expect([entry.runningTotal, entry.period], text).toEqual([true, undefined]);
    }
  });
  test('words that are not understood are left over, fillers are not', () => {
    expect(read('签约 三季度 18.6万人 比上季好').rest).toBe('比上季好');
    expect(read('麻烦填一下 签约人数 三季度 是18.6万人')).toMatchObject({ value: 18.6, rest: '' });
  });
});

describe('names', () => {
  test('every printed name and every alias finds its own indicator', () => {
    for (const each of INDICATORS) {
      for (const name of [each.name, each.shortName, ...each.aliases, each.id]) {
        expect(findIndicator(name)?.indicator.id, name).toBe(each.id);
      }
    }
  });
  test('a number is a row only at the beginning of an argument, and only one of the table', () => {
    expect(withRowNumber('7')).toBe('A2-7');
    expect(withRowNumber('12 三季度')).toBe('12 三季度');
    expect(withRowNumber('82人')).toBe('82人');
    expect(findIndicator('A2-12')).toBeUndefined();
  });
});

test('whatever is typed, reading it never fails', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      const entry = parseEntry(text, TODAY);
      expect(typeof entry.rest).toBe('string');
    }),
  );
});
