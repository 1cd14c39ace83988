import { expect, it } from 'vitest';
import {
  ageBand,
  maskAddress,
  maskIdCard,
  maskName,
  maskPhone,
  maskRecordNumber,
} from '../../../handlers/safety/masking.ts';

it.each([
  ['张**', maskName('张三丰')],
  ['张**', maskName('张三')],
  ['', maskName(' ')],
  ['1101**********002X', maskIdCard('11010519491231002X')],
  ['*********', maskIdCard('110105194')],
  ['138****8000', maskPhone('138-0013-8000')],
  ['073****33', maskPhone('0731-84512233')],
  ['****0012', maskRecordNumber('ZY20260012')],
  ['****', maskRecordNumber('0012')],
  ['红池坝镇***', maskAddress('红池坝镇双河村3组')],
  ['***', maskAddress('幸福小区5栋')],
  ['65–69岁', ageBand(67, 5)],
  ['60–69岁', ageBand(67, 10)],
  ['0–4岁', ageBand(0, 5)],
])('shows %s', (expected, shown) => {
  expect(shown).toBe(expected);
});
