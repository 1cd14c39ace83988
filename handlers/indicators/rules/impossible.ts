/** What can be no value of an indicator, whoever confirms it: wrong unit, out of range, per mille（不予受理的数值）. Pure. */
import type { Indicator } from '../../../knowledge/catalogue/indicators.ts';
import type { Amount } from '../entry.ts';

/** Why a value is not taken; the texts are in replies.ts. */
export type Refusal =
  | { readonly kind: 'wrong-unit'; readonly said: string }
  | { readonly kind: 'wrong-part-unit'; readonly said: string }
  | { readonly kind: 'per-mille'; readonly said: string; readonly percent: number }
  | { readonly kind: 'share-out-of-range'; readonly said: string }
  | { readonly kind: 'numerator-above-denominator' }
  | { readonly kind: 'negative'; readonly said: string };

/** Units said after a figure, by what an indicator is counted in; 万 belongs to the figure. */
const FITTING: Readonly<Record<Indicator['unit'], RegExp>> = {
  人: /^(?:人|名|个|例)?$/,
  万人: /^(?:人|名|个|例)?$/,
  '%': /^(?:%|个百分点|个点)?$/,
  比值: /^%?$/,
};

/**
 * Looks at what was said, before it is turned into the catalogue's unit.
 * @returns the first reason to refuse, `undefined` where the value is possible
 */
export function refusalOf(
  indicator: Indicator,
  said: {
    readonly amount?: Amount | undefined;
    readonly numerator?: Amount | undefined;
    readonly denominator?: Amount | undefined;
  },
): Refusal | undefined {
  const { amount, numerator, denominator } = said;
  if (numerator && denominator) return refusalOfParts(indicator, numerator, denominator);
  return amount && refusalOfAmount(indicator, amount);
}

function refusalOfAmount(indicator: Indicator, amount: Amount): Refusal | undefined {
  const { number, said } = amount;
  if (/‰|千分之/.test(said)) {
    const fits = indicator.unit === '%' || indicator.unit === '比值';
    return fits ? { kind: 'per-mille', said, percent: number.value } : { kind: 'wrong-unit', said };
  }
  const counted = indicator.unit === '人' || indicator.unit === '万人';
  if (!FITTING[indicator.unit].test(unitOf(amount))) return { kind: 'wrong-unit', said };
  if (!counted && (number.unit === '万' || number.unit === '亿')) return { kind: 'wrong-unit', said };
  if (indicator.unit === '%' && (number.value < 0 || number.value > 100)) return { kind: 'share-out-of-range', said };
  return number.value < 0 ? { kind: 'negative', said } : undefined;
}

function refusalOfParts(indicator: Indicator, numerator: Amount, denominator: Amount): Refusal | undefined {
  for (const part of [numerator, denominator]) {
    if (part.number.unit === '%') return { kind: 'wrong-part-unit', said: part.said };
    if (part.number.value < 0) return { kind: 'negative', said: part.said };
  }
  if (indicator.unit === '%' && numerator.number.value > denominator.number.value)
    return { kind: 'numerator-above-denominator' };
  return undefined;
}

/** The unit word of an amount: 人 of 18.6万人, % of 百分之六十. */
function unitOf({ number, said }: Amount): string {
  if (number.unit === '%') return '%';
  return /(?:人次?|例|家|个百分点|个点|个|名|项|元|户|所|台|张|次|天|岁|分)$/.exec(said)?.[0] ?? '';
}
