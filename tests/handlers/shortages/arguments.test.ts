/** What stands after 有货, 无货, 配送, 签收. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMove } from '../../../handlers/shortages/arguments.ts';

const TODAY = '2026-11-21';
const NO = 'QY20261121004';

describe('readMove', () => {
  it.each<[string, Partial<ReturnType<typeof readMove>>]>([
    ['', { number: undefined, lineNo: undefined, words: '' }],
    [NO, { number: NO, lineNo: undefined, quantity: undefined, expectedOn: undefined, words: '' }],
    ['qy20261121004', { number: NO }],
    ['20261121004', { number: NO }],
    ['ＱＹ２０２６１１２１００４－２ １０盒', { number: NO, lineNo: 2, quantity: { value: 10, unit: '盒' } }],
    [`${NO}-2`, { number: NO, lineNo: 2 }],
    [`${NO} 第2项 10盒`, { lineNo: 2, quantity: { value: 10, unit: '盒' } }],
    [`${NO} 第二项`, { lineNo: 2, quantity: undefined }],
    [`${NO} 2 10盒`, { figure: 2, quantity: { value: 10, unit: '盒' } }],
    [`${NO} 10`, { figure: 10, quantity: undefined }],
    [`${NO} 两盒`, { quantity: { value: 2, unit: '盒' } }],
    [`${NO} 明天`, { expectedOn: '2026-11-22', quantity: undefined }],
    [`${NO} 预计12月15日到货`, { expectedOn: '2026-12-15', words: '' }],
    [`${NO} 12.15`, { expectedOn: '2026-12-15' }],
    [`${NO} 厂家断供 12月15日`, { reason: 'maker-stopped', expectedOn: '2026-12-15', words: '厂家断供' }],
    [`${NO} 原因：集采约定量用完，预计月底`, { reason: 'volume-used-up', expectedOn: '2026-11-30' }],
    [`${NO} 说不清 12月1日`, { reason: 'other', words: '说不清' }],
    [`${NO} 少3盒`, { short: 3, quantity: undefined, damaged: undefined }],
    ['少了3盒 有一盒破损', { short: 3, damaged: 1, quantity: undefined }],
    [`${NO} 实收17盒 破损2盒`, { quantity: { value: 17, unit: '盒' }, damaged: 2 }],
    [`${NO} 人家不要了自己去县城买了`, { reason: 'not-needed' }],
  ])('%s', (text, expected) => expect(readMove(text, TODAY)).toMatchObject(expected));

  it('never throws', () => {
    const bits = fc.constantFrom(
      NO,
      '-2',
      ' ',
      '第',
      '项',
      '10盒',
      '少',
      '明天',
      '12月15日',
      '断供',
      '两',
      '.',
      '预计',
      '，',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(bits, { maxLength: 8 }).map((all) => all.join('')),
        ),
        (text) => {
          expect(typeof readMove(text, TODAY).words).toBe('string');
        },
      ),
    );
  });
});
