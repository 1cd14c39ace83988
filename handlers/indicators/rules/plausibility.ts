/** What looks wrong about a reported value and must be looked at before it is stored（合理性核对）; what cannot be, see impossible.ts. Pure. */
import type { Indicator } from '../../../knowledge/catalogue/indicators.ts';
import type { SpokenNumber } from '../../chinese/numbers.ts';
import type { Day } from '../../time.ts';

/** One doubt; the texts are in replies.ts. */
export type Doubt =
  | { readonly kind: 'out-of-range' }
  | { readonly kind: 'ratio-typed-as-percent'; readonly typed: number }
  | { readonly kind: 'percent-typed-as-fraction'; readonly typed: number }
  | { readonly kind: 'cumulative-falls'; readonly before: number }
  | { readonly kind: 'sudden-fall'; readonly before: number }
  | { readonly kind: 'magnitude'; readonly compared: number }
  | { readonly kind: 'maybe-running-total'; readonly before: number }
  | { readonly kind: 'not-whole' }
  | { readonly kind: 'period-not-over'; readonly ends: Day };

export interface Candidate {
  /** In the catalogue's unit. */
  readonly value: number;
  /** As typed; absent where the value was computed from its parts. */
  readonly typed?: SpokenNumber | undefined;
  readonly periodTo: Day;
  /** What was reported for the period before, of the same length where a flow is counted; never the baseline. */
  readonly previous?: number | undefined;
}

/** A slip of 万 changes a figure ten-thousandfold; from this factor on it is asked. */
const MAGNITUDE_FACTOR = 100;

/** A flow that at least doubles from one period to the next may be the sum of the year so far. */
const RUNNING_TOTAL_FACTOR = 2;

/** A fall beyond either is named（骤变，本单位设定）: points of a percentage, share of the value before. */
const SUDDEN_FALL = { points: 20, share: 0.2 } as const;

/**
 * @param before - value of the latest earlier period, or the baseline; `undefined` when nothing is known
 * @returns every doubt, in the order in which they are asked; empty when nothing stands out
 */
export function doubtsAbout(
  indicator: Indicator,
  candidate: Candidate,
  before: number | undefined,
  today: Day,
): readonly Doubt[] {
  const { value, typed, previous } = candidate;
  const doubts: Doubt[] = [];
  const percent = indicator.unit === '%';
  if (indicator.unit === '比值') {
    if (typed && typed.unit !== '%' && typed.value !== value)
      doubts.push({ kind: 'ratio-typed-as-percent', typed: typed.value });
    else if (value < 0.1 || value > 2) doubts.push({ kind: 'out-of-range' });
  }
  if (percent && typed && typed.unit !== '%' && value > 0 && value <= 1 && reference(indicator, before) > 10)
    doubts.push({ kind: 'percent-typed-as-fraction', typed: typed.value });
  if (indicator.kind === 'cumulative' && before !== undefined && value < before)
    doubts.push({ kind: 'cumulative-falls', before });
  if (!percent && indicator.unit !== '比值' && value > 0) {
    const compared = reference(indicator, before);
    if (value / compared >= MAGNITUDE_FACTOR || compared / value >= MAGNITUDE_FACTOR)
      doubts.push({ kind: 'magnitude', compared });
  }
  const explained = ['percent-typed-as-fraction', 'cumulative-falls', 'magnitude'];
  if (previous !== undefined && fallsSuddenly(value, previous, percent)) {
    if (!doubts.some((doubt) => explained.includes(doubt.kind))) doubts.push({ kind: 'sudden-fall', before: previous });
  }
  if (
    indicator.kind === 'flow' &&
    before !== undefined &&
    value >= before * RUNNING_TOTAL_FACTOR &&
    doubts.length === 0
  )
    doubts.push({ kind: 'maybe-running-total', before });
  if (indicator.unit === '人' && !Number.isInteger(value)) doubts.push({ kind: 'not-whole' });
  if (candidate.periodTo >= today) doubts.push({ kind: 'period-not-over', ends: candidate.periodTo });
  return doubts;
}

function fallsSuddenly(value: number, previous: number, percent: boolean): boolean {
  const fall = previous - value;
  return (percent && fall > SUDDEN_FALL.points) || fall > previous * SUDDEN_FALL.share;
}

/** What a value is compared with: the one before it, else the baseline or the first target. */
function reference(indicator: Indicator, before: number | undefined): number {
  return before || indicator.baseline.value || indicator.targets[0]?.value || 1;
}
