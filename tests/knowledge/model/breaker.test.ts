/** A model that fails three times in a row is left alone for a minute, by the clock it is given. */
import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../../knowledge/model/breaker.ts';

function rig() {
  let now = Date.parse('2026-11-21T00:00:00Z');
  const breaker = createBreaker({ now: () => new Date(now) });
  return {
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    /** Whether it was asked at all. */
    ask: (well: boolean): boolean => {
      if (!breaker.begin()) return false;
      breaker.ended(well);
      return true;
    },
    breaker,
  };
}

describe('a failing model', () => {
  it('is asked again after one or two failures, left alone after three', () => {
    const { ask } = rig();
    expect([ask(false), ask(false), ask(false), ask(true)]).toEqual([true, true, true, false]);
  });

  it('is forgiven by one success in between', () => {
    const { ask } = rig();
    expect([ask(false), ask(false), ask(true), ask(false), ask(false), ask(true)]).toEqual(Array(6).fill(true));
  });

  it('is tried once after the minute, and left alone again at once when it still fails', () => {
    const { ask, pass } = rig();
    for (let n = 0; n < 3; n += 1) ask(false);
    pass(59);
    expect(ask(true)).toBe(false);
    pass(1);
    expect([ask(false), ask(true)]).toEqual([true, false]);
    pass(60);
    expect([ask(true), ask(true)]).toEqual([true, true]);
  });

  it('is asked by four at the same time and by one while it is tried out', () => {
    const { breaker, pass } = rig();
    expect([1, 2, 3, 4, 5].map(() => breaker.begin())).toEqual([true, true, true, true, false]);
    for (let n = 0; n < 4; n += 1) breaker.ended(false);
    pass(60);
    expect([breaker.begin(), breaker.begin()]).toEqual([true, false]);
  });
});
