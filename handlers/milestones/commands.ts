/** The commands of the milestones: 里程碑, and 进展, 完成, 知悉 for who is responsible. */
import type { Milestone } from '../../knowledge/catalogue/milestones.ts';
import type { BoundContext, Command, HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { hasRole, type RoleCode } from '../people.ts';
import { type Day, shanghaiDay } from '../time.ts';
import { dutiesOf, findMilestones, milestonesOf } from './names.ts';
import { dutyBlocks, historyBlocks, milestoneBlocks, overviewBlocks, RECORD_TEXTS } from './replies.ts';
import { type Phase, phaseOf } from './status.ts';
import { listRecords, type RecordKind } from './store.ts';

const RECORDERS: readonly RoleCode[] = ['manager', 'commission'];
/** Words of a record command that name nothing. */
const EMPTY_NAMES = /^(?:处理中|收到|已阅|了)?$/;

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
    accepts: namesOne,
    run: (ctx: BoundContext, argument: string) => record(ctx, argument, 'progress', '进展'),
  },
  {
    id: 'milestone.complete',
    name: '完成',
    aliases: ['登记完成', '已完成'],
    summary: '登记里程碑完成，要写依据',
    example: '完成 自评 报告已于10月28日报送',
    allowed: RECORDERS,
    accepts: namesOne,
    run: (ctx: BoundContext, argument: string) => record(ctx, argument, 'completed', '完成'),
  },
  {
    id: 'milestone.acknowledge',
    name: '知悉',
    aliases: [],
    summary: '知悉里程碑提醒，提醒减半',
    example: '知悉 第四阶段',
    allowed: RECORDERS,
    accepts: (argument, ctx) => EMPTY_NAMES.test(argument) || namesOne(argument, ctx),
    run: (ctx: BoundContext, argument: string) => record(ctx, argument, 'acknowledged', '知悉'),
  },
];

function namesOne(argument: string, ctx: HandlerContext): boolean {
  return ctx.actor !== undefined && findMilestones(argument, ctx.actor.regionPath).milestones.length > 0;
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
    return answer({ audience: 'here', blocks: historyBlocks(over, done, actor.region.shortName) });
  }
  const named = argument.trim() === '' ? undefined : findMilestones(argument, actor.regionPath);
  const [one, another] = named?.milestones ?? [];
  if (one && !another) {
    const mayRecord = hasRole(actor, ...RECORDERS) && ctx.message.conversation.kind === 'direct';
    return answer({ audience: 'here', blocks: milestoneBlocks(one, records, today, mayRecord) });
  }
  const duty = named?.duties[0];
  if (!one && duty) return answer({ audience: 'here', blocks: dutyBlocks(duty) });
  const listed = one ? (named?.milestones ?? []) : all;
  const past = inPhase(listed, 'past', today);
  const blocks = overviewBlocks(
    {
      regionName: actor.region.shortName,
      running: inPhase(listed, 'running', today),
      next: inPhase(listed, 'ahead', today),
      open: past.filter((milestone) => !done.has(milestone.id)),
      history: past.length,
      undated: inPhase(listed, 'undated', today),
      duties: one ? 0 : dutiesOf(actor.regionPath).length,
    },
    today,
  );
  return answer({ audience: 'here', blocks });
}

/** Those in a phase, the earliest first. */
function inPhase(milestones: readonly Milestone[], phase: Phase, today: Day): readonly Milestone[] {
  return milestones
    .filter((milestone) => phaseOf(milestone, today) === phase)
    .sort((a, b) => ((a.opens ?? a.due ?? '') < (b.opens ?? b.due ?? '') ? -1 : 1));
}

async function record(ctx: BoundContext, argument: string, kind: RecordKind, command: string): Promise<Decision> {
  const { actor } = ctx;
  const named = findMilestones(argument, actor.regionPath);
  const [milestone, another] = named.milestones;
  if (!milestone || another) {
    const choices = (another ? named.milestones : recordable(actor.regionPath, shanghaiDay(ctx.clock.now()))).slice(
      0,
      5,
    );
    const [only] = choices;
    if (kind === 'acknowledged' && only && choices.length === 1) return store(ctx, only, kind, '');
    return answer(
      say(
        RECORD_TEXTS.which(
          command,
          choices.map((each) => (another ? each.title : (each.aliases[0] ?? each.title))),
        ),
      ),
    );
  }
  const note = kind === 'acknowledged' ? '' : named.rest;
  if (kind !== 'acknowledged' && note === '') {
    return answer(say(RECORD_TEXTS.needsNote[kind](milestone.aliases[0] ?? milestone.title)));
  }
  return store(ctx, milestone, kind, note);
}

/** What a person would mean without naming it: what runs, and what was over lately. */
function recordable(regionPath: readonly string[], today: string): readonly Milestone[] {
  return milestonesOf(regionPath).filter((milestone) => phaseOf(milestone, today) === 'running');
}

function store(ctx: BoundContext, milestone: Milestone, kind: RecordKind, note: string): Decision {
  const id = ctx.ids.next();
  return {
    replies: [say(RECORD_TEXTS.stored[kind](milestone.title))],
    writes: [
      {
        kind: 'insert',
        table: 'milestone_records',
        row: {
          id,
          milestone_id: milestone.id,
          region_id: milestone.regionId,
          institution_id: ctx.actor.institution.id,
          staff_id: ctx.actor.id,
          kind,
          note_sealed: note === '' ? null : ctx.vault.seal(note),
          recorded_at: ctx.clock.now().toISOString(),
        },
      },
    ],
    audit: [{ action: `milestone.${kind}`, objectType: 'milestone', objectId: milestone.id }],
  };
}
