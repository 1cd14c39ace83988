/** Words at places on pages to paragraphs: lines made, headers and footers dropped, lines that were cut joined（版面还原）. */
import { readMarker } from '../parser/numbering.ts';

/** Some words at a place; y grows downwards, from the top of the page. */
export interface Word {
  readonly text: string;
  readonly x: number;
  /** Baseline. */
  readonly y: number;
  readonly width: number;
  /** Height of the letters. */
  readonly size: number;
}

/** A table among the words of a page. */
export interface PlacedTable {
  readonly kind: 'table';
  readonly top: number;
  readonly bottom: number;
  readonly rows: readonly TableLine[];
  /** Right edges of its columns, to know it again on the next page. */
  readonly columns: readonly number[];
  /** No line above its first, below its last row: the end of the page has cut a row. */
  readonly openTop: boolean;
  readonly openBottom: boolean;
}

export interface TableCell {
  readonly text: string;
  /** The first column it covers, from 0. */
  readonly column: number;
  readonly columns: number;
  readonly rows: number;
}

/** A row of a table: the cells that begin in it. */
export type TableLine = readonly TableCell[];

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly words: readonly Word[];
  readonly tables: readonly PlacedTable[];
}

interface TextLine {
  readonly kind: 'line';
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly size: number;
}
type Item = TextLine | PlacedTable;

/** Lines at the edge of a page that are looked at as headers and footers. */
const EDGE_LINES = 2;
const PAGE_NUMBER = /^[-—–－―·•\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[,，/]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－―·•\s]*$/;

/** What stands on the pages in reading order: paragraphs and tables. Tables that go on over pages are one. */
export function readPages(pages: readonly Page[]): readonly (string | readonly TableLine[])[] {
  const items = pages.map(itemsOf);
  const repeated = repeatedLines(items);
  const kept = items.map((page) => dropEdges(page, repeated));
  const margins = marginsOf(kept.flat().filter((item) => item.kind === 'line'));
  const result: (string | TableLine[])[] = [];
  let last: TextLine | undefined;
  let table: { readonly rows: TableLine[]; readonly columns: readonly number[]; openBottom: boolean } | undefined;
  for (const page of kept) {
    let first = true;
    for (const item of page) {
      if (item.kind === 'table') {
        if (table && first && sameColumns(table.columns, item.columns)) {
          goOn(table.rows, item.rows, table.openBottom && item.openTop);
          table.openBottom = item.openBottom;
        } else {
          table = { rows: [...item.rows], columns: item.columns, openBottom: item.openBottom };
          result.push(table.rows);
        }
        last = undefined;
      } else {
        const before = result.at(-1);
        if (last && typeof before === 'string' && continues(last, item, margins, first))
          result[result.length - 1] = glue(before, item.text);
        else result.push(item.text);
        last = item;
        table = undefined;
      }
      first = false;
    }
  }
  return result;
}

function itemsOf(page: Page): readonly Item[] {
  const lines = linesOf(page.words);
  const items: Item[] = [...lines, ...page.tables];
  return items.sort((a, b) => topOf(a) - topOf(b));
}

function topOf(item: Item): number {
  return item.kind === 'line' ? item.y - item.size / 2 : item.top;
}

/** Words on one baseline, from left to right; a gap of more than a letter becomes a blank. */
export function linesOf(words: readonly Word[]): readonly TextLine[] {
  const sorted = words.filter((word) => word.text.trim() !== '').sort((a, b) => a.y - b.y || a.x - b.x);
  const rows: Word[][] = [];
  for (const word of sorted) {
    const row = rows.at(-1);
    const near = row?.[0];
    if (row && near && Math.abs(near.y - word.y) <= Math.max(near.size, word.size) * 0.45) row.push(word);
    else rows.push([word]);
  }
  return rows.map((row) => {
    row.sort((a, b) => a.x - b.x);
    let text = '';
    let end = Number.NEGATIVE_INFINITY;
    for (const word of row) {
      const gap = word.x - end;
      if (text !== '' && gap > word.size * 0.7) text += ' ';
      else if (text !== '' && gap > word.size * 0.18 && /[A-Za-z0-9]$/.test(text) && /^[A-Za-z]/.test(word.text))
        text += ' ';
      text += word.text;
      end = Math.max(end, word.x + word.width);
    }
    const [first] = row;
    return {
      kind: 'line',
      text: text.replace(/\s+/g, ' ').trim(),
      left: first?.x ?? 0,
      right: end,
      y: first?.y ?? 0,
      size: Math.max(...row.map((word) => word.size)),
    } satisfies TextLine;
  });
}

