/** The Chinese texts of the indicators, for a phone: the point first, every computed figure called computed. */
import { type Goal, INDICATORS, type Indicator } from '../../knowledge/catalogue/indicators.ts';
import { clauseLabel } from '../../knowledge/catalogue/plans.ts';
import type { Period } from '../chinese/periods.ts';
import type { Block, FieldsBlock } from '../message.ts';
import { type Day, formatDay } from '../time.ts';
import { formatChange, formatComputed, formatTarget, formatValue } from './figures.ts';
import { expectedOn } from './rules/expected-line.ts';
import type { Refusal } from './rules/impossible.ts';
import type { Doubt } from './rules/plausibility.ts';
import { levelsOf, STATUS_LABELS, type Standing, targetOutcome } from './rules/status.ts';
import { periodLabel, type ReportedValue } from './store.ts';

const LINE_NOTE = '应达线按目标之间的直线测算，是本单位设定，不是文件规定。';
const OUTCOMES = { ahead: '', met: '，已完成', missed: '，未完成', pending_close: '，待年度终值' } as const;

/** One indicator: value and period, targets, line, status, and the row of the plan. */
export function indicatorBlocks(
  indicator: Indicator,
  values: readonly ReportedValue[],
  standing: Standing,
  today: Day,
): readonly Block[] {
  const last = values.at(-1);
  const levels = levelsOf(indicator, values);
  const lead = last
    ? `${indicator.shortName}：${lastValue(indicator, last)}（${periodLabel(last)}），${STATUS_LABELS[standing.status]}。`
    : `${indicator.shortName}：暂无填报数据。`;
  const items = [
    { label: '全称', value: indicator.name },
    ...(indicator.kind === 'flow' && standing.actual
      ? [
          {
            label: '本年累计',
            value: `${formatValue(indicator, standing.actual.value)}（截至${formatDay(standing.actual.day)}）`,
          },
        ]
      : []),
    { label: '2023年', value: indicator.baseline.value === null ? '基期未公布' : formatBaseline(indicator) },
    ...indicator.targets.map((target) => ({
      label: `${target.year}年目标`,
      value: `${formatTarget(indicator, target)}${OUTCOMES[targetOutcome(levels, target, today)]}`,
    })),
    ...lineItems(indicator, standing, today),
    ...(standing.catchUp
      ? [
          {
            label: '还需',
            value: `每${indicator.local.reporting === 'year' && indicator.kind !== 'flow' ? '年' : '季度'}${formatChange(indicator, standing.catchUp.perPeriod)}`,
          },
        ]
      : []),
    ...(values.length > 1
      ? [
          {
            label: '近期',
            value: values
              .slice(-4)
              .map((v) => formatValue(indicator, v.value))
              .join(' → '),
          },
        ]
      : []),
  ];
  const municipal = indicator.municipalTarget;
  const differs = municipal.value !== indicator.targets.at(-1)?.value;
  return [
    { type: 'text', text: lead },
    { type: 'fields', items },
    ...(differs
      ? [
          {
            type: 'text',
            text: `表中“${formatTarget(indicator, municipal)}”是全市${municipal.year}年目标，不是本县的。`,
          } as const,
        ]
      : []),
    { type: 'quote', text: rowText(indicator), source: clauseLabel(indicator.doc, indicator.path) },
    ...(standing.expected === undefined ? [] : [{ type: 'text', text: LINE_NOTE } as const]),
  ];
}

function lineItems(indicator: Indicator, standing: Standing, today: Day): FieldsBlock['items'] {
  const now = expectedOn(indicator, today);
  if (now === undefined) return [];
  const then =
    standing.actual && standing.expected !== undefined && standing.actual.day !== today
      ? `，${formatDay(standing.actual.day)}为${formatComputed(indicator, standing.expected)}`
      : '';
  return [{ label: '应达线', value: `今天${formatComputed(indicator, now)}${then}` }];
}

