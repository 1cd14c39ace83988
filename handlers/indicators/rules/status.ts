/** Where an indicator stands against its line: gap, status, what is still needed（进度状态）. Pure, by the day given. */
import type { Indicator, Target } from '../../../knowledge/catalogue/indicators.ts';
import { addDays, type Day, daysBetween } from '../../time.ts';
import { annualTarget, expectedOn, segmentAt } from './expected-line.ts';

/** A reported value of one period, in the catalogue's unit; both days included. */
export interface PeriodValue {
  readonly from: Day;
  readonly to: Day;
  readonly value: number;
}

/** Chinese labels of the statuses. */
export const STATUS_LABELS = {
  reached: '已达标',
  on_track: '进度正常',
  slightly_behind: '略低于进度',
  off_track: '偏离进度',
  worsening: '持续下降',
  missed: '未达标',
  pending_close: '待结账',
  no_data: '无数据',
  stale: '数据过期',
  no_line: '基期未公布，暂不判断',
} as const;
export type Status = keyof typeof STATUS_LABELS;

/** Falling behind by more than this share of the segment counts as off track, two periods running. */
const OFF_TRACK_GAP = -0.1;
/** Data older than this many reporting periods is stale. */
const STALE_PERIODS = 1.5;
const PERIOD_DAYS = { quarter: 365.25 / 4, year: 365.25 } as const;

/** What is known of an indicator on a day. */
export interface Standing {
  readonly status: Status;
  /** Latest reported level: of a flow the sum of its year so far. */
  readonly actual: { readonly day: Day; readonly value: number } | undefined;
  /** The line at the day of the latest value. */
  readonly expected: number | undefined;
  /** Shortfall (negative) or lead as a share of the segment. */
  readonly gap: number | undefined;
  /** First breach: watched, not yet called off track（观察中）. */
  readonly watching: boolean;
  /** What each remaining period must add to reach the final target; of a flow, this year's. */
  readonly catchUp: { readonly perPeriod: number; readonly periods: number } | undefined;
}

/** Judges the values of one indicator of one region, in any order, on a day. */
export function standingOf(indicator: Indicator, values: readonly PeriodValue[], day: Day): Standing {
  const levels = levelsOf(indicator, values);
  const actual = levels.at(-1);
  if (!actual)
    return {
      status: 'no_data',
      actual: undefined,
      expected: undefined,
      gap: undefined,
      watching: false,
      catchUp: undefined,
    };
  const expected = expectedOn(indicator, actual.day);
  const gap = gapOf(indicator, actual);
  const previous = levels.at(-2);
  const behind = isBehind(indicator, actual);
  const behindTwice = behind && previous !== undefined && isBehind(indicator, previous);
  return {
    status: judge(indicator, levels, day, { gap, behindTwice }),
    actual,
    expected,
    gap,
    watching: behind && !behindTwice,
    catchUp: catchUpOf(indicator, actual),
  };
}

function judge(
  indicator: Indicator,
  levels: readonly Level[],
  day: Day,
  { gap, behindTwice }: { readonly gap: number | undefined; readonly behindTwice: boolean },
): Status {
  const actual = levels.at(-1);
  const final = indicator.targets.at(-1);
  if (!actual || !final) return 'no_data';
  if (day > final.due) {
    const outcome = targetOutcome(levels, final, day);
    return outcome === 'met' ? 'reached' : outcome === 'missed' ? 'missed' : 'pending_close';
  }
  if (daysBetween(actual.day, day) > STALE_PERIODS * PERIOD_DAYS[indicator.local.reporting]) return 'stale';
  if (isMet(actual, final)) return 'reached';
  if (gap === undefined) return 'no_line';
  if (behindTwice) return 'off_track';
  if (isWorsening(indicator, levels)) return 'worsening';
  return gap < 0 && !almostZero(gap) ? 'slightly_behind' : 'on_track';
}

/** How a single printed target ended: still ahead, met, missed, or its final data not in yet（待结账）. */
export function targetOutcome(
  levels: readonly Level[],
  target: Target,
  day: Day,
): 'ahead' | 'met' | 'missed' | 'pending_close' {
  if (day <= target.due) return 'ahead';
  const final = levels.find((level) => level.day === target.due);
  if (!final) return 'pending_close';
  return isMet(final, target) ? 'met' : 'missed';
}

