/** Reporting a value in chat: slots are filled one message at a time, a card is shown, 确认 stores it（填报）. */
import { z } from 'zod';
import { INDICATORS, type Indicator } from '../../knowledge/catalogue/indicators.ts';
import { type Period, parsePeriod } from '../chinese/periods.ts';
import { beginDraft, changeDraft, type Draft, endDraft, listDrafts } from '../drafts.ts';
import type { BoundContext } from '../feature.ts';
import type { Block, Reply } from '../message.ts';
import type { Decision, Outcome, Write } from '../outcome.ts';
import { shanghaiDay } from '../time.ts';
import { type Amount, canonicalValue, type Entry, parseEntry } from './entry.ts';
import { withRowNumber } from './names.ts';
import { ASK, echoBlocks, refusalText, storedText } from './replies.ts';
import { refusalOf } from './rules/impossible.ts';
import { doubtsAbout } from './rules/plausibility.ts';
import { standingOf } from './rules/status.ts';
import { listValues, type ReportedValue } from './store.ts';

/** Kind of this feature's drafts. */
export const DRAFT_KIND = 'indicators';

const amountSchema = z.object({
  number: z.object({ value: z.number(), approximate: z.boolean(), unit: z.enum(['万', '亿', '%']).optional() }),
  said: z.string(),
});
const slotsSchema = z.object({
  indicatorId: z.string().optional(),
  period: z.string().optional(),
  amount: amountSchema.optional(),
  numerator: amountSchema.optional(),
  denominator: amountSchema.optional(),
  source: z.string().optional(),
});
type Slots = z.infer<typeof slotsSchema>;

/** A longer message is no answer to a question for one figure. */
const LONGEST_ANSWER = 120;

/** 填报 and 更正: begins anew with what the words say. */
export async function report(ctx: BoundContext, argument: string): Promise<Decision> {
  const entry = parseEntry(withRowNumber(argument), shanghaiDay(ctx.clock.now()));
  return advance(ctx, undefined, {}, entry);
}

/** Words while a card or a question waits: confirm, cancel, or fill a slot; `undefined` when they are something else. */
export async function resumeReport(ctx: BoundContext, draft: Draft): Promise<Decision | undefined> {
  const text = ctx.message.text.trim().replace(/[。.!！~～]+$/, '');
  if (/^(?:确认|提交|确认无误|无误|没错|对|对的|是|是的|好|好的|可以)$/.test(text)) return confirm(ctx, draft);
  if (/^(?:取消|不填了|算了|放弃|不要了)$/.test(text)) {
    return { replies: [inPrivate(ctx, [{ type: 'text', text: '已取消，没有保存。' }])], writes: endDraft(draft) };
  }
  if (text.length > LONGEST_ANSWER) return undefined;
  const slots = slotsOf(draft);
  const known = indicatorOf(slots);
  const entry = parseEntry(known ? text : withRowNumber(text), shanghaiDay(ctx.clock.now()), known);
  const says = entry.period ?? entry.amount ?? entry.numerator ?? entry.source ?? entry.indicator?.id;
  const onlyKnownIndicator = !entry.period && !entry.amount && !entry.numerator && !entry.source;
  if (entry.runningTotal && entry.amount) return advance(ctx, draft, slots, entry);
  if (says === undefined || entry.rest !== '') return undefined;
  if (onlyKnownIndicator && slots.indicatorId !== undefined) return undefined;
  return advance(ctx, draft, slots, entry);
}

/**
 * Stores what the card shows.
 * @param shown - the button's value; a card that no longer shows what the draft holds is refused
 */
