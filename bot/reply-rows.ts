/** Turns decided replies into outbox and delivery rows, inside the committing transaction. */
import type { Knex } from 'knex';
import type { Outcome, Write } from '../handlers/outcome.ts';
import type { Vault } from '../handlers/ports.ts';
import type { Channel } from './channels/channel.ts';
import type { BuiltCommit, Commit, CommittedReply, CommitterOptions } from './commit.ts';
import { QUIET, type QuietHours, quietUntil, readQuietHours } from './outbox/quiet-hours.ts';
import { type RoutedReply, routeReplies } from './outbox/routes.ts';
import { count, insertAll } from './writes.ts';

/** A passive reply whose socket never finished goes out actively after this time (ms). */
export const PASSIVE_GRACE_MS = 6_000;
/** The same where the platform asks for it: it asks about every second, and may be late by some. */
const POLLED_GRACE_MS = 20_000;

/** Outbox rows get their `n` last, in the order they commit, so that a reader of `n` never misses one. */
export async function writeReplies(
  trx: Knex.Transaction,
  decided: readonly BuiltCommit[],
  options: CommitterOptions,
  vault: Vault,
): Promise<ReadonlyMap<Commit, readonly CommittedReply[]>> {
  const results = new Map<Commit, readonly CommittedReply[]>();
  const routed: { commit: Commit; outcome: Outcome; replies: readonly RoutedReply[] }[] = [];
  for (const { commit, outcome } of decided) {
    const message = commit.kind === 'message' ? commit.message : undefined;
    const actor = commit.kind === 'message' ? commit.actor : undefined;
    const { channels, log } = options;
    const replies = await routeReplies(outcome.replies, { db: trx, channels, log, message, actor });
    routed.push({ commit, outcome, replies: answeredOnce(commit, channels) ? mergedHere(replies) : replies });
  }
  const quiet = routed.some(({ commit }) => commit.kind === 'slot') ? await readQuietHours(trx) : undefined;
  const total = routed.reduce((sum, { replies }) => sum + replies.length, 0);
  let n = total > 0 ? (await count(trx, 'outbox', total)) - total : 0;
  const outbox: object[] = [];
  const deliveries: object[] = [];
  const at = options.clock.now();
  for (const { commit, outcome, replies } of routed) {
    const committed: CommittedReply[] = [];
    const passive = passivePayload(commit, outcome, replies);
    for (const [position, reply] of replies.entries()) {
      n += 1;
      const outboxId = options.ids.next();
      const deliveryId = options.ids.next();
      outbox.push({
        id: outboxId,
        n,
        inbox_id: commit.kind === 'message' ? commit.inboxId : null,
        slot_id: commit.kind === 'slot' ? commit.slotId : null,
        position,
        target_kind: reply.target.kind,
        target_id: reply.target.id,
        target_channel: reply.target.channel,
        staff_id: reply.staffId ?? null,
        blocks_sealed: vault.seal(JSON.stringify(reply.blocks)),
        confidential: reply.confidential,
        created_at: at.toISOString(),
      });
      const payload = reply.here ? passive : undefined;
      const updatesCard = mayUpdateCard(commit, outcome, reply);
      deliveries.push(
        deliveryRow({
          deliveryId,
          outboxId,
          n,
          reply,
          payload,
          updatesCard,
          at,
          vault,
          tenant: reply.way?.channel.tenant ?? (commit.kind === 'message' ? commit.message.tenant : ''),
          nextAt: nextAt(commit, reply, payload, at, quiet),
        }),
      );
      committed.push({ n, outboxId, deliveryId, routed: reply, passive: payload, updatesCard });
    }
    results.set(commit, committed);
  }
  await insertAll(trx, 'outbox', outbox);
  await insertAll(trx, 'deliveries', deliveries);
  return results;
}

/** Only a single part to the very conversation goes back inside the request; everything else keeps its order actively. */
function passivePayload(commit: Commit, outcome: Outcome, replies: readonly RoutedReply[]): string | undefined {
  if (commit.kind !== 'message' || !commit.passive?.isOpen()) return undefined;
  const { way } = commit.passive;
  const here = replies.filter((reply) => reply.here);
  const [only] = here;
  if (here.length !== 1 || !only || (way.updatesCard && !mayUpdateCard(commit, outcome, only))) return undefined;
  return way.render(only.blocks);
}

