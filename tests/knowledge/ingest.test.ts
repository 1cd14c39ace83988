/** `npm run ingest` as people use it: every format, several documents in a file, versions, refusals, nothing half stored. */
import { spawnSync } from 'node:child_process';
import { ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IngestRefusal, isCalendarDay, partDocuments, planIngest } from '../../knowledge/index.ts';
import { makeDocx, makeHtml, partsOf } from './readers/make-documents.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const YUNLING = readFileSync(join(ROOT, 'tests/fixtures/documents/yunling.txt'), 'utf8');
const corpus = (plan: string): string => readFileSync(join(ROOT, `knowledge/corpus/${plan}.txt`), 'utf8');

describe('planning', () => {
  const regions = [
    { id: 'huangshan', name: '黄山市', shortName: '黄山', level: 'city', parentId: undefined },
    { id: 'huizhou', name: '黄山市徽州区', shortName: '徽州', level: 'county', parentId: 'huangshan' },
  ];
  const document = {
    id: '1',
    version: 1,
    doc: 'old',
    title: '徽州区方案',
    number: '徽办发〔2026〕2号',
    issuer: undefined,
    issuedOn: undefined,
    regionId: 'huizhou',
    regionShortName: '徽州',
  };
  const plan = (text: string, more = {}) =>
    planIngest({ text, fileName: 'dir/new.docx', ...more }, { regions, documents: [document] });

  it('takes the same number in other brackets for a new version of the same document', () => {
    const text = '徽州区方案\n徽办发[2026] 2号\n\n一、目标。建成。';
    expect(plan(text)).toMatchObject({
      doc: 'old',
      supersedes: 'old',
      number: '徽办发〔2026〕2号',
      regionId: 'huizhou',
    });
    expect(plan(text, { number: '徽办发（2026）3号' })).toMatchObject({
      doc: 'new',
      supersedes: undefined,
      number: '徽办发〔2026〕3号',
    });
  });

  it('takes a document without number by its title', () => {
    const charter = { ...document, number: undefined, title: '徽州区医共体章程' };
    const text = '徽州区医共体章程\n\n第一条 为规范运行，制定本章程。';
    expect(planIngest({ text, fileName: 'a.txt' }, { regions, documents: [charter] })).toMatchObject({
      doc: 'old',
      supersedes: 'old',
    });
  });

  it('offers the place a head names, without taking it', () => {
    expect(plan(YUNLING)).toMatchObject({
      refusal: 'region-unknown',
      suggestion: '云岭县',
    } satisfies Partial<IngestRefusal>);
    for (const title of [
      '关于印发《云岭县紧密型医共体实施方案》的通知',
      '云岭县关于深化医改的实施方案',
      '云岭县紧密型县域医共体建设工作领导小组办公室\n关于任务分工的通知',
      '滁州市云岭县人民医院章程',
    ])
      expect(plan(`${title}\n\n一、目标。建成医共体，落实责任，加强管理。`)).toMatchObject({ suggestion: '云岭县' });
    expect(plan(YUNLING, { region: '云岭县' })).toMatchObject({
      newRegion: { id: 'yunling', shortName: '云岭', level: 'county' },
    });
  });

  it.each([
    ['nothing', '', '空'],
    ['prose', '今天天气很好。我们去公园散步，回来的路上买了菜。', '没有读到带序号'],
    ['a shopping list', '要买的\n1. 牛奶\n2. 面包', '看起来不是公文'],
    ['a long list', `要买的\n${Array.from({ length: 20 }, (_, n) => `${n + 1}. 牛奶`).join('\n')}`, '不是公文'],
    ['a novel', '第一章 风雪夜\n他推开门，屋里的灯还亮着。“你回来了？”她问。\n'.repeat(99), '不是公文'],
    ['a recipe', '红烧肉的做法\n一、食材\n1.五花肉500克。\n2.冰糖30克。\n二、步骤\n1.焯水。\n2.炒糖色。', '不是公文'],
    ['a curriculum vitae', '个人简历\n一、基本信息\n王某。\n二、工作经历\n某县医院内科医师，负责门诊工作。', '简历'],
    ['English', 'Plan\n1. Build.\n2. Share.\n3. Train.\n4. Report.', '没有中文'],
    ['program text', Array.from({ length: 9 }, (_, n) => `${n}. const a = ${n};`).join('\n'), '没有中文'],
  ])('refuses %s', (_, text, reason) => {
    expect(plan(text, { region: '徽州' })).toMatchObject({
      refusal: 'no-document',
      reason: expect.stringContaining(reason),
    });
  });

  it.each([
    ['云岭县', 'yunling', '云岭'],
    ['莘县', 'shenxian', '莘县'],
    ['甘孜藏族自治州', 'ganzi', '甘孜'],
    ['广西壮族自治区', 'guangxi', '广西'],
    ['恩施土家族苗族自治州', 'enshi', '恩施'],
    ['滁州市天长市', 'tianchang', '天长'],
    ['阿坝州', 'aba', '阿坝'],
    ['上海', 'shanghai', '上海'],
    ['云岭', 'yunling', '云岭'],
  ])('makes a region of %s', (region, id, shortName) => {
    expect(plan(YUNLING, { region })).toMatchObject({ newRegion: { id, shortName } });
  });

  it.each(['火星', '小区', '我县', '各县', '全国', 'abc', '第一病区', '？？县', '自治区'])(
    'makes no region of %s',
    (region) => {
      expect(plan(YUNLING, { region })).toMatchObject({
        refusal: 'no-region',
        reason: expect.stringMatching(/不像地区的名称，没有入库。请写全称，例如：云岭县/),
        suggestion: '云岭县',
      });
    },
  );

  it('knows the days of the calendar', () => {
    expect(['2026-02-11', '2024-02-29', '2026-02-29', '2026-13-01', '2026-2-1', '二月'].map(isCalendarDay)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('several documents in one file', () => {
  const plans = ['huizhou', 'wuxi', 'mudan', 'jieyang', 'hunan'];
  it('are parted at their heads, whatever stands first in them', () => {
    const { texts, doubts } = partDocuments(plans.map(corpus).join('\n\n'));
    expect(texts.map((text) => text.trim())).toEqual(plans.map((plan) => corpus(plan).trim()));
    expect(doubts).toEqual([]);
  });

  it.each([...plans.map((plan) => [plan, corpus(plan)] as const), ['yunling', YUNLING] as const])(
    '%s alone stays one',
    (_, text) => {
      expect(partDocuments(text).texts).toHaveLength(1);
    },
  );

  it('are left together with a doubt where a second number has no title of its own', () => {
    const { texts, doubts } = partDocuments(
      '甲县方案\n甲府发〔2026〕1号\n\n一、目标。建成。\n\n依据文件：\n\n甲府发〔2020〕9号\n\n二、措施。推进。',
    );
    expect(texts).toHaveLength(1);
    expect(doubts[0]).toContain('甲府发〔2020〕9号');
  });
});

describe('in the shell', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'yigongti-ingest-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, bytes: string | Buffer): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const run = (
    ...args: string[]
  ): { out: string; error: string; code: number | null; lines: Record<string, unknown>[] } => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(ROOT, 'bot/cli/ingest.ts'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, DATA_DIR: folder },
    });
    const lines = args.includes('--json')
      ? stdout
          .trim()
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];
    return { out: stdout, error: stderr, code: status, lines };
  };

  it('stores a Word document of a new region, then a web page of the same number as its next version', async () => {
    const first = run(file('yunling.txt', YUNLING), '--region', '云岭县', '--json');
    expect(first.lines).toEqual([
      expect.objectContaining({
        doc: 'yunling',
        version: 1,
        region: 'yunling',
        number: '云政办〔2025〕18号',
        date: '2025-06-09',
        clauses: 30,
        tables: 1,
        unchanged: false,
      }),
    ]);
    const page = `<!DOCTYPE html><html><body><div class="nav"><a href="/">首页</a></div><div id="zoom">${YUNLING.split(
      '\n\n',
    )
      .map((part) => `<p>${part.replaceAll('\n', '<br>')}</p>`)
      .join('')
      .replace('在2小时内答复', '在1小时内答复')}</div></body></html>`;
    const second = run(file('新版.html', page), '--json');
    expect(second.lines).toEqual([expect.objectContaining({ doc: 'yunling', version: 2, unchanged: false })]);
    expect(run(join(folder, '新版.html')).out).toContain('没有变化');
  }, 60_000);

  it('keeps what people put in over a bundled plan, also at the next start', async () => {
    const changed = partsOf('huizhou').map((part) =>
      part.kind === 'paragraph' ? { ...part, text: part.text.replace('6:3:1', '5:3:2') } : part,
    );
    const stored = run(file('徽州新版.docx', await makeDocx(changed)), '--json');
    expect(stored.lines).toEqual([expect.objectContaining({ doc: 'huizhou', version: 2 })]);
    const ask = () =>
      spawnSync(process.execPath, [join(ROOT, 'bot/cli/ask.ts'), '--region', '徽州', '医保结余区乡村按几比几分'], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, DATA_DIR: folder },
      }).stdout;
    expect(ask()).toContain('5:3:2');
    expect(ask()).toContain('5:3:2');
  }, 60_000);

  it('stores every document of a file', () => {
    const both = run(file('两份.txt', `${corpus('wuxi')}\n\n${YUNLING.replace('18号', '19号')}`), '--json');
    expect(both.lines.map((line) => [line.doc, line.number])).toEqual([
      ['wuxi', '巫溪府办发〔2025〕31号'],
      ['两份', '云政办〔2025〕19号'],
    ]);
  });

  it('says in one line why a file is refused, goes on with the next, and ends with 1', () => {
    const huge = join(folder, 'huge.pdf');
    const handle = openSync(huge, 'w');
    ftruncateSync(handle, 50 * 1024 * 1024);
    const began = performance.now();
    const { error, code, out } = run(
      huge,
      join(folder, 'absent.txt'),
      file('空.txt', ''),
      file('nav.html', makeHtml([])),
      join(folder, 'yunling.txt'),
    );
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(code).toBe(1);
    expect(error.trim().split('\n')).toEqual([
      expect.stringMatching(/huge\.pdf：文件太大（超过40MB）.*\(the file is larger than 40 MB\)/),
      expect.stringMatching(/absent\.txt：没有这个文件/),
      expect.stringMatching(/空\.txt：文件是空的.*\(the file is empty\)/),
      expect.stringMatching(/nav\.html：这个网页里只有菜单和链接/),
    ]);
    expect(out).toContain('yunling：');
  });

  it('names the region it would need, and stores nothing without it', () => {
    const { code, error, out } = run(file('y.txt', YUNLING.replaceAll('云岭', '青林')));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain('如属青林县，请加 --region 青林县');
    const mars = run(join(folder, 'y.txt'), '--region', '火星');
    expect([mars.code, mars.out]).toEqual([1, '']);
    expect(mars.error).toContain('“火星”不像地区的名称，没有入库。请写全称，例如：青林县');
    expect(run('--date', '2026-02-30', join(folder, 'y.txt')).error).toContain('--date must be a day');
  });
});
