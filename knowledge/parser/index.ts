/** Text in, clause tree out: header, preamble, numbered clauses, tables, annexes, tail. Pure; never throws. */
import { type Header, readHeader } from './header.ts';
import { readLines } from './lines.ts';
import { type Block, isDateLine, readBlocks } from './paragraphs.ts';
import { tailRanges } from './tail.ts';
import { type ParsedClause, TreeBuilder, textOf } from './tree.ts';

export type { ParsedClause } from './tree.ts';

/** Raised whenever the same text would give other clauses, so that stored documents are read again. */
export const PARSER_VERSION = 5;

export interface ParsedDocument extends Header {
  readonly clauses: readonly ParsedClause[];
  readonly tables: number;
  /** What a person should look at, in Chinese. Empty where nothing is in doubt. */
  readonly doubts: readonly string[];
}

/** Parses the text of one document. Same text, same clauses. */
export function parseDocument(text: string): ParsedDocument {
  const blocks = readBlocks(readLines(text));
  const body = bodyStart(blocks);
  const front = splitFront(blocks.slice(0, body));
  const tree = new TreeBuilder();
  tree.leaf('文头', 'head', front.head);
  tree.leaf('序言', 'preamble', front.preamble);
  const main = blocks.slice(body);
  const tails = tailRanges(main);
  for (const [at, block] of main.entries()) {
    if (tails.has(at)) tree.tail(textOf(block));
    else tree.add(block);
  }
  const clauses = tree.finish();
  const tail = clauses.find((clause) => clause.kind === 'tail');
  const header = readHeader(front.head.length > 0 ? front.head : front.preamble, tail ? tail.printed.split('\n') : []);
  const tables = blocks.filter((block) => block.kind === 'table').length;
  const title = header.title === '' ? titleOfAnnex(clauses) : header.title;
  return { ...header, title, clauses, tables, doubts: doubtsOf(header, clauses) };
}

/** A file that begins with an annex is called by that annex's title. */
function titleOfAnnex(clauses: readonly ParsedClause[]): string {
  const annex = clauses.find((clause) => /^附[^/]*$/.test(clause.path));
  return annex?.heading.replace(/\s+/g, '') ?? '';
}

/** What a site prints in such brackets over a document: 【发布日期】, 【字号 大 中 小】. */
const ABOUT_ITSELF =
  /索引|文号|字号|发文|发布|成文|生效|主题|标题|名称|来源|字体|打印|关闭|日期|时间|分类|关键|机构|效力/;

/** Where the clauses begin: the first number, annex or table; without any, the first running text after the titles. */
function bodyStart(blocks: readonly Block[]): number {
  const bracketed = blocks.filter((block) => block.kind === 'paragraph' && block.marker?.kind === 'title-bracket');
  const begins = (block: Block): boolean =>
    block.kind !== 'paragraph' ||
    (block.marker !== undefined &&
      (block.marker.kind !== 'title-bracket' ||
        (bracketed.length > 1 && block.prose && !ABOUT_ITSELF.test(block.marker.label))));
  const numbered = blocks.findIndex(begins);
  if (numbered >= 0) return numbered;
  const prose = blocks.findIndex((block) => block.kind === 'paragraph' && block.prose && !/[：:]$/.test(block.text));
  return prose < 0 ? blocks.length : prose;
}

/** The preamble is the running text after the last title, addressee, signature or date before the first number. */
function splitFront(blocks: readonly Block[]): {
  readonly head: readonly string[];
  readonly preamble: readonly string[];
} {
  const texts = blocks.map(textOf);
  let from = texts.length;
  while (from > 0 && isPreambleText(blocks[from - 1])) from -= 1;
  return { head: texts.slice(0, from), preamble: texts.slice(from) };
}

function isPreambleText(block: Block | undefined): boolean {
  if (block?.kind !== 'paragraph' || !block.prose || isDateLine(block.text)) return false;
  return (
    /[。：；:]$/.test(block.text) && (block.text.length >= 25 || /。$/.test(block.text)) && !isAddressee(block.text)
  );
}

/** 各乡镇人民政府、街道办事处，县政府各部门，有关单位： */
function isAddressee(text: string): boolean {
  return (
    /[：:]$/.test(text) &&
    !/。/.test(text) &&
    /^(?:各|县|市|区|省|有关)/.test(text) &&
    !/(?:如下|以下)[：:]$/.test(text)
  );
}

/** Repeated numbers that are named one by one. */
const MAX_TWICE = 5;

function doubtsOf(header: Header, clauses: readonly ParsedClause[]): readonly string[] {
  const doubts: string[] = [];
  if (!header.number) doubts.push('没有找到文号');
  if (!header.issuedOn) doubts.push('没有找到成文日期');
  const twice = clauses.filter((clause) => clause.path.includes('#') && clause.kind !== 'tail');
  for (const clause of twice.slice(0, MAX_TWICE)) doubts.push(`序号重复：${clause.path}`);
  if (twice.length > MAX_TWICE) doubts.push(`还有${twice.length - MAX_TWICE}处序号重复`);
  if (!clauses.some((clause) => clause.kind === 'section' || clause.kind === 'row'))
    doubts.push('没有找到带序号的条款');
  return doubts;
}