function formatBaseline(indicator: Indicator): string {
  return formatTarget(indicator, { printed: indicator.baseline.printed, value: indicator.baseline.value ?? 0 });
}

/** The cells of the row as the plan prints them. */
export function rowText(indicator: Indicator): string {
  return [
    indicator.id.replace('A2-', ''),
    indicator.name,
    indicator.printedUnit,
    indicator.baseline.printed,
    ...indicator.targets.map((target) => target.printed),
    indicator.municipalTarget.printed,
  ].join('\t');
}

function lastValue(indicator: Indicator, value: ReportedValue): string {
  return `${formatValue(indicator, value.value)}${value.demo ? ' 演示' : ''}`;
}

/** All eleven in one list, a line each. */
export function overviewBlocks(
  rows: readonly {
    readonly indicator: Indicator;
    readonly last: ReportedValue | undefined;
    readonly standing: Standing;
  }[],
): readonly Block[] {
  const behind = rows.filter((row) => isBehind(row.standing)).length;
  const missing = rows.filter((row) => row.standing.status === 'no_data').length;
  const counts = [behind > 0 ? `${behind}项落后` : '', missing > 0 ? `${missing}项无数据` : ''].filter(Boolean);
  const demo = rows.some((row) => row.last?.demo) ? '（演示数据）' : '';
  return [
    { type: 'text', text: `核心绩效指标${rows.length}项${counts.length > 0 ? `，${counts.join('，')}` : ''}${demo}。` },
    {
      type: 'list',
      ordered: true,
      items: rows.map(({ indicator, last, standing }) =>
        last
          ? `${indicator.shortName} ${overviewValue(indicator, last, standing)} ${STATUS_LABELS[standing.status]}`
          : `${indicator.shortName} ${STATUS_LABELS.no_data}`,
      ),
    },
    { type: 'text', text: `发“指标 7”或“指标 知晓率”看一项，发“指标 落后”看落后的。${source()}` },
  ];
}

function overviewValue(indicator: Indicator, last: ReportedValue, standing: Standing): string {
  if (indicator.kind !== 'flow' || !standing.actual) return formatValue(indicator, last.value);
  return `本年${formatValue(indicator, standing.actual.value)}`;
}

function source(): string {
  const [first] = INDICATORS;
  return first ? `依据${clauseLabel(first.doc, first.path.replace(/\/.*$/, ''))}。` : '';
}

/** Statuses that somebody must do something about. */
export function isBehind(standing: Standing): boolean {
  return ['off_track', 'worsening', 'missed'].includes(standing.status) || standing.watching;
}

/** One line about an indicator that is behind: value, line, what is still needed. */
export function behindLine(indicator: Indicator, standing: Standing): string {
  const actual = standing.actual ? formatValue(indicator, standing.actual.value) : '';
  const expected = standing.expected === undefined ? '' : `，应达${formatComputed(indicator, standing.expected)}`;
  const label = standing.watching ? '低于进度（观察中）' : STATUS_LABELS[standing.status];
  const per = indicator.local.reporting === 'year' && indicator.kind !== 'flow' ? '年' : '季度';
  const need = standing.catchUp ? `，每${per}还需${formatChange(indicator, standing.catchUp.perPeriod)}` : '';
  return `${indicator.shortName} ${actual}，${label}${expected}${need}`;
}

/** Goals of a plan without an indicator table. */
export function goalBlocks(goals: readonly Goal[], all: boolean): readonly Block[] {
  const lead = all
    ? '本地方案没有指标填报表，只列了下面这些目标（没有实际值）：'
    : goals
        .map(
          (goal) => `${goalName(goal)}：${goal.printed}${goal.printedDue ? `（${goal.printedDue}）` : '（未写期限）'}`,
        )
        .join('\n');
  if (!all) {
    const quotes = new Map(goals.map((goal) => [goal.quote, goal]));
    return [
      { type: 'text', text: lead },
      ...[...quotes.values()].map(
        (goal) => ({ type: 'quote', text: goal.quote, source: clauseLabel(goal.doc, goal.path) }) as const,
      ),
    ];
  }
  return [
    { type: 'text', text: lead },
    {
      type: 'list',
      ordered: true,
      items: goals.map(
        (goal) => `${goalName(goal)}：${goal.printed}${goal.printedDue ? `（${goal.printedDue}）` : ''}`,
      ),
    },
    {
      type: 'text',
      text: `依据${clauseLabel(goals[0]?.doc ?? '', '').trim()}。发“指标 ${goals[0]?.aliases[0] ?? ''}”看原文。`,
    },
  ];
}

