/** Words that mean different things in different plans, and the policy questions people ask: each plan answers with its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKnowledge, type Knowledge, loadCorpus, type PolicyAnswer, plainAnswer } from '../../knowledge/index.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

interface Row {
  readonly region: string | undefined;
  readonly q: string;
  readonly kind?: PolicyAnswer['kind'];
  /** Must stand in what is said. */
  readonly says: readonly (string | RegExp)[];
  readonly never?: RegExp;
}

const row = (region: string | undefined, q: string, ...says: readonly (string | RegExp)[]): Row => ({
  region,
  q,
  says,
});
const refused = (region: string, q: string, ...says: readonly (string | RegExp)[]): Row => ({
  region,
  q,
  kind: 'not-found',
  says,
});

const TERMS: readonly Row[] = [
  row(
    'wuxi',
    '六统一是哪六个',
    '统一组织管理',
    '统一人事管理',
    '统一财务管理',
    '统一业务管理',
    '统一绩效管理',
    '统一后勤管理',
  ),
  row('mudan', '六统一是哪六个', '两处', '储备调剂', '统一药品耗材配送'),
  row('huizhou', '七统一是哪七个', '行政、人事、财务、业务、用药、医保、信息'),
  row('jieyang', '七统一是哪七个', '行政、人员、财务、业务、药械、信息、绩效'),
  refused('hunan', '七统一是哪七个', '没有'),
  row('huizhou', '五统一是哪五个', '用药范围、网上采购、集中配送、药款支付、药学服务'),
  row('huizhou', '五大中心是哪五个', '三处', '肿瘤防治', '胸痛', '医学检验'),
  row('hunan', '五大中心是哪五个', '胸痛、卒中、创伤'),
  row('wuxi', '五大共享中心有哪些', '医学检验', '医学影像', '心电诊断', '病理诊断', '消毒供应'),
  row('wuxi', '五大急诊急救中心由哪家医院统筹', '县人民医院'),
  row('hunan', '20%指什么', '预留20%以上的资源'),
  row('huizhou', '20%指什么', /预留\s*20%以上/),
  row('jieyang', '20%是什么意思', '纳入调剂金'),
  row('jieyang', '80%是什么意思', '含义不同', '拨付医共体牵头医院', '纳入医疗服务收入', '就诊率'),
  row('hunan', '65%是哪个指标', '基层医疗卫生机构诊疗人次占总诊疗人次的比例'),
  row('jieyang', '普宁65%指的是什么', '基层就诊率'),
  row('hunan', '90%以上的县要做到什么', '达到建设标准'),
  row('wuxi', '七大智慧平台覆盖率2025年目标', '≥90'),
  row('jieyang', '普宁县域内就诊率目标是多少', '90%左右'),
  row('hunan', '帮扶的专家至少几名', '3名以上'),
  row('huizhou', '帮扶的三级医院专家驻多久', '不少于 6 个月'),
  row('huizhou', '三单是什么', '政府办医责任清单、内部运营管理清单、外部治理监管清单'),
  row('mudan', '三单是什么', '政府办医、医共体内部运行管理、外部治理综合监督三个责任清单'),
  row('hunan', '监管清单有哪些', '共7项', '公益性监管', '法律法规规章规定的其他监管事项'),
  row('hunan', '公卫经费什么时候预拨', '年初预拨'),
  row('mudan', '公卫经费什么时候预拨', '年初预拨'),
  row('huizhou', '医保基金怎么预拨', '按季预拨'),
  row('jieyang', '医保基金怎么预拨', '按月预拨'),
  row('huizhou', '年终是决算还是清算', '年终决算'),
  row('jieyang', '年终是决算还是清算', '年终清算'),
  row('huizhou', '牵头医院是哪家', '市三院牵头'),
  row('wuxi', '县聘乡用全市目标是多少', '6000人'),
  { ...row('wuxi', '县聘乡用2027年目标是多少', '100人'), never: /为6000人/ },
  row('wuxi', '县聘乡用怎么深化', '拓展下派人员专业范围'),
  row('hunan', '县管乡用怎么说的', '实行县管乡用、乡聘村用'),
  row('huizhou', '区管乡用怎么说的', '区管乡用、乡聘村用'),
  row('mudan', '镇聘村用是为了什么', '解决基层卫生室人才短缺'),
];

