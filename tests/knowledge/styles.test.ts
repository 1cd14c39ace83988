/** Documents as counties publish them, each in a style of its own: their clause trees were written down by eye first. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { partDocuments } from '../../knowledge/index.ts';
import { type ParsedDocument, parseDocument } from '../../knowledge/parser/index.ts';
import { readFileText } from '../../knowledge/readers/index.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/documents/styles');
const files = readdirSync(FOLDER).filter((name) => !name.endsWith('.paths'));

async function parsedParts(file: string): Promise<readonly ParsedDocument[]> {
  const { text } = await readFileText({ name: file, bytes: readFileSync(join(FOLDER, file)) });
  return partDocuments(text).texts.map(parseDocument);
}
const clause = async (file: string, path: string) =>
  (await parsedParts(file)).flatMap((part) => part.clauses).find((one) => one.path === path);

describe('a document in a style of its own', () => {
  it.each(files)('%s: every clause has the path that is printed in it', async (file) => {
    const expected = readFileSync(join(FOLDER, `${basename(file).replace(/\.[^.]+$/, '')}.paths`), 'utf8').trim();
    const found = (await parsedParts(file)).map((part) => part.clauses.map((one) => one.path).join('\n'));
    expect(found.join('\n---\n')).toBe(expected);
  });

  it.each<[string, string, string | undefined, string | undefined, string | undefined]>([
    [
      'regulation.txt',
      '青石县紧密型县域医疗卫生共同体管理办法（试行）',
      '青政规〔2025〕3号',
      '青石县人民政府',
      '2025-07-01',
    ],
    [
      'plan.txt',
      '关于进一步深化紧密型县域医共体建设的实施方案',
      '白办发﹝2025﹞16号',
      '中共白水县委办公室 白水县人民政府办公室',
      '2025-06-09',
    ],
    [
      'pasted-markdown.txt',
      '东岭区医共体药品供应保障工作方案',
      '东卫联发〔2025〕9号',
      '东岭区卫生健康委员会 东岭区医疗保障局 东岭区财政局',
      '2025-11-03',
    ],
    [
      'wrapped-page.txt',
      '石桥县紧密型医共体医保基金总额付费实施细则',
      '石政办字[2024]37号',
      '石桥县人民政府办公室',
      '2024-09-18',
    ],
    ['web-page.html', '平川县紧密型县域医共体绩效考核办法', '平卫健发〔2025〕22号', '平川县卫生健康局', '2025-05-12'],
    [
      'letter-decimals.txt',
      '关于做好2025年家庭医生签约服务工作的函',
      '云溪区卫健函(2025)41号',
      '云溪区卫生健康局',
      '2025-03-06',
    ],
    [
      'recognised.txt',
      '竹溪市卫生健康委员会关于报送紧密型县域医共体建设进展情况的报告',
      '竹卫健【2025】5号',
      '竹溪市卫生健康委员会',
      '2025-01-13',
    ],
    ['announcement.txt', '海丰市医疗保障局公告', '海丰市医疗保障局公告2025年第3号', '海丰市医疗保障局', '2024-12-20'],
    ['technical-standard.txt', '临江县医共体信息化建设技术规范（征求意见稿）', undefined, undefined, undefined],
    [
      'measures.txt',
      '石门县进一步推进分级诊疗制度建设若干措施',
      '石政办发〔2025〕11号',
      '石门县人民政府办公室',
      '2025-08-15',
    ],
  ])('%s says its title, number, issuer and day', async (file, title, number, issuer, issuedOn) => {
    expect((await parsedParts(file))[0]).toMatchObject({ title, number, issuer, issuedOn });
  });

  it('keeps what belongs together: cut sentences, spaced figures, run-in items, notes, members', async () => {
    expect((await clause('regulation.txt', '第一章/第二条'))?.heading).toMatch(/为成员单位组成的紧密型医疗卫生共同体$/);
    expect((await clause('wrapped-page.txt', '二/1'))?.heading).toContain('医疗费用增长率等因素综合确定');
    expect((await clause('recognised.txt', '一/（二）'))?.text).toBe(
      '2024年县域内就诊率达到88.6%，较上年提高2.1个百分点。',
    );
    expect(await clause('measures.txt', '二/（一）')).toMatchObject({ heading: '上转标准' });
    expect((await clause('plan.txt', '附件1/注'))?.text).toContain('“--”表示当年未统计。');
    expect((await clause('web-page.html', '附件2/第1段'))?.text).toContain('王某某 县卫生健康局局长');
    expect((await clause('pasted-markdown.txt', '二/（一）/第1段'))?.heading).toMatch(/^以国家基本药物目录/);
  });

  it('gives a value merged across years to each of them', async () => {
    const row = await clause('web-page.html', '附件1/3');
    expect(row?.text).toBe('3\t财务统一核算\t已实行\t已实行\t10');
    expect(row?.columns?.slice(2, 4)).toEqual(['目标值2025年', '目标值2026年']);
    expect(row?.group).toBe('责任共同体');
  });
});
