/**
 * Telegram lies abroad: whatever is typed or pressed there, no patient word comes back over it, none reaches a model, and
 * nothing a patient told elsewhere is shown there. Every command of every feature is walked through.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { features } from '../../handlers/index.ts';
import { type ModelEndpoint, startModelEndpoint } from '../simulators/model-endpoint.ts';
import { startTelegramSimulator, type TelegramSimulator } from '../simulators/telegram.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const NAMES = ['张铁蛋', '欧阳晓岚', '慕容铁柱', '李桂香', '尉迟小宝', '王秀兰', '刘德花'];
const ILLNESSES = ['阑尾炎', '绒毛膜癌', '宫外孕', '心肌梗死'];
const NUMBERS = ['11010519491231002X', '13800138000', '１３９８７６５４３２１', '住院号20261188'];
const PLACES = ['青龙嘴村9组17号', '幸福小区3栋2单元501'];
const PEOPLE = [
  'wx-village-doctor-1',
  'wx-clinician-1',
  'wx-clinician-2',
  'wx-coordinator-1',
  'wx-pharmacist-1',
  'wx-pharmacist-2',
  'wx-manager-1',
  'wx-commission-1',
  'wx-admin-1',
  'unbound-1',
];
const GROUP = '-4200';
const COMMANDS = features.flatMap((feature) => feature.commands);

describe.each(databaseKinds())('de-identified Telegram on %s', (kind) => {
  let telegram: TelegramSimulator;
  let model: ModelEndpoint;
  let bot: TestBot;

  beforeAll(async () => {
    telegram = await startTelegramSimulator();
    model = await startModelEndpoint();
    bot = await startTestBot({
      kind,
      env: { ...telegram.env, LLM_BASE_URL: model.baseUrl, LLM_MODEL: 'scripted' },
    });
    telegram.setBot(bot.url);
  });
  afterAll(async () => {
    await bot.stop();
    await telegram.close();
    await model.stop();
  });

  /** Everything decided for Telegram so far, before pacing: what is drawn from these blocks is what goes out. */
  async function decided(): Promise<number> {
    await telegram.say('wx-admin-1', '我是谁');
    return bot.lastN();
  }

  /** Waits until everything said is answered, and gives all words of all chats since a mark. */
  async function heardSince(mark: number): Promise<string> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const open: unknown = await bot.running.database
        .reader('inbox')
        .where({ channel: 'telegram', state: 'received' })
        .first('id');
      if (!open) break;
      if (performance.now() > deadline) throw new Error('messages stay unanswered');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const words: string[] = [];
    for (let last = mark; ; ) {
      const page = await bot.outbox(last);
      if (page.length === 0) return words.join('\n');
      last = page.at(-1)?.n ?? last;
      words.push(
        ...page
          .filter((one) => one.to.channel === 'telegram')
          .map((one) => `${one.text}\n${JSON.stringify(one.blocks)}`),
      );
    }
  }

  it('repeats no patient words, whichever command they stand behind', async () => {
    const planted = ['王秀兰', '患者李桂香 女 58岁 绒毛膜癌 13800138000'];
    const mark = await decided();
    let date = 1_795_000_000;
    for (const [at, command] of COMMANDS.entries()) {
      for (const words of planted) {
        date += 2;
        const person = PEOPLE[(at + words.length) % PEOPLE.length] ?? 'wx-admin-1';
        const group = at % 5 === 0 ? GROUP : undefined;
        const mention = group ? '@yigongti_bot ' : '';
        await telegram.say(person, `${mention}${command.name} ${words}`, { group, date });
        await telegram.pressData(person, `${command.id}|1|${words}`.slice(0, 60), { group });
      }
    }
    const heard = await heardSince(mark);
    expect(heard).toContain('患者信息');
    const secrets = ['王秀兰', '李桂香', '绒毛膜癌', '13800138000'];
    expect(heard.split('\n').filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
  }, 60_000);

  it('repeats none and lets none leave for a model, however they are put together', async () => {
    const word = fc.constantFrom(...NAMES, ...ILLNESSES, ...NUMBERS, ...PLACES);
    const typed = fc.record({
      who: fc.constantFrom(...PEOPLE),
      lead: fc.constantFrom(
        '',
        '上转',
        '下转',
        '转诊',
        '缺药',
        '进度',
        '请问',
        '接收',
        '我有个病人',
        '/问',
        '帮忙查一下',
        '拒绝 ZZ20261121001',
        '有货 QY20261121001',
        '机构',
        '指标',
        '填报',
      ),
      first: fc.constantFrom(...NAMES, ...NUMBERS),
      more: fc.uniqueArray(word, { maxLength: 4 }),
      filler: fc.constantFrom(' ', '，', '\n', ' 男 67岁 ', ' 县医院 ', '的医保能报销多少'),
      after: fc.constantFrom('', '能报销吗', '怎么转', '？'),
      group: fc.boolean(),
    });
    let date = 1_795_500_000;
    await fc.assert(
      fc.asyncProperty(typed, async ({ who, lead, first, more, filler, after, group }) => {
        const mark = await bot.lastN();
        const words = [first, ...more];
        date += 4;
        const text = `${group ? '@yigongti_bot ' : ''}${lead} ${words.join(filler)}${after}`;
        const where = group ? { group: GROUP } : {};
        await telegram.say(who, text, { ...where, date });
        await telegram.say(who, `${group ? '@yigongti_bot ' : ''}确认`, { ...where, date: date + 2 });
        const heard = await heardSince(mark);
        for (const secret of words) expect(heard.includes(secret), `${secret} of “${text}” in: ${heard}`).toBe(false);
        const asked = JSON.stringify(model.heard);
        for (const secret of words) expect(asked.includes(secret), `${secret} reached the model`).toBe(false);
      }),
      { numRuns: kind === 'sqlite' ? 60 : 20 },
    );
  }, 120_000);

  it('shows nothing of a patient who was told elsewhere', async () => {
    const secrets = ['张铁蛋', '阑尾炎', '13800138000', '67岁'];
    const mark = await decided();
    for (const text of ['上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000', '确认'])
      await bot.says('wx-clinician-1', text);
    for (const text of ['上转 张铁蛋 男 67岁 急 心肌梗死 县医院 13800138000', '确认', '确认']) {
      await bot.says('wx-village-doctor-1', text);
    }
    const number = /ZZ\d{11,}/.exec(JSON.stringify(await bot.inboxOf('wx-clinician-1')))?.[0] ?? 'ZZ20261121005';
    let date = 1_796_000_000;
    for (const person of ['wx-clinician-1', 'wx-clinician-2', 'wx-coordinator-1', 'wx-manager-1']) {
      for (const command of COMMANDS) {
        date += 2;
        await telegram.say(person, `${command.name} ${number}`, { date });
      }
      await telegram.say(person, '我的转诊', { date: date + 1 });
      date += 1;
    }
    await bot.moveClock('2026-11-23T08:30:00+08:00');
    // All that was decided for this platform, which is more than what is drawn from it.
    const heard = await heardSince(mark);
    expect(heard).toContain('每日汇总');
    expect(heard).toContain(number);
    for (const secret of secrets) expect(heard).not.toContain(secret);
    const leaked: unknown = await bot.running.database
      .reader('deliveries')
      .join('outbox', 'outbox.id', 'deliveries.outbox_id')
      .where({ 'deliveries.channel': 'telegram', 'outbox.confidential': true })
      .first('deliveries.id');
    expect(leaked).toBeUndefined();
  }, 120_000);

  it('answers questions in which places, offices and officials of the documents are named', async () => {
    const mark = await bot.lastN();
    const asked = [
      '成员单位 兰英乡卫生院',
      '查条款 巫溪 三',
      '冯克林是哪个单位的',
      '昏迷病人怎么急诊上转',
      '院长由谁任命',
    ];
    for (const [at, text] of asked.entries()) await telegram.say('wx-commission-1', text, { date: 1_797_000_000 + at });
    const heard = await heardSince(mark);
    expect(heard).not.toContain('检测到可能的患者信息');
    expect(heard).toContain('兰英乡卫生院');
  });

  it('leaves the words of the plans as they stand, and not a name typed beside them', async () => {
    const mark = await bot.lastN();
    const asked = ['县聘乡用2027年目标是多少', '巫溪 六统一是什么', '条款 巫溪 欧阳晓岚'];
    for (const [at, text] of asked.entries()) await telegram.say('wx-clinician-2', text, { date: 1_797_050_000 + at });
    const heard = await heardSince(mark);
    expect(heard).toContain('“县聘乡用”人员累计数量');
    expect(heard).toContain('“六统一”');
    expect(heard).not.toContain('您写的内容');
    expect(heard).not.toContain('欧阳晓岚');
  });

  it('says 120 first, whatever else it refuses', async () => {
    const mark = await bot.lastN();
    await telegram.say('wx-village-doctor-1', '李桂香 女 58岁 突发胸痛 大汗 快转县医院', { date: 1_797_100_000 });
    const heard = await heardSince(mark);
    expect(heard).toMatch(/^[^\n]*120/);
    expect(heard).toContain('请删除这条消息');
  });

  it('looks at no picture, and at no file of people who put in no documents', async () => {
    const mark = await bot.lastN();
    const photo = { photo: [{ file_id: 'f1', file_unique_id: 'u', width: 9, height: 9 }] };
    await telegram.say('wx-clinician-1', undefined as never, { more: photo });
    await telegram.say('wx-commission-1', undefined as never, { more: photo });
    await telegram.say('wx-clinician-1', undefined as never, {
      more: { document: { file_id: 'f2', file_unique_id: 'v', file_name: '检查.pdf' } },
    });
    const heard = await heardSince(mark);
    expect(heard.match(/没有读取/g)?.length).toBeGreaterThanOrEqual(3);
    expect(telegram.api.count('getFile')).toBe(0);
  });
});
