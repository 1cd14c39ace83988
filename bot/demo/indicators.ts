/** A year of invented quarterly values for the core indicators of Wuxi, around their line: most on it, some behind. */
import { expectedOn } from '../../handlers/indicators/rules/expected-line.ts';
import { addDays, shanghaiDay } from '../../handlers/time.ts';
import { INDICATORS, type Indicator } from '../../knowledge/catalogue/indicators.ts';
import { type DemoPart, insertRows } from './part.ts';

/** Distance from the line as a share of the target, oldest quarter first; `null`: not reported yet. */
const STORY: Readonly<Record<string, readonly (number | null)[]>> = {
  'A2-1': [0, 0.01, 0.02, 0.01, 0.01],
  'A2-2': [0, -0.1, -0.2, -0.25, -0.3],
  'A2-3': [-0.05, -0.06, -0.08, -0.09, null],
  'A2-4': [-0.2, 0, 0, 0, 0],
  'A2-5': [0, -0.02, 0.01, -0.03, -0.02],
  'A2-6': [0, -0.001, -0.001, -0.002, -0.003],
  'A2-7': [0.001, 0.001, -0.001, -0.002, -0.002],
  'A2-8': [-0.01, 0, 0.003, 0.006, 0.006],
  'A2-9': [0, 0.005, 0.004, 0.006, 0.003],
  'A2-10': [0.004, 0.014, 0.012, 0.005, -0.001],
  'A2-11': [0.002, 0.003, 0.003, 0.004, 0.004],
};
/** Quarters told of, the last one that ended being the newest. */
const QUARTERS = 5;
const REPORTER = 'wx-commission-1';
/** Reported this many days after the quarter's end. */
const REPORTED_AFTER_DAYS = 10;

/** Inserts the values as they would have been reported, each marked as demonstration. */
export const fillIndicators: DemoPart = async (trx, { clock, ids }) => {
  const quarters = lastQuarters(shanghaiDay(clock.now()));
  const rows = INDICATORS.flatMap((indicator) => {
    let before = 0;
    return quarters.flatMap((quarter, position) => {
      const distance = STORY[indicator.id]?.[position];
      if (distance === undefined || distance === null) return [];
      const value = invent(indicator, quarter.to, distance, before);
      before = value;
      const reported = new Date(Date.parse(`${addDays(quarter.to, REPORTED_AFTER_DAYS)}T02:00:00Z`));
      const at = reported < clock.now() ? reported : clock.now();
      return [
        {
          id: ids.next(),
          indicator_id: indicator.id,
          region_id: indicator.regionId,
          period_kind: 'quarter',
          period_from: quarter.from,
          period_to: quarter.to,
          value,
          source: '演示数据',
          state: 'current',
          reporter_id: REPORTER,
          reported_at: at.toISOString(),
          demo: true,
          version: 1,
        },
      ];
    });
  });
  await insertRows(trx, 'indicator_values', rows);
};

function invent(indicator: Indicator, day: string, distance: number, before: number): number {
  const target = indicator.targets.at(-1)?.value ?? 0;
  const first = indicator.targets[0]?.value ?? 0;
  if (indicator.kind === 'flow') return round((target / 4) * (1 + distance), 2);
  const level = (expectedOn(indicator, day) ?? first) + distance * target;
  const limited = indicator.unit === '%' ? Math.min(level, 100) : level;
  const value = round(limited, indicator.unit === '比值' ? 3 : indicator.decimals);
  return indicator.kind === 'cumulative' ? Math.max(value, before) : value;
}

/** The quarters that have ended by a day, oldest first. */
function lastQuarters(today: string): readonly { readonly from: string; readonly to: string }[] {
  let year = Number(today.slice(0, 4));
  let quarter = Math.ceil(Number(today.slice(5, 7)) / 3);
  const found: { from: string; to: string }[] = [];
  while (found.length < QUARTERS) {
    quarter -= 1;
    if (quarter === 0) {
      quarter = 4;
      year -= 1;
    }
    const from = `${year}-${String(quarter * 3 - 2).padStart(2, '0')}-01`;
    const next = quarter === 4 ? `${year + 1}-01-01` : `${year}-${String(quarter * 3 + 1).padStart(2, '0')}-01`;
    found.unshift({ from, to: addDays(next, -1) });
  }
  return found;
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
