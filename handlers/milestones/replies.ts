/** The Chinese texts of the milestones: what, printed words, last day, days left, who, where it stands. */
import type { Duty, Milestone } from '../../knowledge/catalogue/milestones.ts';
import { clauseLabel } from '../../knowledge/catalogue/plans.ts';
import type { Block } from '../message.ts';
import { type Day, daysBetween, formatDay } from '../time.ts';
import type { Reminder } from './reminders.ts';
import { daysLeft, phaseOf } from './status.ts';
import { completionDay, type MilestoneRecord } from './store.ts';

/** 2026年12月31日 */
export function fullDay(day: Day): string {
  return `${day.slice(0, 4)}年${formatDay(day)}`;
}

/** How far away it is, in words. */
export function timing(milestone: Milestone, today: Day): string {
  const left = daysLeft(milestone, today);
  if (milestone.due === null || left === undefined) return '文件没有写日期';
  if (left < 0) return `已过${-left}天（${fullDay(milestone.due)}）`;
  if (left === 0) return `今天到期（${fullDay(milestone.due)}）`;
  if (milestone.opens !== null && today < milestone.opens) {
    return `${daysBetween(today, milestone.opens)}天后开始，${fullDay(milestone.due)}结束`;
  }
  return `还有${left}天（${fullDay(milestone.due)}）`;
}

/** 已完成 and the day it was recorded. */
function completedOn(day: Day): string {
  return `已完成（${fullDay(day)}登记）`;
}

/** One milestone in full. */
export function milestoneBlocks(
  milestone: Milestone,
  records: readonly MilestoneRecord[],
  today: Day,
  may: { readonly record: boolean; readonly complete: boolean },
): readonly Block[] {
  const done = completionDay(milestone, records);
  return [
    { type: 'text', text: `${milestone.title}：${done ? completedOn(done) : timing(milestone, today)}。` },
    { type: 'fields', items: milestoneItems(milestone, records, today) },
    { type: 'quote', text: milestone.quote, source: clauseLabel(milestone.doc, milestone.path) },
    ...(milestone.reports === null ? [] : [{ type: 'text', text: '实际值发“指标”查看。' } as const]),
    ...(may.record && !done ? [buttonsOf(milestone, may.complete)] : []),
  ];
}

function milestoneItems(milestone: Milestone, records: readonly MilestoneRecord[], today: Day) {
  const own = records.filter((record) => record.milestoneId === milestone.id);
  const completed = own.filter((record) => record.kind === 'completed');
  const progress = own.findLast((record) => record.kind === 'progress');
  const result =
    completed.length > 0
      ? completed.map((record) => `${record.institutionName}${formatDay(record.day)}登记完成`).join('，')
      : phaseOf(milestone, today) === 'past'
        ? '未登记，请登记是否完成'
        : '未登记完成';
  const note = completed.at(-1)?.note;
  return [
    { label: '时间（原文）', value: milestone.printed ?? '未写日期' },
    ...(milestone.scope ? [{ label: '范围', value: milestone.scope }] : []),
    {
      label: '责任单位',
      value: `${milestone.responsible.join('、')}${milestone.responsiblePrinted ? '' : '（按职责推断，条款未逐项写明）'}`,
    },
    { label: '结果', value: note ? `${result}：${note}` : result },
    ...(progress
      ? [{ label: '最近进展', value: `${formatDay(progress.day)} ${progress.institutionName}：${progress.note ?? ''}` }]
      : []),
  ];
}

/** 进展, 知悉 and, for who may, 完成 for one milestone. */
export function buttonsOf(milestone: Milestone, mayComplete: boolean): Block {
  const name = milestone.aliases[0] ?? milestone.title;
  return {
    type: 'buttons',
    items: [
      { id: 'milestone.progress', label: `进展 ${name}`, value: milestone.id },
      ...(mayComplete ? [{ id: 'milestone.complete', label: `完成 ${name}`, value: milestone.id }] : []),
      { id: 'milestone.acknowledge', label: `知悉 ${name}`, value: milestone.id },
    ],
  };
}

/** A duty that returns. */
export function dutyBlocks(duty: Duty): readonly Block[] {
  return [
    {
      type: 'text',
      text: `${duty.what}：周期任务${duty.frequency ? `，文件写“${duty.frequency}”` : '，文件没有写频次'}。`,
    },
    {
      type: 'fields',
      items: [
        { label: '时间（本单位设定）', value: duty.rule },
        {
          label: '责任单位',
          value: `${duty.responsible.join('、')}${duty.responsiblePrinted ? '' : '（按职责推断，条款未逐项写明）'}`,
        },
      ],
    },
    { type: 'quote', text: duty.quote, source: clauseLabel(duty.doc, duty.path) },
  ];
}

/** What the overview is made of. */
export interface Overview {
  readonly regionName: string;
  readonly running: readonly Milestone[];
  readonly next: readonly Milestone[];
  /** Over, nothing recorded. */
  readonly open: readonly Milestone[];
  readonly history: number;
  readonly undated: readonly Milestone[];
  /** Recorded as completed, the latest first. */
  readonly completed: readonly { readonly milestone: Milestone; readonly day: Day }[];
  readonly duties: number;
}

/** What is over, the latest first, with what became of it. */
export function historyBlocks(
  past: readonly Milestone[],
  records: readonly MilestoneRecord[],
  regionName: string,
): readonly Block[] {
  const result = (milestone: Milestone) => {
    const day = completionDay(milestone, records);
    return day ? completedOn(day) : '结果未登记';
  };
  if (past.length === 0) return [{ type: 'text', text: `${regionName}没有已过期的里程碑。` }];
  return [
    { type: 'text', text: `${regionName}历史里程碑${past.length}项：` },
    {
      type: 'list',
      ordered: false,
      items: [...past].reverse().map((each) => `${each.title}：${each.printed ?? ''}，${result(each)}`),
    },
    { type: 'text', text: '登记结果请发“完成 名称 依据”。' },
  ];
}

