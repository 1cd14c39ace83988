/** The indicators feature（指标）: values and targets on demand, reporting with confirmation, lines for the digest. */
import type { DigestSource } from '../digest.ts';
import type { BoundContext, Feature, HandlerContext } from '../feature.ts';
import type { Decision } from '../outcome.ts';
import { shanghaiDay } from '../time.ts';
import { COMMANDS, isBehindQuestion } from './commands.ts';
import { findIndicator } from './names.ts';
import { behindLine } from './replies.ts';
import { resumeReport } from './reporting.ts';
import { missingPeriod } from './rules/missing-data.ts';
import { behindRows, reportsHere, show, standings } from './showing.ts';
import { periodLabel } from './store.ts';

/** Asks for the present state, not for what the plan says. */
const PRESENT =
  /(?:现在|目前|当前|眼下).{0,6}(?:多少|几|完成|达到|达标|怎么样|如何|啥水平)|多少[^，,。?？]{0,3}了|差多少|离目标|完成情况|完成得|走势|趋势/;

/** Off-track indicators first, then what was not reported in time. */
const digest: DigestSource = async ({ db, clock }, scope) => {
  const today = shanghaiDay(clock.now());
  const rows = await standings(db, scope.regionPath, today);
  const behind = behindRows(rows).map((row) => behindLine(row.indicator, row.standing));
  const missing = new Map<string, string[]>();
  for (const row of rows) {
    const period = missingPeriod(row.indicator, row.values, today);
    if (!period) continue;
    const label = periodLabel(period);
    missing.set(label, [...(missing.get(label) ?? []), row.indicator.shortName]);
  }
  const lines = [
    ...behind.slice(0, 4),
    ...[...missing].map(([label, names]) =>
      names.length > 3
        ? `${label}未填报${names.length}项：${names.slice(0, 2).join('、')}等`
        : `${label}未填报：${names.join('、')}`,
    ),
  ];
  return lines.length === 0 ? undefined : { title: '指标', lines: lines.slice(0, 6) };
};

/** 基层诊疗占比现在多少了, 哪些指标落后: a question about values rather than about the plan. */
async function recognise(ctx: HandlerContext): Promise<Decision | undefined> {
  const { actor } = ctx;
  if (!actor || !reportsHere(actor)) return undefined;
  const bound: BoundContext = { ...ctx, actor };
  if (isBehindQuestion(ctx.message.text)) return show(bound, '落后');
  const named = findIndicator(ctx.message.text);
  return named && PRESENT.test(ctx.message.text) ? show(bound, named.indicator.id) : undefined;
}

/** Wired by bot/main.ts. */
export const indicators: Feature = { name: 'indicators', commands: COMMANDS, resume: resumeReport, recognise, digest };