const ASKED: readonly Row[] = [
  { region: undefined, q: '结余的钱怎么分', kind: 'ask', says: ['徽州', '揭阳'] },
  row('huizhou', '结余的钱怎么分', '6:3:1'),
  row('jieyang', '结余的钱怎么分', '80%', '20%'),
  { region: undefined, q: '六统一是哪六个', kind: 'ask', says: ['巫溪', '牡丹'] },
  { region: undefined, q: '预留号源多少', kind: 'ask', says: ['湖南', '徽州'] },
  row('hunan', '预留号源多少', '20%以上', '预约检查'),
  { ...row('huizhou', '预留号源多少', '20%以上（专家号源、住院床位等）'), never: /预约检查/ },
  { ...row('huizhou', '超支了谁掏', '各方分担比例'), never: /6:3:1/ },
  row('jieyang', '超支了谁掏', '1:1', '不超过计提总额'),
  row('jieyang', '总额怎么算的 给个公式', '2%调剂金', '8%风险金', '政策性扣除项目'),
  row('hunan', '下沉半年处方权咋办', '暂停原机构处方权'),
  row('hunan', '药监部门管啥', '药品、医疗器械质量监管'),
  row('wuxi', '巫溪有几个卫生院', '32家'),
  row('wuxi', '红池坝卫生院牵头单位', '综合医疗医共体', '巫溪县人民医院'),
  row('huizhou', '中心药房五统一', '药款支付'),
  refused('hunan', '两个允许是什么', '只提到“两个允许”'),
  refused('wuxi', '两个允许是什么', '只提到“两个允许”'),
  row('hunan', '县中医院干什么的', '中医药服务业务管理职责'),
  row('wuxi', '县中医院干什么的', '中医'),
  row('mudan', '区中医院干什么的', '中医适宜技术推广应用'),
  { region: 'hunan', q: '帮我写个汇报', kind: 'out-of-scope', says: ['帮不上忙'] },
  row('mudan', '牡丹区中心药房谁建', '牡丹人民医院组建医共体中心药房'),
  row('mudan', '牡丹区中心药房什么时候全覆盖', '2023年底'),
  row('wuxi', '村里缺药了怎么办', '缺药登记和配送制度'),
  row('hunan', '中心药房管什么', '药品采购配送'),
  refused('wuxi', '缺药登记后几小时内要答复', '没有', '中心药房'),
  row('huizhou', '村卫生室能报慢病药吗', '下沉村卫生室'),
  row('wuxi', '村卫生室的心电设备怎么说', '心电设备'),
];

