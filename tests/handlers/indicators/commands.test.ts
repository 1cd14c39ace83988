/** Conversations about indicators: showing, reporting, correcting, and what others may not do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { indicators } from '../../../handlers/indicators/index.ts';
import { databaseKinds } from '../../support/databases.ts';
import { startTalk, type Talk } from './talk.ts';

const MANAGER = 'wx-manager-1';

describe.each(databaseKinds())('indicators on %s', (kind) => {
  let talk: Talk;
  beforeEach(async () => {
    talk = await startTalk(kind, [indicators]);
    await talk.db.database.writer('indicator_values').del(); // conversations begin without data
  });
  afterEach(() => talk.db.drop());

  const says = async (text: string, who = MANAGER) => (await talk.says(who, text)).text;
  const stored = async (): Promise<{ indicator_id: string; value: number; state: string; reporter_id: string }[]> =>
    talk.db.database.reader('indicator_values').orderBy('id');

  test('without data a present value is never made from a target', async () => {
    const text = await says('指标 基层诊疗占比');
    expect(text).toContain('暂无填报数据');
    expect(text).toContain('今天59.45%');
    expect(text).toContain('巫溪府办发〔2025〕31号 附件2第7行');
  });

  test('the goal of the municipality is named as such', async () => {
    const text = await says('指标 家庭医生签约');
    expect(text).toContain('2027年目标：20万人');
    expect(text).toContain('“1500万人”是全市2027年目标，不是本县的');
  });

  test('a value is stored only after 确认, with reporter and time', async () => {
    expect(await says('填报 A2-9 2026年三季度 18.6万人')).toMatch(/请核对[\s\S]*2026年三季度（巫溪）[\s\S]*18\.6万人/);
    expect(await stored()).toEqual([]);
    expect(await says('确认')).toContain('已记录');
    expect(await stored()).toMatchObject([
      {
        indicator_id: 'A2-9',
        value: 18.6,
        state: 'current',
        reporter_id: MANAGER,
        reported_at: '2026-11-21T02:00:00.000Z',
      },
    ]);
    expect(await says('确认')).not.toContain('已记录');
    expect(await stored()).toHaveLength(1);
    expect(await says('指标 9')).toContain('18.6万人（2026年三季度）');
  });

  test('what is missing is asked one after the other', async () => {
    expect(await says('填报')).toContain('要填哪一项');
    expect(await says('6')).toContain('哪个周期');
    expect(await says('2025年')).toContain('是多少');
    const card = await says('83%');
    expect(card).toContain('0.83（83%）');
    expect(card).toContain('应达线：0.85（85%）');
    await says('来源 卫生健康财务年报');
    await says('提交');
    expect(await stored()).toMatchObject([{ indicator_id: 'A2-6', value: 0.83, source: '卫生健康财务年报' }]);
  });

  test('a percentage typed for the ratio is asked once, then stored as a ratio', async () => {
    expect(await says('填报 收入比 2025年 83')).toContain('您写的是83，已按比值0.83（83%）理解');
    await says('确认');
    expect(await stored()).toMatchObject([{ value: 0.83 }]);
  });

  test('an approximate number is not stored', async () => {
    expect(await says('填报 基层检查上级诊断 三季度 三万八千多例')).toContain('约数');
    await says('确认');
    expect(await stored()).toEqual([]);
    await says('38215例');
    await says('确认');
    expect(await stored()).toMatchObject([{ indicator_id: 'A2-5', value: 3.8215 }]);
  });

  test('numerator and denominator are kept with their quotient', async () => {
    expect(await says('填报 A2-7 2026Q3 基层 41.2万 总 69.1万')).toContain('59.62%');
    await says('确认');
    expect(await stored()).toMatchObject([{ value: 59.6237, numerator: 412000, denominator: 691000 }]);
  });

  test('a falling cumulative count is shown as a doubt before it can be stored', async () => {
    await says('填报 1 2026年二季度 80人');
    await says('确认');
    expect(await says('填报 1 2026年三季度 70人')).toContain('比上次的80人还少');
    expect(await stored()).toHaveLength(1);
    expect(await says('84人')).toContain('请核对');
    await says('确认');
    expect((await stored()).map((row) => row.value)).toEqual([80, 84]);
  });

  test('a wrong unit, per mille and impossible values are refused with the right unit and offered for no 确认', async () => {
    for (const [said, answer] of [
      ['11 2026年三季度 75人', '公卫知晓率按百分比（%）填报'],
      ['公卫知晓率 60‰ 2026年三季度', '是6%还是60%'],
      ['11 2026年三季度 750%', '在0%到100%之间'],
      ['1 2026年三季度 -5人', '是负数'],
    ]) {
      const reply = await talk.says(MANAGER, `填报 ${said}`);
      expect(reply.text, said).toContain(answer);
      expect(reply.replies.flatMap((each) => each.blocks).filter((block) => block.type === 'buttons')).toEqual([]);
      expect(await says('确认'), said).toContain('是多少');
    }
    expect(await stored()).toEqual([]);
    expect(await says('82人')).toContain('请核对');
    await says('确认');
    expect(await stored()).toMatchObject([{ indicator_id: 'A2-1', value: 82 }]);
  });

  test('a sudden fall is named on the card', async () => {
    await says('填报 11 2026年二季度 73%');
    await says('确认');
    expect(await says('填报 11 2026年三季度 50%')).toContain('与上期的73%相差-23个百分点，请核对');
    expect(await says('填报 11 2026年三季度 72%')).not.toContain('相差');
  });

  test('a number the table does not have is answered with those it has', async () => {
    expect(await says('指标 20')).toContain('共11项，编号1到11');
    expect(await says('指标 第12项')).toContain('共11项');
    expect(await says('指标 3', 'hz-manager-1')).toContain('没有指标填报表');
  });

  test('a correction keeps the old row and supersedes it', async () => {
    await says('填报 9 2026年三季度 18.6万人');
    await says('确认');
    expect(await says('更正 9 2026年三季度 18.7万人')).toContain('本期原值：18.6万人，确认后更正');
    expect(await says('确认')).toContain('已更正（原值保留）');
    expect((await stored()).map((row) => [row.value, row.state])).toEqual([
      [18.6, 'superseded'],
      [18.7, 'current'],
    ]);
    expect(await says('指标 9')).toContain('18.7万人');
  });

  test('the button of an older card stores nothing', async () => {
    const first = await talk.says(MANAGER, '填报 9 2026年三季度 18.6万人');
    await says('填报 9 2026年三季度 19.6万人');
    const button = first.replies.flatMap((reply) => reply.blocks).find((block) => block.type === 'buttons');
    const action = button?.type === 'buttons' ? button.items[0] : undefined;
    if (!action) throw new Error('no button');
    const said = await talk.says(MANAGER, '', { action: { id: action.id, value: action.value } });
    expect(said.text).toContain('已经处理过或已更换');
    expect(await stored()).toEqual([]);
  });

  test('the button of the card stores once, however often it is pressed', async () => {
    const card = await talk.says(MANAGER, '填报 9 2026年三季度 18.6万人');
    const buttons = card.replies.flatMap((reply) => reply.blocks).find((block) => block.type === 'buttons');
    const action = buttons?.type === 'buttons' ? buttons.items[0] : undefined;
    if (!action) throw new Error('no button');
    for (let i = 0; i < 2; i += 1) await talk.says(MANAGER, '', { action: { id: action.id, value: action.value } });
    expect(await stored()).toHaveLength(1);
  });

  test('取消 stores nothing, and a question meanwhile is not taken for an answer', async () => {
    await says('填报 9 2026年三季度 18.6万人');
    expect(await says('2027年目标是多少')).not.toContain('请核对');
    expect(await says('取消')).toContain('没有保存');
    expect(await stored()).toEqual([]);
  });

  test('begun in a group, the card goes to the reporter in private', async () => {
    const said = await talk.says(MANAGER, '填报 9 2026年三季度 18.6万人', { group: 'wx-group-management' });
    expect(said.replies.map((reply) => reply.audience)).toEqual(['here', 'sender']);
    expect(await says('确认')).toContain('已记录');
  });

  test('only managers and the commission report, and only where the plan has a table', async () => {
    expect(await says('填报 9 2026年三季度 18.6万人', 'wx-clinician-1')).toContain('您的角色不能操作');
    expect(await says('填报 9 2026年三季度 18.6万人', 'hz-manager-1')).toContain('没有印发指标填报表');
    expect(await says('指标', 'unbound-1')).toContain('还没有绑定');
    expect(await stored()).toEqual([]);
  });

  test('elsewhere 指标 shows the goals of the own plan, with their words', async () => {
    expect(await says('指标', 'hz-manager-1')).toMatch(/20%以上[\s\S]*有效降低/);
    expect(await says('指标 外转率', 'hz-manager-1')).toMatch(/有效降低（到2027年）[\s\S]*“居民就诊外转率有效降低”/);
    expect(await says('目标 基层就诊', 'hn-manager-1')).toMatch(/达到65%（到2027年底）/);
    expect(await says('指标 榕城基层就诊率', 'jy-manager-1')).toMatch(/其他地区基层就诊率：60%（到2020年底）/);
    expect(await says('指标 普宁基层就诊率', 'jy-manager-1')).toContain('65%左右');
  });

  test('a question about the present is recognised, one about the plan is left to the plan', async () => {
    expect(await says('基层诊疗占比现在多少了 离目标差多少')).toContain('暂无填报数据');
    expect(await says('县聘乡用多少人了 市里要6000是咋回事')).toContain('“6000人”是全市2027年目标');
    expect(await says('家庭医生签约2027年目标是多少')).toContain('没有听懂');
    expect(await says('指标口径 中医诊疗量占比')).toContain('没有听懂');
    expect(await says('家庭医生签约目前有什么支持政策')).toContain('没有听懂');
  });

  test('those behind are listed with what is still needed, the furthest first', async () => {
    expect(await says('哪些指标落后')).toContain('没有落后的指标');
    for (const line of ['1 2026年二季度 76人', '1 2026年三季度 77人', '2 2026年二季度 10人', '2 2026年三季度 10人']) {
      await says(`填报 ${line}`);
      await says('确认');
    }
    const text = await says('指标 落后');
    expect(text).toMatch(
      /2项指标落后[\s\S]*1\. 乡聘村用人数 10人，偏离进度，应达13\.74人，每季度还需\+2人[\s\S]*2\. 县聘乡用人数/,
    );
  });

  test('the digest names what is off track and what was not reported in time', async () => {
    const scope = { regionId: 'wuxi', regionPath: ['wuxi', 'chongqing'], institutionId: undefined };
    const ports = { db: talk.db.database.reader, clock: talk.clock };
    const empty = await indicators.digest?.(ports, scope);
    expect(empty?.lines).toEqual([
      '2026年三季度未填报9项：县聘乡用人数、乡聘村用人数等',
      '2025年未填报：收入比、公卫知晓率',
    ]);
    for (const line of ['2 2026年二季度 10人', '2 2026年三季度 10人']) {
      await says(`填报 ${line}`);
      await says('确认');
    }
    const section = await indicators.digest?.(ports, scope);
    expect(section?.lines[0]).toMatch(/^乡聘村用人数 10人，偏离进度/);
    expect(await indicators.digest?.(ports, { ...scope, regionId: 'hunan', regionPath: ['hunan'] })).toBeUndefined();
  });
});

describe('the demonstration data', () => {
  test('tells a year for all eleven, marked as demonstration', async () => {
    const talk = await startTalk('sqlite', [indicators]);
    const rows: { indicator_id: string; demo: number; period_to: string }[] =
      await talk.db.database.reader('indicator_values');
    expect(new Set(rows.map((row) => row.indicator_id)).size).toBe(11);
    expect(rows.every((row) => Boolean(row.demo) && row.period_to < '2026-11-21')).toBe(true);
    for (const id of new Set(rows.map((row) => row.indicator_id))) {
      expect(rows.filter((row) => row.indicator_id === id).length).toBeGreaterThanOrEqual(4);
    }
    expect((await talk.says(MANAGER, '指标')).text).toMatch(/演示数据[\s\S]*乡聘村用人数 10人 偏离进度/);
    await talk.db.drop();
  });
});
