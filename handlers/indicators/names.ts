/** Finds which indicator or goal somebody means: number, printed name or the words people say（指标名称识别）. */
import { GOALS, type Goal, INDICATORS, type Indicator } from '../../knowledge/catalogue/indicators.ts';
import { normaliseText } from '../chinese/numbers.ts';

/** An indicator named in a text, and the text without its name. */
export interface Named {
  readonly indicator: Indicator;
  readonly rest: string;
}

/** The indicator a text names, the longest name first; `undefined` where none or only part of a word matches. */
export function findIndicator(text: string): Named | undefined {
  const plain = plainText(text);
  const code = /(?:附件2[-第]?|A2-)(\d{1,2})(?!\d)行?|第(\d{1,2})(?:项|个)?指标/i.exec(plain);
  const row = code?.[1] ?? code?.[2];
  const byCode = row === undefined ? undefined : INDICATORS.find((each) => each.id === `A2-${Number(row)}`);
  if (code && byCode) return { indicator: byCode, rest: cut(plain, code.index, code[0].length) };
  const hit = longest(plain, INDICATORS, (each) => [each.name, each.shortName, ...each.aliases]);
  return hit && { indicator: hit.item, rest: cut(plain, hit.at, hit.length) };
}

/** Reads a leading row number as the row: `9 2026年三季度 18.6万人` begins with A2-9（指标编号）. For arguments of commands only. */
export function withRowNumber(argument: string): string {
  const plain = plainText(argument);
  const row = /^(?:第)?(\d{1,2})(?:号|项|行)?(?=\s|$)/.exec(plain);
  if (!row || !INDICATORS.some((each) => each.id === `A2-${Number(row[1])}`)) return argument;
  return `A2-${Number(row[1])}${plain.slice(row[0].length)}`;
}

/** Whether an argument is nothing but a row number, of the table or not: 20, 第20项, A2-20. */
export function isRowNumber(argument: string): boolean {
  return /^(?:第|A2-)?\d{1,3}(?:号|项|行|个)?$/.test(plainText(argument));
}

/** Goals of the regions that the text names, best match first; several of one name where a region splits them. */
export function findGoals(text: string, regionPath: readonly string[]): readonly Goal[] {
  const plain = plainText(text);
  const own = GOALS.filter((goal) => regionPath.includes(goal.regionId));
  const scored = own
    .map((goal) => ({
      goal,
      score: [goal.name, ...goal.aliases].reduce(
        (sum, word) => (plain.includes(plainText(word)) ? sum + word.length : sum),
        0,
      ),
    }))
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score);
  const best = scored[0]?.score ?? 0;
  return scored.filter((each) => each.score === best).map((each) => each.goal);
}

function longest<T>(
  text: string,
  items: readonly T[],
  names: (item: T) => readonly string[],
): { readonly item: T; readonly at: number; readonly length: number } | undefined {
  let best: { item: T; at: number; length: number } | undefined;
  for (const item of items) {
    for (const name of names(item)) {
      const word = plainText(name);
      const at = text.indexOf(word);
      if (at >= 0 && (!best || word.length > best.length)) best = { item, at, length: word.length };
    }
  }
  return best;
}

/** One spelling for comparing: NFKC, no quotation marks, no commas inside names. */
export function plainText(text: string): string {
  return normaliseText(text)
    .replace(/["“”'‘’「」]/g, '')
    .replace(/、/g, '')
    .toUpperCase();
}

function cut(text: string, at: number, length: number): string {
  return `${text.slice(0, at)} ${text.slice(at + length)}`.replace(/\s+/g, ' ').trim();
}
