/** What exactly is asked: an answer speaks of it or there is none; how people really write: rambling, in English, to colleagues. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demandsOf } from '../../knowledge/demands.ts';
import { fromEnglish } from '../../knowledge/english.ts';
import { heartOf } from '../../knowledge/heart.ts';
import { createKnowledge, type Knowledge, loadCorpus, plainAnswer } from '../../knowledge/index.ts';
import { readQuestion } from '../../knowledge/question.ts';
import { isNoWord } from '../../knowledge/terms.ts';
import { toSimplified } from '../../knowledge/traditional.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

describe('what is really asked', () => {
  it.each([
    ['你好，我是潜口卫生院的，刚调来不久，想问下年薪制怎么定的', '年薪制怎么定的'],
    ['各位老师好，打扰一下，结余怎么分？', '结余怎么分？'],
    ['三单这个事…哦不，绩效考评谁来管', '绩效考评谁来管'],
    ['麻烦帮我查下中心药房谁建的', '中心药房谁建的'],
    ['村里才七百来人，招不到村医怎么看病', '村里才七百来人，招不到村医怎么看病'],
    ['我是谁', '我是谁'],
    ['', ''],
  ])('%s', (message, heart) => {
    expect(heartOf(message)).toBe(heart);
  });

  it.each([
    ['资金池的钱好多', '资金池的钱多少'],
    ['专班组长是哪个', '专班组长是谁'],
    ['超支几几分', '超支几比几分'],
    ['省里的依据是几号文', '省里的依据是哪个文'],
    ['这块哪个来管', '这块谁来管'],
  ])('asks %s in plain words', (said, asked) => {
    expect(readQuestion(said).text).toBe(asked);
  });

  it('counts no filler, no place of the asker and no word the cutter made up', () => {
    const words = (q: string): readonly string[] => readQuestion(q).terms.map((term) => term.text);
    expect(words('农业农村局在医共体这件事上要干些什么')).toEqual(expect.arrayContaining(['农业农村局', '医共体']));
    expect(words('农业农村局在医共体这件事上要干些什么')).not.toContain('事上');
    expect(words('个人付多少')).toContain('付多少');
    expect(words('个人付多少')).not.toContain('人');
    expect(isNoWord('干到')).toBe(true);
    expect(isNoWord('透析')).toBe(false);
  });

  it('marks what an institution is asked to have or do', () => {
    expect(readQuestion('安兴镇中心卫生院有没有透析').predicate).toMatchObject({ offered: true });
    expect(readQuestion('总额付费有没有预留').predicate).not.toHaveProperty('offered');
  });

  it('keeps a message that holds nothing but how it came up', () => {
    for (const message of ['你好', '我想请教一个问题', '，，，', '😂']) expect(heartOf(message)).toBe(message);
  });

  it('puts English questions into the words of the documents, and leaves what it does not know', () => {
    expect(fromEnglish('How is the surplus split in Huizhou?')).toMatch(/结余.*分配.*徽州/);
    expect(fromEnglish('What is the parking fee of the lead hospital?')).toMatch(/parking.*收费.*牵头医院/);
    expect(fromEnglish('DRG和DIP推不推')).toBeUndefined();
    expect(fromEnglish('hello')).toBeUndefined();
  });

  it('reads traditional characters, of the same length', () => {
    expect(toSimplified('會診轉診服務中心由誰建設')).toBe('会诊转诊服务中心由谁建设');
    expect(toSimplified('结余6:3:1')).toBe('结余6:3:1');
  });

  it('tells the predicate, the attribute and the clause named', () => {
    const predicate = readQuestion('医护上门服务能不能走医保报销').predicate;
    expect(predicate).toEqual({ from: 9, to: 14, act: false });
    expect(readQuestion('下沉人员住宿怎么解决').attribute).toEqual({ end: 6, who: false });
    expect(readQuestion('派驻医生工资由哪边发').attribute).toMatchObject({ who: true });
    expect(readQuestion('（13）条是哪几家负责').clause).toBe('(13)');
    expect(readQuestion('二（三）那条的配合单位').clause).toBe('二(三)');
    expect(readQuestion('服务人口有多少').clause).toBe('');
  });

  it('demands words only where the question is about nothing else', () => {
    expect(demandsOf('中心药房要多大面积')).toHaveLength(1);
    expect(demandsOf('结余怎么分')).toHaveLength(0);
  });
});

const REFUSED: readonly (readonly [string, string])[] = [
  ['wuxi', '医护上门服务能不能走医保报销'],
  ['wuxi', '医护上门能上门输液吗'],
  ['wuxi', '大河乡卫生院离县城多远'],
  ['wuxi', '朝阳镇卫生院的床位使用率'],
  ['wuxi', '县疾控派驻的监督员工资谁出'],
  ['wuxi', '乡聘村用一个月工资开多少'],
  ['wuxi', '家庭医生签约费怎么收'],
  ['huizhou', '七个乡镇卫生院分别是哪些'],
  ['huizhou', '7个卫生院哪家床位最多'],
  ['huizhou', '白名单多久更新一次'],
  ['huizhou', '市三院全称叫什么'],
  ['huizhou', '专家派驻期间住宿费谁报销'],
  ['mudan', '274个村卫生室分到每个镇各有多少'],
  ['mudan', '徽州那样的白名单我们有没有'],
  ['hunan', '预留号源没人用几点放出来'],
  ['hunan', '65%这个指标2025年要到多少'],
  ['hunan', '每个县要建几个发热门诊'],
  ['jieyang', '来帮扶的三家三甲医院叫什么名字'],
  ['jieyang', '普宁结余6:3:1怎么分'],
  ['jieyang', '2025年揭阳县域内就诊率目标'],
  ['mudan', '病人血压180/110，先用硝苯地平还是卡托普利？'],
  ['mudan', '牡丹街道社区卫生服务中心能不能做核磁'],
  ['mudan', '牡丹人民医院有没有新生儿病房'],
  ['wuxi', '菱角镇卫生院做得了B超不'],
  ['wuxi', '红池坝镇卫生院有没有儿科'],
  ['wuxi', '县聘乡用的下来干一个月补好多'],
  ['huizhou', '市三院夜里急诊有没有儿科医生值班'],
];

const ANSWERED: readonly (readonly [string | undefined, string, string])[] = [
  ['huizhou', '结余是按7:3分的吧？', '6:3:1'],
  ['huizhou', '白明单是个啥制度', '白名单'],
  ['huizhou', '编共体这事哪个单位牵头', '区委编办'],
  ['wuxi', '二（三）那条的配合单位', '县民政局'],
  ['wuxi', '冯克林是哪个单位的', '县卫生健康委'],
  ['wuxi', '七大智慧平台还有五大共享中心2027年覆盖率各要多少', '100'],
  ['mudan', '牵头医院是哪两家', '区中医医院'],
  ['mudan', '我们卫生院的招牌是不是得换掉啊', '牌子'],
  ['mudan', '大夫的工资还能不能跟开药开检查挂钩', '脱钩'],
  ['mudan', '中心药房啥时候要全部铺开？', '2023年底'],
  ['hunan', '农业农村局在医共体这件事上要干些什么？', '因病返贫'],
  ['hunan', '推进机制平时的日常活儿谁来干？', '县级卫生健康行政部门'],
  ['wuxi', '村头不到八百个人，卫生室咋个整嘛', '800人'],
  ['huizhou', '乡下急救车得几分钟能到位呀', '30分钟'],
  ['jieyang', '普宁到2020年底，基层这头看病的比例定的多少？', '65%'],
  ['jieyang', '各县方案最晚哪天报市局', '2020年5月31日'],
  [undefined, 'When should Mudan finish building the medical alliance?', '2023年底'],
  [undefined, '徽州的會診轉診服務中心由誰建設', '市三院'],
];

describe.each(databaseKinds())('on %s', (kind) => {
  let test: TestDatabase;
  let knowledge: Knowledge;

  beforeAll(async () => {
    test = await freshDatabase(kind);
    await loadCorpus({ ...test.database, clock: { now: () => new Date('2026-11-21T00:00:00Z') } });
    knowledge = createKnowledge({ db: test.database.reader, kind });
  });
  afterAll(() => test.drop());

  it.each(REFUSED)('does not answer what is not written (%s): %s', async (regionId, q) => {
    expect(await knowledge.ask({ q, regionId })).toMatchObject({ answerable: false, citations: [] });
  });

  it.each(ANSWERED)('answers (%s) %s', async (regionId, q, says) => {
    const answer = await knowledge.ask({ q, regionId });
    expect(answer.answerable).toBe(true);
    expect(plainAnswer(answer).replace(/\s/g, '')).toContain(says);
  });

  it.each(['谁有空帮忙看看37床', '收到，马上去办', '明天下午三点开会别忘了', '各位，今晚值班表发群里了'])(
    'takes talk among colleagues for no question: %s',
    async (q) => {
      expect(await knowledge.ask({ q, regionId: 'wuxi' })).toMatchObject({ kind: 'smalltalk', answerable: false });
    },
  );

  it('answers one of two questions and says that the other is not written', async () => {
    const answer = await knowledge.ask({ q: '结余资金怎么分？市三院食堂几点开饭？', regionId: 'huizhou' });
    expect(answer.answerable).toBe(true);
    expect(plainAnswer(answer)).toContain('6:3:1');
  });

  it.each([
    `' OR 1=1 --`,
    '"医保" NEAR/3 * (',
    '%_\\',
    '医'.repeat(5000),
    '😂😂',
    '🏥结余🏥怎么分🏥',
    ')('.repeat(300),
  ])('bears %.30s', async (q) => {
    const answer = await knowledge.ask({ q, regionId: 'huizhou' });
    expect(answer.lead.length).toBeGreaterThan(0);
  });
});