function goalName(goal: Goal): string {
  return goal.scope ? `${goal.scope}${goal.name}` : goal.name;
}

/** The card to be confirmed: everything that will be stored, against what was there. */
export interface EchoCard {
  readonly indicator: Indicator;
  readonly period: Period;
  readonly regionName: string;
  readonly value: number;
  readonly parts?: { readonly numerator: number; readonly denominator: number } | undefined;
  readonly source: string | undefined;
  readonly before: ReportedValue | undefined;
  readonly existing: ReportedValue | undefined;
  readonly standing: Standing;
  readonly doubts: readonly Doubt[];
  readonly unread: string;
}

/** Blocks of the card, without its buttons. */
export function echoBlocks(card: EchoCard): readonly Block[] {
  const { indicator, period, value, before, existing, standing } = card;
  const items = [
    { label: '指标', value: indicator.name },
    { label: '周期', value: `${period.label}（${card.regionName}）` },
    { label: '填报值', value: formatValue(indicator, value, card.parts ? 2 : 4) },
    ...(card.parts
      ? [{ label: '分子/分母', value: `${plain(card.parts.numerator)} / ${plain(card.parts.denominator)}` }]
      : []),
    ...(before
      ? [
          {
            label: '上期',
            value: `${formatValue(indicator, before.value)}（${periodLabel(before)}），变化${formatChange(indicator, value - before.value)}`,
          },
        ]
      : []),
    ...(existing
      ? [{ label: '本期原值', value: `${formatValue(indicator, existing.value)}，确认后更正，原值保留` }]
      : []),
    ...(indicator.kind === 'flow' && standing.actual?.day === period.to
      ? [{ label: '本年累计', value: formatValue(indicator, standing.actual.value) }]
      : []),
    ...(standing.expected !== undefined && standing.actual?.day === period.to
      ? [
          { label: '应达线', value: `${formatComputed(indicator, standing.expected)}（测算）` },
          { label: '状态', value: STATUS_LABELS[standing.status] },
        ]
      : []),
    { label: '来源', value: card.source ?? '未填' },
    { label: '目标依据', value: clauseLabel(indicator.doc, indicator.path) },
  ];
  const check = card.doubts.map((doubt) => doubtText(indicator, value, doubt)).join('\n');
  return [
    {
      type: 'text',
      text: check === '' ? '请核对，回复“确认”保存：' : `请先核对：${check}\n没有错就回复“确认”，有错就重发数值。`,
    },
    { type: 'fields', items },
    ...(card.unread === '' ? [] : [{ type: 'text', text: `没看懂“${card.unread}”，不会记录。` } as const]),
  ];
}

function doubtText(indicator: Indicator, value: number, doubt: Doubt): string {
  const shown = formatValue(indicator, value, 4);
  switch (doubt.kind) {
    case 'out-of-range':
      return `${shown}超出了正常范围。`;
    case 'ratio-typed-as-percent':
      return `您写的是${plain(doubt.typed)}，已按比值${shown}理解。`;
    case 'percent-typed-as-fraction':
      return `您写的是${plain(doubt.typed)}，现按${shown}记；如果是${plain(doubt.typed * 100)}%，请重发“${plain(doubt.typed * 100)}%”。`;
    case 'sudden-fall':
      return `与上期的${formatValue(indicator, doubt.before, 4)}相差${formatChange(indicator, value - doubt.before)}，请核对。`;
    case 'cumulative-falls':
      return `这是累计数，比上次的${formatValue(indicator, doubt.before)}还少。`;
    case 'magnitude':
      return `${shown}和对照值${formatValue(indicator, doubt.compared)}相差百倍以上，是不是多写或少写了“万”？`;
    case 'maybe-running-total':
      return `比上期的${formatValue(indicator, doubt.before)}多一倍以上。这里填本期数，不填全年累计。`;
    case 'not-whole':
      return '人数应是整数。';
    case 'period-not-over':
      return `这个周期到${formatDay(doubt.ends)}才结束。`;
  }
}