/** How long what is over and unrecorded is still listed by name (days). */
const RECENT_DAYS = 90;
/** Completed ones listed by name; 里程碑 历史 has all that are over. */
const MOST_COMPLETED = 5;

/** Running, next and recently over; the rest as counts. */
export function overviewBlocks(overview: Overview, today: Day): readonly Block[] {
  const recent = overview.open.filter((milestone) => (daysLeft(milestone, today) ?? 0) >= -RECENT_DAYS);
  const lines = [
    ...overview.running.map((milestone) => `进行中 ${line(milestone, today)}`),
    ...recent.map((milestone) => `待登记 ${line(milestone, today)}，结果未登记`),
    ...overview.next.slice(0, 3).map((milestone) => `接下来 ${line(milestone, today)}`),
    ...overview.undated.map((milestone) => `未写日期 ${milestone.title}`),
    ...overview.completed
      .slice(0, MOST_COMPLETED)
      .map(({ milestone, day }) => `${milestone.title}：${completedOn(day)}`),
  ];
  const counts = [
    `历史里程碑${overview.history}项${overview.open.length > 0 ? `，其中${overview.open.length}项结果未登记（发“里程碑 历史”看）` : ''}`,
    overview.duties > 0 ? `周期任务${overview.duties}项` : '',
  ].filter(Boolean);
  const name = [...overview.running, ...overview.next, ...overview.open][0]?.aliases[0];
  return [
    {
      type: 'text',
      text: `${overview.regionName}里程碑：${overview.running.length > 0 ? `进行中${overview.running.length}项` : '没有进行中的'}，接下来${overview.next.length}项。`,
    },
    ...(lines.length > 0 ? [{ type: 'list', ordered: false, items: lines } as const] : []),
    { type: 'text', text: `${counts.join('；')}。${name ? `发“里程碑 ${name}”看详情。` : ''}` },
  ];
}

function line(milestone: Milestone, today: Day): string {
  return `${milestone.title}：${milestone.printed ?? ''}，${timing(milestone, today)}`;
}

const OPENINGS = {
  before: '里程碑提醒',
  due: '里程碑今天到期',
  overdue: '里程碑已过期',
  opens: '里程碑开始',
  half: '里程碑时间过半',
} as const;

/** A reminder as it is pushed. */
export function reminderBlocks(
  milestone: Milestone,
  reminder: Reminder,
  records: readonly MilestoneRecord[],
  today: Day,
): readonly Block[] {
  const early = reminder.kind === 'due' && today < reminder.nominal;
  const opening = early ? '里程碑即将到期' : OPENINGS[reminder.kind];
  return [
    { type: 'text', text: `${opening}：${milestone.title}，${timing(milestone, today)}。` },
    { type: 'fields', items: milestoneItems(milestone, records, today) },
    { type: 'quote', text: milestone.quote, source: clauseLabel(milestone.doc, milestone.path) },
    { type: 'text', text: '提醒时间是本单位设定，文件日期不变。' },
    buttonsOf(milestone, true),
  ];
}

/** Said once, on the first working day after the bot came into use. */
export function historyText(regionName: string, count: number): string {
  return `${regionName}有历史里程碑${count}项，结果未登记，不再逐项提醒。发“里程碑”查看，发“完成 名称 依据”登记。`;
}

/** Asked once a quarter of what the plan does not date. */
export function undatedText(milestone: Milestone): string {
  return `“${milestone.title}”文件没有写日期，是否已确定时间？可发“进展 ${milestone.aliases[0] ?? milestone.title} 内容”登记。`;
}

/** Answers to 进展, 完成, 知悉. */
export const RECORD_TEXTS = {
  which: (command: string, names: readonly string[]) =>
    names.length > 0
      ? `${command}哪一项？请写明名称，例如“${command} ${names[0]}${command === '知悉' ? '' : ' 内容'}”。可选：${names.join('、')}。`
      : '没有找到这项里程碑。发“里程碑”看本地区有哪些。',
  already: (title: string, day: Day) => `${title}：${completedOn(day)}，不用再登记，也不再提醒。`,
  notYours: (milestone: Milestone, name: string) =>
    `“${milestone.title}”由本地卫健部门或责任单位（${milestone.responsible.join('、')}）登记完成，没有保存。您可以发“进展 ${name} 内容”登记进展。`,
  needsNote: {
    progress: (name: string) => `请写上进展，例如“进展 ${name} 已开展现场督导”。`,
    completed: (name: string) => `登记完成要写依据，例如“完成 ${name} 报告已于10月28日报送”。`,
  },
  stored: {
    progress: (title: string) => `已登记进展：${title}。发“里程碑”看全部。`,
    completed: (title: string) => `已登记完成：${title}。这一项不再提醒。`,
    acknowledged: (title: string) => `已知悉：${title}。提醒减半，不等于完成。`,
  },
} as const;

/** Words around the question before an early completion. */
export const COMPLETION_TEXTS = {
  early: (milestone: Milestone, note: string, today: Day) =>
    `“${milestone.title}”${timing(milestone, today)}，还没有到期。现在就登记完成吗？\n依据：${note}\n回复“确认”登记，登记后不再提醒；回复“取消”不登记。`,
  inPrivate: '这一项还没有到期，请在私聊里核对确认。',
  cancelled: '已取消，没有登记完成。',
  outdated: '这张卡片已经处理过或已更换，没有重复登记。发“里程碑”看现在的情况。',
} as const;
