/** Files that cannot be read: a reason in words, in bounded time and memory, and nothing left running. */
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { UNREADABLE_CODES, UnreadableFile } from '../../../knowledge/readers/failure.ts';
import { type FileToRead, type ReadOptions, readFileText } from '../../../knowledge/readers/index.ts';
import { encodePng } from '../../../knowledge/readers/scan.ts';
import { writeZip } from '../../../knowledge/readers/zip.ts';
import { openBrowser } from '../../page/browser.ts';

async function refusal(file: FileToRead, options?: ReadOptions): Promise<UnreadableFile> {
  const failure: unknown = await readFileText(file, options).catch((error: unknown) => error);
  if (!(failure instanceof UnreadableFile)) throw new Error(`not refused: ${JSON.stringify(failure)?.slice(0, 200)}`);
  return failure;
}
const PNG = encodePng({ data: new Uint8ClampedArray(30 * 10 * 3).fill(255), width: 30, height: 10, channels: 3 });
const DOCUMENT = (body: string): Buffer =>
  Buffer.from(
    `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
  );

/** A zip whose one part is packed, with the size it claims and the size it has set apart. */
function packed(name: string, data: Buffer, claimed = data.length): Buffer {
  const small = deflateRawSync(data, { level: 9 });
  const zip = writeZip(new Map([[name, small]]));
  const list = zip.readUInt32LE(zip.length - 6);
  zip.writeUInt16LE(8, 8);
  zip.writeUInt32LE(claimed, 22);
  zip.writeUInt16LE(8, list + 10);
  zip.writeUInt32LE(claimed, list + 24);
  return zip;
}

describe('refused at a glance', () => {
  it.each<[string, FileToRead, string]>([
    ['an empty file', { name: 'a.txt', bytes: Buffer.alloc(0) }, 'empty'],
    ['white space alone', { name: 'a.txt', bytes: Buffer.from('\n \n\t') }, 'empty'],
    ['a picture named .docx', { name: '方案.docx', bytes: PNG }, 'disguised'],
    ['words named .docx', { name: '方案.docx', bytes: Buffer.from('一、目标。') }, 'damaged'],
    ['zero bytes all over', { name: 'a.txt', bytes: Buffer.alloc(3000) }, 'binary'],
    [
      'random bytes',
      { name: 'a.bin', bytes: Buffer.from(Array.from({ length: 4000 }, (_, n) => (n * 7919 + (n >> 3)) % 251)) },
      'binary',
    ],
    [
      'text in Big5',
      { name: 'a.txt', bytes: Buffer.from('pKurybBypWqkb6y8pdG9xabbs1imRqFD'.repeat(20), 'base64') },
      'wrong-encoding',
    ],
    [
      'mojibake',
      {
        name: 'a.txt',
        bytes: Buffer.from(
          new TextDecoder('gb18030').decode(
            Buffer.from('到二〇二七年底，建成紧密型县域医共体，分级诊疗体系基本建成。'.repeat(5)),
          ),
        ),
      },
      'wrong-encoding',
    ],
    [
      'text damaged before',
      { name: 'a.txt', bytes: Buffer.from('一、目标\ufffd\ufffd\ufffd建成。') },
      'wrong-encoding',
    ],
    [
      'old Word',
      { name: 'a.doc', bytes: Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]) },
      'old-office',
    ],
    [
      'Word with a password',
      {
        name: 'a.docx',
        bytes: Buffer.concat([
          Buffer.from('d0cf11e0a1b11ae1', 'hex'),
          Buffer.alloc(600),
          Buffer.from('EncryptedPackage', 'utf16le'),
        ]),
      },
      'password',
    ],
    ['RTF', { name: 'a.doc', bytes: Buffer.from('{\\rtf1 abc}') }, 'rtf'],
    [
      'a spreadsheet',
      { name: 'a.xlsx', bytes: writeZip(new Map([['xl/workbook.xml', Buffer.from('x')]])) },
      'other-archive',
    ],
    ['OFD', { name: 'a.ofd', bytes: writeZip(new Map([['OFD.xml', Buffer.from('x')]])) }, 'ofd'],
    [
      'half an archive',
      { name: 'a.docx', bytes: writeZip(new Map([['word/document.xml', Buffer.from('x')]])).subarray(0, 60) },
      'damaged',
    ],
  ])('%s', async (_, file, code) => {
    const failure = await refusal(file);
    expect(failure.code).toBe(code);
    expect(failure.reason).toMatch(/[\u4e00-\u9fff]/);
    expect(failure.message).toMatch(/^[\x20-\x7e]+$/);
  });

  it('a file of 50 MB, without looking into it', async () => {
    const began = performance.now();
    expect((await refusal({ name: 'a.txt', bytes: Buffer.alloc(50 * 1024 * 1024, 65) })).reason).toContain('40MB');
    expect(performance.now() - began).toBeLessThan(200);
  });

  it('has words in Chinese and one English line for every reason', () => {
    for (const code of UNREADABLE_CODES) {
      const failure = new UnreadableFile(code, { limit: '1', what: '表格', ending: '.docx', command: 'npm' });
      expect(failure.reason).toMatch(/^[^{}]*[\u4e00-\u9fff][^{}]*$/);
      expect(failure.message).toMatch(/^[\x20-\x7e]{10,120}$/);
    }
  });
});

describe('refused after a look in a process of its own', () => {
  it('a zip bomb by what it claims, one that claims little by what it unpacks', async () => {
    const big = DOCUMENT(' '.repeat(40 * 1024 * 1024));
    expect((await refusal({ name: 'a.docx', bytes: packed('word/document.xml', big) })).code).toBe('bomb');
    const lie = packed('word/document.xml', big, 1000);
    expect(lie.length).toBeLessThan(100_000);
    expect((await refusal({ name: 'a.docx', bytes: lie })).code).toBe('bomb');
  });

  it('a Word document that is broken inside, or declares entities', async () => {
    const broken = writeZip(new Map([['word/document.xml', Buffer.from('<w:document><w:body>')]]));
    expect((await refusal({ name: 'a.docx', bytes: broken })).code).toMatch(/damaged|no-text/);
    const entities = writeZip(
      new Map([['word/document.xml', Buffer.from('<!DOCTYPE a [<!ENTITY a "b">]><w:document/>')]]),
    );
    expect((await refusal({ name: 'a.docx', bytes: entities })).code).toBe('damaged');
  });

  it('a Word document without a word', async () => {
    const empty = writeZip(new Map([['word/document.xml', DOCUMENT('<w:p/>')]]));
    expect((await refusal({ name: 'a.docx', bytes: empty })).code).toBe('no-text');
  });

  it('a web page that is only navigation, and one whose text comes by script', async () => {
    const links = Array.from({ length: 60 }, (_, n) => `<li><a href="/${n}">政务公开 部门动态 通知公告</a></li>`).join(
      '',
    );
    const page = `<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div class="nav"><ul>${links}</ul></div><div class="content"><ul>${links}</ul></div><div class="footer">版权所有</div></body></html>`;
    expect((await refusal({ name: 'a.html', bytes: Buffer.from(page) })).code).toBe('navigation');
    const app = '<!DOCTYPE html><html><body><div id="app"></div><script>render()</script></body></html>';
    expect((await refusal({ name: 'a.html', bytes: Buffer.from(app) })).code).toBe('navigation');
  });

  it('a PDF that is cut off', async () => {
    expect((await refusal({ name: 'a.pdf', bytes: Buffer.from('%PDF-1.7\n1 0 obj\n<<') })).code).toBe('damaged');
  });

  it('a PDF with a password', async () => {
    expect((await refusal({ name: 'a.pdf', bytes: lockedPdf() })).code).toBe('password');
  });

  it('a reader that hangs, grows or dies: stopped, with words, no process left', async () => {
    const run = (program: string, limits = {}): Promise<UnreadableFile> =>
      refusal(
        { name: 'a.pdf', bytes: Buffer.from('%PDF-1.7') },
        { program: join(import.meta.dirname, program), limits },
      );
    const began = performance.now();
    expect((await run('stand-ins/hanging-reader.ts', { totalMs: 1500, idleMs: 1500 })).code).toBe('too-slow');
    expect((await run('stand-ins/growing-reader.ts', { heapMb: 48 })).code).toBe('too-heavy');
    expect((await run('stand-ins/dying-reader.ts')).code).toBe('too-heavy');
    expect(performance.now() - began).toBeLessThan(15_000);
  }, 30_000);
});

describe('scans', () => {
  const stand = join(import.meta.dirname, 'stand-ins/ocr.ts');
  it('say how text recognition is installed where it is absent', async () => {
    const failure = await refusal({ name: 'a.png', bytes: PNG });
    expect(failure.code).toBe('ocr-absent');
    expect(failure.reason).toContain('npm install @gutenye/ocr-node');
    expect(failure.message).toContain('npm install @gutenye/ocr-node');
  });

  it('are read line by line by the component, headings and paragraphs put together, and always doubted', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('yigongti-scan-'));
    const { text, doubts } = await readFileText({ name: 'a.png', bytes: PNG }, { ocr: stand });
    expect(text).toBe('甲县方案\n\n一、目标\n\n到2027年底，建成紧密型县域医共体，分级诊疗体系基本建成，群众就近就医。');
    expect(doubts).toEqual(['全文由扫描件识别，可能有错字，表格只按行读出，请对照原件']);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('yigongti-scan-'))).toEqual(before);
  });

  it('say so when recognition fails or finds nothing', async () => {
    for (const module of ['stand-ins/ocr-broken.ts', 'stand-ins/ocr-blind.ts'])
      expect((await refusal({ name: 'a.png', bytes: PNG }, { ocr: join(import.meta.dirname, module) })).code).toBe(
        'ocr-failed',
      );
  });

  describe.skipIf(!inject('chromium'))('as PDF', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser(inject('chromium') ?? '');
    });
    afterAll(() => browser?.close());
    const print = async (body: string): Promise<Buffer> => {
      const page = await browser.newPage();
      await page.setContent(body);
      const bytes = await page.pdf({ format: 'A4' });
      await page.close();
      return bytes;
    };
    const picture = `<img style="width:600px" src="data:image/png;base64,${PNG.toString('base64')}">`;

    it('are recognised page by page; without the component a page that is a picture is named', async () => {
      const scan = await print(picture);
      expect((await refusal({ name: 'a.pdf', bytes: scan })).code).toBe('ocr-absent');
      expect((await readFileText({ name: 'a.pdf', bytes: scan }, { ocr: stand })).text).toContain('一、目标');
      const mixed = await print(
        `<div style="break-after:page">一、目标。到2027年底，建成紧密型县域医共体，分级诊疗体系基本建成。</div>${picture}`,
      );
      expect((await readFileText({ name: 'a.pdf', bytes: mixed })).doubts[0]).toContain('第2页是扫描件');
      expect((await readFileText({ name: 'a.pdf', bytes: mixed }, { ocr: stand })).doubts[0]).toContain(
        '第2页由扫描件识别',
      );
    });
  });

  it('are not needed for the tests to mean anything: the component is not installed here', () => {
    expect(existsSync(join(import.meta.dirname, '../../../node_modules/@gutenye/ocr-node'))).toBe(false);
  });
});

/** The smallest PDF whose encryption asks for a user password (RC4, 40 bit). */
function lockedPdf(): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>',
    `<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'11'.repeat(32)}> /U <${'22'.repeat(32)}> >>`,
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, n) => {
    const at = body.length;
    body += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = body.length;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  body += `xref\n0 5\n0000000000 65535 f \n${rows}trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<${'33'.repeat(16)}> <${'33'.repeat(16)}>] >>\nstartxref\n${start}\n%%EOF`;
  return Buffer.from(body, 'latin1');
}
