/** Ids sort by the time they were made, within one process strictly, whatever its clock does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIds } from '../../bot/ids.ts';

const clockOf = (times: readonly number[]) => {
  let at = 0;
  return {
    now: () => {
      const time = times[Math.min(at, times.length - 1)] ?? 0;
      at += 1;
      return new Date(time);
    },
  };
};

describe('ids', () => {
  it('grow strictly, also when the clock stands still or goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 41 }), { minLength: 2, maxLength: 50 }), (times) => {
        const ids = createIds(clockOf(times));
        const made = times.map(() => ids.next());
        expect(made).toEqual([...made].sort());
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  it('have 32 hexadecimal digits, the first twelve the milliseconds', () => {
    const at = Date.parse('2026-11-21T02:00:00.000Z');
    const id = createIds(clockOf([at])).next();
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(Number.parseInt(id.slice(0, 12), 16)).toBe(at);
  });

  it('go on growing past 65,536 in one millisecond, and in the next one', () => {
    const start = 1_800_000_000_000;
    let now = start;
    const ids = createIds({ now: () => new Date(now) });
    let last = '';
    for (let made = 0; made < 0x1_0000 + 10; made += 1) {
      const id = ids.next();
      if (id <= last) expect.fail(`${id} after ${last}`);
      last = id;
    }
    for (now of [start + 1, start + 2]) {
      const id = ids.next();
      expect(id > last).toBe(true);
      last = id;
    }
  });

  it('of two processes in the same millisecond differ', () => {
    const made = Array.from({ length: 200 }, () => createIds(clockOf([1_800_000_000_000])).next());
    expect(new Set(made).size).toBe(made.length);
  });
});