export async function confirm(ctx: BoundContext, draft: Draft, shown?: string): Promise<Decision> {
  const slots = slotsOf(draft);
  const complete = completed(slots, shanghaiDay(ctx.clock.now()));
  if (!complete || refusalOf(complete.indicator, slots)) return advance(ctx, draft, slots, undefined);
  if (shown !== undefined && shown !== cardKey(complete)) return outdated(ctx);
  const { indicator, period, value } = complete;
  const existing = (await listValues(ctx.db, indicator.regionId, indicator)).find((v) => isSamePeriod(v, period));
  if (existing && existing.value === value) {
    const text = `${period.label}已经是这个数，没有重复记录。`;
    return { replies: [inPrivate(ctx, [{ type: 'text', text }])], writes: endDraft(draft) };
  }
  const id = ctx.ids.next();
  const insert: Write = {
    kind: 'insert',
    table: 'indicator_values',
    row: {
      id,
      indicator_id: indicator.id,
      region_id: indicator.regionId,
      period_kind: period.kind,
      period_from: period.from,
      period_to: period.to,
      value,
      numerator: complete.parts?.numerator ?? null,
      denominator: complete.parts?.denominator ?? null,
      source: slots.source ?? null,
      state: 'current',
      supersedes_id: existing?.id ?? null,
      reporter_id: ctx.actor.id,
      reported_at: ctx.clock.now().toISOString(),
      demo: false,
      version: 1,
    },
  };
  const supersede: readonly Write[] = existing
    ? [
        {
          kind: 'update',
          table: 'indicator_values',
          where: { id: existing.id },
          version: existing.version,
          set: { state: 'superseded' },
        },
      ]
    : [];
  return {
    replies: [inPrivate(ctx, [{ type: 'text', text: storedText(indicator, period, value, existing !== undefined) }])],
    writes: [...endDraft(draft), ...supersede, insert],
    audit: [
      {
        action: existing ? 'indicator.correct' : 'indicator.confirm',
        objectType: 'indicator-value',
        objectId: id,
        details: { indicator: indicator.id, from: period.from, to: period.to },
      },
    ],
  };
}

/** The person's waiting report, if any. */
export async function waitingReport(ctx: BoundContext): Promise<Draft | undefined> {
  return (await listDrafts(ctx, ctx.actor.id)).find((draft) => draft.kind === DRAFT_KIND);
}

/** Answer to the button of a card that was replaced or already dealt with. */
export function outdated(ctx: BoundContext): Outcome {
  return {
    replies: [
      inPrivate(ctx, [{ type: 'text', text: '这张卡片已经处理过或已更换，没有重复保存。发“指标”看已记录的数据。' }]),
    ],
  };
}

interface Complete {
  readonly indicator: Indicator;
  readonly period: Period;
  readonly value: number;
  readonly typed: Amount['number'] | undefined;
  readonly parts: { readonly numerator: number; readonly denominator: number } | undefined;
}

/** Merges new words into the slots, then asks for the first thing that is missing or shows the card. */
async function advance(
  ctx: BoundContext,
  draft: Draft | undefined,
  known: Slots,
  entry: Entry | undefined,
): Promise<Decision> {
  const today = shanghaiDay(ctx.clock.now());
  const slots = entry ? merge(known, entry) : known;
  const vague = [entry?.amount, entry?.numerator, entry?.denominator].find((amount) => amount?.number.approximate);
  const indicator = indicatorOf(slots);
  const period = periodOf(slots, today);
  const keep = (next: Slots, blocks: readonly Block[]): Decision => ({
    replies: [...pointer(ctx), inPrivate(ctx, blocks)],
    writes: draft
      ? [changeDraft(ctx, draft, next)]
      : beginDraft(ctx, { staffId: ctx.actor.id, kind: DRAFT_KIND, data: next }),
  });
  const ask = (text: string, next: Slots = slots) => keep(next, [{ type: 'text', text }]);
  if (!indicator) return ask(ASK.indicator);
  if (vague) return ask(ASK.exact(vague.said), withoutAmounts(slots));
  const refusal = refusalOf(indicator, slots);
  if (refusal) return ask(refusalText(indicator, refusal), withoutAmounts(slots));
  if (entry?.runningTotal) return ask(ASK.runningTotal, withoutAmounts({ ...slots, period: undefined }));
  if (!period) return ask(ASK.period(indicator));
  if (period.from > today) return ask(ASK.future(period), { ...slots, period: undefined });
  const complete = completed(slots, today);
  if (!complete) return ask(ASK.value(indicator, period));
  return keep(slots, await card(ctx, complete, slots, entry?.rest ?? ''));
}

