/** The form in which a real table travels inside a document's text: one line a row, its cells parted by marks of our own（表格文本形式）. */

/** Begins the line of a row; no text of an office has it. */
const ROW = '\u001e';
/** Follows ROW where the row is the head of its table. */
const HEAD = '\u001c';
const CELL = '\u001f';
/** Parts the paragraphs inside a cell. */
const BREAK = '\u001d';
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marks are control characters, chosen because no text has them
const MARKS = /[\u001c-\u001f]/g;

export interface MarkedRow {
  readonly cells: readonly string[];
  readonly head: boolean;
}

/** One row as a line of text; `\n` inside a cell stays a line break of that cell. */
export function writeRow({ cells, head }: MarkedRow): string {
  const clean = cells.map((cell) =>
    cell
      .replace(MARKS, '')
      .replace(/[\t ]+/g, ' ')
      .replace(/\s*\n\s*/g, BREAK)
      .trim(),
  );
  return `${ROW}${head ? HEAD : ''}${clean.join(CELL)}`;
}

/** Reads a line that `writeRow` made; `undefined` for any other line. */
export function readRow(line: string): MarkedRow | undefined {
  if (!line.startsWith(ROW)) return undefined;
  const head = line[1] === HEAD;
  const cells = line
    .slice(head ? 2 : 1)
    .split(CELL)
    .map((cell) => cell.replaceAll(BREAK, '\n').trim());
  return { cells, head };
}

/** Text without the marks, as it must be where it comes from outside. */
export function withoutMarks(text: string): string {
  return text.replace(MARKS, '');
}
