/** Which period an indicator should have been reported for by a day（应报未报）. Grace days are settings of this installation. */
import type { Indicator } from '../../../knowledge/catalogue/indicators.ts';
import { addDays, type Day } from '../../time.ts';
import type { PeriodValue } from './status.ts';

/** Days after the end of a period until its absence is said aloud（宽限期，本单位设定）. */
export const GRACE_DAYS = { quarter: 20, year: 45 } as const;

/** The latest period whose grace is over and for which nothing was reported; `undefined` when all is in. */
export function missingPeriod(
  indicator: Indicator,
  values: readonly PeriodValue[],
  day: Day,
): { readonly kind: 'quarter' | 'year'; readonly from: Day; readonly to: Day } | undefined {
  const period = lastPeriodDue(indicator.local.reporting, day);
  const reported = values.some((value) => value.to >= period.to);
  return reported ? undefined : period;
}

function lastPeriodDue(
  kind: 'quarter' | 'year',
  day: Day,
): { readonly kind: 'quarter' | 'year'; readonly from: Day; readonly to: Day } {
  const months = kind === 'year' ? 12 : 3;
  let year = Number(day.slice(0, 4));
  let first = kind === 'year' ? 1 : Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
  for (;;) {
    const from = `${year}-${String(first).padStart(2, '0')}-01`;
    const next = first + months > 12 ? `${year + 1}-01-01` : `${year}-${String(first + months).padStart(2, '0')}-01`;
    const to = addDays(next, -1);
    if (addDays(to, GRACE_DAYS[kind]) < day) return { kind, from, to };
    first -= months;
    if (first < 1) {
      first += 12;
      year -= 1;
    }
  }
}