/**
 * A pressed card shows what was done last, to everybody who sees it: only what changed something, or brings buttons of its own,
 * takes its place. What was refused, came too late or was pressed twice is said beside it.
 */
function mayUpdateCard(commit: Commit, outcome: Outcome, reply: RoutedReply): boolean {
  if (commit.kind !== 'message' || commit.message.action === undefined) return true;
  return changesSomething(outcome.writes ?? []) || reply.blocks.some((block) => block.type === 'buttons');
}

/** A draft that waits for a reason, or for what is still missing, is nothing done yet; one that ends is. */
function changesSomething(writes: readonly Write[]): boolean {
  const drafts = writes.filter((write) => write.table === 'drafts');
  const waits = drafts.some(
    (write) => write.kind === 'insert' || (write.kind === 'update' && 'data_sealed' in write.set),
  );
  return writes.length > drafts.length || (drafts.length > 0 && !waits);
}

/** The platform asks for the answer itself, for as long as its request's way is open. */
function pollable(commit: Commit): boolean {
  return commit.kind === 'message' && commit.passive?.way.polledMs !== undefined && commit.passive.isOpen();
}

/** The platform asks for one answer, its channel has one way to give it once, or one pressed card is changed by it. */
function answeredOnce(commit: Commit, channels: readonly Channel[]): boolean {
  if (commit.kind !== 'message') return false;
  const { channel, tenant, action } = commit.message;
  const own = channels.find((one) => one.name === channel && one.tenant === tenant);
  if (!own || own.instant) return false;
  return pollable(commit) || own.answersOnce === true || action !== undefined;
}

/** One payload carries everything said here. */
function mergedHere(replies: readonly RoutedReply[]): readonly RoutedReply[] {
  const [first, ...more] = replies.filter((reply) => reply.here);
  if (!first || more.length === 0) return replies;
  const merged = {
    ...first,
    blocks: [first, ...more].flatMap((reply) => reply.blocks),
    confidential: [first, ...more].some((reply) => reply.confidential),
  };
  return replies.flatMap((reply) => (reply === first ? [merged] : reply.here ? [] : [reply]));
}

/** When it may go: after the platform's own chance to take it, and what a job pushes not at night. */
function nextAt(
  commit: Commit,
  reply: RoutedReply,
  payload: string | undefined,
  at: Date,
  quiet: QuietHours | undefined,
): Date {
  if (payload !== undefined) return new Date(at.getTime() + (pollable(commit) ? POLLED_GRACE_MS : PASSIVE_GRACE_MS));
  if (commit.kind === 'slot' && quiet && !reply.urgent) return quietUntil(at, quiet);
  return at;
}

function deliveryRow(row: {
  readonly deliveryId: string;
  readonly outboxId: string;
  readonly n: number;
  readonly reply: RoutedReply;
  readonly payload: string | undefined;
  readonly updatesCard: boolean;
  readonly at: Date;
  readonly nextAt: Date;
  readonly vault: Vault;
  readonly tenant: string;
}): object {
  const { reply, payload, at, nextAt } = row;
  const { way } = reply;
  const state = !way
    ? payload === undefined
      ? 'dead'
      : 'passive'
    : way.channel.instant
      ? 'sent'
      : payload === undefined
        ? 'pending'
        : 'passive';
  return {
    id: row.deliveryId,
    outbox_id: row.outboxId,
    n: row.n,
    channel: way?.channel.name ?? reply.target.channel,
    tenant: row.tenant,
    address: JSON.stringify(way?.address ?? {}),
    address_key: way?.addressKey ?? `none|${reply.target.id}`,
    state,
    here: reply.here,
    updates_card: row.updatesCard,
    next_at: nextAt.toISOString(),
    sent_at: state === 'sent' ? at.toISOString() : null,
    reason: state === 'dead' ? 'no-way' : state === 'pending' && nextAt > at ? QUIET : null,
    passive_sealed: payload === undefined ? null : row.vault.seal(payload),
  };
}
