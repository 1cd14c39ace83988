/** Conversations about milestones, the reminders of a day with whom they reach, and the digest's lines. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainText } from '../../../bot/channels/plain-text.ts';
import { createLog } from '../../../bot/log.ts';
import { dueReminders, milestones } from '../../../handlers/milestones/index.ts';
import { createCalendar } from '../../../jobs/calendar.ts';
import { databaseKinds } from '../../support/databases.ts';
import { startTalk, type Talk } from '../indicators/talk.ts';

const calendar = createCalendar({ log: createLog('silent') });

describe.each(databaseKinds())('milestones on %s', (kind) => {
  let talk: Talk;
  beforeEach(async () => {
    talk = await startTalk(kind, [milestones]);
  });
  afterEach(() => talk.db.drop());
  const says = async (text: string, who = 'hz-commission-1') => (await talk.says(who, text)).text;
  const due = (day: string) => dueReminders({ db: talk.db.database.reader, vault: talk.vault }, day, calendar);

  test('the overview names what runs, what was over lately, what comes, and counts the rest', async () => {
    const text = await says('里程碑');
    expect(text).toContain('进行中 第四阶段 督导评估：2026年10月—12月，还有40天（2026年12月31日）');
    expect(text).toContain('待登记 自评：10月，已过21天（2026年10月31日），结果未登记');
    expect(text).toContain('接下来 第五阶段 长效运行：2027年1月—2030年12月，41天后开始');
    expect(text).toContain('历史里程碑4项，其中4项结果未登记');
    expect(await says('里程碑 历史')).toMatch(/历史里程碑4项[\s\S]*自评：10月，结果未登记[\s\S]*第一阶段/);
    expect(text).not.toContain('巫溪');
  });

  test('status follows the clock', async () => {
    talk.at('2026-12-31T23:59:00+08:00');
    expect(await says('里程碑 第四阶段')).toContain('今天到期');
    talk.at('2027-01-01T00:00:00+08:00');
    expect(await says('里程碑 第四阶段')).toContain('已过1天');
    expect(await says('里程碑 第五阶段')).toContain('还有1460天');
  });

  test('one by words: printed words, last day, responsible, clause', async () => {
    const text = await says('里程碑 五个提升');
    expect(text).toMatch(/还有405天（2027年12月31日）[\s\S]*时间（原文）：到2027年[\s\S]*徽办发〔2026〕2号 一/);
    expect(await says('第四阶段啥时候完')).toContain('2026年12月31日');
    expect(await says('自评做没做')).toContain('未登记，请登记是否完成');
    expect(await says('2030年要干嘛')).toContain('到2030年，医共体建设更加成熟');
    expect(await says('中心药房说好什么时候覆盖', 'md-manager-1')).toContain('天（2023年12月31日）');
    expect(await says('揭西什么时候变更法人', 'jy-clinician-1')).toContain('到2020年5月');
    expect(await says('里程碑 按季预拨')).toContain('时间（本单位设定）');
  });

  test('each region sees its own plan only', async () => {
    expect(await says('里程碑', 'wx-manager-1')).not.toContain('第四阶段');
    expect(await says('里程碑 第四阶段', 'wx-manager-1')).not.toContain('督导评估');
    expect(await says('里程碑', 'unbound-1')).toContain('还没有绑定');
  });

  test('progress and completion are kept with the words, sealed, and shown', async () => {
    expect(await says('进展 第四阶段')).toContain('请写上进展');
    expect(await says('进展 第四阶段 已开展现场督导')).toContain('已登记进展');
    expect(await says('完成 自评')).toContain('要写依据');
    expect(await says('完成 自评 报告已于10月28日报送')).toContain('不再提醒');
    const rows: { note_sealed: string }[] = await talk.db.database.reader('milestone_records');
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('督导');
    expect(await says('里程碑 第四阶段')).toContain('11月21日 区卫生健康委：已开展现场督导');
    expect(await says('里程碑 自评')).toContain('区卫生健康委11月21日登记完成：报告已于10月28日报送');
    expect(await says('里程碑')).not.toContain('待登记 自评');
  });

  test('a clinician may look but not record; what names no milestone is no record', async () => {
    expect(await says('里程碑', 'hz-clinician-1')).toContain('第四阶段');
    expect(await says('完成 自评 已报送', 'hz-clinician-1')).toContain('您的角色不能操作');
    expect(await says('完成 今天的随访')).toContain('完成哪一项');
    expect(await talk.db.database.reader('milestone_records')).toEqual([]);
  });

  test('a director may not close what the commission answers for, only record progress', async () => {
    expect(await says('完成 建成 已建成', 'wx-manager-1')).toMatch(/县卫生健康委[\s\S]*没有保存[\s\S]*进展 建成 内容/);
    expect(await says('确认', 'wx-manager-1')).toContain('没有等您确认');
    expect(await says('里程碑 建成', 'wx-manager-1')).not.toContain('完成 建成');
    expect(await says('里程碑 建成', 'wx-commission-1')).toContain('完成 建成');
    expect(await talk.db.database.reader('milestone_records')).toEqual([]);
    expect(await says('进展 建成 正在推进', 'wx-manager-1')).toContain('已登记进展');
  });

  test('a director completes what the own institution answers for', async () => {
    expect(await says('完成 自评 报告已报送', 'hz-manager-1')).toContain('已登记完成');
    expect(await says('完成 第四阶段 已督导', 'hz-manager-1')).toContain('没有保存');
  });

  test('before its day a completion is asked first, then listed with its date and without buttons', async () => {
    const commission = 'wx-commission-1';
    expect(await says('完成 建成 已通过验收', commission)).toMatch(/还没有到期[\s\S]*依据：已通过验收/);
    expect(await says('取消', commission)).toContain('没有登记');
    expect(await says('确认', commission)).toContain('没有等您确认');
    const early = await talk.says(commission, '完成 建成 已通过初验');
    await says('完成 建成 已通过验收', commission);
    const button = early.replies.flatMap((reply) => reply.blocks).find((block) => block.type === 'buttons');
    const action = button?.type === 'buttons' ? button.items[0] : undefined;
    if (!action) throw new Error('no button');
    expect((await talk.says(commission, '', { action })).text).toContain('已更换');
    expect(await talk.db.database.reader('milestone_records')).toEqual([]);
    expect(await says('确认', commission)).toContain('已登记完成');
    expect(await talk.db.database.reader('milestone_records')).toHaveLength(1);
    expect(await says('里程碑', commission)).toContain('建成紧密型县域医共体：已完成（2026年11月21日登记）');
    expect(await says('里程碑', commission)).not.toContain('接下来 建成紧密型');
    const shown = await says('里程碑 建成', commission);
    expect(shown).toContain('已完成（2026年11月21日登记）');
    expect(shown).not.toMatch(/完成 建成|知悉|提醒减半/);
    expect(await says('知悉 建成', commission)).toMatch(/已完成（2026年11月21日登记），不用再登记/);
    expect(await says('完成 建成 再来一次', commission)).toContain('不用再登记');
  });

  test('a command word that names nothing is asked which one; a question is left to the plan', async () => {
    for (const who of ['wx-manager-1', 'wx-commission-1']) {
      expect(await says('完成 医共体 文件', who)).toMatch(/完成哪一项[\s\S]*可选：建成/);
      expect(await says('进展 1 已经开会', who)).toMatch(/进展哪一项[\s\S]*可选：建成/);
      expect(await says('知悉 那个', who)).toContain('知悉哪一项');
    }
    expect(await says('完成时限怎么定', 'wx-manager-1')).toContain('没有听懂');
    expect(await says('完成 签约有什么要求', 'wx-manager-1')).toContain('没有听懂');
  });

  test('the reminder of the day goes to commission and managers of the region, with the buttons', async () => {
    const found = await due('2026-12-01');
    const reminder = found.find((each) => each.milestoneId === 'HZ-S4');
    expect(reminder?.audience).toEqual(['hz-commission-1', 'hz-manager-1', 'hz-manager-2']);
    const text = plainText(reminder?.blocks ?? []);
    expect(text).toMatch(/里程碑提醒：第四阶段 督导评估，还有30天（2026年12月31日）/);
    expect(text).toContain('徽办发〔2026〕2号 三第四阶段');
    expect(text).toContain('进展 第四阶段 · 完成 第四阶段 · 知悉 第四阶段');
    const said = await talk.says('hz-manager-1', '', { action: { id: 'milestone.acknowledge', value: 'HZ-S4' } });
    expect(said.text).toContain('提醒减半');
  });

  test('acknowledged ones are halved, completed ones end', async () => {
    await says('知悉 第四阶段');
    expect((await due('2026-12-17')).map((each) => each.milestoneId)).not.toContain('HZ-S4');
    expect((await due('2026-12-31')).map((each) => each.milestoneId)).toContain('HZ-S4');
    await says('完成 第四阶段 推进会已召开');
    expect((await due('2026-12-31')).map((each) => each.milestoneId)).toContain('HZ-S4');
    await says('确认');
    expect((await due('2026-12-31')).map((each) => each.milestoneId)).not.toContain('HZ-S4');
  });

  test('history is named once, as a count, on the first working day after the start', async () => {
    const first = await due('2026-11-23');
    expect(first.filter((each) => !each.milestoneId.startsWith('history:'))).toEqual([]);
    expect(first.map((each) => each.milestoneId).sort()).toEqual(
      ['huizhou', 'hunan', 'jieyang', 'mudan', 'wuxi'].map((region) => `history:${region}`),
    );
    expect(plainText(first.find((each) => each.milestoneId === 'history:huizhou')?.blocks ?? [])).toContain(
      '历史里程碑4项',
    );
    expect(await due('2026-11-24')).toEqual([]);
    expect(await due('2026-11-22')).toEqual([]);
  });

  test('who left is not reminded', async () => {
    await talk.db.database.writer('staff').where({ id: 'hz-manager-2' }).update({ status: 'left' });
    const found = await due('2026-12-01');
    expect(found.find((each) => each.milestoneId === 'HZ-S4')?.audience).toEqual(['hz-commission-1', 'hz-manager-1']);
  });

  test('the digest looks two weeks ahead and names what became overdue since the start', async () => {
    const scope = { regionId: 'huizhou', regionPath: ['huizhou', 'huangshan', 'anhui'], institutionId: undefined };
    const lines = async () =>
      (await milestones.digest?.({ db: talk.db.database.reader, clock: talk.clock }, scope))?.lines;
    expect(await lines()).toBeUndefined();
    talk.at('2026-12-20T08:00:00+08:00');
    expect(await lines()).toEqual([
      '第四阶段 督导评估：还有11天（2026年12月31日）',
      '第五阶段 长效运行：12天后开始，2030年12月31日结束',
    ]);
    talk.at('2027-01-20T08:00:00+08:00');
    expect(await lines()).toEqual(['第四阶段 督导评估：已过20天（2026年12月31日）']);
  });
});
