/** Finds tables in lines of text, also those flattened to one cell a line, and gives their rows（表格）. */
import { readRow } from '../table-form.ts';
import type { Line } from './lines.ts';
import { readAnnexHead, readMarker } from './numbering.ts';

export interface TableRow {
  /** The number it is cited by: as printed in its number column or before its name, else its place. */
  readonly label: string;
  /** Its name: the cell people ask for. */
  readonly name: string;
  readonly cells: readonly string[];
  /** The heading over a group of rows it stands under. */
  readonly group: string | undefined;
}

export interface Table {
  /** Column heads; cells of a head cut across lines are joined. Empty where the table has none. */
  readonly columns: readonly string[];
  /** The head row as printed; longer than `columns` where its first column holds the groups. */
  readonly heads: readonly string[];
  /** Headings over groups of rows, in order. */
  readonly groups: readonly string[];
  readonly rows: readonly TableRow[];
  /** Lines it takes up, from the one asked for. */
  readonly lines: number;
}

/** Lines a table needs at least, so that a stray tab makes none. */
const MIN_CELLS = 6;

/** The table that begins at `from`, if one does. */
export function readTable(lines: readonly Line[], from: number): Table | undefined {
  return (
    readMarkedRows(lines, from) ??
    readTabbedCells(lines, from) ??
    readGridLines(lines, from) ??
    readSpacedRows(lines, from) ??
    readNumberedCells(lines, from)
  );
}

// --- a real table: one row a line, in the form of table-form.ts; a blank line parts it from the next table

function readMarkedRows(lines: readonly Line[], from: number): Table | undefined {
  const records: (readonly string[])[] = [];
  let heads = 0;
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at];
    const row = line && readRow(line.text);
    if (!line || !row || (at > from && line.gap > 0)) break;
    if (row.head && records.length === heads) heads += 1;
    records.push(row.cells);
  }
  return records.length > 0 ? fromRecords(records, at - from, heads > 0 ? true : undefined) : undefined;
}

interface Cell {
  text: string;
  /** A blank line stood before it. */
  readonly gap: boolean;
}

// --- one cell a line, every cell begun by a tab; a cell's further paragraphs have none

/** Up to which line no table of this kind begins: what is too little for one from its first line on is so from any later one. */
const noTableBefore = new WeakMap<readonly Line[], number>();

function readTabbedCells(lines: readonly Line[], from: number): Table | undefined {
  if (!lines[from]?.cell || /\t/.test(lines[from].text) || from < (noTableBefore.get(lines) ?? 0)) return undefined;
  const records: string[][] = [];
  let record: string[] = [];
  let at = from;
  let cells = 0;
  for (; at < lines.length; at += 1) {
    const line = lines[at];
    if (!line) break;
    if (line.cell) {
      if (line.gap > 0 && record.length > 0) {
        records.push(record);
        record = [];
      }
      record.push(line.text);
      cells += 1;
      continue;
    }
    if (endsTable(line)) break;
    const last = record.length - 1;
    if (last < 0) break;
    record[last] = joinCell(record[last] ?? '', line.text);
  }
  if (record.length > 0) records.push(record);
  if (cells < MIN_CELLS || records.length < 2) {
    noTableBefore.set(lines, at);
    return undefined;
  }
  return fromRecords(records, at - from);
}

/** The lines of one cell: parts of a head or a number run together, paragraphs keep their line break. */
function joinCell(cell: string, more: string): string {
  if (cell === '') return more;
  return cell.length + more.length <= 16 ? `${cell}${more}` : `${cell}\n${more}`;
}

/** A dispatch line under a last table: 抄送：…, 某办公室 2025年2月21日印发. */
const ENDS_DOCUMENT = /^抄\s*[送报]|日\s*印发$/;

function endsTable(line: Line): boolean {
  if (readAnnexHead(line.text) || isNote(line.text)) return true;
  if (line.gap > 0 && ENDS_DOCUMENT.test(line.text)) return true;
  const marker = readMarker(line.text);
  if (marker && (marker.kind === 'han' || marker.kind === 'chapter')) return true;
  return line.gap >= 2;
}

/** A note under a table: 注：, 备注：, 说明：. */
export function isNote(text: string): boolean {
  return /^(?:备?注|说明)\s*\d*\s*[:：]/.test(text);
}

// --- one row a line, its cells parted by tabs or bars

