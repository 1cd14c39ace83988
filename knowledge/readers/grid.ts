/** A table with merged cells laid out as plain rows: heads joined, merged cells filled in, groups on rows of their own（合并单元格）. */
import { readMarker } from '../parser/numbering.ts';
import { type MarkedRow, writeRow } from '../table-form.ts';

/** A cell as a document gives it; `text` may hold line breaks. */
export interface SpannedCell {
  readonly text: string;
  readonly columns: number;
  readonly rows: number;
  /** The document says it is a head. */
  readonly head: boolean;
}

/** Columns and rows a merged cell may claim at most: a page can say colspan=1000000. */
const MAX_SPAN = 200;
const MOST_HEADS = 4;
const MAX_CELLS = 200_000;
const NUMBERED_GROUP = /^(?:[（(]?[一二三四五六七八九十]{1,3}[）)]?[、．.]?|第.{1,4}[章节])/;
const FIGURE = /^[≥≤><～~—–\-+\d.,，%％\s/]+$/;

interface Placed {
  readonly cell: SpannedCell;
  /** First row and column it covers. */
  readonly row: number;
  readonly column: number;
}

/** The table as paragraphs of a document's text: a title over it, its rows, notes under it. Empty for a table without words. */
export function tableParagraphs(rows: readonly (readonly SpannedCell[])[]): readonly string[] {
  const grid = layOut(rows);
  const width = Math.max(0, ...grid.map((row) => row.length));
  const filled = grid.filter((row) => row.some((place) => place && place.cell.text !== ''));
  if (filled.length === 0) return [];
  if (width < 2 || filled.length < 2) return filled.flatMap((row) => distinct(row).map((place) => place.cell.text));
  const [before, body, after] = partTitlesAndNotes(filled, width);
  const marked = rowsOf(body, width);
  return [...before, ...(marked.length > 0 ? [marked.map(writeRow).join('\n')] : []), ...after];
}

function layOut(rows: readonly (readonly SpannedCell[])[]): (Placed | undefined)[][] {
  const grid: (Placed | undefined)[][] = rows.map(() => []);
  let cells = 0;
  for (const [at, row] of rows.entries()) {
    let column = 0;
    for (const cell of row) {
      while (grid[at]?.[column]) column += 1;
      const place = { cell, row: at, column };
      const wide = Math.min(Math.max(cell.columns, 1), MAX_SPAN);
      const high = Math.min(Math.max(cell.rows, 1), MAX_SPAN, rows.length - at);
      for (let down = 0; down < high; down += 1)
        for (let across = 0; across < wide; across += 1) {
          cells += 1;
          if (cells > MAX_CELLS) return grid;
          const line = grid[at + down];
          if (line && !line[column + across]) line[column + across] = place;
        }
      column += wide;
    }
  }
  return grid;
}

type GridRow = readonly (Placed | undefined)[];

function distinct(row: GridRow): readonly Placed[] {
  return [...new Set(row.filter((place) => place !== undefined))].filter((place) => place.cell.text !== '');
}

/** A row that is one cell across the whole table: its title at the top, a note at the bottom. */
function partTitlesAndNotes(
  grid: readonly GridRow[],
  width: number,
): readonly [readonly string[], readonly GridRow[], readonly string[]] {
  const across = (row: GridRow | undefined): string | undefined => {
    const [only, ...more] = row ? distinct(row) : [];
    return only && more.length === 0 && only.cell.columns >= width ? only.cell.text : undefined;
  };
  const before: string[] = [];
  const after: string[] = [];
  let from = 0;
  let to = grid.length;
  for (let text = across(grid[from]); text !== undefined && to - from > 2; text = across(grid[from])) {
    before.push(...text.split('\n'));
    from += 1;
  }
  for (
    let text = across(grid[to - 1]);
    text !== undefined && /^(?:备?注|说明)/.test(text) && to > from;
    text = across(grid[to - 1])
  ) {
    after.unshift(...text.split('\n'));
    to -= 1;
  }
  return [before, grid.slice(from, to), after];
}

