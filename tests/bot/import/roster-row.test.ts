/** Rows of a roster, read on their own: files of every kind people have, roles in every wording, faults by row and column. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nearestNames } from '../../../bot/import/nearest.ts';
import { readRoster, rosterTemplate } from '../../../bot/import/roster-row.ts';
import { readTable, UnreadableTableError } from '../../../bot/import/table.ts';
import { makeXlsx } from './make-xlsx.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yigongti-import-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array, name = 'roster.csv') {
  const file = join(folder, name);
  writeFileSync(file, content);
  return readRoster(await readTable(file));
}
const HEADER = 'name,institution,roles,wecom_userid,dingtalk_staffid,telegram_id,phone,duty';
/** GBK as Chinese Excel saves it, of: 姓名,机构,角色\n演示-张三,巫溪县人民医院,药师 */
const GBK = Buffer.from(
  'd0d5c3fb2cbbfab9b92cbdc7c9ab0ad1ddcabe2dd5c5c8fd2cced7cfaacfd8c8cbc3f1d2bdd4ba2cd2a9caa60a',
  'hex',
);

describe('files', () => {
  test('the template itself is a sound roster', async () => {
    const { entries, problems } = await read(rosterTemplate());
    expect(problems).toEqual([]);
    expect(entries.map((entry) => entry.name)).toEqual(['演示-张三', '演示-李四']);
    // One userid, in the app and in the AI bot of the same enterprise.
    expect(entries[1]?.accounts).toEqual([
      { channel: 'wecom-app', column: 'wecom_userid', userId: '0020203' },
      { channel: 'wecom-aibot', column: 'wecom_userid', userId: '0020203' },
    ]);
    expect(entries[1]?.roles).toEqual(['clinician', 'coordinator']);
    expect(entries.map((entry) => entry.duty)).toEqual([true, false]);
  });
  test.each([
    ['UTF-8 with a byte order mark', `\uFEFF姓名,机构,角色\n演示-张三,巫溪县人民医院,药师\n`],
    ['UTF-8 without one, CRLF', '姓名,机构,角色\r\n演示-张三,巫溪县人民医院,药师\r\n'],
    ['GBK', GBK],
    ['UTF-16 with tabs', Buffer.from('\uFEFF姓名\t机构\t角色\n演示-张三\t巫溪县人民医院\t药师\n', 'utf16le')],
    ['quoted cells and blank lines', '"姓名","机构","角色"\n\n"演示-张三"," 巫溪县人民医院 ","药师"\n,,\n'],
  ])('%s', async (_, content) => {
    const { entries, problems } = await read(content);
    expect(problems).toEqual([]);
    expect(entries.map(({ name, institution, roles }) => [name, institution, ...roles])).toEqual([
      ['演示-张三', '巫溪县人民医院', 'pharmacist'],
    ]);
  });
  test('xlsx: text stays text, numbers become their digits', async () => {
    const sheet = makeXlsx([
      ['name', 'institution', 'roles', 'wecom_userid', 'phone'],
      ['演示-张三', '巫溪县人民医院', 'pharmacist', '0020203', 13800000000],
    ]);
    const { entries, problems } = await read(sheet, 'roster.xlsx');
    expect(problems).toEqual([]);
    const accounts = [{ channel: 'wecom-app', userId: '0020203' }, { channel: 'wecom-aibot' }];
    expect(entries[0]).toMatchObject({ phone: '13800000000', accounts });
  });
  test.each([
    ['an old xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), '另存为 xlsx'],
    ['a broken xlsx', Buffer.from('504b0304deadbeef', 'hex'), '打不开'],
    ['an empty file', '', '没有表头'],
    ['an open quotation mark', `${HEADER}\n"演示-张三,x`, '引号'],
    ['two columns of one name', 'name,name,institution,roles\n', '两列'],
  ])('%s is refused with what to do', async (_, content, words) => {
    await expect(read(content)).rejects.toThrow(UnreadableTableError);
    await expect(read(content)).rejects.toThrow(words);
  });
});

describe('rows', () => {
  const problemsOf = async (...rows: readonly string[]) =>
    (await read([HEADER, ...rows].join('\n'))).problems.map(({ line, column, text }) => `${line} ${column} ${text}`);

  test('roles by code, label or what people say, several in one cell', async () => {
    const { entries } = await read(`${HEADER}\n甲,乙,村医|院长 admin/卫健局,,,,,\n`);
    expect(entries[0]?.roles).toEqual(['village-doctor', 'manager', 'admin', 'commission']);
  });
  test.each([
    [',巫溪县人民医院,药师,,,,,', '2 name 没有写姓名'],
    ['张三,,药师,,,,,', '2 institution 没有写机构'],
    ['张三,某院,,,,,,', '2 roles 没有写角色'],
    ['张三,某院,护士,,,,,', '2 roles 不认识角色“护士”'],
    ['张三,某院,药师,zhang san,,,,', '2 wecom_userid 账号里不能有空格'],
    ['张三,某院,药师,,,@zhangsan,,', '2 telegram_id 应是数字编号'],
    ['张三,某院,药师,,,,电话没有,', '2 phone “电话没有”不是电话号码'],
    ['张三,某院,药师,,,,,也许', '2 duty “也许”看不懂'],
  ])('%s', async (row, problem) => {
    expect((await problemsOf(row)).join('\n')).toContain(problem);
  });
  test('every fault is named, not the first only, with the line the spreadsheet shows', async () => {
    expect(await problemsOf('张三,某院,药师,,,,,', '', ',,护士,,,,,')).toEqual([
      '4 name 没有写姓名',
      '4 institution 没有写机构',
      expect.stringContaining('4 roles 不认识角色“护士”'),
    ]);
  });
  test('one account in two rows is a fault, whatever its case', async () => {
    expect(await problemsOf('张三,某院,药师,ZhangSan,,,,', '李四,某院,药师,zhangsan,,,,')).toEqual([
      '3 wecom_userid 和第2行重复',
    ]);
  });
  test('missing columns are named', async () => {
    const { problems } = await read('name,roles\n张三,药师\n');
    expect(problems).toEqual([{ line: 1, column: 'institution', text: expect.stringContaining('缺少这一列') }]);
  });
});

test('nearest names begin with the most alike', () => {
  const names = ['巫溪县人民医院', '巫溪县中医院', '牡丹人民医院', '巫溪县菱角镇卫生院'];
  expect(nearestNames('巫溪人民医院', names)[0]).toBe('巫溪县人民医院');
  expect(nearestNames('完全不同', names)).toEqual([]);
});