describe.each(databaseKinds())('terms and questions of the field on %s', (kind) => {
  let test: TestDatabase;
  let knowledge: Knowledge;
  beforeAll(async () => {
    test = await freshDatabase(kind);
    await loadCorpus({ ...test.database, clock: { now: () => new Date('2026-11-21T00:00:00Z') } });
    knowledge = createKnowledge({ db: test.database.reader, kind });
  });
  afterAll(() => test.drop());

  it.each([...TERMS, ...ASKED].map((one) => [one.region ?? 'nowhere', one.q, one] as const))(
    'in %s: %s',
    async (_, q, one) => {
      const answer = await knowledge.ask({ q, regionId: one.region });
      expect(answer.kind).toBe(one.kind ?? 'answer');
      const text = plainAnswer(answer);
      for (const words of one.says) expect(text).toMatch(words instanceof RegExp ? words : new RegExp(escaped(words)));
      if (one.never) expect(text).not.toMatch(one.never);
      if (answer.kind === 'answer' && one.region)
        for (const citation of answer.citations) expect(citation.doc).toBe(one.region);
    },
  );

  it.each([
    ['2025年底要覆盖多少县', '到2025年底', '2027'],
    ['到2025年底多少县市要建成医共体', '到2025年底', '2027'],
    ['2027年底要覆盖多少县', '到2027年底', '2025'],
  ])('words of another year do not answer: %s', async (q, date, other) => {
    const { lead, citations } = await knowledge.ask({ q, regionId: 'hunan' });
    expect(lead).toContain(date);
    expect(citations[0]?.quote).toContain(date);
    expect(`${lead}${citations.map((one) => one.quote).join('')}`).not.toContain(other);
  });

  it('says that nothing is written of the year asked for', async () => {
    const answer = await knowledge.ask({ q: '2026年底要覆盖多少县', regionId: 'hunan' });
    expect(answer).toMatchObject({ kind: 'not-found', lead: expect.stringContaining('没有写2026年') });
  });

  it.each([
    ['huizhou', '家庭医生转诊预留多少号源', '20%以上（专家号源、住院床位等）'],
    ['hunan', '法人资格要取消吗', /^不会：/],
    ['hunan', '哪一年要做到九成以上的县都建起医共体并且达标', /^到2025年底（已过）：力争90%以上的县/],
    ['hunan', '基层缺药登记和配送的制度由谁来建', /^医共体内设立中心药房/],
    ['hunan', '下沉半年以上的医生原单位处方权还在不在', /^要暂停：/],
    ['mudan', '年度考核考完了，结果会影响到哪些东西', /^考核结果与财政投入/],
    ['mudan', '区疾控中心在慢病这块要出什么力', '做好技术指导、培训和业务管理'],
    ['mudan', '医共体管委会主任叫什么名字', /^方案没有印姓名，只写：由区主要领导任主任/],
    ['wuxi', '资金池的钱能干什么用', '主要用于医疗机构发展'],
    ['wuxi', '专班的组长是哪个', /王\s*中/],
    ['huizhou', '进来的乡镇卫生院有几个，社区中心几家', '7个乡镇卫生院和1家社区卫生服务中心'],
    ['huizhou', '省里的依据文件文号', '皖卫发〔2024〕4号'],
    ['jieyang', '服务人口过了100万的县能建几个医共体', '1—3个'],
    ['jieyang', '县里的协调机制要拉上哪些部门', '市场监管、医保等部门'],
    ['hunan', '绩效工资能跟业务收入挂钩吗', /^不能：/],
    ['mudan', '年薪制必须搞吗', /^鼓励，没有写必须/],
    ['huizhou', '转诊病人起付线要重新交吗', /^(?!要：|是：|可以：)/],
    ['jieyang', '揭东区啥时候全覆盖', '2020年6月（已过）'],
    ['wuxi', '县聘乡用目标是多少', /2025年目标值为75人（已过）；2027年目标值为100人$/],
    ['huizhou', '到2030年医共体要建成什么样子', /^(?!.*已过)/],
    ['wuxi', '统一绩效管理的责任单位是谁', '责任单位：县卫生健康委；配合单位：县人力社保局、县医保局'],
  ] as const)('the point is short: %s %s', async (regionId, q, point) => {
    const { lead } = await knowledge.ask({ q, regionId, today: '2026-11-21' });
    if (point instanceof RegExp) expect(lead).toMatch(point);
    else expect(lead).toContain(point);
  });

  it('says nothing of the past without a clock, and not before the day is over', async () => {
    const ask = async (today?: string): Promise<string> =>
      (await knowledge.ask({ q: '揭东区啥时候全覆盖', regionId: 'jieyang', today })).lead;
    expect(await ask()).not.toContain('已过');
    expect(await ask('2020-06-30')).not.toContain('已过');
    expect(await ask('2020-07-01')).toContain('已过');
  });

  it('offers at most two near clauses, short ones, and none where nothing is near', async () => {
    const near = await knowledge.ask({ q: '报销比例是多少', regionId: 'huizhou' });
    expect(near.nearest?.length ?? 0).toBeLessThanOrEqual(2);
    for (const citation of near.nearest ?? []) expect(citation.quote.length).toBeLessThanOrEqual(120);
    const far = await knowledge.ask({ q: '食堂的菜价多少', regionId: 'huizhou' });
    expect(far.kind).toBe('not-found');
    expect(far.nearest).toEqual([]);
  });
});

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
