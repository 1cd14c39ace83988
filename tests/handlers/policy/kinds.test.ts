/** Kinds of answers in conversation: lists, rows, formulas, units, comparisons, choices, and how one goes on from each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HandlerContext } from '../../../handlers/feature.ts';
import { answerQuestion, chooseMeaning } from '../../../handlers/policy/question.ts';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

describe.each(databaseKinds())('kinds of answers on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  it('lists members, and goes on to the units of one and of all of them', async () => {
    const say = (text: string): Promise<string> => bot.text('wx-manager-1', text, { direct: 'list' });
    expect(await say('六统一是哪六个')).toMatch(/“六统一”共6项：\n1\. 统一组织管理（四（七）1）/);
    expect(await say('第三个谁负责')).toContain('统一财务管理——责任单位：县卫生健康委；配合单位：县财政局');
    expect(await say('七大智慧平台有哪些')).toContain('7. 县域药事管理和处方前置审核平台');
    expect(await say('谁负责')).toContain(
      '建立“2大智慧应急平台”——责任单位：县卫生健康委；配合单位：县财政局、县医保局',
    );
  });

  it('shows a row under the heads of its columns, what is past marked, the municipality only where asked', async () => {
    const say = (text: string): Promise<string> => bot.text('wx-clinician-1', text, { direct: 'row' });
    const first = await say('县聘乡用2025年目标是多少');
    expect(first).toContain('2025年目标值为75人（已过）');
    expect(first).toContain('2025年目标值（已过）：75\n2027年目标值：100');
    expect(first).toContain('——巫溪府办发〔2025〕31号 附件2第1行');
    expect(await say('那27年呢')).toMatch(/^下派“县聘乡用”人员累计数量：2027年目标值为100人/);
    expect(await say('全市的呢')).toContain('2027年目标值（市）为6000人');
    expect(await say('乡聘村用2023年是多少')).toContain('原表未给出数值');
  });

  it('spells out numerator and denominator, and both readings of a sum that has two', async () => {
    const share = await bot.text('wx-manager-1', '慢病住院率的分母是啥', { direct: 'formula' });
    expect(share).toContain('分子：年内慢性病健康管理人群在医保系统中有出院记录的人次数');
    expect(share).toContain('分母：县域内慢性病患者建档人数');
    const total = await bot.text('jy-manager-1', '总额怎么算的，给个公式', { direct: 'formula' });
    expect(total).toContain('当年基金收入×（100%－2%－8%）－政策性扣除项目');
    expect(total).toContain('（当年基金收入－政策性扣除项目）×90%');
  });

  it('tells what a unit is responsible for and where it cooperates, and goes on to another', async () => {
    const say = (text: string): Promise<string> => bot.text('wx-commission-1', text, { direct: 'units' });
    const insurance = await say('县医保局负责哪些');
    expect(insurance).toContain('没有列为责任单位，5条列为配合单位');
    expect(insurance).toContain('1. 配合：科学组建县域医共体（二（一））');
    expect(await say('民政局呢')).toContain('完善县属医院对基层医疗机构的帮扶机制');
    expect(await bot.text('hz-commission-1', '卫健局管什么', { direct: 'units' })).toContain(
      '15条列为责任单位（11条排第一）',
    );
  });

  it('compares in a table with a place in every row, and goes on with the same plans', async () => {
    const [reply] = await bot.says('hz-commission-1', '我们和揭阳结余怎么分，有什么不同', { direct: 'compare' });
    const table = reply?.blocks.find((block) => block.type === 'table');
    expect(reply?.text.split('\n')[0]).toContain('徽州6:3:1；揭阳80%、20%');
    expect(table?.type === 'table' ? table.columns.length : 0).toBeLessThanOrEqual(3);
    expect(table?.type === 'table' ? table.rows.map((row) => row[2]) : []).toEqual([
      '徽办发〔2026〕2号 二（二）2（5） · 2026-02-11',
      '揭府办函〔2020〕30号 三第4段 · 2020-05-18',
    ]);
  });

  it('says by the clock which stage runs', async () => {
    expect(await bot.text('hz-manager-1', '现在到哪个阶段了', { direct: 'stage' })).toMatch(
      /^现在是第四阶段（督导评估）/,
    );
  });

  it('says whose plan it is where another region was named, and never passes a district off as its city', async () => {
    expect(await bot.text('wx-clinician-1', '徽州的结余怎么分', { direct: 'else' })).toMatch(/^（徽州）/);
    const asked = await bot.text('hz-clinician-1', '菏泽的中心药房谁建', { direct: 'else' });
    expect(asked).toContain('没有菏泽的方案，只有其中牡丹的');
    expect(asked).not.toContain('牡丹人民医院组建');
    expect(await bot.text('hz-clinician-1', '牡丹', { direct: 'else' })).toContain('牡丹人民医院组建医共体中心药房');
    expect(await bot.text('hz-clinician-1', '那什么时候', { direct: 'else' })).toContain('2023年底（已过）');
  });

  it('keeps the region chosen in a group, whose buttons never repeat the question', async () => {
    const [asked] = await bot.says('unbound-1', '五大中心有哪些', { group: 'hz-group-referral' });
    const buttons = asked?.blocks.find((block) => block.type === 'buttons');
    const choice = buttons?.type === 'buttons' ? buttons.items.find((item) => item.label === '徽州') : undefined;
    if (!choice) return; // the group's region settles it
    expect(choice.value).toBe('徽州');
    const [reply] = await bot.says('unbound-1', '', {
      group: 'hz-group-referral',
      action: { id: 'policy.choose', value: choice.value },
    });
    expect(reply?.text).toContain('“五大中心”在方案里有三处');
  });
});

describe('choices of meanings', () => {
  /** Meanings of one region, as an answer may offer them. */
  const choices = [
    { label: '总医院的六统一', question: '牡丹：成员单位的六统一是哪六个' },
    { label: '药品的六统一', question: '牡丹：药品六统一是哪六个' },
  ];
  const asked: string[] = [];
  const context = (text: string, pending?: object): HandlerContext =>
    ({
      message: { text, conversation: { kind: 'group', id: 'g' } },
      memory: pending ? { pending } : {},
      actor: undefined,
      clock: { now: () => new Date('2026-11-21T02:00:00Z') },
      db: undefined,
      knowledge: {
        documents: async () => [{ doc: 'mudan', regionId: 'mudan', regionShortName: '牡丹' }],
        ask: async ({ q }: { q: string }) => {
          asked.push(q);
          return q === '六统一'
            ? { kind: 'ask', answerable: true, lead: '您问的是哪一个？', citations: [], choices }
            : { kind: 'smalltalk', answerable: false, lead: q, citations: [] };
        },
      },
    }) as unknown as HandlerContext;

  it('a button in a group carries the label, and asks the meaning it stands for', async () => {
    const first = await answerQuestion(context('六统一'));
    const outcome = 'replies' in first ? first : undefined;
    expect(outcome?.replies[0]?.blocks.at(-1)).toMatchObject({
      items: choices.map(({ label }) => ({ label, value: label })),
    });
    await chooseMeaning(context('', outcome?.memory?.pending), '药品的六统一');
    expect(asked.at(-1)).toBe('牡丹：药品六统一是哪六个');
  });
});
