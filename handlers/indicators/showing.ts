/** Shows indicators: one with its line, all in a list, those that are behind; elsewhere the goals of the plan（指标查询）. */
import { GOALS, INDICATORS, type Indicator } from '../../knowledge/catalogue/indicators.ts';
import type { BoundContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import type { Actor } from '../people.ts';
import type { Reader } from '../ports.ts';
import { type Day, shanghaiDay } from '../time.ts';
import { findGoals, findIndicator, isRowNumber, withRowNumber } from './names.ts';
import { behindLine, goalBlocks, indicatorBlocks, isBehind, noSuchRowText, overviewBlocks } from './replies.ts';
import { type Standing, standingOf } from './rules/status.ts';
import { listValues, type ReportedValue } from './store.ts';

/** Whether the person's region has an indicator table of its own to report against. */
export function reportsHere(actor: Actor): boolean {
  return INDICATORS.some((indicator) => actor.regionPath.includes(indicator.regionId));
}

/** 指标, with or without a name. */
export async function show(ctx: BoundContext, argument: string): Promise<Decision> {
  if (!reportsHere(ctx.actor)) return showGoals(ctx, argument);
  const today = shanghaiDay(ctx.clock.now());
  const named = argument.trim() === '' ? undefined : findIndicator(withRowNumber(argument));
  if (named) {
    const values = await listValues(ctx.db, named.indicator.regionId, named.indicator);
    const standing = standingOf(named.indicator, values, today);
    return answer({ audience: 'here', blocks: indicatorBlocks(named.indicator, values, standing, today) });
  }
  if (isRowNumber(argument)) return answer(say(noSuchRowText()));
  const rows = await standings(ctx.db, ctx.actor.regionPath, today);
  if (/落后|偏离|达标|没完成|滞后/.test(argument)) return showBehind(rows);
  return answer({ audience: 'here', blocks: overviewBlocks(rows) });
}

/** Everything known of each indicator of a region on a day. */
export interface StandingRow {
  readonly indicator: Indicator;
  readonly values: readonly ReportedValue[];
  readonly last: ReportedValue | undefined;
  readonly standing: Standing;
}

/** All indicators of the regions of the path. */
export async function standings(
  db: Reader,
  regionPath: readonly string[],
  today: Day,
): Promise<readonly StandingRow[]> {
  const own = INDICATORS.filter((indicator) => regionPath.includes(indicator.regionId));
  const regionId = own[0]?.regionId;
  if (regionId === undefined) return [];
  const all = await listValues(db, regionId);
  return own.map((indicator) => {
    const values = all.filter((value) => value.indicatorId === indicator.id);
    return { indicator, values, last: values.at(-1), standing: standingOf(indicator, values, today) };
  });
}

/** Those behind, the furthest first. */
export function behindRows(rows: readonly StandingRow[]): readonly StandingRow[] {
  return rows.filter((row) => isBehind(row.standing)).sort((a, b) => (a.standing.gap ?? 0) - (b.standing.gap ?? 0));
}

function showBehind(rows: readonly StandingRow[]): Decision {
  const behind = behindRows(rows);
  if (behind.length === 0) return answer(say('按已填报的数据，没有落后的指标。发“指标”看全部。'));
  const demo = behind.some((row) => row.last?.demo) ? '（演示数据）' : '';
  return answer(
    say(`${behind.length}项指标落后${demo}，差距大的在前：`, {
      type: 'list',
      ordered: true,
      items: behind.map((row) => behindLine(row.indicator, row.standing)),
    }),
  );
}

function showGoals(ctx: BoundContext, argument: string): Decision {
  const own = GOALS.filter((goal) => ctx.actor.regionPath.includes(goal.regionId));
  if (own.length === 0) return answer(say('您所在地区还没有入库的方案目标。可以直接提问，例如“预留号源多少”。'));
  const named = argument.trim() === '' ? [] : findGoals(argument, ctx.actor.regionPath);
  return answer({ audience: 'here', blocks: goalBlocks(named.length > 0 ? named : own, named.length === 0) });
}
