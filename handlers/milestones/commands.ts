/** The commands of the milestones: 里程碑, and 进展, 完成, 知悉 for who is responsible. */
import type { Milestone } from '../../knowledge/catalogue/milestones.ts';
import type { BoundContext, Command, HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { hasRole, type RoleCode } from '../people.ts';
import { type Day, shanghaiDay } from '../time.ts';
import { askToConfirm, cancelCompletion, confirmCompletion, mayComplete, recorded } from './completion.ts';
import { dutiesOf, findMilestones, milestonesOf } from './names.ts';
import { dutyBlocks, historyBlocks, milestoneBlocks, overviewBlocks, RECORD_TEXTS } from './replies.ts';
import { type Phase, phaseOf } from './status.ts';
import { completionDay, listRecords, type MilestoneRecord, type RecordKind } from './store.ts';

const RECORDERS: readonly RoleCode[] = ['manager', 'commission'];
/** Words of a record command that name nothing. */
const EMPTY_NAMES = /^(?:处理中|收到|已阅|了)?$/;
/** A question that happens to begin with a command word; the plans answer it. */
const QUESTION = /[?？]$|[吗呢]$|什么|多少|怎么|如何/;
/** Names offered where none was understood. */
const MOST_CHOICES = 5;

/** The command table, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    id: 'milestone.show',
    name: '里程碑',
    aliases: ['查里程碑', '时间节点', '最近要盯啥', '最近要盯什么'],
    summary: '看本地区方案的时间节点和周期任务',
    example: '里程碑',
    allowed: 'bound',
    run: showMilestones,
  },
  {
    id: 'milestone.progress',
    name: '进展',
    aliases: ['登记进展'],
    summary: '登记里程碑进展',
    example: '进展 第四阶段 已开展现场督导',
    allowed: RECORDERS,
    accepts: namesOneOrStandsAlone,
    run: (ctx: BoundContext, argument: string) => record(ctx, argument, 'progress', '进展'),
  },
  {
    id: 'milestone.complete',
    name: '完成',
    aliases: ['登记完成', '已完成'],
    summary: '登记里程碑完成，要写依据',
    example: '完成 自评 报告已于10月28日报送',
    allowed: RECORDERS,
    accepts: namesOneOrStandsAlone,
    run: (ctx: BoundContext, argument: string) => record(ctx, argument, 'completed', '完成'),
  },
  {
    id: 'milestone.acknowledge',
    name: '知悉',
    aliases: [],
    summary: '知悉里程碑提醒，提醒减半',
    example: '知悉 第四阶段',
    allowed: RECORDERS,
    accepts: (argument, ctx) => EMPTY_NAMES.test(argument) || namesOneOrStandsAlone(argument, ctx),
    run: (ctx: BoundContext, argument: string) => record(ctx, argument, 'acknowledged', '知悉'),
  },
  {
    id: 'milestone.confirm',
    name: '确认完成',
    aliases: [],
    allowed: RECORDERS,
    run: (ctx: BoundContext, argument: string) => confirmCompletion(ctx, ctx.message.action ? argument : undefined),
  },
  {
    id: 'milestone.cancel',
    name: '取消完成',
    aliases: [],
    allowed: RECORDERS,
    run: (ctx: BoundContext) => cancelCompletion(ctx),
  },
];

function namesOne(argument: string, ctx: HandlerContext): boolean {
  return ctx.actor !== undefined && findMilestones(argument, ctx.actor.regionPath).milestones.length > 0;
}

/** Also 完成 医共体 文件: the command word as a word of its own, whatever follows; 完成时限是多久 stays a question. */
function namesOneOrStandsAlone(argument: string, ctx: HandlerContext): boolean {
  if (namesOne(argument, ctx)) return true;
  const alone = /^(?:登记进展|进展|登记完成|已完成|完成|知悉)(?:[\s:：,，、;；。.\d]|$)/u;
  return alone.test(ctx.message.text.trim()) && !QUESTION.test(argument);
}

/** 里程碑, with or without words. */
export async function showMilestones(ctx: BoundContext, argument: string): Promise<Decision> {
  const { actor } = ctx;
  const today = shanghaiDay(ctx.clock.now());
  const all = milestonesOf(actor.regionPath);
  if (all.length === 0) return answer(say('您所在地区的方案里还没有入库的时间节点。可以直接提问方案内容。'));
  const records = await listRecords(ctx, actor.regionPath);
  const done = new Set(records.filter((each) => each.kind === 'completed').map((each) => each.milestoneId));
  if (/^(?:历史|已过期?|过期)/.test(argument.trim())) {
    const over = inPhase(all, 'past', today);
    return answer({ audience: 'here', blocks: historyBlocks(over, records, actor.region.shortName) });
  }
  const named = argument.trim() === '' ? undefined : findMilestones(argument, actor.regionPath);
  const [one, another] = named?.milestones ?? [];
  if (one && !another) {
    const mayRecord = hasRole(actor, ...RECORDERS) && ctx.message.conversation.kind === 'direct';
    const may = { record: mayRecord, complete: mayRecord && mayComplete(actor, one) };
    return answer({ audience: 'here', blocks: milestoneBlocks(one, records, today, may) });
  }
  const duty = named?.duties[0];
  if (!one && duty) return answer({ audience: 'here', blocks: dutyBlocks(duty) });
  const listed = one ? (named?.milestones ?? []) : all;
  const past = inPhase(listed, 'past', today);
  const pending = listed.filter((milestone) => !done.has(milestone.id));
  const blocks = overviewBlocks(
    {
      regionName: actor.region.shortName,
      running: inPhase(pending, 'running', today),
      next: inPhase(pending, 'ahead', today),
      open: past.filter((milestone) => !done.has(milestone.id)),
      history: past.length,
      undated: inPhase(pending, 'undated', today),
      completed: completions(listed, records),
      duties: one ? 0 : dutiesOf(actor.regionPath).length,
    },
    today,
  );
  return answer({ audience: 'here', blocks });
}

/** Those completed, the latest first, with the day it was recorded. */
function completions(
  milestones: readonly Milestone[],
  records: readonly MilestoneRecord[],
): readonly { readonly milestone: Milestone; readonly day: Day }[] {
  return milestones
    .flatMap((milestone) => {
      const day = completionDay(milestone, records);
      return day === undefined ? [] : [{ milestone, day }];
    })
    .sort((a, b) => (a.day < b.day ? 1 : -1));
}

/** Those in a phase, the earliest first. */
function inPhase(milestones: readonly Milestone[], phase: Phase, today: Day): readonly Milestone[] {
  return milestones
    .filter((milestone) => phaseOf(milestone, today) === phase)
    .sort((a, b) => ((a.opens ?? a.due ?? '') < (b.opens ?? b.due ?? '') ? -1 : 1));
}

async function record(ctx: BoundContext, argument: string, kind: RecordKind, command: string): Promise<Decision> {
  const { actor } = ctx;
  const today = shanghaiDay(ctx.clock.now());
  const named = findMilestones(argument, actor.regionPath);
  const [milestone, another] = named.milestones;
  const records = await listRecords(ctx, actor.regionPath);
  if (!milestone || another) {
    const choices = another ? named.milestones : recordable(actor.regionPath, records, today);
    const running = choices.filter((each) => phaseOf(each, today) === 'running');
    const [only] = running;
    if (kind === 'acknowledged' && !another && EMPTY_NAMES.test(argument) && only && running.length === 1)
      return { replies: [say(RECORD_TEXTS.stored[kind](only.title))], ...recorded(ctx, only, kind, '') };
    const names = choices.slice(0, MOST_CHOICES).map((each) => (another ? each.title : nameOf(each)));
    return answer(say(RECORD_TEXTS.which(command, names)));
  }
  const done = completionDay(milestone, records);
  if (done && kind !== 'progress') return answer(say(RECORD_TEXTS.already(milestone.title, done)));
  if (kind === 'completed' && !mayComplete(actor, milestone))
    return answer(say(RECORD_TEXTS.notYours(milestone, nameOf(milestone))));
  const note = kind === 'acknowledged' ? '' : named.rest;
  if (kind !== 'acknowledged' && note === '') {
    return answer(say(RECORD_TEXTS.needsNote[kind](nameOf(milestone))));
  }
  if (kind === 'completed' && milestone.due !== null && milestone.due > today)
    return askToConfirm(ctx, milestone, note);
  return { replies: [say(RECORD_TEXTS.stored[kind](milestone.title))], ...recorded(ctx, milestone, kind, note) };
}

/** What a person may mean without naming it: what runs, what comes, what was over lately, what has no date. */
function recordable(
  regionPath: readonly string[],
  records: readonly MilestoneRecord[],
  today: Day,
): readonly Milestone[] {
  const open = milestonesOf(regionPath).filter((milestone) => completionDay(milestone, records) === undefined);
  return [
    ...inPhase(open, 'running', today),
    ...inPhase(open, 'ahead', today),
    ...[...inPhase(open, 'past', today)].reverse(),
    ...inPhase(open, 'undated', today),
  ];
}

function nameOf(milestone: Milestone): string {
  return milestone.aliases[0] ?? milestone.title;
}