async function card(ctx: BoundContext, complete: Complete, slots: Slots, unread: string): Promise<readonly Block[]> {
  const { indicator, period, value, typed, parts } = complete;
  const today = shanghaiDay(ctx.clock.now());
  const values = await listValues(ctx.db, indicator.regionId, indicator);
  const existing = values.find((v) => isSamePeriod(v, period));
  const before = values.findLast((v) => v.to < period.from);
  const comparable = indicator.kind !== 'flow' || before?.kind === period.kind;
  const previous = comparable ? before?.value : undefined;
  const others = values.filter((v) => v.id !== existing?.id && v.to <= period.to);
  const known = before?.value ?? indicator.baseline.value ?? undefined;
  return [
    ...echoBlocks({
      indicator,
      period,
      regionName: ctx.actor.region.shortName,
      value,
      parts,
      source: slots.source,
      before,
      existing,
      standing: standingOf(indicator, [...others, { from: period.from, to: period.to, value }], today),
      doubts: doubtsAbout(indicator, { value, typed, previous, periodTo: period.to }, known, today),
      unread,
    }),
    {
      type: 'buttons',
      items: [
        { id: 'indicator.confirm', label: '确认', value: cardKey(complete) },
        { id: 'indicator.cancel', label: '取消', value: cardKey(complete) },
      ],
    },
  ];
}

function merge(known: Slots, entry: Entry): Slots {
  const amounts =
    entry.amount || entry.numerator
      ? { amount: entry.amount, numerator: entry.numerator, denominator: entry.denominator }
      : { amount: known.amount, numerator: known.numerator, denominator: known.denominator };
  return {
    indicatorId: entry.indicator?.id ?? known.indicatorId,
    period: entry.period?.label ?? known.period,
    ...amounts,
    source: entry.source ?? known.source,
  };
}

function withoutAmounts(slots: Slots): Slots {
  return { indicatorId: slots.indicatorId, period: slots.period, source: slots.source };
}

function completed(slots: Slots, today: string): Complete | undefined {
  const indicator = indicatorOf(slots);
  const period = periodOf(slots, today);
  if (!indicator || !period || period.from > today) return undefined;
  if (slots.numerator && slots.denominator) {
    const numerator = slots.numerator.number.value;
    const denominator = slots.denominator.number.value;
    if (denominator === 0) return undefined;
    const quotient = numerator / denominator;
    const value = Number((indicator.unit === '%' ? quotient * 100 : quotient).toFixed(4));
    return { indicator, period, value, typed: undefined, parts: { numerator, denominator } };
  }
  if (!slots.amount) return undefined;
  const value = canonicalValue(indicator, slots.amount);
  return { indicator, period, value, typed: slots.amount.number, parts: undefined };
}

function slotsOf(draft: Draft): Slots {
  return slotsSchema.parse(draft.data);
}
function indicatorOf(slots: Slots): Indicator | undefined {
  return INDICATORS.find((each) => each.id === slots.indicatorId);
}
function periodOf(slots: Slots, today: string): Period | undefined {
  return slots.period === undefined ? undefined : parsePeriod(slots.period, today);
}
function isSamePeriod(value: ReportedValue, period: Period): boolean {
  return value.from === period.from && value.to === period.to;
}
/** What a card's buttons stand for. */
function cardKey({ indicator, period, value }: Complete): string {
  return `${indicator.id}|${period.from}|${period.to}|${value}`;
}

/** Reports are dealt with in private, wherever they were begun. */
function inPrivate(ctx: BoundContext, blocks: readonly Block[]): Reply {
  return { audience: ctx.message.conversation.kind === 'group' ? 'sender' : 'here', blocks };
}
function pointer(ctx: BoundContext): readonly Reply[] {
  if (ctx.message.conversation.kind !== 'group') return [];
  return [{ audience: 'here', blocks: [{ type: 'text', text: '填报内容已发到您的私聊，请在私聊里核对确认。' }] }];
}