/** A level reached on a day: of a flow the running sum of its year. */
export interface Level {
  readonly day: Day;
  readonly value: number;
}

/**
 * The levels to compare with the line, by day. A flow is added up over its year from the periods that follow each other
 * without a hole; where a period is missing nothing is said of what lies behind it. Shares are never added or averaged.
 */
export function levelsOf(indicator: Indicator, values: readonly PeriodValue[]): readonly Level[] {
  const ordered = [...values].sort((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : a.from < b.from ? 1 : -1));
  if (indicator.kind !== 'flow') {
    // Of several periods that end on one day (四季度, 全年) the longest speaks.
    return ordered.filter((v, i) => ordered[i + 1]?.to !== v.to).map((v) => ({ day: v.to, value: v.value }));
  }
  const levels: Level[] = [];
  for (const end of new Set(ordered.map((v) => v.to))) {
    const sum = sumThrough(ordered, `${end.slice(0, 4)}-01-01`, end);
    if (sum !== undefined) levels.push({ day: end, value: tidy(sum) });
  }
  return levels;
}

/** Adds up periods that cover `from` to `to` exactly, the longest first; `undefined` where they leave a hole. */
function sumThrough(values: readonly PeriodValue[], from: Day, to: Day): number | undefined {
  if (from > to) return 0;
  const starts = values.filter((v) => v.from === from && v.to <= to).sort((a, b) => (a.to < b.to ? 1 : -1));
  for (const first of starts) {
    const rest = sumThrough(values, addDays(first.to, 1), to);
    if (rest !== undefined) return first.value + rest;
  }
  return undefined;
}

/**
 * Lead or shortfall as a share of what the segment has to move; on a flat line as a share of the target.
 * `undefined` where no line exists yet.
 */
export function gapOf(indicator: Indicator, level: Level): number | undefined {
  const expected = expectedOn(indicator, level.day);
  if (expected === undefined) return undefined;
  if (indicator.kind === 'flow') {
    const annual = annualTarget(indicator, Number(level.day.slice(0, 4)));
    return annual ? (level.value - expected) / annual : undefined;
  }
  const segment = segmentAt(indicator, level.day);
  if (!segment) return undefined;
  const span = Math.abs(segment.to.value - segment.from.value);
  return (level.value - expected) / (span === 0 ? segment.to.value : span);
}

/** Whether a value is at least the target; both printed forms (90, ≥90) are a minimum. */
function isMet(level: Level, target: Target): boolean {
  return level.value >= target.value || almostZero(level.value - target.value);
}

/** Far below the line, and by more than the noise of the figure. */
function isBehind(indicator: Indicator, level: Level): boolean {
  const gap = gapOf(indicator, level);
  const expected = expectedOn(indicator, level.day);
  if (gap === undefined || expected === undefined) return false;
  return gap < OFF_TRACK_GAP && Math.abs(level.value - expected) > indicator.local.deadBand;
}

/** Moved away from the target two periods running, each time by more than the noise. A flow only ever grows in its year. */
function isWorsening(indicator: Indicator, levels: readonly Level[]): boolean {
  if (indicator.kind === 'flow') return false;
  const [a, b, c] = levels.slice(-3);
  if (!a || !b || !c) return false;
  const noise = indicator.local.deadBand;
  return a.value - b.value > noise && b.value - c.value > noise;
}

function catchUpOf(indicator: Indicator, actual: Level): Standing['catchUp'] {
  const final = indicator.targets.at(-1);
  if (!final) return undefined;
  const year = Number(actual.day.slice(0, 4));
  const target = indicator.kind === 'flow' ? annualTarget(indicator, year) : final.value;
  const end = indicator.kind === 'flow' ? `${year}-12-31` : final.due;
  if (target === undefined || actual.value >= target) return undefined;
  const days = daysBetween(actual.day, end);
  const periods = Math.round(days / PERIOD_DAYS[indicator.kind === 'flow' ? 'quarter' : indicator.local.reporting]);
  return periods < 1 ? undefined : { perPeriod: (target - actual.value) / periods, periods };
}

function almostZero(value: number): boolean {
  return Math.abs(value) < 1e-9;
}
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
