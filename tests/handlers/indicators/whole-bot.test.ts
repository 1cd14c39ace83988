/** Indicators, milestones and directory in the whole bot, over HTTP, as people meet them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

describe.each(databaseKinds())('the whole bot on %s', (kind) => {
  let bot: TestBot;
  beforeEach(async () => {
    bot = await startTestBot({ kind });
  });
  afterEach(() => bot.stop());

  test('a value is reported, confirmed by its button once, and shown', async () => {
    const [card] = await bot.says('wx-manager-1', '填报 A2-9 2026年三季度 18.9万人');
    expect(card?.text).toContain('18.9万人');
    const buttons = card?.blocks.find((block) => block.type === 'buttons');
    const button = buttons?.type === 'buttons' ? buttons.items[0] : undefined;
    if (!button) throw new Error('no button');
    const action = { id: button.id, value: button.value };
    expect(await bot.text('wx-manager-1', '', { action })).toContain('已更正（原值保留）');
    expect(await bot.text('wx-manager-1', '', { action })).toContain('没有重复保存');
    expect(await bot.text('wx-clinician-1', '指标 9')).toContain('18.9万人（2026年三季度）');
  });

  test('in a group the card goes to the reporter in private and is confirmed there', async () => {
    const replies = await bot.says('wx-manager-1', '填报 9 2026年三季度 18.9万人', { group: 'wx-group-management' });
    expect(replies.map((reply) => reply.to.kind)).toEqual(['group', 'direct']);
    expect(await bot.text('wx-manager-1', '确认')).toContain('已更正');
  });

  test('milestones and members answer by region; a milestone is completed once and for all', async () => {
    expect(await bot.text('hz-manager-1', '自评做没做')).toContain('未登记，请登记是否完成');
    expect(await bot.text('hz-commission-1', '完成 自评 报告已于10月28日报送')).toContain('已登记完成');
    expect(await bot.text('hz-manager-1', '里程碑 自评')).toContain(
      '区卫生健康委11月21日登记完成：报告已于10月28日报送',
    );
    expect(await bot.text('wx-village-doctor-1', '成员单位 红池坝')).toContain('牵头单位巫溪县人民医院');
  });

  test('command words are answered by their command, never by a passage of the plan', async () => {
    expect(await bot.text('wx-manager-1', '完成 医共体 文件')).toContain('完成哪一项');
    expect(await bot.text('wx-manager-1', '进展 1 已经开会')).toContain('进展哪一项');
    expect(await bot.text('wx-manager-1', '指标 20')).toContain('共11项');
    expect(await bot.text('wx-manager-1', '填报 公卫知晓率 75人 2026年三季度')).toContain('单位不对');
    expect(await bot.text('wx-commission-1', '完成 建成 已通过验收')).toContain('还没有到期');
    expect(await bot.text('wx-commission-1', '确认')).toContain('已登记完成');
    expect(await bot.text('wx-manager-1', '里程碑')).toContain('已完成（2026年11月21日登记）');
  });

  test('the unbound person is invited by the administrator and is somebody from then on', async () => {
    expect(await bot.text('unbound-1', '我是谁')).toContain('还没有绑定');
    const code = /绑定 (\S+)/.exec(await bot.text('wx-admin-1', '邀请 演示-罗医生'))?.[1];
    expect(await bot.text('unbound-1', `绑定 ${code}`)).toContain('已绑定：演示-罗医生');
    expect(await bot.text('unbound-1', '指标')).toContain('核心绩效指标11项');
  });
});
