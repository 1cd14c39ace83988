/** What each format does to a document that no plan of ours shows: drawn numbers, merged heads, odd pages, cut rows. */
import { Document, LevelFormat, Packer, Paragraph, Table, TableCell, TableRow } from 'docx';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ParsedDocument, parseDocument } from '../../../knowledge/parser/index.ts';
import { formatNumber } from '../../../knowledge/readers/docx-numbering.ts';
import { readFileText } from '../../../knowledge/readers/index.ts';
import { openBrowser } from '../../page/browser.ts';
import { makePdf } from './make-documents.ts';

async function parsed(name: string, bytes: Buffer): Promise<ParsedDocument> {
  return parseDocument((await readFileText({ name, bytes })).text);
}
const paths = (document: ParsedDocument): readonly string[] => document.clauses.map((clause) => clause.path);
const find = (document: ParsedDocument, path: string) => document.clauses.find((clause) => clause.path === path);

describe('Word documents', () => {
  it('write out the numbers that Word only draws, over levels and after a restart', async () => {
    const level = (n: number, format: (typeof LevelFormat)[keyof typeof LevelFormat], text: string) => ({
      level: n,
      format,
      text,
    });
    const item = (text: string, n: number, instance = 0): Paragraph =>
      new Paragraph({ text, numbering: { reference: 'plan', level: n, instance } });
    const bytes = await Packer.toBuffer(
      new Document({
        numbering: {
          config: [
            {
              reference: 'plan',
              levels: [
                level(0, LevelFormat.JAPANESE_COUNTING, '%1、'),
                level(1, LevelFormat.CHINESE_COUNTING, '（%2）'),
                level(2, LevelFormat.DECIMAL, '%3．'),
              ],
            },
          ],
        },
        sections: [
          {
            children: [
              new Paragraph('甲县医共体实施方案'),
              item('目标', 0),
              item('总体目标。', 1),
              item('建成。', 2),
              item('运行。', 2),
              item('具体目标。', 1),
              item('达标。', 2),
              item('措施', 0),
              item('加强领导。', 1),
            ],
          },
        ],
      }),
    );
    expect(paths(await parsed('a.docx', bytes)).slice(1)).toEqual([
      '一',
      '一/（一）',
      '一/（一）/1',
      '一/（一）/2',
      '一/（二）',
      '一/（二）/1',
      '二',
      '二/（一）',
    ]);
  });

  it.each([
    [10, 'chineseCounting', '十'],
    [12, 'japaneseCounting', '十二'],
    [20, 'chineseCountingThousand', '二十'],
    [103, 'chineseCounting', '一百零三'],
    [115, 'chineseCounting', '一百一十五'],
    [3, 'decimalEnclosedCircleChinese', '③'],
    [12, 'decimalFullWidth', '１２'],
    [4, 'upperRoman', 'IV'],
    [28, 'lowerLetter', 'bb'],
    [5, 'no such format', '5'],
  ])('%i as %s is %s', (value, format, expected) => {
    expect(formatNumber(value, format)).toBe(expected);
  });

  it('join heads of two rows, fill merged cells, and keep title and note of a table out of it', async () => {
    const cell = (text: string, columnSpan = 1, rowSpan = 1): TableCell =>
      new TableCell({ columnSpan, rowSpan, children: [new Paragraph(text)] });
    const row = (...children: TableCell[]): TableRow => new TableRow({ children });
    const bytes = await Packer.toBuffer(
      new Document({
        sections: [
          {
            children: [
              new Paragraph('甲县方案'),
              new Paragraph('一、目标。见附件。'),
              new Paragraph('附件1'),
              new Paragraph('指标表'),
              new Table({
                rows: [
                  row(cell('序号', 1, 2), cell('指标', 1, 2), cell('目标值', 2), cell('责任单位', 1, 2)),
                  row(cell('2025年'), cell('2027年')),
                  row(cell('1'), cell('甲指标'), cell('≥90', 2), cell('县医保局', 1, 2)),
                  row(cell('2'), cell('乙指标'), cell('5'), cell('6')),
                  row(cell('注：以年报为准。', 5)),
                ],
              }),
            ],
          },
        ],
      }),
    );
    const document = await parsed('a.docx', bytes);
    expect(find(document, '附件1/1')).toMatchObject({
      text: '1\t甲指标\t≥90\t≥90\t县医保局',
      columns: ['序号', '指标', '目标值2025年', '目标值2027年', '责任单位'],
    });
    expect(find(document, '附件1/2')?.text).toBe('2\t乙指标\t5\t6\t县医保局');
    expect(find(document, '附件1/注')?.heading).toBe('以年报为准。');
  });
});

