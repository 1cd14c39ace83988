import { expect, it } from 'vitest';
import { REJECT_DOWN, REJECT_UP, readReason, reasonLabel, WITHDRAW } from '../../../handlers/referrals/reasons.ts';

it.each([
  [REJECT_UP, '2', 'insufficient_data', undefined],
  [REJECT_UP, '资料不充分', 'insufficient_data', undefined],
  [REJECT_UP, '资料不全，片子没传', 'insufficient_data', '资料不全，片子没传'],
  [REJECT_UP, '2 片子没传', 'insufficient_data', '片子没传'],
  [REJECT_UP, '没床了', 'no_resources', '没床了'],
  [REJECT_UP, '其他 主任出差', 'other', '其他 主任出差'],
  [REJECT_UP, '7 主任出差', 'other', '主任出差'],
  [REJECT_UP, '就是不行', 'other', '就是不行'],
  [REJECT_DOWN, '没有这个药', 'drugs_missing', '没有这个药'],
  [WITHDRAW, '填错了', 'wrong_data', '填错了'],
] as const)('reads %j as a coded reason', (list, text, code, comment) => {
  const given = readReason(list, text);
  expect(given?.reason.code).toBe(code);
  if (comment?.startsWith('其他')) expect(given?.comment).toBe('主任出差');
  else expect(given?.comment).toBe(comment);
});

it('takes no empty reason, and 其他 only with words', () => {
  expect(readReason(REJECT_UP, '')).toBeUndefined();
  expect(readReason(REJECT_UP, '其他')).toBeUndefined();
  expect(readReason(REJECT_UP, '7')).toBeUndefined();
});

it('knows the label of every stored code', () => {
  for (const reason of [...REJECT_UP, ...REJECT_DOWN, ...WITHDRAW]) expect(reasonLabel(reason.code)).toBe(reason.label);
});