function rowsOf(grid: readonly GridRow[], width: number): readonly MarkedRow[] {
  const heads = countHeads(grid);
  const marked: MarkedRow[] = [];
  if (heads > 0) marked.push({ head: true, cells: joinHeads(grid.slice(0, heads), width) });
  const body = grid.slice(heads);
  const alike = columnsAlike(grid.slice(0, heads), width);
  const groups = hasGroupColumn(body);
  let said: Placed | undefined;
  for (const row of body) {
    const cells = cellsOf(row, width, alike);
    const [first] = row;
    if (groups && first) {
      // A cell without words goes on with the group before, as after a page's end.
      if (first !== said && first.cell.text !== '') marked.push({ head: false, cells: [first.cell.text] });
      said = first;
      cells[0] = '';
      if (cells.every((cell) => cell === '')) continue;
    }
    marked.push({ head: false, cells });
  }
  return marked;
}

/** Rows at the top that are heads: said so by the document, or tied together by cells that reach down over others. */
function countHeads(grid: readonly GridRow[]): number {
  let said = 0;
  while (said < grid.length && grid[said]?.every((place) => !place || place.cell.head)) said += 1;
  if (said > MOST_HEADS || said === grid.length) said = 0; // some writers call every row a head
  const first = grid[0] ?? [];
  const deep = Math.max(...first.map((place) => place?.cell.rows ?? 1));
  const wide = first.some((place) => (place?.cell.columns ?? 1) > 1 && place?.cell.rows === 1);
  const tied = deep > 1 && deep < grid.length && wide && first.every((place) => (place?.cell.text.length ?? 0) <= 24);
  const plain = grid.length > 1 && first.every((place) => place?.cell.rows === 1 && isHeadWord(place.cell.text));
  const numbered = readMarker(first[0]?.cell.text ?? '') !== undefined;
  return Math.max(said, tied ? deep : 0, plain && !numbered && said === 0 ? 1 : 0);
}

function isHeadWord(text: string): boolean {
  return text !== '' && text.length <= 24 && !/[。；=]/.test(text) && !FIGURE.test(text);
}

function joinHeads(heads: readonly GridRow[], width: number): readonly string[] {
  return Array.from({ length: width }, (_, column) => {
    const stacked = [...new Set(heads.map((row) => row[column]).filter((place) => place !== undefined))];
    return stacked.map((place) => place.cell.text.replace(/\n/g, '')).join('');
  });
}

/** The first column holds groups when one of its cells reaches over several rows and it is no number of rows. */
function hasGroupColumn(body: readonly GridRow[]): boolean {
  const firsts = [...new Set(body.map((row) => row[0]).filter((place) => place !== undefined))];
  if (firsts.length === body.length || firsts.every((place) => place.cell.text === '')) return false;
  const words = firsts.filter((place) => place.cell.text !== '');
  return words.every((place) => NUMBERED_GROUP.test(place.cell.text) || !/^\d/.test(place.cell.text));
}

/** For each column, the first of its neighbours that one head stands over, or that are all years: 目标值 over 2025年 and 2026年. */
function columnsAlike(heads: readonly GridRow[], width: number): readonly number[] {
  const year = (column: number): boolean => /20\d{2}年?/.test(heads.at(-1)?.[column]?.cell.text ?? '');
  const first: number[] = [];
  for (let column = 0; column < width; column += 1) {
    const tied = heads.some((row) => {
      const place = row[column];
      return place !== undefined && place.column < column && place.cell.text !== '';
    });
    const years = column > 0 && year(column - 1) && year(column);
    first.push(tied || years ? (first[column - 1] ?? column) : column);
  }
  return first;
}

/**
 * A cell merged downwards stands in each of its rows; one merged across in each column where it is a figure or the columns are
 * alike, else in its first.
 */
function cellsOf(row: GridRow, width: number, alike: readonly number[]): string[] {
  return Array.from({ length: width }, (_, column) => {
    const place = row[column];
    if (!place) return '';
    const stands = column === place.column || FIGURE.test(place.cell.text) || alike[column] === alike[place.column];
    return stands ? place.cell.text : '';
  });
}
