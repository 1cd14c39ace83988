/** What is refused whoever confirms it, and what is not. */
import { expect, test } from 'vitest';
import { parseEntry } from '../../../../handlers/indicators/entry.ts';
import { withRowNumber } from '../../../../handlers/indicators/names.ts';
import { refusalOf } from '../../../../handlers/indicators/rules/impossible.ts';

function refused(text: string): string | undefined {
  const entry = parseEntry(withRowNumber(text), '2026-11-21');
  if (!entry.indicator) throw new Error(text);
  return refusalOf(entry.indicator, entry)?.kind;
}

test.each([
  ['11 75人', 'wrong-unit'],
  ['11 75人次', 'wrong-unit'],
  ['11 75分', 'wrong-unit'],
  ['11 75万', 'wrong-unit'],
  ['1 75%', 'wrong-unit'],
  ['1 75家', 'wrong-unit'],
  ['5 3.8万人次', 'wrong-unit'],
  ['6 83人', 'wrong-unit'],
  ['9 60‰', 'wrong-unit'],
  ['11 60‰', 'per-mille'],
  ['11 千分之六十', 'per-mille'],
  ['11 750%', 'share-out-of-range'],
  ['11 100.1', 'share-out-of-range'],
  ['11 -1%', 'share-out-of-range'],
  ['1 -5人', 'negative'],
  ['9 负五万人', 'negative'],
  ['6 -0.8', 'negative'],
  ['7 69.1万/41.2万', 'numerator-above-denominator'],
  ['7 41.2%/69.1%', 'wrong-part-unit'],
])('%s is refused: %s', (text, kind) => {
  expect(refused(text)).toBe(kind);
});

test.each([
  '11 75%',
  '11 0',
  '4 100%',
  '11 百分之七十四点五',
  '11 七成',
  '1 82人',
  '1 82名',
  '1 0人',
  '9 18.6万人',
  '9 186000',
  '5 38000例',
  '6 83%',
  '6 0.83',
  '7 41.2万人次/69.1万人次',
  '7 分子41.2万分母69.1万',
])('%s is possible', (text) => {
  expect(refused(text)).toBeUndefined();
});
