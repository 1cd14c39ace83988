/** Reads a sheet that somebody made in Excel or WPS: csv in UTF-8, UTF-16 or GBK, or xlsx; every cell as text（表格读取）. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/** One row of the sheet; `line` is its number as the spreadsheet shows it, the header being 1. */
export interface SheetRow {
  readonly line: number;
  /** Text of each cell by its column, trimmed; never undefined for a column of the header. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface SheetTable {
  readonly columns: readonly string[];
  readonly rows: readonly SheetRow[];
}

/** A file that is no table; the message is Chinese and says what to do. */
export class UnreadableTableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableTableError';
  }
}

/** @throws UnreadableTableError when the file is neither csv nor xlsx, or has no header */
export async function readTable(file: string): Promise<SheetTable> {
  const bytes = readBytes(file);
  const zip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    throw new UnreadableTableError('这是旧版 xls 文件，请在 Excel 或 WPS 中另存为 xlsx 或 csv。');
  }
  const lines = zip ? await readXlsx(bytes) : readCsv(bytes);
  const [header, ...body] = lines;
  if (!header || header.cells.every((cell) => cell === ''))
    throw new UnreadableTableError('文件没有表头，用 --template 取模板。');
  const columns = header.cells.map((cell) => cell.toLowerCase());
  const twice = columns.find((column, at) => column !== '' && columns.indexOf(column) !== at);
  if (twice) throw new UnreadableTableError(`表头有两列都叫“${twice}”，请删去一列。`);
  const rows = body
    .filter((row) => row.cells.some((cell) => cell !== ''))
    .map((row) => ({
      line: row.line,
      cells: Object.fromEntries(
        columns.map((column, at) => [column, row.cells[at] ?? '']).filter(([name]) => name !== ''),
      ),
    }));
  return { columns: columns.filter((column) => column !== ''), rows };
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UnreadableTableError(`读不到文件 ${file}，请核对路径。`, { cause });
  }
}

async function readXlsx(bytes: Uint8Array): Promise<readonly Line[]> {
  const { readSheet } = await import('read-excel-file/node');
  try {
    const sheet = await readSheet(Buffer.from(bytes));
    return sheet.map((row, at) => ({ line: at + 1, cells: row.map(cellText) }));
  } catch (cause) {
    throw new UnreadableTableError('打不开这个 xlsx 文件，请在 Excel 或 WPS 中重新另存一份。', { cause });
  }
}

/** Excel keeps long numbers as numbers; dates and formulas have no place in a roster and come as they are shown. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return String(cell).normalize('NFKC').trim();
}

function readCsv(bytes: Uint8Array): readonly Line[] {
  try {
    // With `info` each record comes with the line it ends on; the package's types do not say so.
    const records = parse(decode(bytes), {
      bom: true,
      delimiter: [',', '\t', ';'],
      info: true,
      relax_column_count: true,
      skip_empty_lines: false,
      trim: true,
    }) as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record.map(cellText) }));
  } catch (cause) {
    throw new UnreadableTableError('这个文件不是完整的 csv（可能引号没有成对），请检查或另存为 xlsx。', { cause });
  }
}

/** UTF-8 when it is valid UTF-8, UTF-16 when it says so, else what Chinese Excel writes: GBK. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
