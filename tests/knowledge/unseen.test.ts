/** A regulation in chapters and articles that no rule was written for: put in by a user, then asked about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createKnowledge,
  type IngestPlan,
  type Knowledge,
  loadCorpus,
  loadDocument,
  plainAnswer,
  planIngest,
} from '../../knowledge/index.ts';
import { listDocuments, listRegions } from '../../knowledge/store.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

const text = readFileSync(join(import.meta.dirname, '../fixtures/documents/yunling.txt'), 'utf8');
const clock = { now: () => new Date('2026-11-21T00:00:00Z') };

describe.each(databaseKinds())('a document of a new region on %s', (kind) => {
  let test: TestDatabase;
  let knowledge: Knowledge;
  let plan: IngestPlan;
  beforeAll(async () => {
    test = await freshDatabase(kind);
    const ports = { ...test.database, clock };
    await loadCorpus(ports);
    const there = {
      regions: await listRegions(test.database.reader),
      documents: await listDocuments(test.database.reader),
    };
    const planned = planIngest({ text, fileName: '/somewhere/yunling.txt', region: '云岭县' }, there);
    if ('refusal' in planned) throw new Error(planned.reason);
    plan = planned;
    const region = planned.newRegion;
    await test.database.write(async (trx) => {
      await trx('regions').insert({
        id: region?.id,
        name: region?.name,
        short_name: region?.shortName,
        level: region?.level,
        created_at: clock.now().toISOString(),
      });
    });
    await loadDocument(ports, { ...planned, text, bundled: false });
    knowledge = createKnowledge({ db: test.database.reader, kind });
  });
  afterAll(() => test.drop());

  it('is understood as a whole: number, date, region, table', () => {
    expect(plan).toMatchObject({
      doc: 'yunling',
      number: '云政办〔2025〕18号',
      issuedOn: '2025-06-09',
      tables: 1,
      doubts: [],
      supersedes: undefined,
    });
    expect(plan.newRegion).toMatchObject({ shortName: '云岭', level: 'county' });
  });

  it.each([
    ['总院收到上转单要多久答复', '2小时', '第二章/第四条'],
    ['专家号要留多少给家庭医生', '30%', '第二章/第六条'],
    ['缺药几天能送到', '3个工作日', '第三章/第七条'],
    ['超支了医共体掏多少', '70%', '第四章/第九条'],
    ['结余在总院和卫生院之间怎么分', '35%', '第四章/第十条'],
    ['这个办法什么时候开始实施，管几年', '有效期2年', '第五章/第十二条'],
    ['办法由谁解释', '县卫生健康局', '第五章/第十一条'],
    ['2026年基层诊疗人次占比目标', '≥60', '附件/2'],
    ['签约人数2024年基数是多少', '--', '附件/3'],
    ['第八条说的什么', '10日', '第三章/第八条'],
    ['缺药配送哪个部门负责', '县卫生健康局', '第三章/第七条'],
    ['哪些病人要转下来', '术后需要换药', '第二章/第五条/（一）'],
  ])('%s → %s', async (q, wanted, path) => {
    const answer = await knowledge.ask({ q, regionId: plan.regionId });
    expect(plainAnswer(answer)).toContain(wanted);
    expect(answer.citations[0]).toMatchObject({ doc: 'yunling', path });
  });

  it.each(['中药饮片谁来供应', '白名单制度怎么建', '院长年薪多少', '2025年的就诊率目标'])('refuses %s', async (q) => {
    expect(await knowledge.ask({ q, regionId: plan.regionId })).toMatchObject({ kind: 'not-found', citations: [] });
  });

  it('stands beside the bundled plans in a comparison', async () => {
    const answer = await knowledge.ask({ q: '云岭和徽州预留号源的比例各是多少' });
    expect(new Set(answer.citations.map((one) => one.doc))).toEqual(new Set(['yunling', 'huizhou']));
    expect(plainAnswer(answer)).toMatch(/云岭：.*30%[\s\S]*徽州：.*20%/);
  });
});

/** A plan that does not say whose it is. */
const NOWHERE = [
  '紧密型医共体建设实施方案',
  '为推进医共体建设，制定本方案。',
  '一、总体要求',
  '坚持以人民健康为中心，推进医共体建设。',
  '二、主要任务',
  '（一）完善体系。组建医共体，统一管理。',
  '（二）提升能力。下沉资源，加强基层。',
  '三、保障措施',
  '各部门要高度重视，抓好落实。',
].join('\n');

describe('deciding how to store a document', () => {
  const region = { id: 'huizhou', name: '黄山市徽州区', shortName: '徽州', level: 'county', parentId: undefined };
  const stored = {
    id: 'x',
    version: 1,
    doc: 'plan',
    title: '方案',
    number: '徽办发〔2026〕2号',
    issuer: undefined,
    issuedOn: undefined,
    regionId: 'huizhou',
    regionShortName: '徽州',
  };
  const huizhou = '徽州区方案\n徽办发〔2026〕2号\n一、目标\n到2027年建成。';

  it('is a new version where region and number are those of another document, which keeps its name', () => {
    expect(
      planIngest({ text: huizhou, fileName: 'other.txt' }, { regions: [region], documents: [stored] }),
    ).toMatchObject({ doc: 'plan', supersedes: 'plan', regionId: 'huizhou' });
  });
  it('gets a name of its own where another document has that of its file', () => {
    expect(
      planIngest(
        { text: huizhou.replace('2号', '3号'), fileName: 'a/plan.txt' },
        { regions: [region], documents: [stored] },
      ),
    ).toMatchObject({ doc: 'plan-2', supersedes: undefined });
  });
  it('stores nothing where the region cannot be told, or where there are no clauses', () => {
    expect(planIngest({ text: NOWHERE, fileName: 'a.txt' }, { regions: [region], documents: [] })).toMatchObject({
      refusal: 'region-unknown',
    });
    expect(
      planIngest({ text: '你好', fileName: 'a.txt', region: '徽州' }, { regions: [region], documents: [] }),
    ).toMatchObject({ refusal: 'no-document' });
    expect(
      planIngest({ text: '  ', fileName: 'a.txt', region: '徽州' }, { regions: [region], documents: [] }),
    ).toMatchObject({ refusal: 'no-document' });
  });
});
