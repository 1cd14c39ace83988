/** What a plan counts (五大共享中心, 六个强化, 5家医院) is listed in full, or said not to be listed; through all plans. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listedAt, phrasesOf } from '../../knowledge/answers/members.ts';
import { createKnowledge, type Knowledge, loadCorpus, type PolicyAnswer } from '../../knowledge/index.ts';
import { normalise } from '../../knowledge/words.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

const CORPUS = join(import.meta.dirname, '../../knowledge/corpus');
const HAN = '零一二三四五六七八九十';

interface Counted {
  readonly region: string;
  readonly words: string;
  readonly count: number;
}

/** Counted nouns as printed: in quotation marks, or a number with 家, 类 or 个 before a list's noun. */
const PRINTED =
  /“(([两二三四五六七八九十]|\d)(?:大|个|项|类|统一|不准|允许|贯通|包|单|合)[\u4e00-\u9fff]{0,10})”|(?<![\d第])(([三四五六七八九十]|[2-9])(?:家|类|个)(?:国家|县级|责任|慢性)?[\u4e00-\u9fff]{0,4}?(?:医院|清单|病|试点县))(?!以上)/g;

const counted: readonly Counted[] = readdirSync(CORPUS).flatMap((file) => {
  const text = readFileSync(join(CORPUS, file), 'utf8').replace(/[\s*]+/g, '');
  const found = [...text.matchAll(PRINTED)].map((match) => {
    const figure = match[2] ?? match[4] ?? '';
    const count = /\d/.test(figure) ? Number(figure) : figure === '两' ? 2 : HAN.indexOf(figure);
    return { region: file.replace('.txt', ''), words: match[1] ?? match[3] ?? '', count };
  });
  // 两包三单六贯通七统一 counts four things; each has a row of its own below.
  const single = found.filter((one) => !/.[两二三四五六七八九十](?:单|贯通|统一)/.test(one.words));
  return single.filter((one, at) => single.findIndex((other) => other.words === one.words) === at);
});

/** The members an answer lists, one list a meaning. */
function listsOf(answer: PolicyAnswer): readonly (readonly string[])[] {
  const split = (text: string): readonly string[] => (text.split('：').at(-1) ?? '').split('、');
  if (answer.parts === undefined) return [split(answer.lead)];
  return answer.lead.includes('含义不同')
    ? answer.parts.map((part) => split(part.text))
    : [answer.parts.map((part) => part.text)];
}

describe.each(databaseKinds())('counted nouns on %s', (kind) => {
  let test: TestDatabase;
  let knowledge: Knowledge;
  beforeAll(async () => {
    test = await freshDatabase(kind);
    await loadCorpus({ ...test.database, clock: { now: () => new Date('2026-11-21T00:00:00Z') } });
    knowledge = createKnowledge({ db: test.database.reader, kind });
  });
  afterAll(() => test.drop());

  it('finds what there is to count', () => {
    expect(counted.map((one) => `${one.region} ${one.words}`)).toEqual(
      expect.arrayContaining([
        'huizhou 五大中心',
        'wuxi 七大智慧平台',
        'hunan 九不准',
        'jieyang 5家医院',
        'mudan 六统一',
      ]),
    );
    expect(counted.length).toBeGreaterThanOrEqual(24);
  });

  it.each(counted)(
    '$region: $words (有哪些) gives $count, or is not listed in the plan',
    async ({ region, words, count }) => {
      const text = normalise(readFileSync(join(CORPUS, `${region}.txt`), 'utf8'));
      const answer = await knowledge.ask({ q: `${words}有哪些`, regionId: region });
      if (answer.kind !== 'answer') {
        expect(answer).toMatchObject({ kind: 'not-found', citations: [] });
        return;
      }
      for (const members of listsOf(answer)) {
        expect(members).toHaveLength(count);
        for (const member of members) expect(text).toContain(normalise(member));
      }
    },
  );

  it.each([
    ['wuxi', '五大共享中心有哪些', ['医学检验', '医学影像', '心电诊断', '病理诊断', '县域消毒供应共享中心']],
    ['wuxi', '智慧平台是哪七个', ['县域互联网医院平台', '县域医护调度平台', '县域药事管理和处方前置审核平台']],
    ['wuxi', '四类慢性病是哪四类', ['心脑血管疾病', '恶性肿瘤', '糖尿病', '慢性呼吸系统疾病']],
    ['wuxi', '三级管理架构是哪三级', ['县卫生健康委', '医共体理事会', '牵头医院与其他成员单位']],
    ['huizhou', '两包三单是什么', ['城乡居民基本医保基金', '基本公共卫生服务资金', '外部治理监管清单']],
    ['huizhou', '五个提升指什么', ['牵头医院综合能力', '县域居民健康水平']],
    ['huizhou', '临床服务五大中心', ['肿瘤防治', '重症监护']],
    ['mudan', '三单是什么', ['政府办医', '医共体内部运行管理', '外部治理综合监督']],
    ['mudan', '六统一是哪六个', ['储备调剂', '统一信息化管理']],
    ['jieyang', '国家试点县是哪两个', ['普宁市', '揭西县']],
    ['jieyang', '七统一是什么', ['行政', '药械', '绩效']],
    ['hunan', '急诊急救五大中心', ['胸痛', '危重孕产妇救治']],
  ])('%s: %s', async (region, q, members) => {
    const answer = await knowledge.ask({ q, regionId: region });
    const said = [answer.lead, ...(answer.parts ?? []).map((part) => part.text)].join('\n');
    for (const member of members) expect(said).toContain(member);
    for (const one of answer.citations) expect(one.doc).toBe(region);
  });

  it.each([
    ['hunan', '九不准是哪九条'],
    ['mudan', '六大中心是哪六个'],
    ['wuxi', '两个允许指什么'],
  ])('%s: %s is only used, and that is said', async (region, q) => {
    const answer = await knowledge.ask({ q, regionId: region });
    expect(answer.kind).toBe('not-found');
    expect(answer.lead).toContain('没有逐项列出');
  });

  it('says how many there are where another number was asked for', async () => {
    const answer = await knowledge.ask({ q: '监管清单有哪五项', regionId: 'hunan' });
    expect(answer.lead).toContain('共7项（您问的是5项）');
  });
});

describe('counted phrases of a text', () => {
  it.each([
    ['组建2个以上医共体', []],
    ['连续工作不少于6个月', []],
    ['二级及以上医疗机构，三级医院', []],
    ['两包三单六贯通七统一', ['两包', '三单', '六贯通', '七统一']],
    ['建立“3大智慧医疗平台”', ['3大智慧医疗平台']],
  ])('%s', (text, phrases) => expect(phrasesOf(text).map((one) => one.text)).toEqual(phrases));

  it.each([
    ['普宁市、揭西县等2个国家试点县', ['普宁市', '揭西县']],
    ['甲医院、乙医院和丙医院等3家医院', ['甲医院', '乙医院', '丙医院']],
    ['慢性病区、镇、村三级管理', ['区', '镇', '村']],
    ['创新医防融合、医养结合、中西医结合“服务三合”机制', ['医防融合', '医养结合', '中西医结合']],
    ['建设两项工程：水改、电改', ['水改', '电改']],
    ['推进五大中心建设', undefined],
    ['甲、乙等5家医院', undefined],
  ])('%s', (text, members) => {
    const [phrase] = phrasesOf(text);
    expect(phrase && listedAt(text, phrase)?.members).toEqual(members);
  });
});
