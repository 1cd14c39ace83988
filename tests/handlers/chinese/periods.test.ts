/** Reporting periods as people say them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePeriod } from '../../../handlers/chinese/periods.ts';

const TODAY = '2026-11-21';

describe('parsePeriod', () => {
  it.each([
    ['2026年三季度', 'quarter', '2026-07-01', '2026-09-30', '2026年三季度'],
    ['2026Q3', 'quarter', '2026-07-01', '2026-09-30', '2026年三季度'],
    ['2026q3', 'quarter', '2026-07-01', '2026-09-30', '2026年三季度'],
    ['26年三季度', 'quarter', '2026-07-01', '2026-09-30', '2026年三季度'],
    ['２０２６年第３季度', 'quarter', '2026-07-01', '2026-09-30', '2026年三季度'],
    ['三季度', 'quarter', '2026-07-01', '2026-09-30', '2026年三季度'],
    ['Q4', 'quarter', '2026-10-01', '2026-12-31', '2026年四季度'],
    ['去年一季度', 'quarter', '2025-01-01', '2025-03-31', '2025年一季度'],
    ['上季度', 'quarter', '2026-07-01', '2026-09-30', '2026年三季度'],
    ['本季度', 'quarter', '2026-10-01', '2026-12-31', '2026年四季度'],
    ['上半年', 'half', '2026-01-01', '2026-06-30', '2026年上半年'],
    ['2025年下半年', 'half', '2025-07-01', '2025-12-31', '2025年下半年'],
    ['去年', 'year', '2025-01-01', '2025-12-31', '2025年'],
    ['2026年度', 'year', '2026-01-01', '2026-12-31', '2026年'],
    ['二〇二六年', 'year', '2026-01-01', '2026-12-31', '2026年'],
    ['2027', 'year', '2027-01-01', '2027-12-31', '2027年'],
    ['今年全年', 'year', '2026-01-01', '2026-12-31', '2026年'],
    ['本月', 'month', '2026-11-01', '2026-11-30', '2026年11月'],
    ['上个月', 'month', '2026-10-01', '2026-10-31', '2026年10月'],
    ['2026年9月', 'month', '2026-09-01', '2026-09-30', '2026年9月'],
    ['9月份', 'month', '2026-09-01', '2026-09-30', '2026年9月'],
    ['十二月', 'month', '2025-12-01', '2025-12-31', '2025年12月'],
    ['2028年2月', 'month', '2028-02-01', '2028-02-29', '2028年2月'],
    ['2026-09', 'month', '2026-09-01', '2026-09-30', '2026年9月'],
    ['202609', 'month', '2026-09-01', '2026-09-30', '2026年9月'],
  ])('reads %s as a %s from %s to %s', (text, kind, from, to, label) => {
    expect(parsePeriod(text, TODAY)).toEqual({ kind, from, to, label });
  });

  it.each([
    ['上个月', '2026-01-15', '2025年12月'],
    ['上季度', '2026-02-28', '2025年四季度'],
    ['三季度', '2026-02-01', '2025年三季度'],
    ['下半年', '2026-06-30', '2025年下半年'],
    ['下半年', '2026-07-01', '2026年下半年'],
  ])('knows at %s on %s which one has begun: %s', (text, today, label) => {
    expect(parsePeriod(text, today)?.label).toBe(label);
  });

  it.each(['', '三', '2026年13月', '202613', '前三季度', '1-9月', '去年同期', '五季度', '18.6万人', 'A2-9', '年', '3'])(
    'finds no period in “%s”',
    (text) => expect(parsePeriod(text, TODAY)).toBeUndefined(),
  );

  it('reads every label it writes as the same period', () => {
    const year = fc.integer({ min: 2000, max: 2099 });
    const rest = fc.constantFrom(
      '',
      '上半年',
      '下半年',
      'Q1',
      'Q2',
      'Q3',
      'Q4',
      ...Array.from({ length: 12 }, (_, m) => `${m + 1}月`),
    );
    fc.assert(
      fc.property(year, rest, (y, word) => {
        const period = parsePeriod(`${y}年${word}`, TODAY);
        expect(period).toBeDefined();
        expect(parsePeriod(period?.label ?? '', TODAY)).toEqual(period);
      }),
    );
  });
});