function readGridLines(lines: readonly Line[], from: number): Table | undefined {
  const separator = separatorOf(lines[from]?.text ?? '');
  if (!separator) return undefined;
  const records: string[][] = [];
  let numbered = 0;
  let at = from;
  for (; at < lines.length; at += 1) {
    const cells = gridCells(lines[at]?.text ?? '', separator);
    if (!cells) {
      // A group's heading alone on its line, where the next row counts on.
      const next = gridCells(lines[at + 1]?.text ?? '', separator);
      const heading = lines[at]?.text ?? '';
      if (!/^序号|^编号/.test(records[0]?.[0] ?? '') || next?.[0] !== String(numbered + 1)) break;
      if (heading.length > 40 || /[。；]/.test(heading)) break;
      records.push([heading]);
      continue;
    }
    if (cells.every((cell) => /^:?-{2,}:?$/.test(cell))) continue;
    if (cells[0] === String(numbered + 1)) numbered += 1;
    records.push(cells);
  }
  return records.length >= 2 ? fromRecords(records, at - from) : undefined;
}

/** The cells of a line that has this separator. */
function gridCells(text: string, separator: '\t' | '|'): string[] | undefined {
  if (separatorOf(text) !== separator) return undefined;
  return (separator === '|' ? text.replace(/^\||\|$/g, '') : text).split(separator).map((cell) => cell.trim());
}

function separatorOf(text: string): '\t' | '|' | undefined {
  if ((text.match(/\|/g)?.length ?? 0) >= 3 && text.startsWith('|')) return '|';
  return (text.match(/\t/g)?.length ?? 0) >= 1 ? '\t' : undefined;
}

// --- one row a line, its cells parted by spaces, under a head that begins with 序号

function readSpacedRows(lines: readonly Line[], from: number): Table | undefined {
  const heads = lines[from]?.spaced;
  if (!heads || !/^(?:序号|编号)$/.test(heads[0] ?? '')) return undefined;
  const records: (readonly string[])[] = [heads];
  let at = from + 1;
  for (; at < lines.length; at += 1) {
    const cells = lines[at]?.spaced;
    if (!cells || cells.length !== heads.length || cells[0] !== String(records.length)) break;
    records.push(cells);
  }
  return records.length >= 3 ? fromRecords(records, at - from, true) : undefined;
}

// --- one cell a line without tabs: 序号, the other heads, then 1, …, 2, …

function readNumberedCells(lines: readonly Line[], from: number): Table | undefined {
  if (!/^(?:序\s*号|编\s*号|No\.?)$/i.test(lines[from]?.text ?? '')) return undefined;
  const first = findLine(lines, '1', from + 1, from + 24);
  if (first === undefined) return undefined;
  const second = findRowEnd(lines, first, 2);
  const width = (second ?? first) - first;
  if (width < 2) return undefined;
  // The heading of the first group stands between the heads and the first row.
  const grouped = first - from > 2 && isGroup(lines[first - 1]?.text);
  const printed = lines
    .slice(from, grouped ? first - 1 : first)
    .map((line) => ({ text: line.text, gap: line.gap > 0 }));
  // An empty last column leaves no lines: its head stands alone.
  const remark = printed.length === width + 1 && /^(?:备注|说明)$/.test(printed.at(-1)?.text ?? '');
  const heads = remark ? printed : mergeHeads(printed, width);
  const records: string[][] = [heads.map((head) => head.text)];
  if (grouped) records.push([lines[first - 1]?.text ?? '']);
  let at = first;
  for (let n = 1; lines[at]?.text === String(n); n += 1) {
    const next = findRowEnd(lines, at, n + 1, width) ?? Math.min(at + width, lines.length);
    const cells = lines.slice(at, next).map((line) => line.text);
    const last = cells.at(-1);
    if (last !== undefined && cells.length > width && isGroup(last)) {
      records.push(cells.slice(0, -1), [last]);
      at = next;
      continue;
    }
    records.push(cells.length > width ? [...cells.slice(0, width - 1), cells.slice(width - 1).join('\n')] : cells);
    at = next;
  }
  return fromRecords(records, at - from);
}

function isGroup(text: string | undefined): boolean {
  const kind = text === undefined || text.length > 40 ? undefined : readMarker(text)?.kind;
  return kind === 'han' || kind === 'han-bracket';
}

