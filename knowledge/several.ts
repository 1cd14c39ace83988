/** Parts a file that holds several documents: a second number under a head of its own begins a new one（一个文件多份文件）. */
import { DOCUMENT_NUMBER } from './parser/header.ts';
import { readAnnexHead, readMarker } from './parser/numbering.ts';
import { isDateLine } from './parser/paragraphs.ts';
import { readRow } from './table-form.ts';

export interface Parted {
  /** The documents, in order; one where the file holds one. */
  readonly texts: readonly string[];
  /** What a person should look at, in Chinese. */
  readonly doubts: readonly string[];
}

/** Lines around a number in which the title of its document stands. */
const HEAD_LINES = 7;
/** Documents of one file at most; more are a collection that must be split by hand. */
const MAX_DOCUMENTS = 50;
const TITLE_END =
  /(?:通知|意见|决定|公告|通告|函|批复|报告|方案|办法|规定|细则|规划|要点|清单|章程)(?:[（(].{1,8}[）)])?$/;

/** The documents of a text. */
export function partDocuments(text: string): Parted {
  const lines = text.split('\n');
  const numbers = lines.flatMap((line, at) => (isOwnNumber(line) ? [at] : []));
  const starts: number[] = [0];
  const doubts: string[] = [];
  let number = squeeze(lines[numbers[0] ?? -1] ?? '');
  for (const at of numbers.slice(1)) {
    const own = squeeze(lines[at] ?? '');
    if (own === number) continue; // the same number again, as on a cover and inside
    const start = headStart(lines, at);
    const clauses = lines
      .slice(starts.at(-1), start)
      .some((line) => readMarker(line.trim()) !== undefined || readRow(line));
    if (!clauses || !hasTitle(lines, start, at)) {
      doubts.push(`文件里还有一个文号（${own}），如果那是另一份文件，请分开发`);
      continue;
    }
    if (starts.length >= MAX_DOCUMENTS) {
      doubts.push(`文件里的文件超过${MAX_DOCUMENTS}份，后面的没有分开`);
      break;
    }
    starts.push(start);
    number = own;
  }
  const texts = starts.map((start, at) => lines.slice(start, starts[at + 1]).join('\n'));
  return { texts, doubts };
}

/** A line that is a document number and nothing else, but perhaps who signed it. */
function isOwnNumber(line: string): boolean {
  const plain = squeeze(line);
  const found = plain.length <= 40 && DOCUMENT_NUMBER.exec(plain)?.[0];
  return typeof found === 'string' && plain.startsWith(found) && /^(?:签发人.{0,12})?$/.test(plain.slice(found.length));
}

function squeeze(line: string): string {
  return line.replace(/[\s　*]+/g, '');
}

/** Upwards from a number over the lines of its head: who issues it, its title. */
function headStart(lines: readonly string[], number: number): number {
  let start = number;
  let seen = 0;
  for (let at = number - 1; at >= 0 && seen < HEAD_LINES; at -= 1) {
    const line = squeeze(lines[at] ?? '');
    if (line === '') continue;
    const ends = /[。；，：:）)]$/.test(line) || /印发$/.test(line) || line.length > 60;
    if (ends || isDateLine(line) || readMarker(line) || readAnnexHead(line) || readRow(lines[at] ?? '')) break;
    start = at;
    seen += 1;
  }
  return start;
}

function hasTitle(lines: readonly string[], start: number, number: number): boolean {
  const near = lines
    .slice(start, number + 20)
    .map(squeeze)
    .filter((line) => line !== '')
    .slice(0, number - start + HEAD_LINES);
  return near.some((line) => line.length >= 6 && line.length <= 80 && !readMarker(line) && TITLE_END.test(line));
}
