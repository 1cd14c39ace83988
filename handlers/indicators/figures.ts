/** Writes figures the way the reader checks them: with unit, the income ratio also as a percentage（数值写法）. */
import type { Indicator } from '../../knowledge/catalogue/indicators.ts';

/** A stored value with its unit: `18.6万人`, `59.31%`, `0.81（81%）`. Trailing zeros are dropped, nothing is invented. */
export function formatValue(indicator: Indicator, value: number, decimals = indicator.decimals): string {
  if (indicator.unit === '比值') return `${round(value, 4)}（${round(value * 100, 2)}%）`;
  return `${round(value, decimals)}${indicator.unit}`;
}

/** A computed value (line, catch-up): with two places, also of counts. */
export function formatComputed(indicator: Indicator, value: number): string {
  return formatValue(indicator, value, 2);
}

/** A change with its sign: `+0.12个百分点`, `-3人`. */
export function formatChange(indicator: Indicator, change: number): string {
  const sign = change > 0 ? '+' : '';
  if (indicator.unit === '%') return `${sign}${round(change, 2)}个百分点`;
  if (indicator.unit === '比值') return `${sign}${round(change, 4)}`;
  return `${sign}${round(change, 2)}${indicator.unit}`;
}

/** A printed target with its unit, as the table has it; the ratio also as a percentage, because the table prints “%”. */
export function formatTarget(
  indicator: Indicator,
  target: { readonly printed: string; readonly value: number },
): string {
  if (indicator.unit === '比值') return `${target.printed}（${round(target.value * 100, 2)}%）`;
  return `${target.printed}${indicator.unit}`;
}

function round(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}
