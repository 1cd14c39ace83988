/** Whatever is typed in a group, no group ever sees a patient: through the whole bot, the pointer cards after 确认 included. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const NAMES = ['张铁蛋', '欧阳晓岚', '慕容铁柱', '李桂香', '尉迟小宝'];
const ILLNESSES = [
  '阑尾炎',
  '绒毛膜癌',
  '梅毒',
  '抑郁症',
  '心肌梗死',
  '宫外孕',
  '高血压3级',
  '艾滋病',
  '肺结核',
  '脑出血',
];
const NUMBERS = ['11010519491231002X', '13800138000', '13987654321', '023-51522222', '住院号20261188'];
const PLACES = ['青龙嘴村9组17号', '幸福小区3栋2单元501'];

/** Typed in a group, then 确认 in private; the words no group may hear. */
const NASTY: readonly (readonly [what: string, text: string, group: string, secrets: readonly string[]])[] = [
  [
    'a form pasted',
    '姓名：张某某 身份证11010519491231002X 电话13800138000 高血压3级 转心内',
    'referral',
    ['张某某', '11010519491231002X', '13800138000', '高血压3级'],
  ],
  [
    'a command with everything',
    '上转 张铁蛋 男 67岁 13800138000 阑尾炎 县医院 普外科',
    'referral',
    ['张铁蛋', '13800138000', '阑尾炎', '67岁'],
  ],
  [
    'an emergency',
    '急！李桂香 女 58岁 突发胸痛 心肌梗死 快转县医院 13987654321',
    'referral',
    ['李桂香', '13987654321', '心肌梗死'],
  ],
  [
    'full-width digits',
    '上转 欧阳晓岚　女　３０岁　１３８００１３８０００ 宫外孕',
    'referral',
    ['欧阳晓岚', '１３８００１３８０００', '13800138000', '宫外孕'],
  ],
  [
    'a number with blanks',
    '病人电话 138 0013 8000，身份证 110105 19491231 002X，梅毒',
    'referral',
    ['138 0013 8000', '110105 19491231 002X', '13800138000', '梅毒'],
  ],
  ['a question about a patient', '慕容铁柱得了肺结核能报销多少？', 'referral', ['慕容铁柱']],
  [
    'a shortage for a patient',
    '缺药 异烟肼片 10盒 给患者慕容铁柱用 电话13987654321',
    'shortage',
    ['慕容铁柱', '13987654321'],
  ],
  [
    'a shortage with an address',
    '缺药 阿莫西林胶囊 5盒 患者欧阳晓岚 住青龙嘴村9组17号',
    'shortage',
    ['欧阳晓岚', '青龙嘴村9组17号'],
  ],
  ['a downward referral', '下转 李桂香 女 71岁 脑出血恢复期 回红池坝镇卫生院', 'referral', ['李桂香', '脑出血']],
  ['a progress question by name', '进度 张铁蛋', 'referral', ['张铁蛋']],
  ['a refusal with the reason', '拒绝 ZZ20261121001 张铁蛋有艾滋病 我们收不了', 'referral', ['张铁蛋', '艾滋病']],
  ['feedback', '反馈 ZZ20261121001 诊断绒毛膜癌 已手术', 'referral', ['绒毛膜癌']],
  [
    'an address and a landline',
    '帮我转一下 幸福小区3栋2单元501 尉迟小宝 座机023-51522222 抑郁症',
    'referral',
    ['幸福小区', '尉迟小宝', '023-51522222', '抑郁症'],
  ],
  ['a command nobody knows', '转一下 住院号20261188 那个心肌梗死的 李桂香', 'management', ['20261188', '李桂香']],
  ['only a number', '11010519491231002X', 'management', ['11010519491231002X']],
  ['words for a button', '接收 ZZ20261121001 备注：张铁蛋 13800138000', 'referral', ['张铁蛋', '13800138000']],
  [
    'a policy question around it',
    '家庭医生转诊预留多少号源？张铁蛋 男 67岁 阑尾炎 13800138000',
    'management',
    ['张铁蛋', '13800138000', '阑尾炎'],
  ],
];

describe.each(databaseKinds())('groups on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  /** Everything groups were told since, as one text, blocks included. */
  async function groupsHeard(since: number): Promise<string> {
    const heard: string[] = [];
    for (let last = since; ; ) {
      const page = await bot.outbox(last);
      if (page.length === 0) return heard.join('\n');
      last = page.at(-1)?.n ?? last;
      heard.push(
        ...page.filter((one) => one.to.kind === 'group').map((one) => `${one.text}\n${JSON.stringify(one.blocks)}`),
      );
    }
  }

  it.each(NASTY)('never repeat %s', async (_, text, group, secrets) => {
    const before = await bot.lastN();
    const speaker = group === 'management' ? 'wx-manager-1' : 'wx-village-doctor-1';
    await bot.says(speaker, text, { group: `wx-group-${group}` });
    await bot.says(speaker, '确认');
    await bot.says(speaker, '取消');
    const heard = await groupsHeard(before);
    expect(heard).not.toBe('');
    for (const secret of secrets) expect(heard).not.toContain(secret);
  });

  it('never repeat what they are told, however it is put together', async () => {
    const word = fc.oneof(
      fc.constantFrom(...NAMES),
      fc.constantFrom(...ILLNESSES),
      fc.constantFrom(...NUMBERS),
      fc.constantFrom(...PLACES),
    );
    const typed = fc.record({
      who: fc.constantFrom('wx-village-doctor-1', 'wx-clinician-1', 'wx-coordinator-1', 'wx-pharmacist-2', 'unbound-1'),
      command: fc.constantFrom('上转', '下转', '缺药', '进度', '患者', '请问', '', '接收', '绿通', '帮忙转'),
      words: fc.uniqueArray(word, { minLength: 1, maxLength: 5 }),
      filler: fc.constantFrom(' ', '，', '；电话', '\n', ' 男 67岁 ', ' 阿莫西林胶囊 10盒 ', ' 县医院 '),
      group: fc.constantFrom('wx-group-referral', 'wx-group-shortage', 'wx-group-management'),
      after: fc.constantFrom('确认', '提交', '取消'),
    });
    await fc.assert(
      fc.asyncProperty(typed, async ({ who, command, words, filler, group, after }) => {
        const before = await bot.lastN();
        await bot.says(who, `${command} ${words.join(filler)}`, { group });
        await bot.says(who, after);
        await bot.says(who, '取消');
        const heard = await groupsHeard(before);
        for (const secret of words) expect(heard.includes(secret), `${secret} in: ${heard}`).toBe(false);
      }),
      { numRuns: kind === 'sqlite' ? 60 : 20 },
    );
  });
});
