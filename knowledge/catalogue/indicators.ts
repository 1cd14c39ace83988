/** The indicators and numeric goals of the plans as data: figures, operators and clauses exactly as printed（指标目录）. */
import { z } from 'zod';
import catalogue from './indicators.json' with { type: 'json' };

/** How a value behaves over time: 累计数, 占比, 比值, 期内数, 期末数, 调查结果. */
export type IndicatorKind = 'cumulative' | 'share' | 'ratio' | 'flow' | 'stock' | 'survey';

/** A printed target: `printed` keeps the operator as it stands (≥90, 90); both kinds are a minimum for the status. */
export interface Target {
  readonly year: number;
  /** Last day of the printed year; the plan names no month. */
  readonly due: string;
  readonly printed: string;
  readonly operator: '≥' | '=';
  readonly value: number;
}

/** An indicator with a baseline and dated targets（指标）, a row of the core table. */
export interface Indicator {
  readonly id: string;
  readonly doc: string;
  readonly regionId: string;
  readonly path: string;
  /** As printed. */
  readonly name: string;
  readonly shortName: string;
  readonly aliases: readonly string[];
  /** As printed, wrong for the income ratio. */
  readonly printedUnit: string;
  /** Unit of stored values: 人, 万人, %, or 比值 (0 to 1). */
  readonly unit: '人' | '万人' | '%' | '比值';
  readonly kind: IndicatorKind;
  /** Which way is better; the plan prints none, every row is of this kind. */
  readonly direction: 'higher';
  readonly decimals: number;
  /** `value` is null where the table prints `--`: unknown, not zero. */
  readonly baseline: { readonly printed: string; readonly value: number | null; readonly asOf: string };
  readonly targets: readonly Target[];
  /** Goal of the whole municipality（市）, never a county's target. */
  readonly municipalTarget: Omit<Target, 'due'>;
  /** Words people put before numerator and denominator; null where a value is no quotient. */
  readonly parts: { readonly numerator: readonly string[]; readonly denominator: readonly string[] } | null;
  /** Settings of this installation（本单位设定）: how often it is reported, and the noise around the line. */
  readonly local: { readonly reporting: 'quarter' | 'year'; readonly deadBand: number };
}

/** A goal of a plan that has no indicator table（目标）: shown with its words, never reported against. */
export interface Goal {
  readonly id: string;
  readonly doc: string;
  readonly regionId: string;
  readonly path: string;
  readonly name: string;
  /** Where it differs within the region: 普宁市. */
  readonly scope: string | null;
  /** The goal's own words: 力争, 左右, 以上, 不低于 belong to it. */
  readonly printed: string;
  readonly value: number | null;
  readonly operator: '≥' | '≤' | null;
  readonly unit: string | null;
  readonly printedDue: string | null;
  readonly due: string | null;
  /** Verbatim words of the clause. */
  readonly quote: string;
  readonly aliases: readonly string[];
}

const operator = z.enum(['≥', '=']);
const target = { year: z.number(), printed: z.string(), operator, value: z.number() };
const words = z.array(z.string()).min(1);
const indicator = z.strictObject({
  id: z.string(),
  path: z.string(),
  name: z.string(),
  shortName: z.string(),
  aliases: words,
  printedUnit: z.string(),
  unit: z.enum(['人', '万人', '%', '比值']),
  kind: z.enum(['cumulative', 'share', 'ratio', 'flow', 'stock', 'survey']),
  direction: z.literal('higher'),
  decimals: z.int(),
  baseline: z.strictObject({ printed: z.string(), value: z.number().nullable(), asOf: z.iso.date() }),
  targets: z.array(z.strictObject({ ...target, due: z.iso.date() })).min(1),
  municipalTarget: z.strictObject(target),
  parts: z.strictObject({ numerator: words, denominator: words }).nullable(),
  local: z.strictObject({ reporting: z.enum(['quarter', 'year']), deadBand: z.number() }),
});
const goal = z.strictObject({
  id: z.string(),
  doc: z.string(),
  path: z.string(),
  name: z.string(),
  scope: z.string().nullable(),
  printed: z.string(),
  value: z.number().nullable(),
  operator: z.enum(['≥', '≤']).nullable(),
  unit: z.string().nullable(),
  printedDue: z.string().nullable(),
  due: z.iso.date().nullable(),
  quote: z.string(),
  aliases: words,
});
const parsed = z
  .strictObject({
    note: z.string(),
    core: z.strictObject({
      doc: z.string(),
      regionId: z.string(),
      path: z.string(),
      title: z.string(),
      indicators: z.array(indicator),
    }),
    goals: z.array(goal),
  })
  .parse(catalogue);

/** The core indicators, in the order of their table（主要核心绩效指标）. */
export const INDICATORS: readonly Indicator[] = parsed.core.indicators.map((row) => ({
  ...row,
  doc: parsed.core.doc,
  regionId: parsed.core.regionId,
}));

/** The numeric and worded goals of the other plans. */
export const GOALS: readonly Goal[] = parsed.goals.map((row) => ({ ...row, regionId: row.doc }));