function findLine(lines: readonly Line[], text: string, from: number, to: number): number | undefined {
  for (let at = from; at < Math.min(to, lines.length); at += 1) if (lines[at]?.text === text) return at;
  return undefined;
}

/** Where row `next` begins: at the usual width when it stands there, else the first place it can. */
function findRowEnd(lines: readonly Line[], at: number, next: number, width?: number): number | undefined {
  if (width !== undefined && lines[at + width]?.text === String(next)) return at + width;
  for (let to = at + 2; to < Math.min(at + 24, lines.length); to += 1) {
    const line = lines[to];
    if (!line || readAnnexHead(line.text) || isNote(line.text)) return undefined;
    if (line.text === String(next)) return to;
  }
  return undefined;
}

/** Heads cut across lines are joined until there are as many as columns, the likeliest pair first. */
function mergeHeads(heads: readonly Cell[], width: number): readonly Cell[] {
  const merged = heads.map((head) => ({ ...head }));
  while (merged.length > Math.max(width, 1)) {
    let best = merged.length - 1;
    for (let at = merged.length - 1; at >= 1; at -= 1)
      if (cutLikelihood(merged, at) > cutLikelihood(merged, best)) best = at;
    const [left, right] = [merged[best - 1], merged[best]];
    if (!left || !right) break;
    left.text += right.text;
    merged.splice(best, 1);
  }
  return merged;
}

/** How likely the head at `at` goes on the one before it: after a blank line, after a bare year, or from a bracket on. */
function cutLikelihood(heads: readonly Cell[], at: number): number {
  const [left, right] = [heads[at - 1], heads[at]];
  if (!left || !right || at === 1) return -1;
  return (right.gap ? 2 : 0) + (/\d{4}年底?$/.test(left.text) ? 2 : 0) + (/^[（(]/.test(right.text) ? 3 : 0);
}

// --- records to rows

function fromRecords(records: readonly (readonly string[])[], lines: number, known?: boolean): Table {
  const head = known ?? headOf(records);
  const columns = head ? (records[0] ?? []).map((cell) => cell.replace(/\s+/g, '')) : [];
  const rows: TableRow[] = [];
  const groups: string[] = [];
  let group: string | undefined;
  for (const record of head ? records.slice(1) : records) {
    let cells = [...record];
    const filled = cells.filter((cell) => cell !== '');
    if (filled.length === 0) continue;
    const lead = groupHeading(cells, columns);
    if (lead !== undefined) {
      group = lead;
      groups.push(lead);
      cells = cells.slice(cells.indexOf(lead) + 1);
      if (cells.every((cell) => cell === '')) continue;
    }
    if (group !== undefined) while (cells[0] === '') cells = cells.slice(1); // the merged cell of the group's further rows
    rows.push({ ...nameRow(cells, rows.length + 1), cells, group });
  }
  const width = Math.max(0, ...rows.map((row) => row.cells.length));
  return { heads: columns, columns: group === undefined ? columns : columns.slice(-width), groups, rows, lines };
}

function headOf(records: readonly (readonly string[])[]): boolean {
  const first = records[0] ?? [];
  return (
    first.length > 1 &&
    first.every((cell) => cell.length <= 24 && !/[。；=]/.test(cell) && !/^[\d.%≥≤-]+$/.test(cell)) &&
    readMarker(first[0] ?? '') === undefined
  );
}

/** A row's first cell that is a numbered heading (一、…) over what follows, alone or merged over several rows. */
function groupHeading(cells: readonly string[], columns: readonly string[]): string | undefined {
  const filled = cells.filter((cell) => cell !== '');
  const first = filled[0];
  if (first === undefined) return undefined;
  const marker = readMarker(first);
  if (marker && (marker.kind === 'han' || marker.kind === 'han-bracket' || marker.kind === 'chapter')) return first;
  const alone = filled.length === 1 && Math.max(columns.length, cells.length) > 1;
  return alone && first.length <= 40 && !marker && !/^\d/.test(first) ? first : undefined;
}

function nameRow(cells: readonly string[], place: number): { readonly label: string; readonly name: string } {
  const first = cells[0] ?? '';
  if (/^\d{1,4}$/.test(first) && cells.length > 1) return { label: String(Number(first)), name: cells[1] ?? '' };
  const marker = readMarker(first);
  if (marker?.kind === 'number') return { label: marker.label, name: marker.rest };
  return { label: String(place), name: first };
}
