/** Words and decisions of 投递 and 重发. */
import { privately } from '../directory/binding.ts';
import type { BoundContext } from '../feature.ts';
import type { Block, Reply } from '../message.ts';
import { answer, type Decision, type Write } from '../outcome.ts';
import { shanghaiDay, shanghaiTime } from '../time.ts';
import { channelLabel, reasonLabel } from './labels.ts';
import { countDeliveries, type DeliveryRow, listDeliveries, listUnreachable } from './reading.ts';

/** Lines of one kind in an overview. */
const MOST_LINES = 5;
/** Deliveries that one 重发 全部 takes up. */
const MOST_RESENT = 200;

const STATES: Readonly<Record<DeliveryRow['state'], string>> = {
  pending: '等待发送',
  passive: '正在送出',
  sent: '已送达平台',
  dead: '没有送出',
};

/** 投递 [编号]. */
export async function show(ctx: BoundContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') return answer(privately(ctx, '投递情况请在私聊中查看。'));
  const n = numberOf(argument);
  return answer(n === undefined ? await overview(ctx) : await one(ctx, n));
}

async function overview(ctx: BoundContext): Promise<Reply> {
  const { db, actor } = ctx;
  const now = ctx.clock.now();
  const [counts, dead, unreachable] = await Promise.all([
    countDeliveries(db, actor, now),
    listDeliveries(db, actor, now, { dead: true, most: MOST_LINES }),
    listUnreachable(db, actor, MOST_LINES),
  ]);
  const deadCount = counts.reduce((sum, one) => sum + one.dead, 0);
  const waiting = counts.reduce((sum, one) => sum + one.waiting, 0);
  const lead =
    deadCount === 0 && waiting === 0
      ? '近7天的消息都送出了。'
      : `近7天：${deadCount}条没有送出，${waiting}条等待发送。`;
  const blocks: Block[] = [{ type: 'text', text: lead }];
  if (counts.length > 0) {
    blocks.push({
      type: 'table',
      columns: ['渠道', '送出', '等待／没送出'],
      rows: counts.map((one) => [channelLabel(one.channel), String(one.sent), `${one.waiting}／${one.dead}`]),
    });
  }
  if (dead.length > 0) blocks.push({ type: 'text', text: '没有送出：' }, list(dead.map(deadLine)));
  if (unreachable.length > 0) {
    blocks.push(
      { type: 'text', text: '平台送不到（请核对账号、可见范围，或机器人是否还在群里）：' },
      list(unreachable.map((one) => `${one.who} · ${channelLabel(one.channel)} · ${day(one.since)}起`)),
    );
  }
  if (deadCount > 0) {
    blocks.push({ type: 'buttons', items: [{ id: 'delivery.resend', label: '重发 全部', value: '全部' }] });
  }
  return { audience: 'here', blocks };
}

async function one(ctx: BoundContext, n: number): Promise<Reply> {
  const rows = await listDeliveries(ctx.db, ctx.actor, ctx.clock.now(), { n });
  if (rows.length === 0) return privately(ctx, `近7天没有编号${n}的投递。发送“投递”看总的情况。`);
  const blocks: Block[] = rows.map((row) => ({
    type: 'fields',
    items: [
      { label: '编号', value: String(row.n) },
      { label: '给谁', value: row.to ?? '未绑定的人' },
      { label: '渠道', value: channelLabel(row.channel) },
      { label: '状态', value: STATES[row.state] },
      ...(row.reason === null ? [] : [{ label: '原因', value: reasonLabel(row.reason) }]),
      { label: '尝试', value: `${row.attempts}次` },
      { label: '产生', value: moment(row.createdAt) },
      ...(row.sentAt ? [{ label: '送出', value: moment(row.sentAt) }] : []),
      ...(row.state === 'pending' ? [{ label: '下次', value: moment(row.nextAt) }] : []),
    ],
  }));
  if (rows.some((row) => row.state === 'dead' && !row.emptied)) {
    blocks.push({ type: 'buttons', items: [{ id: 'delivery.resend', label: `重发 ${n}`, value: String(n) }] });
  }
  return { audience: 'here', blocks };
}

/** 重发 全部 | 编号: what was given up waits again, with all its tries. */
export async function resend(ctx: BoundContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') return answer(privately(ctx, '重发请在私聊中操作。'));
  const n = numberOf(argument);
  if (n === undefined && !/^(?:全部|所有)$/.test(argument)) {
    return answer(privately(ctx, '请写上编号或“全部”，例如“重发 全部”。发送“投递”看编号。'));
  }
  const now = ctx.clock.now();
  const found = await listDeliveries(
    ctx.db,
    ctx.actor,
    now,
    n === undefined ? { dead: true, most: MOST_RESENT } : { n },
  );
  // Of several ways tried for the same words the last one is taken up, if that one failed too: it comes first.
  const lastWays = found.filter((row, at) => found.findIndex((one) => one.n === row.n) === at);
  const again = lastWays.filter((row) => row.state === 'dead' && !row.emptied);
  if (again.length === 0) {
    return answer(privately(ctx, n === undefined ? '没有需要重发的消息。' : `编号${n}不需要或不能重发。`));
  }
  const writes: Write[] = again.map((row) => ({
    kind: 'update',
    table: 'deliveries',
    where: { id: row.id, state: 'dead' },
    set: { state: 'pending', attempts: 0, next_at: now.toISOString(), reason: null },
  }));
  return {
    replies: [privately(ctx, `已重新排队${again.length}条，马上再送。稍后发送“投递”看结果。`)],
    writes,
    audit: again.map((row) => ({
      action: 'delivery.resend',
      objectType: 'delivery',
      objectId: row.id,
    })),
  };
}

function deadLine(row: DeliveryRow): string {
  const why = reasonLabel(row.reason);
  return [`${row.n} 给${row.to ?? '未绑定的人'}`, channelLabel(row.channel), why, day(row.createdAt)]
    .filter(Boolean)
    .join(' · ');
}

function list(items: readonly string[]): Block {
  return { type: 'list', ordered: false, items };
}

function numberOf(argument: string): number | undefined {
  const [, digits] = /^[#＃]?(\d{1,12})$/.exec(argument.trim()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function day(iso: string): string {
  return shanghaiDay(new Date(iso)).slice(5);
}

function moment(iso: string): string {
  return `${day(iso)} ${shanghaiTime(new Date(iso))}`;
}