/** Why a value is not taken, and what to send instead. */
export function refusalText(indicator: Indicator, refusal: Refusal): string {
  const { shortName, unit } = indicator;
  const again = `请重发，例如“${EXAMPLES[unit]}”`;
  switch (refusal.kind) {
    case 'wrong-unit':
      return `“${refusal.said}”的单位不对：${shortName}按${UNIT_NAMES[unit]}填报。${again}。没有保存。`;
    case 'wrong-part-unit':
      return `“${refusal.said}”的单位不对：分子和分母要填数量，不填百分比。请重发。没有保存。`;
    case 'per-mille':
      return `“${refusal.said}”是千分数，合${plain(refusal.percent)}%。${shortName}按${UNIT_NAMES[unit]}填报，是${plain(refusal.percent)}%还是${plain(refusal.percent * 10)}%？请重发百分数。没有保存。`;
    case 'share-out-of-range':
      return `“${refusal.said}”不可能：${shortName}在0%到100%之间。${again}。没有保存。`;
    case 'numerator-above-denominator':
      return `分子大于分母，${shortName}会超过100%。请核对后重发分子和分母。没有保存。`;
    case 'negative':
      return `“${refusal.said}”是负数，${shortName}不会小于0。${again}。没有保存。`;
  }
}

/** Answer to a number the table does not have. */
export function noSuchRowText(): string {
  return `核心绩效指标共${INDICATORS.length}项，编号1到${INDICATORS.length}。发“指标 ${INDICATORS.length}”或“指标 知晓率”看一项，发“指标”看全部。`;
}

/** What was stored. */
export function storedText(indicator: Indicator, period: Period, value: number, corrected: boolean): string {
  const done = corrected ? '已更正（原值保留）' : '已记录';
  return `${done}：${indicator.shortName} ${period.label} ${formatValue(indicator, value, 4)}。写错了就发“更正 ${indicator.shortName} ${period.label} 新数值”。`;
}

/** Questions for what is still missing. */
export const ASK = {
  indicator: `要填哪一项？发编号或名称，例如“填报 9 2026年三季度 18.6万人”。\n${INDICATORS.map((each) => `${each.id.replace('A2-', '')} ${each.shortName}`).join('，')}`,
  period: (indicator: Indicator) => `${indicator.shortName}填的是哪个周期？例如“2026年三季度”或“2026年”。`,
  future: (period: Period) => `${period.label}还没有开始，请发一个已有数据的周期，例如“2026年三季度”。`,
  runningTotal: '请按单个季度、月份或年份填报，全年累计由系统相加。填的是哪个周期？例如“2026年三季度”。',
  value: (indicator: Indicator, period: Period) =>
    `${indicator.shortName} ${period.label}是多少？例如“${EXAMPLES[indicator.unit]}”${indicator.parts ? `，或“${indicator.parts.numerator[1] ?? '分子'} … ${indicator.parts.denominator[1] ?? '分母'} …”` : ''}。`,
  exact: (said: string) => `“${said}”是约数，请发准确数，例如“38215”或“3.82万”。`,
} as const;

const UNIT_NAMES = { 人: '“人”', 万人: '“万人”或“人”', '%': '百分比（%）', 比值: '比值或百分比' } as const;
const EXAMPLES = { 人: '82人', 万人: '18.6万人', '%': '59.3%', 比值: '0.83' } as const;

function plain(value: number): string {
  return String(Number(value.toPrecision(10)));
}
