/** What is asked before a value is stored, and what is not. */
import { describe, expect, test } from 'vitest';
import { doubtsAbout } from '../../../../handlers/indicators/rules/plausibility.ts';
import { INDICATORS, type Indicator } from '../../../../knowledge/catalogue/indicators.ts';

const TODAY = '2026-11-21';
const typed = (value: number, unit?: '万' | '%') => ({ value, approximate: false, unit });

function indicator(id: string): Indicator {
  const found = INDICATORS.find((candidate) => candidate.id === id);
  if (!found) throw new Error(id);
  return found;
}
function kinds(
  id: string,
  candidate: Omit<Parameters<typeof doubtsAbout>[1], 'periodTo'>,
  before?: number,
  to = '2026-09-30',
) {
  return doubtsAbout(indicator(id), { ...candidate, periodTo: to }, before, TODAY).map((doubt) => doubt.kind);
}

describe('doubts', () => {
  test('an ordinary value raises none', () => {
    expect(kinds('A2-9', { value: 18.6, typed: typed(186000, '万') }, 18.4)).toEqual([]);
    expect(kinds('A2-7', { value: 59.62 }, 59.1)).toEqual([]);
    expect(kinds('A2-6', { value: 0.83, typed: typed(0.83) }, 0.81)).toEqual([]);
    expect(kinds('A2-6', { value: 0.83, typed: typed(83, '%') }, 0.81)).toEqual([]);
  });
  test('83 for the ratio is asked once', () => {
    expect(kinds('A2-6', { value: 0.83, typed: typed(83) }, 0.81)).toEqual(['ratio-typed-as-percent']);
  });
  test('0.745 for a percentage is asked', () => {
    expect(kinds('A2-11', { value: 0.745, typed: typed(0.745) }, 72)).toEqual(['percent-typed-as-fraction']);
  });
  test('a fall of more than 20 points or a fifth is named, a smaller one and a rise are not', () => {
    const falls = (id: string, value: number, previous: number) => kinds(id, { value, previous }, previous);
    expect(falls('A2-11', 50, 72)).toEqual(['sudden-fall']);
    expect(falls('A2-11', 57, 72)).toEqual(['sudden-fall']);
    expect(falls('A2-11', 58, 72)).toEqual([]);
    expect(falls('A2-9', 14.7, 18.4)).toEqual(['sudden-fall']);
    expect(falls('A2-9', 14.8, 18.4)).toEqual([]);
    expect(falls('A2-9', 25, 18.4)).toEqual([]);
    expect(kinds('A2-9', { value: 12 }, 16)).toEqual([]);
  });
  test('a cumulative count that falls is a slip, an equal one is not; a stock may fall', () => {
    expect(kinds('A2-1', { value: 79, typed: typed(79) }, 80)).toEqual(['cumulative-falls']);
    expect(kinds('A2-1', { value: 80, typed: typed(80) }, 80)).toEqual([]);
    expect(kinds('A2-9', { value: 18.1, typed: typed(18.1) }, 18.4)).toEqual([]);
  });
  test('a slip of 万 is found in both directions', () => {
    expect(kinds('A2-9', { value: 0.00186, typed: typed(18.6) }, 18.4)).toEqual(['magnitude']);
    expect(kinds('A2-1', { value: 820000, typed: typed(820000, '万') }, 80)).toEqual(['magnitude']);
  });
  test('a flow that doubles may be a running total', () => {
    expect(kinds('A2-5', { value: 3.8, typed: typed(38000) }, 1.3)).toEqual(['maybe-running-total']);
  });
  test('people are whole', () => {
    expect(kinds('A2-1', { value: 82.5, typed: typed(82.5) }, 80)).toEqual(['not-whole']);
  });
  test('a period that is not over is asked', () => {
    expect(kinds('A2-9', { value: 18.6, typed: typed(18.6) }, 18.4, '2026-12-31')).toEqual(['period-not-over']);
  });
});