/** Words at the edge of pages, digits aside, that stand on at least three pages or, of two, on both. */
function repeatedLines(pages: readonly (readonly Item[])[]): ReadonlySet<string> {
  const seen = new Map<string, number>();
  for (const page of pages) {
    const edge = new Set([...page.slice(0, EDGE_LINES), ...page.slice(-EDGE_LINES)].flatMap(edgeKey));
    for (const key of edge) seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const enough = Math.max(2, Math.min(3, pages.length), Math.ceil(pages.length * 0.3));
  return new Set([...seen].filter(([, times]) => pages.length > 1 && times >= enough).map(([key]) => key));
}

/** A running line is no clause and no sentence, however often the same words stand at the edge of a page. */
function edgeKey(item: Item): readonly string[] {
  if (item.kind !== 'line' || item.text.length > 60 || /[。；：]$/.test(item.text)) return [];
  return readMarker(item.text) ? [] : [item.text.replace(/\d+/g, '#').replace(/\s/g, '')];
}

function dropEdges(page: readonly Item[], repeated: ReadonlySet<string>): readonly Item[] {
  const isEdge = (item: Item | undefined): boolean =>
    item?.kind === 'line' && (PAGE_NUMBER.test(item.text) || edgeKey(item).some((key) => repeated.has(key)));
  let from = 0;
  let to = page.length;
  while (from < Math.min(EDGE_LINES, page.length) && isEdge(page[from])) from += 1;
  while (to > from && page.length - to < EDGE_LINES && isEdge(page[to - 1])) to -= 1;
  return page.slice(from, to);
}

interface Margins {
  readonly left: number;
  readonly right: number;
  /** Usual distance of baselines. */
  readonly leading: number;
}

function marginsOf(lines: readonly TextLine[]): Margins {
  const round = (values: readonly number[], share: number): number => {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  };
  const long = lines.filter((line) => line.text.length >= 12);
  const measured = long.length >= 3 ? long : lines;
  const gaps: number[] = [];
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1];
    if (next && next.y > line.y && next.y - line.y < line.size * 4) gaps.push(next.y - line.y);
  }
  return {
    left: round(
      measured.map((line) => line.left),
      0.1,
    ),
    right: round(
      measured.map((line) => line.right),
      0.9,
    ),
    leading: round(gaps, 0.5),
  };
}

/** The line before ran to the margin, and this one begins at it: one paragraph, cut by the width of the page or its end. */
function continues(before: TextLine, line: TextLine, margins: Margins, pageTurned: boolean): boolean {
  if (Math.abs(before.size - line.size) > Math.min(before.size, line.size) * 0.12) return false;
  if (!pageTurned && margins.leading > 0 && line.y - before.y > Math.max(margins.leading, line.size) * 1.75)
    return false;
  if (line.left > margins.left + line.size * 1.3) return false;
  return margins.right - before.right < tokenWidth(line);
}

/** Width that the beginning of a line needs, which is why it did not fit on the line before: marks hang together. */
function tokenWidth({ text, size }: { readonly text: string; readonly size: number }): number {
  const latin = /^[（(“《〔【]*[A-Za-z0-9.,%％:≥≤+\-/]+/.exec(text)?.[0] ?? '';
  const letters =
    latin !== '' ? [...latin] : [...(/^[（(“《〔【]*.[，。、；：！？）)”》〕】]*/u.exec(text)?.[0] ?? text)];
  const width = letters.reduce((sum, letter) => sum + (letter < '\u2000' ? 0.55 : 1), 0);
  return (width + 0.9) * size;
}

/** Two pieces of a text that the width of a page or cell has parted. */
export function glue(left: string, right: string): string {
  return /[A-Za-z]$/.test(left) && /^[A-Za-z]/.test(right) ? `${left} ${right}` : `${left}${right}`;
}

/** The paragraphs of a cell: a line that leaves room for what follows ends one. */
export function cellText(words: readonly Word[], left: number, right: number): string {
  const lines = linesOf(words);
  const widest = Math.max(0, ...lines.map((line) => line.right - line.left));
  let text = '';
  for (const [at, line] of lines.entries()) {
    const before = lines[at - 1];
    if (!before) {
      text = line.text;
      continue;
    }
    // Cells have a border's distance on both sides; a line as wide as the widest is full whatever the alignment.
    const room =
      Math.min(right - left - line.size * 0.9, Math.max(widest, (right - left) * 0.6)) - (before.right - before.left);
    const short = text.length + line.text.length <= 16;
    text = short || room < tokenWidth(line) ? glue(text, line.text) : `${text}\n${line.text}`;
  }
  return text;
}

function sameColumns(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((edge, at) => Math.abs(edge - (b[at] ?? 0)) < 4);
}

/** Rows of the next page: a repeated head is dropped, a row that the page's end has cut is put together. */
function goOn(rows: TableLine[], more: readonly TableLine[], cut: boolean): void {
  const text = (row: TableLine | undefined): string =>
    (row ?? []).map((cell) => cell.text.replace(/\s/g, '')).join('\t');
  let from = 0;
  while (from < more.length && text(more[from]) !== '' && text(more[from]) === text(rows[from])) from += 1;
  const [first, ...rest] = more.slice(from);
  const last = rows.at(-1);
  if (first && last && (cut || lacksName(first, rows))) {
    rows[rows.length - 1] = last.map((cell) => {
      const added = first.find((other) => other.column === cell.column)?.text ?? '';
      return added === '' ? cell : { ...cell, text: cell.text === '' ? added : joinCut(cell.text, added) };
    });
    rows.push(...rest);
  } else rows.push(...more.slice(from));
}

/** The cell that names a row is empty, while nearly all rows before have one: this is the end of the row before. */
function lacksName(row: TableLine, rows: readonly TableLine[]): boolean {
  const width = Math.max(...rows.map((one) => Math.max(...one.map((cell) => cell.column + cell.columns))));
  for (let column = 0; column < width; column += 1) {
    const own = rows.filter((one) => one.some((cell) => cell.column === column && cell.rows === 1 && cell.text !== ''));
    if (own.length < rows.length * 0.8) continue;
    return (row.find((cell) => cell.column === column)?.text ?? '') === '' && row.some((cell) => cell.text !== '');
  }
  return false;
}

function joinCut(text: string, added: string): string {
  return /[。；：！？】]$/.test(text) ? `${text}\n${added}` : glue(text, added);
}
