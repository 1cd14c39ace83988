/** The straight line between printed values: check values, unknown baselines, flows, the days around an anchor. */
import { describe, expect, test } from 'vitest';
import { annualTarget, expectedOn } from '../../../../handlers/indicators/rules/expected-line.ts';
import { INDICATORS, type Indicator } from '../../../../knowledge/catalogue/indicators.ts';

function indicator(id: string): Indicator {
  const found = INDICATORS.find((candidate) => candidate.id === id);
  if (!found) throw new Error(id);
  return found;
}

describe('what should have been reached on 2026-11-21', () => {
  test.each([
    ['A2-1', 86.13, 2],
    ['A2-2', 14.45, 2],
    ['A2-3', 94.45, 2],
    ['A2-4', 100, 2],
    ['A2-5', 4.67, 2],
    ['A2-6', 0.8723, 4],
    ['A2-7', 59.45, 2],
    ['A2-8', 90, 2],
    ['A2-9', 18.89, 2],
    ['A2-10', 65.89, 2],
    ['A2-11', 72.89, 2],
  ] as const)('%s: %d', (id, value, decimals) => {
    expect(Number(expectedOn(indicator(id), '2026-11-21')?.toFixed(decimals))).toBe(value);
  });
});

describe('half way from the baseline, on 2024-12-31', () => {
  test.each([
    ['A2-1', 60.02, 2],
    ['A2-7', 58.81, 2],
    ['A2-8', 78.96, 2],
    ['A2-9', 17.0, 2],
    ['A2-6', 0.83, 4],
  ] as const)('%s: %d', (id, value, decimals) => {
    expect(Number(expectedOn(indicator(id), '2024-12-31')?.toFixed(decimals))).toBe(value);
  });
});

describe('edges of the line', () => {
  test.each(['A2-2', 'A2-3', 'A2-4', 'A2-5'])('%s has no line before 2025-12-31, since its baseline is --', (id) => {
    expect(indicator(id).baseline).toEqual({ printed: '--', value: null, asOf: '2023-12-31' });
    expect(expectedOn(indicator(id), '2024-12-30')).toBeUndefined();
  });
  test('no line before the baseline', () => {
    expect(expectedOn(indicator('A2-1'), '2023-12-30')).toBeUndefined();
    expect(expectedOn(indicator('A2-1'), '2023-12-31')).toBe(45);
  });
  test('each target is met exactly on its day, and the last one stays', () => {
    expect(expectedOn(indicator('A2-1'), '2025-12-31')).toBe(75);
    expect(expectedOn(indicator('A2-1'), '2027-12-31')).toBe(100);
    expect(expectedOn(indicator('A2-1'), '2029-06-01')).toBe(100);
  });
  test('never the goal of the municipality', () => {
    for (const each of INDICATORS) {
      const highest = Math.max(...each.targets.map((target) => target.value));
      expect(expectedOn(each, '2030-12-31') ?? 0).toBeLessThanOrEqual(highest);
    }
  });
});

describe('a flow', () => {
  test('has annual targets between the printed years', () => {
    expect([2024, 2025, 2026, 2027, 2028].map((year) => annualTarget(indicator('A2-5'), year))).toEqual([
      undefined,
      5,
      5.25,
      5.5,
      5.5,
    ]);
  });
  test('begins again each year and is complete on its last day', () => {
    expect(expectedOn(indicator('A2-5'), '2026-12-31')).toBe(5.25);
    expect(expectedOn(indicator('A2-5'), '2027-01-01')).toBeCloseTo(5.5 / 365, 10);
  });
  test('a leap year has 366 days', () => {
    expect(expectedOn(indicator('A2-5'), '2028-07-01')).toBeCloseTo((5.5 * 183) / 366, 10);
  });
});
