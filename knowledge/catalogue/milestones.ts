/** Dated obligations and recurring duties of the plans as data, with their printed words and clauses（里程碑目录）. */
import { z } from 'zod';
import catalogue from './milestones.json' with { type: 'json' };

/** How exactly the plan dates it: a day, a month, a year, a window with an opening day, or not at all. */
export type Precision = 'day' | 'month' | 'year' | 'window' | 'undated';

/** A dated obligation（里程碑）. Its status is never stored: it follows from the clock and from what people record. */
export interface Milestone {
  readonly id: string;
  readonly regionId: string;
  readonly doc: string;
  readonly path: string;
  readonly title: string;
  /** The date as the plan prints it; null where it prints none. */
  readonly printed: string | null;
  readonly precision: Precision;
  /** First day of a window. */
  readonly opens: string | null;
  /** Last day, computed from the printed words; null for `undated`. */
  readonly due: string | null;
  /** Verbatim words of the clause. */
  readonly quote: string;
  /** Responsible units（责任单位）. */
  readonly responsible: readonly string[];
  /** Whether the clause itself names them; otherwise they are concluded from it. */
  readonly responsiblePrinted: boolean;
  /** Where within the region it applies; null: everywhere. */
  readonly scope: string | null;
  readonly aliases: readonly string[];
  /** Year of the indicator targets it stands for. */
  readonly reports: number | null;
}

/** A duty that returns（周期任务）. The plan prints its frequency, the instance rule is a setting（本单位设定）. */
export interface Duty {
  readonly id: string;
  readonly regionId: string;
  readonly doc: string;
  readonly path: string;
  readonly frequency: string | null;
  readonly what: string;
  readonly quote: string;
  readonly responsible: readonly string[];
  readonly responsiblePrinted: boolean;
  readonly rule: string;
  readonly aliases: readonly string[];
}

const common = {
  id: z.string(),
  regionId: z.string(),
  doc: z.string(),
  path: z.string(),
  quote: z.string().min(4),
  responsible: z.array(z.string()).min(1),
  responsiblePrinted: z.boolean(),
  aliases: z.array(z.string()).min(1),
};
const parsed = z
  .strictObject({
    note: z.string(),
    dated: z.array(
      z.strictObject({
        ...common,
        title: z.string(),
        printed: z.string().nullable(),
        precision: z.enum(['day', 'month', 'year', 'window', 'undated']),
        opens: z.iso.date().nullable(),
        due: z.iso.date().nullable(),
        scope: z.string().nullable(),
        reports: z.int().nullable(),
      }),
    ),
    recurring: z.array(
      z.strictObject({ ...common, frequency: z.string().nullable(), what: z.string(), rule: z.string() }),
    ),
  })
  .parse(catalogue);

/** Dated obligations of all plans. */
export const MILESTONES: readonly Milestone[] = parsed.dated;

/** Recurring duties of all plans. */
export const DUTIES: readonly Duty[] = parsed.recurring;
