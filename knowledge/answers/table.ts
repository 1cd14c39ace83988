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

/** The point stays one line up to this length, with room for what marks a past target. */
const LINE = 60;
const PAST_MARKS = 4;

/** The line that gives the cell asked for; `missing` names what the table does not have. */
export function tableLead(
  question: ReadQuestion,
  reading: Reading,
): { readonly lead: string } | { readonly missing: string } {
  const { cells, unit } = figureCells(reading);
  const level = ofLevel(question, cells);
  const years = yearsAsked(question, level);
  if (years.length > 0 && !level.some((cell) => cell.year !== undefined && years.includes(cell.year)))
    return { missing: `${years.join('、')}的数值` };
  const chosen = choose(question, level);
  const figures = chosen.map((cell) => `${columnOf(cell)}为${show(cell.value, unit)}`);
  const note = isRatio(unit, chosen) ? '（比值，原表单位写作%）' : '';
  const gap = difference(question, chosen, unit);
  const lead = `${reading.clause.heading}：${figures.join('；')}${note}${gap}`;
  if (lead.length + PAST_MARKS <= LINE) return { lead };
  // The row below names the indicator in full.
  return { lead: gap === '' ? `${figures.join('；')}${note}` : gap.slice(1) };
}

/** The cells asked for of a row that stands in a list; '' where no figure is asked. */
export function cellsAsked(question: ReadQuestion, reading: Reading): string {
  const { cells, unit } = figureCells(reading);
  if (question.years.length === 0 && !/目标|指标值|数值|多少|基数/.test(question.text)) return '';
  return choose(question, ofLevel(question, cells))
    .map((cell) => `${question.years.length === 1 ? '' : columnOf(cell)}${show(cell.value, unit)}`)
    .join('；');
}

/** The column of the municipality is given only where it is asked for. */
function ofLevel(question: ReadQuestion, cells: readonly Cell[]): readonly Cell[] {
  // 市里的也说一下: the county's figure and the municipality's.
  if (question.municipal && BOTH_LEVELS.test(question.text)) return cells;
  const own = cells.filter((cell) => cell.municipal === question.municipal);
  return own.length > 0 ? own : cells.filter((cell) => !cell.municipal);
}

const BOTH_LEVELS =
  /市[^，。]{0,6}(?:也|都|一起|顺便)|(?:还有|和|跟|与|以及|县里?、)[^，。]{0,3}(?:全市|市)|县[^，。]{0,14}市/;

/** Years of the words, also the first of 2025和2027年. */
function yearsAsked(question: ReadQuestion, cells: readonly Cell[]): readonly string[] {
  const loose = cells.flatMap((cell) =>
    cell.year !== undefined &&
    new RegExp(`(?<!\\d)(?:20)?${cell.year.slice(2, 4)}(?=[和与、到至比跟还]|[\\u4e00-\\u9fff]{0,4}\\d{2,4}年)`).test(
      question.text,
    )
      ? [cell.year]
      : [],
  );
  const bare = cells.flatMap((cell) =>
    cell.year !== undefined && new RegExp(`(?<!\\d)${cell.year.slice(0, 4)}(?!\\d)`).test(question.text)
      ? [cell.year]
      : [],
  );
  return question.years.length === 0 ? [...new Set(bare)] : [...new Set([...loose, ...question.years])];
}

function choose(question: ReadQuestion, level: readonly Cell[]): readonly Cell[] {
  const years = yearsAsked(question, level);
  const wantsBase = /基数|基期|指标值|基础值|起点|原来|现状/.test(question.text);
  let chosen = level;
  const since = years.length === 1 && DIFFERENCE.test(question.text); // 比2023年要增加多少: up to the targets
  if (years.length > 0)
    chosen = level.filter(
      (cell) => cell.year !== undefined && (years.includes(cell.year) || (since && /目标/.test(cell.column))),
    );
  else if (wantsBase) chosen = level.filter((cell) => /指标值|基数|现状/.test(cell.column));
  else if (/目标/.test(question.text)) chosen = level.filter((cell) => /目标/.test(cell.column));
  return chosen.length === 0 ? level : chosen;
}

const DIFFERENCE = /多多少|增加|少多少|提高|差多少|涨|增长|差距/;

/** 2025年比2023年多多少: reckoned only from two given figures. */
function difference(question: ReadQuestion, cells: readonly Cell[], unit: string): string {
  const [first, ...later] = cells;
  if (!first || later.length === 0 || !DIFFERENCE.test(question.text)) return '';
  const gaps = later.map((cell) => {
    const [from, to] = [first, cell].map((one) => /^\d+(?:\.\d+)?$/.exec(normalise(one.value))?.[0]);
    if (from === undefined || to === undefined) return '有一个不是确定的数，不能相减';
    const digits = Math.max(...[from, to].map((figure) => figure.split('.')[1]?.length ?? 0));
    const gap = (Number(to) - Number(from)).toFixed(digits);
    return `${later.length > 1 ? `到${cell.year ?? ''}` : ''}相差${gap.replace(/^-/, '')}${unit === '%' ? '个百分点' : unit}`;
  });
  return `；${[...new Set(gaps)].join('，')}`;
}

function columnOf(cell: Cell): string {
  return cell.column.replace(/\s/g, '');
}

function isRatio(unit: string, cells: readonly Cell[]): boolean {
  return unit === '%' && cells.some((cell) => ratioOf(cell.value));
}

function ratioOf(value: string): boolean {
  const figure = /^[≥≤><]?(\d+(?:\.\d+)?)$/.exec(normalise(value))?.[1];
  return figure !== undefined && Number(figure) <= 1;
}

/** `--` is not zero: the table gives no figure. A ratio printed under % is shown as printed, without the sign. */
function show(value: string, unit: string): string {
  const plain = normalise(value);
  if (/^-+$/.test(plain) || plain === '') return `“${value}”（原表未给出数值）`;
  if (unit === '%' && ratioOf(value)) return value;
  return `${value}${/^[\d.≥≤><]+$/.test(plain) ? unit : ''}`;
}

/** A row's cells under the heads of their columns, for reading; `undefined` for what is no row of a headed table. */
export function cellsOf(reading: Reading): readonly { readonly label: string; readonly value: string }[] | undefined {
  const { columns, kind, text } = reading.clause;
  if (kind !== 'row' || !columns) return undefined;
  const values = text.split('\t');
  return columns.flatMap((column, at) => {
    const label = column.replace(/\s/g, '');
    const value = values[at] ?? '';
    return /^(?:序号|编号)$/.test(label) || value === '' ? [] : [{ label, value }];
  });
}
