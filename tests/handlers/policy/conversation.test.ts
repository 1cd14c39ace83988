/** Questions and clauses as people live them in chat, on a real bot. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

describe.each(databaseKinds())('policy on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  it('answers with the point, the words, the place and what can be pressed', async () => {
    const [reply] = await bot.says('hz-clinician-1', '医保结余区、乡、村按什么比例分？');
    expect(reply?.blocks.map((block) => block.type)).toEqual(['text', 'quote', 'text', 'buttons']);
    expect(reply?.text).toContain('6:3:1');
    expect(reply?.text).toContain('徽办发〔2026〕2号 二（二）2（5）');
    expect(reply?.text).toContain('徽州 · 2026-02-11 · 以主管部门解释为准');
    expect([...(reply?.text ?? '')].length).toBeLessThanOrEqual(600);
  });

  it('answers from the region of the asker, and asks an unbound person for it', async () => {
    expect(await bot.text('jy-clinician-1', '结余怎么分')).toContain('揭府办函〔2020〕30号');
    const [asked] = await bot.says('unbound-1', '结余怎么分');
    expect(asked?.blocks.at(-1)).toMatchObject({ type: 'buttons' });
    expect(asked?.text).toContain('您问的是哪里');
    expect(await bot.text('unbound-1', '徽州')).toContain('徽办发〔2026〕2号 二（二）2（5）');
    expect(await bot.text('unbound-1', '那超支呢')).toContain('徽办发〔2026〕2号');
  });

  it('takes a pressed choice, also after other talk', async () => {
    const [asked] = await bot.says('unbound-1', '六统一是哪六个', { direct: 'choice-1' });
    const buttons = asked?.blocks.at(-1);
    const choice = buttons?.type === 'buttons' ? buttons.items.find((item) => item.label === '牡丹') : undefined;
    await bot.says('unbound-1', '你好', { direct: 'choice-1' });
    const [reply] = await bot.says('unbound-1', '', {
      direct: 'choice-1',
      action: { id: 'policy.choose', value: choice?.value ?? '' },
    });
    expect(reply?.text).toContain('储备调剂');
  });

  it('goes on from the question before', async () => {
    await bot.says('wx-manager-1', '县聘乡用2025年目标是多少');
    expect(await bot.text('wx-manager-1', '2027年的呢')).toMatch(/2027年目标值为100人/);
  });

  it('turns the pages of the document', async () => {
    await bot.says('wx-clinician-1', '统一绩效管理的责任单位是谁', { direct: 'pages' });
    expect(await bot.text('wx-clinician-1', '原文', { direct: 'pages' })).toContain('统一绩效管理');
    expect(await bot.text('wx-clinician-1', '下一条', { direct: 'pages' })).toContain('统一后勤管理');
    expect(await bot.text('wx-clinician-1', '上一条', { direct: 'pages' })).toContain('统一绩效管理');
    expect(await bot.text('wx-clinician-1', '有用', { direct: 'pages' })).toContain('谢谢');
    expect(await bot.text('wx-clinician-1', '没用', { direct: 'pages' })).toContain('记下了');
  });

  it('reads a clause by its number, of the own region where none is named', async () => {
    expect(await bot.text('wx-clinician-1', '条款 徽州 二（二）2（5）')).toContain('结余留用');
    expect(await bot.text('wx-clinician-1', '条款 徽州 二(二)2(5)')).toContain('结余留用');
    expect(await bot.text('wx-clinician-2', '条款 附件2第7行')).toContain('2025年目标值：≥59');
    expect(await bot.text('wx-clinician-2', '条款 徽州 九十九')).toContain('没有“九十九”');
    expect(await bot.text('unbound-1', '条款', { direct: 'empty' })).toContain('例如');
    expect(await bot.text('unbound-1', '原文', { direct: 'empty' })).toContain('还没有看过条款');
  });

  it('pages a long clause', async () => {
    const long: string[] = [await bot.text('md-clinician-1', '条款 四（一）2', { direct: 'long' })];
    for (let more = 0; more < 5; more += 1) {
      const page = await bot.text('md-clinician-1', '更多', { direct: 'long' });
      if (page.includes('后面没有了')) break;
      long.push(page);
    }
    expect(long.length).toBeGreaterThan(1);
    for (const page of long) expect([...page].length).toBeLessThanOrEqual(640);
    for (const page of long.slice(1)) {
      expect(page).toMatch(/^“[\s\S]+”\n——\S+ 四（一）2\n牡丹.* · 以主管部门解释为准(?:\n更多)?$/);
    }
    expect(long.join('')).toContain('牡丹区总医院党委书记由卫生健康行政部门主要负责同志兼任');
  });

  it('lists the documents and what is in them', async () => {
    expect(await bot.text('unbound-1', '目录')).toContain('巫溪府办发〔2025〕31号');
    expect(await bot.text('unbound-1', '目录 徽州')).toContain('三 实施步骤');
    expect(await bot.text('unbound-1', '目录 徽州 三')).toContain('第二阶段 组织实施');
    expect(await bot.text('unbound-1', '目录 火星')).toContain('没有这份文件或这一条');
  });

  it('says plainly what the plan does not say, and who would know', async () => {
    const text = await bot.text('md-clinician-1', '医保结余区、乡、村按几比几分');
    expect(text).toContain('没有写');
    expect(text).toContain('医保局');
    expect(text).not.toContain('6:3:1');
  });

  it('is short with small talk and with what it does not do', async () => {
    expect(await bot.text('hn-clinician-1', '谢谢啦')).toContain('不客气');
    expect(await bot.text('hn-clinician-1', '帮我写个周末聚餐的通知')).toContain('帮不上忙');
  });
});
