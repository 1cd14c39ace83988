/** Answers from a table row: the cell asked for, never the column of another level（指标表）. */
import type { ReadQuestion } from '../question.ts';
import type { Reading } from '../reading.ts';
import { normalise } from '../words.ts';

export interface Cell {
  readonly column: string;
  readonly value: string;
  readonly year: string | undefined;
  /** The column of the municipality, （市）. */
  readonly municipal: boolean;
}

/** The figures of a row by their columns, number, name and unit left out. */
export function figureCells(reading: Reading): { readonly cells: readonly Cell[]; readonly unit: string } {
  const values = reading.clause.text.split('\t');
  const columns = reading.clause.columns ?? [];
  const unitAt = columns.findIndex((column) => /^(?:计量)?单位$/.test(column.replace(/\s/g, '')));
  const cells = columns.flatMap((column, at) => {
    const value = values[at];
    if (value === undefined || !/\d{4}年|目标|指标值|基数|现状|完成/.test(column)) return [];
    return [{ column, value, year: /(\d{4})年/.exec(column)?.[0], municipal: /[（(]市[）)]|全市|市级/.test(column) }];
  });
  return { cells, unit: unitAt >= 0 ? (values[unitAt] ?? '') : '' };
}

/** The line that gives the cell asked for; `missing` names what the table does not have. */
export function tableLead(
  question: ReadQuestion,
  reading: Reading,
): { readonly lead: string } | { readonly missing: string } {
  const { cells, unit } = figureCells(reading);
  const own = cells.filter((cell) => cell.municipal === question.municipal);
  const level = own.length > 0 ? own : cells;
  const wantsBase = /基数|基期|指标值|基础值|起点|原来|现状/.test(question.text);
  let chosen = level;
  if (question.years.length > 0) {
    chosen = level.filter((cell) => cell.year !== undefined && question.years.includes(cell.year));
    if (chosen.length === 0) return { missing: `${question.years.join('、')}的数值` };
  } else if (wantsBase) chosen = level.filter((cell) => /指标值|基数|现状/.test(cell.column));
  else if (/目标/.test(question.text)) chosen = level.filter((cell) => /目标/.test(cell.column));
  if (chosen.length === 0) chosen = level;
  const figures = chosen.map((cell) => `${cell.column.replace(/\s/g, '')}${show(cell.value, unit)}`).join('；');
  return { lead: `${reading.clause.heading}：${figures}` };
}

/** `--` is not zero: the table gives no figure. A ratio printed under % is shown as printed, without the sign. */
function show(value: string, unit: string): string {
  const plain = normalise(value);
  if (/^-+$/.test(plain) || plain === '') return `为“${value}”（原表未给出数值）`;
  const figure = /^[≥≤><]?(\d+(?:\.\d+)?)$/.exec(plain)?.[1];
  if (unit === '%' && figure !== undefined && Number(figure) <= 1) return `为${value}（比值，原表单位写作%）`;
  return `为${value}${/^[\d.≥≤><]+$/.test(plain) ? unit : ''}`;
}
