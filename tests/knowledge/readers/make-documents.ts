/** The same plan as Word document, web page and PDF: made from its text, with real tables whose groups are merged cells. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlignmentType, Document, Packer, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } from 'docx';
import type { Browser } from 'playwright-core';
import { readLines } from '../../../knowledge/parser/lines.ts';
import { readBlocks } from '../../../knowledge/parser/paragraphs.ts';

export interface Cell {
  readonly text: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly head?: boolean;
}
export type Part =
  | { readonly kind: 'paragraph'; readonly text: string; readonly title: boolean }
  | { readonly kind: 'table'; readonly rows: readonly (readonly Cell[])[] };

/** What a plan of the corpus consists of, as a person would see it on paper. */
export function partsOf(plan: string): readonly Part[] {
  const text = readFileSync(join(import.meta.dirname, `../../../knowledge/corpus/${plan}.txt`), 'utf8');
  return readBlocks(readLines(text)).map((block): Part => {
    if (block.kind === 'paragraph')
      return { kind: 'paragraph', text: block.text, title: !block.prose && !block.marker };
    if (block.kind === 'annex') return { kind: 'paragraph', text: block.printed, title: false };
    const { heads, rows } = block.table;
    const body = rows.map((row, at) => {
      const cells: Cell[] = row.cells.map((text) => ({ text }));
      if (row.group === undefined) return cells;
      if (rows[at - 1]?.group === row.group) return cells;
      const size = rows.filter((other) => other.group === row.group).length;
      return [{ text: row.group, rows: size }, ...cells];
    });
    return { kind: 'table', rows: [heads.map((text) => ({ text, head: true })), ...body] };
  });
}

export async function makeDocx(parts: readonly Part[]): Promise<Buffer> {
  const document = new Document({
    sections: [
      {
        children: parts.map((part) =>
          part.kind === 'paragraph'
            ? new Paragraph({
                children: part.text
                  .split('\n')
                  .map((line, at) => new TextRun({ text: line, bold: part.title, ...(at > 0 ? { break: 1 } : {}) })),
                ...(part.title ? { alignment: AlignmentType.CENTER } : { indent: { firstLine: 640 } }),
              })
            : new Table({
                width: { size: 100, type: WidthType.PERCENTAGE },
                rows: part.rows.map(
                  (row) =>
                    new TableRow({
                      tableHeader: row.every((cell) => cell.head),
                      children: row.map(
                        (cell) =>
                          new TableCell({
                            rowSpan: cell.rows ?? 1,
                            columnSpan: cell.columns ?? 1,
                            children: cell.text.split('\n').map((line) => new Paragraph(line)),
                          }),
                      ),
                    }),
                ),
              }),
        ),
      },
    ],
  });
  return Packer.toBuffer(document);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>');

/** The words alone, as the main text of a page. */
export function htmlBody(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      part.kind === 'paragraph'
        ? `<p${part.title ? ' class="title"' : ''}>${escaped(part.text)}</p>`
        : `<table><tbody>${part.rows
            .map(
              (row) =>
                `<tr>${row
                  .map((cell) => {
                    const tag = cell.head ? 'th' : 'td';
                    return `<${tag} rowspan="${cell.rows ?? 1}" colspan="${cell.columns ?? 1}">${escaped(cell.text)}</${tag}>`;
                  })
                  .join('')}</tr>`,
            )
            .join('\n')}</tbody></table>`,
    )
    .join('\n');
}

/** A page as a government site serves it: head, menus, sidebar, text, list of links, foot. */
export function makeHtml(parts: readonly Part[]): string {
  const links = (count: number): string =>
    `<ul>${Array.from({ length: count }, (_, n) => `<li><a href="/${n}">栏目${n} 政务公开 部门动态</a></li>`).join('')}</ul>`;
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><title>某县人民政府</title><style>p{margin:0}</style></head><body>
<div class="header"><div class="logo">某县人民政府门户网站</div><div class="nav">${links(12)}</div></div>
<div class="breadcrumb">当前位置：<a href="/">首页</a> &gt; <a href="/zfxxgk">政府信息公开</a></div>
<div class="wrap"><div class="sidebar">${links(8)}</div>
<div class="content"><div class="share">分享到：<a href="#">微信</a></div><div id="zoom" class="TRS_Editor">${htmlBody(parts)}</div>
<div class="related"><h3>相关文件</h3>${links(5)}</div></div></div>
<div class="footer">版权所有 某县人民政府办公室 备案号：某ICP备00000000号 网站标识码：0000000000 联系我们</div>
<script>document.title = "统计";</script></body></html>`;
}

/** Printed by Chromium on A4, with a running header and page numbers in the foot. */
export async function makePdf(
  browser: Browser,
  body: string,
  options: { readonly css?: string; readonly landscape?: boolean } = {},
): Promise<Buffer> {
  const page = await browser.newPage();
  try {
    await page.setContent(`<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><style>
body{font-family:"Noto Serif CJK SC",serif;font-size:16px;line-height:1.75}
p{margin:0;text-indent:2em} p.title{text-align:center;text-indent:0}
table{border-collapse:collapse;width:100%} td,th{border:1px solid #000;padding:4px;text-align:left} ${options.css ?? ''}
</style></head><body>${body}</body></html>`);
    return await page.pdf({
      format: 'A4',
      landscape: options.landscape ?? false,
      margin: { top: '25mm', bottom: '25mm', left: '26mm', right: '26mm' },
      displayHeaderFooter: true,
      headerTemplate: '<div style="font-size:9px;width:100%;text-align:center">某县人民政府公报 2026年第3期</div>',
      footerTemplate:
        '<div style="font-size:9px;width:100%;text-align:center">— <span class="pageNumber"></span> —</div>',
    });
  } finally {
    await page.close();
  }
}
