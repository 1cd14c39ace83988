/** One plan as text in several encodings, Word document, web page and PDF: the same clauses, whatever the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseDocument } from '../../../knowledge/parser/index.ts';
import { readFileText } from '../../../knowledge/readers/index.ts';
import { openBrowser } from '../../page/browser.ts';
import { htmlBody, makeDocx, makeHtml, makePdf, partsOf } from './make-documents.ts';

const CORPUS = join(import.meta.dirname, '../../../knowledge/corpus');
const bare = (text: string): string => text.replace(/[ \n\u3000]+/g, '');

/** Paths, headings, words and columns of every clause; line breaks inside them depend on the format. */
function tree(text: string): readonly string[] {
  const parsed = parseDocument(text);
  return [
    [bare(parsed.title), parsed.number, parsed.issuer, parsed.issuedOn, parsed.tables].join(' | '),
    ...parsed.clauses.map((clause) =>
      [
        clause.path,
        clause.kind,
        bare(clause.heading),
        bare(clause.text),
        clause.group ?? '',
        (clause.columns ?? []).join('/'),
      ].join(' | '),
    ),
  ];
}

/** GBK bytes of a text; Node only decodes it, so the table is made by decoding every pair of bytes. */
function encodeGbk(text: string): Buffer {
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder('gb18030');
  for (let high = 0x81; high <= 0xfe; high += 1)
    for (let low = 0x40; low <= 0xfe; low += 1) {
      if (low === 0x7f) continue;
      const char = decoder.decode(new Uint8Array([high, low]));
      if ([...char].length === 1 && !table.has(char)) table.set(char, [high, low]);
    }
  return Buffer.from(
    [...text].flatMap((char) => (char < '\u0080' ? [char.charCodeAt(0)] : (table.get(char) ?? [0x3f]))),
  );
}

let browser: Browser | undefined;
beforeAll(async () => {
  const program = inject('chromium');
  if (program) browser = await openBrowser(program);
});
afterAll(() => browser?.close());

/** Printing takes seconds: two plans with tables of every kind are enough. */
const PRINTED = new Set(['wuxi', 'huizhou']);

describe.each(['wuxi', 'huizhou', 'hunan', 'mudan', 'jieyang'])('%s', (plan) => {
  const source = readFileSync(join(CORPUS, `${plan}.txt`), 'utf8');
  const expected = tree(source);
  const read = async (name: string, bytes: Buffer): Promise<readonly string[]> =>
    tree((await readFileText({ name, bytes })).text);

  it.each([
    ['UTF-8 with mark', Buffer.from(`\ufeff${source}`)],
    ['UTF-16', Buffer.from(`\ufeff${source}`, 'utf16le')],
    ['UTF-16 without mark', Buffer.from(source, 'utf16le')],
    ['GBK', encodeGbk(source)],
  ])('as text in %s', async (_, bytes) => {
    expect(await read(`${plan}.txt`, bytes)).toEqual(expected);
  });

  it('as a Word document with real tables', async () => {
    expect(await read(`${plan}.docx`, await makeDocx(partsOf(plan)))).toEqual(expected);
  });

  it('as a web page with menus around it, in UTF-8 and GBK', async () => {
    const page = makeHtml(partsOf(plan));
    expect(await read(`${plan}.html`, Buffer.from(page))).toEqual(expected);
    const gbk = encodeGbk(page.replace('charset="utf-8"', 'charset="gb2312"'));
    expect(await read(`${plan}.htm`, gbk)).toEqual(expected);
  });

  if (!PRINTED.has(plan)) return;
  it.skipIf(!inject('chromium'))(
    'as a printed PDF with headers, page numbers and tables over several pages',
    async () => {
      if (!browser) throw new Error('no browser');
      expect(await read(`${plan}.pdf`, await makePdf(browser, htmlBody(partsOf(plan))))).toEqual(expected);
    },
    60_000,
  );
});
