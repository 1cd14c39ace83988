/** Status of an indicator: every label, both sides of each border, and the traps of its kind. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  gapOf,
  levelsOf,
  type PeriodValue,
  standingOf,
  targetOutcome,
} from '../../../../handlers/indicators/rules/status.ts';
import { INDICATORS, type Indicator } from '../../../../knowledge/catalogue/indicators.ts';

const TODAY = '2026-11-21';

function indicator(id: string): Indicator {
  const found = INDICATORS.find((candidate) => candidate.id === id);
  if (!found) throw new Error(id);
  return found;
}

const QUARTERS: Readonly<Record<string, readonly [string, string]>> = {
  '25Q4': ['2025-10-01', '2025-12-31'],
  '26Q1': ['2026-01-01', '2026-03-31'],
  '26Q2': ['2026-04-01', '2026-06-30'],
  '26Q3': ['2026-07-01', '2026-09-30'],
  '27Q3': ['2027-07-01', '2027-09-30'],
  '27Q4': ['2027-10-01', '2027-12-31'],
};
function quarterly(values: Readonly<Record<string, number>>): readonly PeriodValue[] {
  return Object.entries(values).map(([name, value]) => {
    const [from, to] = QUARTERS[name] ?? ['', ''];
    return { from, to, value };
  });
}
const statusOf = (id: string, values: Readonly<Record<string, number>>, day = TODAY) =>
  standingOf(indicator(id), quarterly(values), day).status;

describe('status', () => {
  test('nothing reported is no data, not zero', () => {
    const standing = standingOf(indicator('A2-1'), [], TODAY);
    expect(standing.status).toBe('no_data');
    expect(standing.actual).toBeUndefined();
  });
  test('a value on the line is on track, just below it slightly behind', () => {
    expect(statusOf('A2-9', { '26Q3': 18.75 })).toBe('on_track');
    expect(statusOf('A2-9', { '26Q3': 18.7 })).toBe('slightly_behind');
  });
  test('one breach is watched, two in a row are off track', () => {
    const once = standingOf(indicator('A2-1'), quarterly({ '26Q2': 82, '26Q3': 80 }), TODAY);
    expect([once.status, once.watching]).toEqual(['slightly_behind', true]);
    const twice = standingOf(indicator('A2-1'), quarterly({ '26Q2': 76, '26Q3': 78 }), TODAY);
    expect([twice.status, twice.watching]).toEqual(['off_track', false]);
  });
  test('the final target itself is reached, with ≥ and without', () => {
    expect(statusOf('A2-1', { '26Q3': 100 })).toBe('reached');
    expect(statusOf('A2-8', { '26Q3': 90 })).toBe('reached');
    expect(statusOf('A2-8', { '26Q3': 89.99 })).toBe('slightly_behind');
  });
  test('a fall two periods running is worsening though still above the line; a smaller one than the noise is not', () => {
    expect(statusOf('A2-10', { '26Q1': 66.9, '26Q2': 66.5, '26Q3': 66.2 })).toBe('worsening');
    expect(statusOf('A2-7', { '26Q1': 59.9, '26Q2': 59.8, '26Q3': 59.7 })).toBe('on_track');
  });
  test('within the dead band a share is slightly behind however long', () => {
    expect(statusOf('A2-7', { '26Q1': 58.95, '26Q2': 59.08, '26Q3': 59.18 })).toBe('slightly_behind');
    expect(statusOf('A2-7', { '26Q2': 58.9, '26Q3': 59.0 })).toBe('off_track');
  });
  test('data older than one and a half quarters is stale, by the year for yearly ones', () => {
    expect(statusOf('A2-9', { '26Q2': 18.6 })).toBe('stale');
    expect(statusOf('A2-11', { '25Q4': 72.5 })).toBe('on_track');
  });
  test('before the first printed value nothing is judged', () => {
    expect(
      standingOf(indicator('A2-2'), [{ from: '2025-07-01', to: '2025-09-30', value: 3 }], '2025-11-01').status,
    ).toBe('no_line');
  });
  test('after the target date: pending until the final value, then met or missed', () => {
    expect(statusOf('A2-9', { '27Q3': 19.8 }, '2028-01-05')).toBe('pending_close');
    expect(statusOf('A2-9', { '27Q3': 19.8, '27Q4': 19.9 }, '2028-02-01')).toBe('missed');
    expect(statusOf('A2-9', { '27Q4': 20 }, '2028-02-01')).toBe('reached');
  });
  test('the target of 2025 is judged apart from the line to 2027', () => {
    const [target] = indicator('A2-1').targets;
    if (!target) throw new Error('no target');
    const outcome = (values: Readonly<Record<string, number>>, day: string) =>
      targetOutcome(levelsOf(indicator('A2-1'), quarterly(values)), target, day);
    expect(outcome({}, '2025-12-31')).toBe('ahead');
    expect(outcome({ '26Q1': 80 }, '2026-04-01')).toBe('pending_close');
    expect(outcome({ '25Q4': 74 }, '2026-01-20')).toBe('missed');
    expect(outcome({ '25Q4': 75 }, '2026-01-20')).toBe('met');
  });
});

describe('gap', () => {
  test('is a share of what the segment has to move', () => {
    expect(gapOf(indicator('A2-1'), { day: '2025-12-31', value: 70 })).toBeCloseTo((70 - 75) / 25, 10);
  });
  test('on a flat line it is a share of the target', () => {
    expect(gapOf(indicator('A2-4'), { day: '2026-09-30', value: 80 })).toBeCloseTo(-0.2, 10);
  });
});

describe('a flow is added up over its year', () => {
  const flow = indicator('A2-5');
  test('quarters without a hole become the sum so far', () => {
    const levels = levelsOf(flow, quarterly({ '26Q1': 1.1, '26Q2': 1.3, '26Q3': 1.4 }));
    expect(levels).toEqual([
      { day: '2026-03-31', value: 1.1 },
      { day: '2026-06-30', value: 2.4 },
      { day: '2026-09-30', value: 3.8 },
    ]);
  });
  test('behind a missing quarter nothing is said', () => {
    expect(levelsOf(flow, quarterly({ '26Q1': 1.1, '26Q3': 1.4 }))).toEqual([{ day: '2026-03-31', value: 1.1 }]);
  });
  test('a half year and a quarter fit together, a year is not counted twice', () => {
    const values = [
      { from: '2026-01-01', to: '2026-06-30', value: 2.5 },
      { from: '2026-01-01', to: '2026-03-31', value: 1.2 },
      { from: '2026-07-01', to: '2026-09-30', value: 1.3 },
    ];
    expect(levelsOf(flow, values).at(-1)).toEqual({ day: '2026-09-30', value: 3.8 });
  });
  test('shares are neither added nor averaged over their periods', () => {
    expect(levelsOf(indicator('A2-7'), quarterly({ '26Q1': 59.1, '26Q2': 59.3 })).at(-1)).toEqual({
      day: '2026-06-30',
      value: 59.3,
    });
  });
  test('the new year begins at nothing', () => {
    expect(levelsOf(flow, quarterly({ '25Q4': 1.3 }))).toEqual([]);
  });
});

describe('whatever is reported', () => {
  const series = fc.dictionary(fc.constantFrom(...Object.keys(QUARTERS)), fc.double({ min: 0, max: 200, noNaN: true }));
  test('the order of the rows never matters', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INDICATORS), series, (each, values) => {
        const rows = quarterly(values);
        expect(standingOf(each, [...rows].reverse(), TODAY)).toEqual(standingOf(each, rows, TODAY));
      }),
    );
  });
  test('what is needed still is positive and never asked of one who is there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INDICATORS), series, (each, values) => {
        const { catchUp, status } = standingOf(each, quarterly(values), TODAY);
        if (catchUp) expect(catchUp.perPeriod).toBeGreaterThan(0);
        if (status === 'reached') expect(catchUp).toBeUndefined();
      }),
    );
  });
});
