import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

const GROUP = 'wx-group-referral';
const NUMBER = /(?:ZZ|EM)\d{11,}/;

describe.each(databaseKinds())('referrals in conversation, on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  /** Sends a complete upward referral and gives its number. */
  async function sent(who = 'wx-clinician-1', words = '上转 男 45 阑尾炎 县人民 外科'): Promise<string> {
    await bot.says(who, words);
    const text = await bot.text(who, '确认');
    const number = NUMBER.exec(text)?.[0];
    if (!number) throw new Error(`no number in: ${text}`);
    return number;
  }
  const row = async (number: string) => bot.running.database.reader('referrals').where({ number }).first();

  it('takes a patient in one message, shows the card, gives the number at 确认 and tells both sides', async () => {
    const card = await bot.text(
      'wx-clinician-1',
      '转诊单 张某某 女 52 2型糖尿病 血糖控制不佳 内分泌 普通门诊 知情同意已签',
    );
    expect(card).toContain('转入：县人民医院 内分泌科 门诊');
    expect(card).toContain('患者：张** 女 52岁');
    expect(card).toContain('病情：2型糖尿病，血糖控制不佳');
    expect(card).not.toContain('还差');
    const before = await bot.lastN();
    const done = await bot.text('wx-clinician-1', '提交');
    expect(done).toMatch(/已提交，单号 ZZ20261121\d{3}。/);
    const number = NUMBER.exec(done)?.[0] ?? '';
    const told = await bot.inboxOf('wx-coordinator-1', before);
    expect(told.map((one) => one.text).join('\n')).toContain(
      `【转诊 ${number}】红池坝镇卫生院 → 县人民医院 · 内分泌科 · 普通 · 待接收`,
    );
    const card2 = (await bot.outbox(before)).filter((one) => one.to.id === GROUP);
    expect(card2).toHaveLength(1);
    expect(card2[0]?.text).not.toMatch(/张|52|糖尿病/);
  });

  it('says 120 first to an emergency and goes straight to accepted, whoever is on duty told at once', async () => {
    const card = await bot.text('wx-clinician-1', '上转 男 67岁 胸痛2小时 疑似心梗 转县医院 胸痛中心 急');
    expect(card.split('\n')[0]).toBe('急危重症请立即拨打120，不要等待系统回复。');
    const before = await bot.lastN();
    const done = await bot.text('wx-clinician-1', '确认');
    const number = /EM20261121\d{3}/.exec(done)?.[0] ?? '';
    expect(done.split('\n')[0]).toContain('120');
    expect(await row(number)).toMatchObject({ state: 'accepted', urgency: 'emergency', acknowledged_at: null });
    const duty = (await bot.inboxOf('wx-coordinator-1', before)).map((one) => one.text).join('\n');
    expect(duty).toContain(`【急诊转诊 ${number}】`);
    expect(duty).toContain('男 67岁，胸痛2小时，疑似心梗');
    expect((await bot.outbox(before)).find((one) => one.to.id === GROUP)?.text).not.toMatch(/67|心梗|男/);
    expect(await bot.text('wx-coordinator-1', `拒绝 ${number} 没床`)).toContain('不能拒绝');
    const known = await bot.lastN();
    expect(
      await bot.text('wx-coordinator-1', '', { action: { id: 'referral.accept', value: number, version: 1 } }),
    ).toContain('已知悉');
    expect((await bot.inboxOf('wx-clinician-1', known)).map((one) => one.text).join()).toContain(`${number} 已知悉`);
    expect((await row(number)).acknowledged_at).toMatch(/^2026-11-21T02:0/);
  });

  it('takes an emergency with three fields, and asks for the one that lacks', async () => {
    expect(await bot.text('wx-village-doctor-1', '上转 急')).toContain('还差：主要病情或初步诊断');
    expect(await bot.text('wx-village-doctor-1', '昏迷')).not.toContain('还差');
    expect(await bot.text('wx-village-doctor-1', '确认')).toMatch(/EM\d{11}/);
  });

  it('answers a group without a word of the patient, and goes on in private', async () => {
    const replies = await bot.says(
      'wx-clinician-1',
      '姓名：张某某 身份证11010519491231002X 电话13800138000 高血压3级 转心内',
      { group: GROUP },
    );
    const inGroup = replies.filter((one) => one.to.kind === 'group');
    expect(inGroup.map((one) => one.text)).toEqual(['已受理，请在私聊中补充。您的消息含患者信息，请撤回。']);
    const inPrivate = replies
      .filter((one) => one.to.kind === 'direct')
      .map((one) => one.text)
      .join('\n');
    expect(inPrivate).toContain('身份证：1101**********002X');
    expect(inPrivate).toContain('科室');
    const draft = await bot.running.database.reader('drafts').where({ staff_id: 'wx-clinician-1' }).first();
    expect(JSON.stringify(draft)).not.toMatch(/张某某|13800138000/);
    const before = await bot.lastN();
    await bot.says('wx-clinician-1', '确认');
    const group = (await bot.outbox(before)).filter((one) => one.to.id === GROUP);
    expect(group.map((one) => one.text).join()).toMatch(
      /【转诊 ZZ\d{11}】红池坝镇卫生院 → 县人民医院 · 心内科 · 普通 · 待接收/,
    );
  });

  it('asks once for what is missing, and lets a question pass while the form waits', async () => {
    const asked = await bot.text('wx-clinician-1', '有个病人要转上去，脑梗，有床吗', { group: GROUP });
    expect(asked).toContain('已受理，请在私聊中补充');
    expect(asked).toContain('床位和号源以接收方答复为准');
    expect(asked).toContain('还差：患者（姓名，或性别和年龄）');
    expect(await bot.text('wx-clinician-1', '六统一是什么')).not.toContain('还差');
    expect(await bot.text('wx-clinician-1', '李秀英 女 70 13800138000')).toContain('患者：李** 女 70岁');
    expect(await bot.text('wx-clinician-1', '科室 神经内科')).toContain('转入：县人民医院 神经内科');
    expect(await bot.text('wx-clinician-1', '取消')).toContain('已取消');
    expect(await bot.running.database.reader('drafts').where({ staff_id: 'wx-clinician-1' })).toEqual([]);
  });

  it('opens a draft for an emergency told in a group, and sends it where the correction says', async () => {
    const replies = await bot.says('wx-clinician-1', '急 孕妇大出血 转县医院', { group: GROUP });
    const here = replies.filter((one) => one.to.kind === 'group').map((one) => one.text);
    expect(here.join()).toMatch(/120[\s\S]*已受理/);
    const card = replies.filter((one) => one.to.kind === 'direct').map((one) => one.text);
    expect(card.join()).toContain('转入：县人民医院');
    expect(await bot.text('wx-clinician-1', '不对 是去中医院')).toContain('转入：县中医院');
    expect(await bot.text('wx-clinician-1', '改成县人民医院 妇产科')).toContain('转入：县人民医院 妇产科');
    expect(await bot.text('wx-clinician-1', '不对，中医院')).toContain('转入：县中医院');
    expect(await bot.text('wx-clinician-1', '不对 那个')).toContain('没听明白要改哪一项');
    expect(await bot.text('wx-clinician-1', '错了')).toContain('转入：县中医院');
    expect(await bot.text('wx-clinician-1', '取消')).toContain('已取消');
  });

  it('takes sex and age as people say them, and asks for a department nobody knows', async () => {
    const card = await bot.text('wx-clinician-1', '上转 咳嗽，火星科');
    expect(card).toContain('没有认出科室“火星科”');
    expect(card).toContain('病情：咳嗽');
    expect(card).not.toMatch(/病情：.*火星/);
    expect(await bot.text('wx-clinician-1', '男的')).toContain('患者：男');
    expect(await bot.text('wx-clinician-1', '72了')).toContain('患者：男 72岁');
    expect(await bot.text('wx-clinician-1', '不对 老太73了')).toContain('患者：女 73岁');
    expect(await bot.text('wx-clinician-1', '名字叫王小红')).toMatch(/病情：咳嗽\n/);
    await bot.says('wx-clinician-1', '取消');
    expect(await bot.text('wx-clinician-1', '转 男 70 骨折')).toContain('病情：骨折');
    await bot.says('wx-clinician-1', '取消');
  });

  it('never says the specialty of a sensitive case in a group', async () => {
    await bot.says('wx-clinician-1', '上转 女 19 李小芳 终止妊娠 县妇幼 妇产科', { group: GROUP });
    const before = await bot.lastN();
    await bot.says('wx-clinician-1', '确认');
    const group = (await bot.outbox(before))
      .filter((one) => one.to.id === GROUP)
      .map((one) => one.text)
      .join();
    expect(group).toContain('红池坝镇卫生院 → 专科机构 · 专科');
    expect(group).not.toMatch(/妇|妊娠/);
  });

  it('needs a plan, and an identity beside the bed, to send a patient down', async () => {
    const asked = await bot.text(
      'wx-clinician-2',
      '下转 12床 脑梗恢复期 回红池坝卫生院 康复 阿司匹林+阿托伐他汀 两周后复查',
    );
    expect(asked).toContain('床号不能代替身份');
    expect(asked).toContain('计划：康复；阿司匹林+阿托伐他汀；两周后复查');
    expect(await bot.text('wx-clinician-2', '王建国 男 66')).not.toContain('还差');
    const before = await bot.lastN();
    expect(await bot.text('wx-clinician-2', '确认')).toMatch(/已提交，单号 ZZ/);
    expect((await bot.inboxOf('wx-coordinator-2', before)).map((one) => one.text).join()).toContain(
      '县人民医院 → 红池坝镇卫生院',
    );
    expect(await bot.text('wx-clinician-2', '下转 张三 男 67岁 脑梗恢复期 回红池坝')).toContain('还差：康复或治疗计划');
    await bot.says('wx-clinician-2', '取消');
    expect(await bot.text('wx-village-doctor-1', '下转 张三 男 67岁')).toContain('您的角色不能操作');
  });

  it('continues a case: the destination and the patient come from the number', async () => {
    const number = await sent('wx-clinician-1', '上转 赵铁柱 男 61 肺炎 县医院 呼吸科');
    await bot.says('wx-clinician-2', `接收 ${number}`);
    const card = await bot.text('wx-clinician-2', `这个病人可以回去了 转回${number}那边`);
    expect(card).toContain('转入：红池坝镇卫生院');
    expect(card).toContain('患者：赵** 男 61岁');
    expect(card).toContain('还差：康复或治疗计划');
    expect(await bot.text('wx-clinician-2', '口服药物，两周后复查')).not.toContain('还差');
    const down = NUMBER.exec(await bot.text('wx-clinician-2', '确认'))?.[0] ?? '';
    expect((await row(down)).linked_id).toBe((await row(number)).id);
  });

  it('warns of the same patient within 72 hours, and takes a second 确认', async () => {
    const first = await sent('wx-clinician-1', '上转 钱小宝 男 44 13800138000 胃溃疡 县医院');
    await bot.says('wx-clinician-1', '上转 钱小宝 男 44 13800138000 胃溃疡 县医院');
    expect(await bot.text('wx-clinician-1', '确认')).toContain(first);
    expect(await bot.text('wx-clinician-1', '确认')).toMatch(/已提交/);
  });

  it('accepts, tells the initiator, and says to the second one who was first', async () => {
    const number = await sent();
    const before = await bot.lastN();
    expect(await bot.text('wx-coordinator-1', `接收 ${number} 明早8点半 外科门诊`)).toContain('已接收待安排');
    const told = (await bot.inboxOf('wx-clinician-1', before)).map((one) => one.text).join('\n');
    expect(told).toContain(`${number} 已接收待安排`);
    expect(told).toContain('对方说明：明早8点半 外科门诊');
    expect(await bot.text('wx-clinician-2', `接收 ${number}`)).toContain('已由演示-曹协调处理');
    expect(await row(number)).toMatchObject({ state: 'accepted', owner_id: 'wx-coordinator-1', version: 2 });
  });

  it('makes one record of two people who press the same card at once', async () => {
    const number = await sent();
    const press = (who: string) => bot.text(who, '', { action: { id: 'referral.accept', value: number, version: 1 } });
    const answers = await Promise.all([press('wx-coordinator-1'), press('wx-clinician-2')]);
    expect(answers.filter((text) => text.includes('已接收待安排'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('按钮对应的状态已经变化'))).toHaveLength(1);
    const { id, version } = await row(number);
    expect(version).toBe(2);
    const events = await bot.running.database
      .reader('referral_events')
      .where({ referral_id: id, transition: 'accept' });
    expect(events).toHaveLength(1);
  });

  it('gives one number to two 确认 said at once', async () => {
    await bot.says('wx-clinician-1', '上转 男 45 阑尾炎 县人民 外科');
    const answers = await Promise.all([
      bot.text('wx-clinician-1', '确认'),
      bot.text('wx-clinician-1', '提交', { direct: 'other-device' }),
    ]);
    expect(answers.filter((text) => /已提交，单号/.test(text))).toHaveLength(1);
  });

  it('takes the buttons of the card, and of an outdated one nothing', async () => {
    await bot.says('wx-clinician-1', '上转 男 45 阑尾炎 县人民 外科');
    await bot.says('wx-clinician-1', '科室 骨科');
    const press = (id: string, version: number) =>
      bot.text('wx-clinician-1', '', { action: { id, value: '', version } });
    const outdated = await press('referral.confirm', 1);
    expect(outdated).toContain('不是最新的');
    expect(outdated).toContain('转入：县人民医院 骨科');
    expect(await press('referral.confirm', 2)).toMatch(/已提交，单号 ZZ/);
    expect(await press('referral.confirm', 2)).toContain('没有待提交的转诊');
  });

  it('takes corrections in plain words', async () => {
    await bot.says('hn-clinician-1', 'sz 李四 女 40 高血压');
    expect(await bot.text('hn-clinician-1', '不是高血压，是糖尿病')).toContain('病情：糖尿病\n');
    expect(await bot.text('hn-clinician-1', '急')).toContain('方向：上转（急诊）');
    expect(await bot.text('hn-clinician-1', '普通')).toContain('方向：上转（普通）');
    await bot.says('hn-clinician-1', '取消');
  });

  it('asks for a coded reason, takes a number, and other only with words', async () => {
    const number = await sent();
    const asked = await bot.text('wx-coordinator-1', `拒绝 ${number}`);
    expect(asked).toContain('2. 资料不充分');
    expect(await bot.text('wx-coordinator-1', '7')).toContain('需要原因');
    const before = await bot.lastN();
    expect(await bot.text('wx-coordinator-1', '2')).toContain('已拒绝');
    expect((await bot.inboxOf('wx-clinician-1', before)).map((one) => one.text).join()).toContain(
      '已拒绝 · 资料不充分',
    );
    expect((await bot.outbox(before)).filter((one) => one.to.id === GROUP).map((one) => one.text)).toEqual([
      `【${number}】已拒绝 · 资料不充分`,
    ]);
    expect(await row(number)).toMatchObject({ state: 'rejected', reason_code: 'insufficient_data' });
    expect(await bot.text('wx-coordinator-1', `接收 ${number}`)).toContain('不能接收');
    expect(await bot.text('wx-clinician-1', `进度 ${number}`)).toContain('原因：资料不充分');
  });

  it('passes words beside the code to the initiator alone, and drops those that name a patient in a group', async () => {
    const number = await sent();
    const before = await bot.lastN();
    const replies = await bot.says('wx-coordinator-1', `拒绝 ${number} 资料不全，患者张三丰 13800138000 片子没传`, {
      group: GROUP,
    });
    expect(replies.map((one) => one.text).join()).toContain('没有保存，请撤回');
    const all = (await bot.outbox(before)).map((one) => one.text).join('\n');
    expect(all).not.toMatch(/张三丰|13800138000/);
    const event = await bot.running.database
      .reader('referral_events')
      .where({ transition: 'reject', referral_id: (await row(number)).id })
      .first();
    expect(event.comment_sealed).toBeNull();
  });

  it('lets only the initiator withdraw, with a reason, and tells the receiver', async () => {
    const number = await sent();
    expect(await bot.text('wx-coordinator-2', `撤销 ${number} 信息有误`)).toContain('只有发起人');
    expect(await bot.text('wx-clinician-1', `撤销 ${number}`)).toContain('1. 信息有误');
    const before = await bot.lastN();
    expect(await bot.text('wx-clinician-1', `撤销 ${number} 病人自己去了`)).toContain('已撤销');
    expect((await bot.inboxOf('wx-coordinator-1', before)).map((one) => one.text).join()).toContain(
      `${number} 已由发起人撤销`,
    );
  });

  it('shows a case to both sides whatever the alliance, and to a third institution nothing', async () => {
    const number = await sent('wx-clinician-1', '上转 周大勇 男 51 腰椎间盘突出 县中医院 骨伤科');
    expect(await bot.text('wx-clinician-3', `进度 ${number}`)).toContain('红池坝镇卫生院 → 县中医院');
    expect(await bot.text('wx-coordinator-2', `进度 ${number}`)).toContain(number);
    const unknown = await bot.text('wx-clinician-1', '进度 ZZ20261121999');
    for (const outsider of ['wx-coordinator-1', 'wx-manager-1', 'hz-coordinator-1', 'wx-commission-1']) {
      for (const words of ['进度', '转诊单详情']) {
        expect(await bot.text(outsider, `${words} ${number}`), outsider).toBe(unknown.replace('ZZ20261121999', number));
      }
    }
    expect(await bot.text('wx-coordinator-1', `接收 ${number}`)).toContain('没有查到');
    expect(await bot.text('wx-coordinator-1', `撤销 ${number} 1`)).toContain('没有查到');
  });

  it('shows the details to those the case concerns, each look in the audit', async () => {
    const number = await sent('wx-clinician-1', '上转 孙二狗 男 58 13800138000 110105194912310046 肺炎 县医院 呼吸科');
    const { id } = await row(number);
    const looks = async () => bot.running.database.reader('audit').where({ action: 'referral.read', object_id: id });
    const detail = await bot.text('wx-coordinator-1', `转诊单详情 ${number}`);
    expect(detail).toContain('孙二狗 男 58岁');
    expect(detail).toContain('13800138000');
    expect(detail).toContain('1101**********0046');
    expect(detail).not.toContain('110105194912310046');
    expect(await looks()).toHaveLength(1);
    expect(await bot.text('wx-manager-1', `转诊单详情 ${number}`)).toContain('只给经办人');
    expect(await bot.text('wx-coordinator-2', `转诊单详情 ${number}`)).toContain('孙** 男 58岁');
    expect(await looks()).toHaveLength(2);
    const replies = await bot.says('wx-clinician-1', `转诊单详情 ${number}`, { group: GROUP });
    expect(replies.filter((one) => one.to.kind === 'group').map((one) => one.text)).toEqual(['请在私聊中查看。']);
    expect(replies.find((one) => one.to.kind === 'direct')?.text).toContain('孙二狗');
  });

  it('remembers the case spoken of, and finds one by the end of its number', async () => {
    const number = await sent();
    expect(await bot.text('wx-clinician-1', '进度')).toContain(number);
    expect(await bot.text('wx-clinician-1', `病人到了没有啊 ${number}`)).toContain('待接收');
    expect(await bot.text('wx-clinician-1', `进度 ${Number(number.slice(10))}号单`)).toContain(number);
    expect(await bot.text('wx-clinician-1', '刚才那个怎么样了')).toContain(number);
    expect(await bot.text('wx-clinician-1', '我的转诊')).toContain(number);
  });

  it('chooses among lead hospitals, refuses the own house and a lower one', async () => {
    const asked = await bot.text('md-clinician-1', '上转 男 45 阑尾炎 外科');
    expect(asked).toContain('转入机构有几家：');
    expect(await bot.text('md-clinician-1', '转入 区中医医院')).toContain('转入：区中医医院');
    await bot.says('md-clinician-1', '取消');
    expect(await bot.text('wx-clinician-1', '上转 男 45 阑尾炎 转文峰卫生院')).toContain('不是上级机构');
    expect(await bot.text('wx-clinician-1', '转入 我院')).not.toContain('转入：红池坝');
    await bot.says('wx-clinician-1', '取消');
  });

  it('gives no advice, only 120 and the way', async () => {
    const text = await bot.text('wx-village-doctor-1', '我这里有个高血压200/120的头痛得很咋办');
    expect(text.split('\n')[0]).toContain('120');
    expect(text).toContain('不提供诊断和用药建议');
  });

  it('keeps nothing of a patient as plain text in the database', async () => {
    await sent('wx-clinician-1', '上转 慕容拾柒 男 58 13900139000 罕见综合征 县医院 呼吸科 住址红池坝镇双河村三组');
    const db = bot.running.database.reader;
    for (const table of [
      'referrals',
      'referral_events',
      'drafts',
      'audit',
      'outbox',
      'inbox',
      'conversations',
      'deliveries',
      'scheduled_slots',
    ]) {
      expect(JSON.stringify(await db(table)), table).not.toMatch(/慕容拾柒|13900139000|罕见综合征|双河村/);
    }
  });
});
