/** Shortages as conversations with the whole bot, on every database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

const DOCTOR = 'wx-village-doctor-1'; // village clinic
const PHARMACIST = 'wx-pharmacist-2'; // township
const CENTRAL = 'wx-pharmacist-1'; // lead hospital, on duty
const GROUP = 'wx-group-shortage';

describe.each(databaseKinds())('shortages on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  const say = (staff: string, text: string, options = {}) => bot.text(staff, text, options);

  /** Registers and gives the number. */
  async function registered(staff: string, text: string): Promise<string> {
    await say(staff, text);
    const reply = await say(staff, '确认');
    const number = /QY\d{11,}/.exec(reply)?.[0];
    if (!number) throw new Error(`no number in: ${reply}`);
    return number;
  }

  it('asks nothing that was said, confirms, gives a number and tells the pharmacist on duty', async () => {
    const card = await say(
      PHARMACIST,
      '缺：氨氯地平片5mg*7片 30盒；头孢克肟0.1g*6 20盒；甘精胰岛素3ml:300单位 10支（要冷链）',
    );
    expect(card).toContain('1. 氨氯地平片 5mg×7片 30盒（210片）');
    expect(card).toContain('2. 头孢克肟 0.1g×6 20盒');
    expect(card).toMatch(/3\. 甘精胰岛素 3ml:300单位 10支 · 冷链 · 高警示/);
    expect(card).not.toContain('请补充');
    const since = await bot.lastN();
    const reply = await say(PHARMACIST, '提交');
    expect(reply).toMatch(/已登记，编号 QY20261121\d{3}：3个品种/);
    expect(reply).toContain('1个工作日内答复（本单位设定）');
    const [push, ...more] = await bot.inboxOf(CENTRAL, since);
    expect(more).toEqual([]);
    expect(push?.text).toMatch(/【新缺药 QY20261121\d{3}】巫溪县红池坝镇卫生院 .*登记3个品种/);
    expect(push?.text).toContain('甘精胰岛素');
  });

  it('follows a shortage to the shelf; its registrant hears every change in private', async () => {
    const number = await registered(PHARMACIST, '缺药 奥美拉唑 20mg*14粒 30盒 急');
    const since = await bot.lastN();
    expect(await say(CENTRAL, `有货 ${number}`)).toContain('中心药房有货·已锁定');
    expect(await say(CENTRAL, `配送 ${number} 明天`)).toContain('配送中，预计11月22日到');
    const heard = (await bot.inboxOf(PHARMACIST, since)).map((one) => one.text);
    expect(heard).toHaveLength(2);
    expect(heard[0]).toContain('有货');
    expect(heard[1]).toContain('预计11月22日到');
    const before = await bot.lastN();
    expect(await say(PHARMACIST, `签收 ${number} 少3盒 有一盒破损`)).toMatch(/已入库，实收26盒，少4盒，其中破损1盒/);
    expect((await bot.inboxOf(CENTRAL, before)).map((one) => one.text).join()).toContain('实收26盒');
    expect(await say(PHARMACIST, `进度 ${number}`)).toMatch(/已结案/);
    expect(await say(PHARMACIST, `签收 ${number}`)).toContain('这次没有改动');
  });

  it('answers a part, the rest stays as a line of its own', async () => {
    const number = await registered(PHARMACIST, '缺药 瑞舒伐他汀 10mg*7片 30盒；铝碳酸镁 10盒');
    expect(await say(CENTRAL, `有货 ${number} 10盒`)).toContain('请写明第几项');
    expect(await say(CENTRAL, `有货 ${number}-1 40盒`)).toContain('没有改动');
    expect(await say(CENTRAL, `有货 ${number}-1 10瓶`)).toContain('请换算成盒');
    expect(await say(CENTRAL, `有货 ${number}-1 10盒`)).toContain('其余20盒另列一项，仍是已登记');
    const progress = await say(PHARMACIST, `进度 ${number}`);
    expect(progress).toMatch(/1\. 瑞舒伐他汀 10mg×7片 10盒（70片） · 中心药房有货/);
    expect(progress).toMatch(/2\. 铝碳酸镁 10盒 · 已登记/);
    expect(progress).toMatch(/3\. 瑞舒伐他汀 10mg×7片 20盒（140片） · 已登记/);
    expect(await say(CENTRAL, `无货 ${number}-3`)).toContain('请补上');
    expect(await say(CENTRAL, `无货 ${number}-3 厂家断供 11月1日`)).toContain('已经过去');
    expect(await say(CENTRAL, `无货 ${number}-3 厂家断供 12月15日`)).toContain('暂无法供应（厂家断供，12月15日复核）');
    expect(await say(CENTRAL, `采购 ${number}-2`)).toContain('请补上预计到货日');
    expect(await say(CENTRAL, `采购 ${number}-2 12月1日`)).toContain('采购中，预计12月1日到');
  });

  it('asks again for a quantity of nothing or less', async () => {
    const card = await say(DOCTOR, '缺药 阿莫西林 -5盒');
    expect(card).toContain('数量“-5盒”要大于0');
    expect(await say(DOCTOR, '0盒')).toContain('数量“0盒”要大于0');
    expect(await say(DOCTOR, '6盒')).toContain('1. 阿莫西林 6盒');
    await say(DOCTOR, '取消');
  });

  it.each(['0', '-5', '0盒', '-5盒', '零'])('refuses to lock a quantity of %s', async (amount) => {
    const number = await registered(PHARMACIST, '缺药 厄贝沙坦 30盒；替米沙坦 20盒');
    const reply = await say(CENTRAL, `有货 ${number}-2 ${amount}`);
    expect(reply).toContain('数量请在1到20之间');
    expect(await say(PHARMACIST, `进度 ${number}`)).toMatch(/2\. .*20盒 · 已登记/);
    expect(await say(CENTRAL, `有货 ${number}-2 1`)).toContain('其余19盒另列一项');
    expect(await say(CENTRAL, `配送 ${number}-2`)).toContain('配送中');
    expect(await say(PHARMACIST, `签收 ${number}-2 -1盒`)).toContain('没有改动');
  });

  it('takes neither talk nor people for drugs', async () => {
    const card = await say(DOCTOR, '降压药没了，硝苯地平大概还能撑两天，要三十盒，老刘等着用');
    expect(card).toContain('硝苯地平 30盒');
    expect(card).not.toContain('老刘');
    await say(DOCTOR, '取消');
    const since = await bot.lastN();
    await say(DOCTOR, '没有青霉素了，谁有', { group: GROUP });
    const sent = (await bot.outbox(since)).map((one) => one.text).join('\n');
    expect(sent).toContain('青霉素');
    expect(sent).not.toContain('谁有');
    await say(DOCTOR, '取消');
  });

  it('takes items off a draft by number or name, or asks which', async () => {
    await say(DOCTOR, '缺药 阿莫西林 3盒；布洛芬 10盒；二甲双胍 5盒');
    const fewer = await say(DOCTOR, '第3项不要了');
    expect(fewer).toContain('2. 布洛芬 10盒');
    expect(fewer).not.toMatch(/二甲双胍|3\. |不 5/);
    expect(await say(DOCTOR, '不要奥美拉唑了')).toMatch(/^没有改动.*要去掉第几项.*1 阿莫西林 3盒；2 布洛芬 10盒/);
    expect(await say(DOCTOR, '不要阿莫西林了')).not.toContain('阿莫西林');
    expect(await say(DOCTOR, '去掉布洛芬')).toContain('没有登记');
  });

  it('says first that an incomplete card was not submitted, and what it lacks', async () => {
    await say(DOCTOR, '缺药 阿莫西林；布洛芬 10盒');
    const [first] = (await say(DOCTOR, '确认')).split('\n');
    expect(first).toBe('还没提交，还缺第1项数量。');
    await say(DOCTOR, '取消');
  });

  it('says in one line that a message changed nothing', async () => {
    await say(DOCTOR, '缺药 阿莫西林；布洛芬 10盒');
    expect(await say(DOCTOR, '布洛芬 10盒')).toBe('登记内容没有变化，还缺第1项数量。');
    expect(await say(DOCTOR, '缺药 布洛芬 10盒')).toBe('登记内容没有变化，还缺第1项数量。');
    expect(await say(DOCTOR, '第1项 20盒')).toContain('1. 阿莫西林 20盒');
    expect(await say(DOCTOR, '阿莫西林 20盒')).toMatch(/^登记内容没有变化.*“确认”/);
    expect(await say(DOCTOR, '老刘等着用')).toMatch(/^登记内容没有变化/);
    await say(DOCTOR, '取消');
  });

  it('never decides between look-alikes', async () => {
    const card = await say(DOCTOR, '阿托要10盒');
    expect(card).toContain('1 阿托品；2 阿托伐他汀');
    expect(await say(DOCTOR, '确认')).toContain('请补充');
    expect(await say(DOCTOR, '阿托品')).toContain('阿托品 10盒');
    expect(await say(DOCTOR, '取消')).toContain('没有登记');
    expect(await say(DOCTOR, '确认')).not.toContain('QY');
  });

  it('asks for what is missing once, in one message', async () => {
    const card = await say(DOCTOR, '缺药 十来盒奥美拉唑；半件布洛芬混悬液 100ml:2g；0.5的对乙酰 50板');
    for (const ask of ['“十来盒”请写成整数', '1件=多少瓶', '1板=多少片', '规格“0.5”是0.5g吗'])
      expect(card).toContain(ask);
    await say(DOCTOR, '12盒');
    await say(DOCTOR, '1件=24瓶');
    expect(await say(DOCTOR, '1板=10片')).toContain('核对无误');
    await say(DOCTOR, '取消');
  });

  it('asks for a count where a month or five people are said', async () => {
    expect(await say(DOCTOR, '缺药 恩替卡韦')).toContain('要多少');
    expect(await say(DOCTOR, '一个月的量')).toContain('“一个月的量”算不出数量');
    expect(await say(DOCTOR, '30盒')).toContain('恩替卡韦 30盒 · 未匹配，由药师核对');
    await say(DOCTOR, '取消');
  });

  it('does not decide on substitution', async () => {
    for (const text of ['氯吡格雷没有了 用国产替 同规格', '拜新同缺 换络活喜行不行']) {
      expect(await say(CENTRAL, text)).toContain('替代不由机器人决定');
    }
  });

  it('leaves a question of policy in between alone, and keeps the draft', async () => {
    await say(DOCTOR, '缺药 二甲双胍');
    expect(await say(DOCTOR, '中心药房由谁牵头建设？')).not.toContain('待确认');
    expect(await say(DOCTOR, '20盒')).toContain('二甲双胍 20盒');
    await say(DOCTOR, '取消');
  });

  it('answers a command in a group with a pointer only, and gives the group the number after 确认', async () => {
    const since = await bot.lastN();
    const replies = await bot.says(DOCTOR, '缺药登记 罗红霉素 0.15g*6粒 20盒 急', { group: GROUP });
    const inGroup = replies.filter((one) => one.to.id === GROUP).map((one) => one.text);
    expect(inGroup).toEqual(['已受理，请在私聊中补充或确认，确认后给出编号。']);
    expect(replies.filter((one) => one.to.id === `direct:${DOCTOR}`)[0]?.text).toContain('罗红霉素');
    const number = /QY\d+/.exec(await say(DOCTOR, '确认'))?.[0];
    const group = (await bot.outbox(since)).filter((one) => one.to.id === GROUP).map((one) => one.text);
    expect(group[1]).toBe(`【缺药 ${number}】演示-红池坝镇演示村卫生室 · 1个品种 · 紧急1 · 已登记，待中心药房答复`);
    expect(group.join()).not.toContain('罗红霉素');
  });

  it('asks to recall patient data in a group, echoes none of it, and takes no name for a drug', async () => {
    const since = await bot.lastN();
    await bot.says(DOCTOR, '缺药登记 患者张三丰 电话13800138000 缺缬沙坦 20盒', { group: GROUP });
    await say(DOCTOR, '确认');
    const sent = (await bot.outbox(since)).map((one) => one.text).join('\n');
    expect(sent).toContain('已受理，请在私聊中补充。检测到可能的患者信息，请撤回这条消息。');
    expect(sent).toMatch(/编号 QY\d+/);
    expect(sent).not.toMatch(/张三丰|13800138000/);
    const rows = JSON.stringify([
      await bot.running.database.reader('shortages'),
      await bot.running.database.reader('shortage_lines'),
      await bot.running.database.reader('shortage_events'),
    ]);
    expect(rows).not.toMatch(/张三丰|13800138000/);
  });

  it('refuses narcotics, and registers what else was asked for', async () => {
    expect(await say(PHARMACIST, '麻烦登记吗啡片')).toContain('没有登记');
    const card = await say(PHARMACIST, '缺药 吗啡片 10盒；阿卡波糖 5盒');
    expect(card).toContain('麻醉、精神、毒性、放射性药品不能在聊天里登记');
    expect(card).toContain('1. 阿卡波糖 5盒');
    expect(await say(PHARMACIST, '确认')).not.toContain('吗啡');
  });

  it('offers to merge the same drug of the same institution, and keeps both messages', async () => {
    const number = await registered(DOCTOR, '缺药 蒙脱石散 10盒');
    expect(await say(DOCTOR, '缺药 思密达 15盒')).toContain(`${number} 蒙脱石散 10盒。是同一批请发“合并”`);
    expect(await say(DOCTOR, '合并')).toContain('数量按较大的15盒');
    expect(await say(DOCTOR, `进度 ${number}`)).toContain('蒙脱石散 15盒');
    const events = await bot.running.database.reader('shortage_events').where({ step: 'merge' });
    expect(events.at(-1).words_sealed).toBeTruthy();
    const again = await registered(DOCTOR, '缺药 蒙脱石散 5盒');
    expect(again).not.toBe(number);
  });

  it('lets one of two pharmacists win the same button, and tells the other', async () => {
    const second = 'wx-pharmacist-9';
    const at = '2026-11-21T02:00:00.000Z';
    await bot.running.database.write(async (trx) => {
      const place = { institution_id: 'wx-people-hospital', duty: true, demo: true, created_at: at };
      await trx('staff').insert({ id: second, name: '演示-第二药师', ...place });
      await trx('staff_roles').insert({ staff_id: second, role: 'pharmacist' });
      const user = { platform_user_id: second, platform_user_key: second, created_at: at };
      await trx('accounts').insert({ id: second, staff_id: second, channel: 'playground', tenant: 'demo', ...user });
    });
    const number = await registered(PHARMACIST, '缺药 格列美脲 2mg*10片 20盒');
    const action = { id: 'shortage.allocate', value: number, version: 1 };
    const answers = await Promise.all([say(CENTRAL, '', { action }), say(second, '', { action })]);
    expect(answers.filter((text) => text.includes('已更新'))).toHaveLength(1);
    expect(answers.filter((text) => /状态已经变化|这次没有改动/.test(text))).toHaveLength(1);
    const line = await bot.running.database.reader('shortage_lines').where({ drug_name: '格列美脲' }).first();
    expect(line).toMatchObject({ state: 'allocated', version: 2 });
    expect(await say(CENTRAL, '', { action })).toContain('状态已经变化');
    expect(await say(CENTRAL, `有货 ${number}`)).toMatch(/已是“中心药房有货·已锁定”（演示-.+药师 11月21日/);
    await bot.running.database.write((trx) => trx('staff').where({ id: second }).update({ status: 'left' }));
  });

  it('confirms a card once, whoever presses it twice', async () => {
    const [card] = await bot.says(PHARMACIST, '缺药 非布司他 5盒');
    const buttons = card?.blocks.find((block) => block.type === 'buttons');
    const confirm = buttons?.type === 'buttons' ? buttons.items.find((item) => item.label === '确认') : undefined;
    const action = { id: confirm?.id ?? '', value: confirm?.value ?? '', version: confirm?.version };
    expect(await say(PHARMACIST, '', { action })).toContain('已登记，编号');
    expect(await say(PHARMACIST, '', { action })).toContain('没有重复操作');
  });

  it('shows everybody their own part of the board', async () => {
    const central = await say(CENTRAL, '缺药清单');
    expect(central).toMatch(/^医共体未解决缺药/);
    expect(central.indexOf('抢救')).toBeLessThan(central.indexOf('一般'));
    expect(await say(DOCTOR, '缺药清单')).not.toContain('肾上腺素');
    expect(await say('wx-commission-1', '缺药清单')).toMatch(/^本区域/);
    expect(await say('hz-pharmacist-1', '缺药清单')).not.toContain('红池坝');
    expect(await say(CENTRAL, '缺药清单 肾上腺素')).toMatch(/1单1项/);
    expect(await say(CENTRAL, '缺药清单 不存在的药')).toContain('没有“不存在的药”');
  });

  it('names no drug in a group, whoever asks or answers there', async () => {
    const number = await registered(DOCTOR, '缺药 氯沙坦钾 0.1g*7片 5盒');
    const asked: readonly [string, string][] = [
      [DOCTOR, '缺药清单'],
      [DOCTOR, '我的缺药'],
      [DOCTOR, `进度 ${number}`],
      [CENTRAL, `有货 ${number} 99盒`],
      [CENTRAL, `无货 ${number} 给王阿姨留着的那批坏了 12月15日`],
    ];
    for (const [staff, text] of asked) {
      const replies = await bot.says(staff, text, { group: GROUP });
      const inGroup = replies.filter((one) => one.to.id === GROUP).map((one) => one.text);
      expect(inGroup, text).toHaveLength(1);
      expect(inGroup.join(), text).not.toMatch(/氯沙坦|王阿姨|片|盒/);
    }
    expect((await bot.inboxOf(CENTRAL)).at(-1)?.text).toContain('氯沙坦钾');
  });

  it('takes no patient’s name for the drug it asks for', async () => {
    await say(DOCTOR, '缺药 0.3g*80 5盒');
    const reply = await say(DOCTOR, '患者叫李小明 复方甘草片');
    expect(reply).toContain('1. 复方甘草片 0.3g×80 5盒');
    expect(reply).not.toContain('李小明');
    await say(DOCTOR, '取消');
  });

  it('keeps strangers and other roles out', async () => {
    const number = await registered(DOCTOR, '缺药 乳果糖 5瓶');
    expect(await say('wx-clinician-2', `有货 ${number}`)).toContain('由药师办理');
    expect(await say(PHARMACIST, `有货 ${number}`)).toContain(`没有查到 ${number}`);
    expect(await say('hz-pharmacist-1', `有货 ${number}`)).toContain(`没有查到 ${number}`);
    expect(await say('hz-village-doctor-1', `进度 ${number}`)).toContain(`没有查到 ${number}`);
    expect(await say('unbound-1', `缺药 阿莫西林 5盒`)).toContain('还没有绑定');
    expect(await say('wx-commission-1', `缺药 阿莫西林 5盒`)).toContain('由村医、医生、药师办理');
    expect(await say(CENTRAL, `取消缺药 ${number}`)).toContain('不能“取消缺药”');
    expect(await say(CENTRAL, '有货 QY20200101001')).toContain('没有查到 QY20200101001');
    expect(await say(DOCTOR, `取消缺药 ${number} 人家不要了自己去县城买了`)).toContain('已取消（患者不再需要）');
    expect(await say(CENTRAL, `有货 ${number}`)).toContain('已是“已取消”');
  });

  it('goes to the patient for a patient’s drug', async () => {
    const number = await registered(DOCTOR, '缺药 吲达帕胺 2盒 慢病续方 还能用2天');
    expect(await say(DOCTOR, `进度 ${number}`)).toContain('紧急');
    await say(CENTRAL, `有货 ${number}`);
    await say(CENTRAL, `配送 ${number}`);
    expect(await say(DOCTOR, `签收 ${number}`)).toContain('已签收');
    expect(await say(DOCTOR, `已取药 ${number}`)).toContain('已取药');
    expect(await say(DOCTOR, `进度 ${number}`)).toContain('已结案');
    expect(await say(DOCTOR, '我的缺药')).toMatch(/未解决\d单.*\n1\. QY/);
  });

  it.each([
    ['我们这没有降压药了', '是哪一种'],
    ['心痛定还有没有', '还没有接入药房库存'],
    ['上次登记的药来了没', '您登记的缺药'],
    ['半件布洛芬混悬液 100ml:2g', '1件=多少瓶'],
    ['缺药', '例如'],
    ['缺药 ？', '例如'],
    ['药什么时候到', '您登记的缺药'],
    ['缺氯吡格雷5盒，另外12床下转', '转诊的内容请另发一条'],
  ])('understands “%s”', async (text, expected) => {
    expect(await say(DOCTOR, text)).toContain(expected);
    await say(DOCTOR, '取消');
  });

  it.each(['缺药登记和配送制度怎么建', '缺药登记是什么', '配送企业有什么要求', '采购由谁负责'])(
    'leaves the question “%s” to the documents',
    async (text) => expect(await say(DOCTOR, text)).not.toMatch(/待确认|QY\d|没有读出/),
  );
});
