/** The commands of the indicators: 指标, 目标, 填报, 更正 and the buttons of the card. */
import { endDraft } from '../drafts.ts';
import type { BoundContext, Command, HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { findGoals, findIndicator, isRowNumber, plainText, withRowNumber } from './names.ts';
import { confirm, outdated, report, waitingReport } from './reporting.ts';
import { reportsHere, show } from './showing.ts';

/** Words after 指标 that ask for something else than a figure; the plans answer them. */
const POLICY_WORDS = /口径|怎么算|如何算|公式|计算|定义|解释|含义|责任|谁管|依据什么|为什么|区别/;

/** The command table, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    id: 'indicator.show',
    name: '指标',
    aliases: ['查指标', '看指标', '核心指标'],
    summary: '看指标的数值、目标和进度',
    example: '指标 基层诊疗占比',
    allowed: 'bound',
    accepts: (argument, ctx) =>
      argument.trim() === '' ||
      isRowNumber(argument) ||
      looksLikeIndicator(argument, ctx) ||
      isBehindQuestion(argument),
    run: show,
  },
  {
    id: 'indicator.target',
    name: '目标',
    aliases: ['目标值'],
    allowed: 'bound',
    accepts: (argument, ctx) => looksLikeIndicator(argument, ctx),
    run: show,
  },
  {
    id: 'indicator.report',
    name: '填报',
    aliases: ['填一下', '报指标', '指标填报'],
    summary: '填报一项指标',
    example: '填报 9 2026年三季度 18.6万人',
    allowed: ['manager', 'commission'],
    run: reportWhereReported,
  },
  {
    id: 'indicator.correct',
    name: '更正',
    aliases: ['更正指标'],
    summary: '更正已填报的数值，原值保留',
    example: '更正 9 2026年三季度 18.7万人',
    allowed: ['manager', 'commission'],
    accepts: (argument) => findIndicator(withRowNumber(argument)) !== undefined,
    run: reportWhereReported,
  },
  {
    id: 'indicator.confirm',
    name: '确认填报',
    aliases: [],
    allowed: ['manager', 'commission'],
    run: async (ctx: BoundContext, argument: string) => {
      const draft = await waitingReport(ctx);
      return draft ? confirm(ctx, draft, ctx.message.action ? argument : undefined) : outdated(ctx);
    },
  },
  {
    id: 'indicator.cancel',
    name: '取消填报',
    aliases: [],
    allowed: ['manager', 'commission'],
    run: async (ctx: BoundContext) => {
      const draft = await waitingReport(ctx);
      return draft ? { replies: [say('已取消，没有保存。')], writes: endDraft(draft) } : outdated(ctx);
    },
  },
];

async function reportWhereReported(ctx: BoundContext, argument: string): Promise<Decision> {
  if (reportsHere(ctx.actor)) return report(ctx, argument);
  return answer(say('本地方案没有印发指标填报表，暂时不能填报。发“指标”看方案里的目标。'));
}

function looksLikeIndicator(argument: string, ctx: HandlerContext): boolean {
  if (POLICY_WORDS.test(argument)) return false;
  if (ctx.actor && !reportsHere(ctx.actor)) return findGoals(argument, ctx.actor.regionPath).length > 0;
  return findIndicator(withRowNumber(argument)) !== undefined;
}

/** 哪些落后, 落后的, 没达标的. */
export function isBehindQuestion(text: string): boolean {
  return /^(?:有?哪些|什么|看看|查)?(?:指标)?(?:落后|偏离|没达标|未达标|没完成|滞后)(?:的|了)?(?:指标|有?哪些|是哪些|有啥)?[?？]?$/.test(
    plainText(text).replace(/ /g, ''),
  );
}
