/** The straight line between printed values: what an indicator should have reached on a day（应达线）. Computed, never printed. */
import type { Indicator } from '../../../knowledge/catalogue/indicators.ts';
import { type Day, daysBetween } from '../../time.ts';

/** A dated point of the line: the baseline or a target. */
export interface Anchor {
  readonly day: Day;
  readonly value: number;
}

/** Baseline (where one is printed) and targets, in time order. `--` is no anchor: unknown is not zero. */
export function anchorsOf(indicator: Indicator): readonly Anchor[] {
  const { baseline, targets } = indicator;
  return [
    ...(baseline.value === null ? [] : [{ day: baseline.asOf, value: baseline.value }]),
    ...targets.map((target) => ({ day: target.due, value: target.value })),
  ];
}

/** A piece of the line: its ends are equal where the line is flat or has ended. */
export interface Segment {
  readonly from: Anchor;
  readonly to: Anchor;
}

/** The piece a day lies on; after the last target the line stays flat; `undefined` before the first anchor. */
export function segmentAt(indicator: Indicator, day: Day): Segment | undefined {
  const anchors = anchorsOf(indicator);
  for (let i = anchors.length - 1; i >= 0; i -= 1) {
    const from = anchors[i];
    if (from && from.day <= day) return { from, to: anchors[i + 1] ?? from };
  }
  return undefined;
}

/**
 * What should have been reached on a day; of a flow, since the first of January of its year.
 * `undefined` before the first printed value.
 */
export function expectedOn(indicator: Indicator, day: Day): number | undefined {
  if (indicator.kind === 'flow') {
    const annual = annualTarget(indicator, Number(day.slice(0, 4)));
    return annual === undefined ? undefined : annual * shareOfYear(day);
  }
  const segment = segmentAt(indicator, day);
  if (!segment) return undefined;
  const { from, to } = segment;
  const length = daysBetween(from.day, to.day);
  return length === 0 ? from.value : from.value + ((to.value - from.value) * daysBetween(from.day, day)) / length;
}

/** The target of a whole year, read off the line between the years with a printed one. */
export function annualTarget(indicator: Indicator, year: number): number | undefined {
  const first = indicator.targets[0];
  if (!first || year < first.year) return undefined;
  const before = indicator.targets.findLast((target) => target.year <= year) ?? first;
  const after = indicator.targets.find((target) => target.year > year);
  if (!after) return before.value;
  return before.value + ((after.value - before.value) * (year - before.year)) / (after.year - before.year);
}

/** How much of its year has passed at the end of a day, 0 to 1. */
export function shareOfYear(day: Day): number {
  const year = Number(day.slice(0, 4));
  return daysBetween(`${year - 1}-12-31`, day) / daysBetween(`${year - 1}-12-31`, `${year}-12-31`);
}