describe('web pages', () => {
  const page = (body: string, head = ''): Buffer =>
    Buffer.from(`<!DOCTYPE html><html><head><meta charset="utf-8">${head}</head><body>${body}</body></html>`);
  const text = '到2027年底，建成紧密型县域医共体，分级诊疗体系基本建成，群众就近就医获得感明显增强。';

  it('takes title and number from around the main text where it lacks them', async () => {
    const document = await parsed(
      'a.html',
      page(
        `<table class="info"><tr><td>索引号</td><td>0001</td></tr><tr><td>发文字号：</td><td>甲府办发〔2026〕3号</td></tr></table>
         <div class="main"><p>一、目标。${text}</p><p>二、措施。${text}${text}</p></div><div class="footer">版权所有</div>`,
        '<meta name="ArticleTitle" content="甲县人民政府办公室关于印发医共体建设实施方案的通知">',
      ),
    );
    expect(document).toMatchObject({ number: '甲府办发〔2026〕3号', title: '医共体建设实施方案' });
    expect(paths(document)).toEqual(['文头', '一', '二']);
  });

  it('reads pages laid out in tables, lists with drawn numbers, and text broken by its source', async () => {
    const document = await parsed(
      'a.htm',
      page(`<table width="100%"><tr><td><a href="/">首页</a></td></tr><tr><td><table><tr><td>
        <p>　　甲县方案</p><p>一、组织领导</p><ol><li>由县人民医院\n   牵头组建医共体，实行人财物统一管理。</li><li>${text}</li></ol>
        <p>二、&nbsp;<b>措施</b>。${text}</p></td></tr></table></td></tr></table>`),
    );
    expect(paths(document)).toEqual(['文头', '一', '一/1', '一/2', '二']);
    expect(find(document, '一/1')?.heading).toBe('由县人民医院牵头组建医共体，实行人财物统一管理');
  });

  it('keeps lines that are meant as lines, and takes the day of the document from the table over it', async () => {
    const document = await parsed(
      'a.html',
      page(
        `<table><tr><td>成文日期：</td><td>2026-03-01</td></tr><tr><td>发布日期：</td><td>2026-04-09</td></tr></table>
         <div class="main"><pre>甲府发〔2026〕4号\n\n　　一、目标\n　　${text}\n　　二、措施\n　　1.牵头。${text}\n　　2.统一。${text}</pre></div>`,
      ),
    );
    expect(document).toMatchObject({ number: '甲府发〔2026〕4号', issuedOn: '2026-03-01' });
    expect(paths(document)).toEqual(['文头', '一', '二', '二/1', '二/2']);
  });

  it('keeps groups of a merged first column without numbers', async () => {
    const document = await parsed(
      'a.html',
      page(`<p>甲县方案</p><p>一、总则。${text}</p><p>附件</p><p>指标</p>
        <table><thead><tr><th>类别</th><th>指标</th><th>单位</th></tr></thead><tbody>
        <tr><td rowspan="2">资源下沉</td><td>派驻人数</td><td>人</td></tr><tr><td>巡诊次数</td><td>次</td></tr>
        <tr><td>医保</td><td>基金占比</td><td>%</td></tr></tbody></table>`),
    );
    expect(find(document, '附件/1')).toMatchObject({
      text: '派驻人数\t人',
      group: '资源下沉',
      columns: ['指标', '单位'],
    });
    expect(find(document, '附件/3')).toMatchObject({ text: '基金占比\t%', group: '医保' });
  });
});

describe.skipIf(!inject('chromium'))('PDF', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(inject('chromium') ?? '');
  });
  afterAll(() => browser?.close());

  it('reads landscape pages, heads of two rows, merged cells and tables open at the sides', async () => {
    const body = `<p class="title">甲县方案</p><p>一、目标。见附件。</p><p>附件1</p><p class="title">指标表</p>
      <table class="open"><tr><th rowspan="2">序号</th><th rowspan="2">指标</th><th colspan="2">目标值</th></tr>
      <tr><th>2025</th><th>2027</th></tr><tr><td>1</td><td>县域内住院量占比</td><td>80</td><td>85</td></tr>
      <tr><td>2</td><td>基层诊疗量占比</td><td colspan="2">≥60</td></tr></table><p>注：以年报为准。</p>`;
    const css = 'table.open{border-style:hidden} table.open td,table.open th{border:1px solid #000}';
    const document = await parsed('a.pdf', await makePdf(browser, body, { landscape: true, css }));
    expect(find(document, '附件1/1')).toMatchObject({
      text: '1\t县域内住院量占比\t80\t85',
      columns: ['序号', '指标', '目标值2025', '目标值2027'],
    });
    expect(find(document, '附件1/2')?.text).toBe('2\t基层诊疗量占比\t≥60\t≥60');
    expect(find(document, '附件1/注')?.heading).toBe('以年报为准。');
  });

  it('joins sentences over pages and drops running lines, but never a clause that looks like one', async () => {
    const long = '县级财政部门按照原渠道足额安排补助资金，新增支出向基层倾斜，确保医共体建设各项任务落到实处。';
    const clauses = Array.from(
      { length: 40 },
      (_, n) => `<p>${n + 1}．第${n + 1}项任务。${long.repeat(1 + (n % 3))}</p>`,
    );
    const document = await parsed(
      'a.pdf',
      await makePdf(browser, `<p class="title">甲县任务清单</p>${clauses.join('')}`),
    );
    expect(paths(document).slice(1)).toEqual(Array.from({ length: 40 }, (_, n) => String(n + 1)));
    for (const [n, clause] of document.clauses.slice(1).entries()) expect(clause.text).toBe(long.repeat(1 + (n % 3)));
  });

  it('puts a row together that the end of a page has cut', async () => {
    const words = '指标解释：按年度统计，数据来源为卫生健康统计年鉴，由县卫生健康委负责核对。';
    const rows = Array.from(
      { length: 12 },
      (_, n) => `<tr><td>${n + 1}</td><td>指标${n + 1}</td><td>${words.repeat(2 + (n % 5))}</td></tr>`,
    );
    const body = `<p class="title">甲县方案</p><p>一、目标。见附件。</p><p>附件1</p><p class="title">指标解释</p>
      <table><thead><tr><th>序号</th><th>名称</th><th>解释</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
    const document = await parsed('a.pdf', await makePdf(browser, body));
    const table = document.clauses.filter((clause) => clause.kind === 'row');
    expect(table.map((row) => row.text.replace(/\n/g, ''))).toEqual(
      Array.from({ length: 12 }, (_, n) => `${n + 1}\t指标${n + 1}\t${words.repeat(2 + (n % 5))}`),
    );
  });
});
