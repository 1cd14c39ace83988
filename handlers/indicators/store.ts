/** Reads the reported values in force（填报数据）. */
import type { Indicator } from '../../knowledge/catalogue/indicators.ts';
import { type Period, parsePeriod } from '../chinese/periods.ts';
import type { Reader } from '../ports.ts';
import type { Day } from '../time.ts';

/** A reported value in force. */
export interface ReportedValue {
  readonly id: string;
  readonly indicatorId: string;
  readonly from: Day;
  readonly to: Day;
  readonly kind: Period['kind'];
  readonly value: number;
  readonly source: string | undefined;
  readonly reportedAt: string;
  readonly demo: boolean;
  readonly version: number;
}

interface Row {
  readonly id: string;
  readonly indicator_id: string;
  readonly period_from: string;
  readonly period_to: string;
  readonly period_kind: string;
  readonly value: number | string;
  readonly source: string | null;
  readonly reported_at: string;
  readonly demo: number | boolean;
  readonly version: number;
}

/** Values in force of a region, all indicators or one, by the last day of their period. */
export async function listValues(
  db: Reader,
  regionId: string,
  indicator?: Indicator,
): Promise<readonly ReportedValue[]> {
  const where = { region_id: regionId, state: 'current', ...(indicator ? { indicator_id: indicator.id } : {}) };
  const rows: Row[] = await db('indicator_values')
    .where(where)
    .orderBy([{ column: 'period_to' }, { column: 'period_from' }]);
  return rows.map((row) => ({
    id: row.id,
    indicatorId: row.indicator_id,
    from: row.period_from,
    to: row.period_to,
    kind: row.period_kind as Period['kind'],
    value: Number(row.value),
    source: row.source ?? undefined,
    reportedAt: row.reported_at,
    demo: Boolean(row.demo),
    version: Number(row.version),
  }));
}

/** The period's name as people read it: 2026年三季度. */
export function periodLabel(period: { readonly kind: Period['kind']; readonly from: Day }): string {
  const year = period.from.slice(0, 4);
  const month = Number(period.from.slice(5, 7));
  const said = {
    month: `${year}年${month}月`,
    quarter: `${year}Q${Math.ceil(month / 3)}`,
    half: `${year}年${month === 1 ? '上' : '下'}半年`,
    year: `${year}年`,
  }[period.kind];
  return parsePeriod(said, period.from)?.label ?? said;
}
