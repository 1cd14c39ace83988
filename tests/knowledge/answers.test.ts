/** What people get for an answer: the cell of the right column, every meaning of a term, a plain refusal with the office. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKnowledge, type Knowledge, loadCorpus, type PolicyAnswer, plainAnswer } from '../../knowledge/index.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

describe.each(databaseKinds())('answers on %s', (kind) => {
  let test: TestDatabase;
  let knowledge: Knowledge;
  beforeAll(async () => {
    test = await freshDatabase(kind);
    await loadCorpus({ ...test.database, clock: { now: () => new Date('2026-11-21T00:00:00Z') } });
    knowledge = createKnowledge({ db: test.database.reader, kind });
  });
  afterAll(() => test.drop());
  const ask = (q: string, regionId?: string, context: readonly string[] = []): Promise<PolicyAnswer> =>
    knowledge.ask({ q, regionId, context });

  it.each([
    ['县聘乡用2027年目标是多少人', '100人', '6000'],
    ['全市县聘乡用2027年目标是多少人', '6000人', '100人'],
    ['乡聘村用2023年指标值是多少', '“--”', '45'],
    ['家庭医生签约服务人数2025年目标', '18万人', '1500'],
  ])('gives the cell asked for: %s → %s', async (q, wanted, unwanted) => {
    const { lead } = await ask(q, 'wuxi');
    expect(lead).toContain(wanted);
    expect(lead).not.toContain(unwanted);
  });

  it('does not make up a year the table does not have', async () => {
    const answer = await ask('县聘乡用2026年目标是多少人', 'wuxi');
    expect(answer).toMatchObject({ kind: 'not-found', answerable: false, citations: [] });
    expect(answer.lead).toContain('2026年');
    expect(answer.nearest?.[0]?.path).toBe('附件2/1');
  });

  it('asks which region where the plans differ and the asker has none', async () => {
    const answer = await ask('结余怎么分');
    expect(answer.kind).toBe('ask');
    expect(answer.choices?.map((choice) => choice.label)).toEqual(expect.arrayContaining(['徽州', '揭阳']));
    expect(new Set(answer.citations.map((one) => one.doc)).size).toBe(answer.citations.length);
    expect(
      (await ask(answer.choices?.find((choice) => choice.label === '徽州')?.question ?? '')).citations[0]?.doc,
    ).toBe('huizhou');
  });

  it('takes the region of the words before that of the asker', async () => {
    expect((await ask('徽州的结余怎么分', 'wuxi')).citations[0]?.doc).toBe('huizhou');
  });

  it('names the office that would know, and never another region’s figure', async () => {
    const answer = await ask('医保结余区乡村按几比几分', 'mudan');
    expect(answer.kind).toBe('not-found');
    expect(answer.office).toContain('医保局');
    expect(plainAnswer(answer)).not.toContain('6:3:1');
  });

  it('sets regions side by side, each with its citation, and says which plan is silent', async () => {
    const answer = await ask('湖南、徽州和牡丹给家庭医生转诊预留多少号源');
    expect(answer.citations.map((one) => one.doc)).toEqual(expect.arrayContaining(['hunan', 'huizhou']));
    expect(answer.lead).toContain('牡丹没有写');
    expect(answer.parts?.map((part) => [part.label, part.citation?.doc])).toEqual([
      ['湖南', 'hunan'],
      ['徽州', 'huizhou'],
      ['牡丹', undefined],
    ]);
  });

  it('gives responsible units in both directions', async () => {
    expect((await ask('会诊转诊服务中心归哪个部门负责', 'huizhou')).lead).toContain('区卫生健康委、区财政局、区医保局');
    expect((await ask('区医保局负责哪些任务', 'huizhou')).lead).toMatch(/\d+条列为责任单位/);
  });

  it('goes on from the question before', async () => {
    expect((await ask('2025年的呢', 'wuxi', ['基本公共卫生服务知晓率2027年目标是多少'])).lead).toContain('≥72');
    expect((await ask('那徽州呢', 'hunan', ['湖南给家庭医生转诊的患者预留多少'])).citations[0]?.doc).toBe('huizhou');
  });

  it.each([
    ['你好', 'smalltalk'],
    ['谢谢', 'smalltalk'],
    ['？', 'smalltalk'],
    ['😀', 'smalltalk'],
    ['', 'smalltalk'],
    ['帮我写一份通知', 'out-of-scope'],
    ['今天天气怎么样', 'out-of-scope'],
    ['浙江的医共体怎么考核', 'not-found'],
  ] as const)('%s is %s', async (q, expected) => {
    expect((await ask(q, 'wuxi')).kind).toBe(expected);
  });

  it('reads a clause with its neighbours and finds paths as people type them', async () => {
    expect(await knowledge.resolvePath('huizhou', '二（二）2（5）')).toBe('二/（二）/2/（5）');
    expect(await knowledge.resolvePath('huizhou', '二(二)2(5)')).toBe('二/（二）/2/（5）');
    expect(await knowledge.resolvePath('huizhou', '第二阶段')).toBe('三/第二阶段');
    expect(await knowledge.resolvePath('huizhou', '（15）')).toBe('二/（二）/6/（15）');
    expect(await knowledge.resolvePath('wuxi', '附件2第7行')).toBe('附件2/7');
    expect(await knowledge.resolvePath('wuxi', '四（七）4')).toBe('四/（七）/4');
    expect(await knowledge.resolvePath('wuxi', '九十九')).toBeUndefined();
    const view = await knowledge.clause('wuxi', '四/（七）/4');
    expect(view).toMatchObject({
      label: '巫溪府办发〔2025〕31号 四（七）4',
      above: ['推进资源重整，完善县域医共体运行机制', '推进县域医共体“六统一”管理'],
      previousPath: '四/（七）/3',
      nextPath: '四/（七）/5',
    });
    expect((await knowledge.contents('wuxi', '附件3')).map((clause) => clause.path)).toHaveLength(15);
  });

  it('survives whatever is asked, in at most 600 characters', async () => {
    const words = fc.constantFrom(
      '"',
      '*',
      'NEAR',
      "'",
      '(',
      ')',
      'OR',
      '--',
      ';',
      '%',
      '六统一',
      '2027年',
      '多少',
      '谁负责',
      '转诊',
      '\u0000',
      '徽州',
      '，',
      '哪些',
      'AND NOT',
      '😀',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(words, fc.string({ maxLength: 8 })), { maxLength: 12 }), async (parts) => {
        const answer = await ask(parts.join(''), 'wuxi');
        expect([...plainAnswer(answer)].length).toBeLessThanOrEqual(600);
        expect(answer.answerable).toBe(answer.citations.length > 0);
      }),
      { numRuns: 60 },
    );
    expect((await ask('转诊'.repeat(3000), 'wuxi')).lead).not.toBe('');
  });
});
