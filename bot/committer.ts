/**
 * Writes what was decided and what is said in one transaction; several decisions go together when they arrive together.
 * A decision whose rows were changed meanwhile is refused as a conflict and nothing of it is stored.
 */
import type { Knex } from 'knex';
import type { IncomingMessage } from '../handlers/message.ts';
import type {
  ConversationMemory,
  Decision,
  NumberedOutcome,
  NumberPrefix,
  Outcome,
  Row,
  Value,
  Write,
} from '../handlers/outcome.ts';
import type { Actor } from '../handlers/people.ts';
import type { Clock, Ids, Log, Reader, Vault } from '../handlers/ports.ts';
import { shanghaiDay } from '../handlers/time.ts';
import { createBatcher } from './batcher.ts';
import type { Channel, PassiveWay } from './channels/channel.ts';
import type { Database } from './database/connect.ts';
import { isDatabaseAway } from './database/failure.ts';
import { conversationKey } from './inbox.ts';
import { type RoutedReply, routeReplies } from './outbox/routes.ts';
import { reach } from './steps.ts';

/** Decisions written in one transaction at most. */
const BATCH = 64;
/** Rows of one insert at most: SQLite allows 32,766 values a statement. */
const ROWS = 200;
/** A passive reply whose socket never finished goes out actively after this time (ms). */
export const PASSIVE_GRACE_MS = 6_000;
/** How long a conversation remembers what was spoken of (ms). */
const MEMORY_TTL_MS = 24 * 60 * 60 * 1000;

/** Somebody else changed a row that the decision was made on. */
export class ConflictError extends Error {
  constructor(what: string) {
    super(`conflict: ${what} was changed meanwhile`);
    this.name = 'ConflictError';
  }
}

/** A decision that could not be built once it had its numbers: a fault of ours, the same every time. */
export class DecisionError extends Error {
  constructor(cause: unknown) {
    super('a decision could not be built', { cause });
    this.name = 'DecisionError';
  }
}

/** A decision about one message. */
export interface MessageCommit {
  readonly kind: 'message';
  readonly inboxId: string;
  readonly message: IncomingMessage;
  readonly actor: Actor | undefined;
  readonly decision: Decision;
  /** The open request of the platform, while it can still carry the reply. */
  readonly passive: { readonly way: PassiveWay; readonly isOpen: () => boolean } | undefined;
  /** The conversation has no further message here: its lease is given back with the commit. */
  readonly last: () => boolean;
  readonly incident?: string | undefined;
}

/** A decision of a job about one slot. */
export interface SlotCommit {
  readonly kind: 'slot';
  readonly slotId: string;
  readonly decision: Decision;
}

/** Words of the bot itself to its operators: no message, no slot behind them. */
export interface NoticeCommit {
  readonly kind: 'notice';
  readonly decision: Decision;
}

export type Commit = MessageCommit | SlotCommit | NoticeCommit;

export interface CommittedReply {
  readonly n: number;
  readonly outboxId: string;
  readonly deliveryId: string;
  readonly routed: RoutedReply;
  /** The payload that goes back inside the platform's request. */
  readonly passive: string | undefined;
}

export type CommitResult =
  | { readonly done: true; readonly replies: readonly CommittedReply[] }
  /** The message or slot was finished by somebody else; nothing was written. */
  | { readonly done: false };

export interface Committer {
  /** @throws ConflictError, or the database's own error; nothing is stored then */
  commit(commit: Commit): Promise<CommitResult>;
  /** Waits for what is being written. */
  idle(): Promise<void>;
}

export interface CommitterOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly log: Log;
  readonly owner: string;
  readonly channels: readonly Channel[];
}

export function createCommitter(options: CommitterOptions): Committer {
  const { database } = options;
  const batcher = createBatcher<Commit, () => CommitResult>(async (commits) => {
    try {
      return await writeTogether(commits);
    } catch (error) {
      if (commits.length === 1 || isDatabaseAway(error)) throw error;
      // One of them cannot be written: each gets its own transaction and its own error.
      const alone: (() => CommitResult)[] = [];
      for (const commit of commits) alone.push(await writeTogether([commit]).then(only, rethrowLater));
      return alone;
    }
  }, BATCH);

  async function writeTogether(commits: readonly Commit[]): Promise<(() => CommitResult)[]> {
    const results = await database.write(async (trx) => {
      const open = await claim(trx, commits, options.clock.now());
      const decided = await giveNumbers(trx, open, options.clock);
      const written = await writeDecided(trx, decided, options);
      reach('decision.before-commit');
      if (commits.some((commit) => commit.kind === 'slot')) reach('slot.before-commit');
      return written;
    });
    reach('decision.after-commit');
    return commits.map((commit) => {
      const replies = results.get(commit);
      return () => (replies ? { done: true, replies } : { done: false });
    });
  }

  return {
    commit: async (commit) => (await batcher.submit(commit))(),
    idle: () => batcher.idle(),
  };
}

function only(results: (() => CommitResult)[]): () => CommitResult {
  return results[0] ?? (() => ({ done: false }));
}

function rethrowLater(error: unknown): () => CommitResult {
  return () => {
    throw error;
  };
}

/** Marks messages handled and slots done; what somebody else finished first is left out. */
async function claim(trx: Knex.Transaction, commits: readonly Commit[], now: Date): Promise<readonly Commit[]> {
  const messages = commits.filter((commit) => commit.kind === 'message');
  const slots = commits.filter((commit) => commit.kind === 'slot');
  const claimed = new Set<string>();
  const plain = messages.filter((commit) => commit.incident === undefined).map((commit) => commit.inboxId);
  if (plain.length > 0) {
    const rows: { id: string }[] = await trx('inbox')
      .whereIn('id', plain)
      .andWhere({ state: 'received' })
      .update({ state: 'handled', handled_at: now.toISOString() })
      .returning('id');
    for (const row of rows) claimed.add(row.id);
  }
  for (const commit of messages) {
    if (commit.incident === undefined) continue;
    const changed = await trx('inbox')
      .where({ id: commit.inboxId, state: 'received' })
      .update({ state: 'failed', handled_at: now.toISOString(), incident: commit.incident });
    if (changed === 1) claimed.add(commit.inboxId);
  }
  if (slots.length > 0) {
    const rows: { id: string }[] = await trx('scheduled_slots')
      .whereIn(
        'id',
        slots.map((commit) => commit.slotId),
      )
      .andWhere({ state: 'pending' })
      .update({ state: 'done', finished_at: now.toISOString(), owner: null, lease_until: null })
      .returning('id');
    for (const row of rows) claimed.add(row.id);
  }
  return commits.filter((commit) =>
    commit.kind === 'message'
      ? claimed.has(commit.inboxId)
      : commit.kind === 'slot'
        ? claimed.has(commit.slotId)
        : true,
  );
}

type Decided = { readonly commit: Commit; readonly outcome: Outcome };

/** Numbers come from one row a day and series, inside the transaction: none is lost, none is given twice. */
async function giveNumbers(
  trx: Knex.Transaction,
  commits: readonly Commit[],
  clock: Clock,
): Promise<readonly Decided[]> {
  const day = shanghaiDay(clock.now());
  const decided: Decided[] = [];
  for (const commit of commits) {
    const { decision } = commit;
    if (!('build' in decision)) {
      decided.push({ commit, outcome: decision });
      continue;
    }
    const numbers: string[] = [];
    for (const prefix of decision.numbers) {
      const value = await count(trx, `${SERIES[prefix]}:${day}`, 1);
      numbers.push(`${prefix}${day.replaceAll('-', '')}${String(value).padStart(3, '0')}`);
    }
    decided.push({ commit, outcome: built(decision, numbers) });
  }
  return decided;
}

function built(decision: NumberedOutcome, numbers: readonly string[]): Outcome {
  try {
    return decision.build(numbers);
  } catch (error) {
    throw new DecisionError(error);
  }
}

const SERIES: Readonly<Record<NumberPrefix, string>> = { ZZ: 'referral', EM: 'referral', QY: 'shortage' };

async function count(trx: Knex.Transaction, name: string, by: number): Promise<number> {
  const rows: { value: string | number }[] = await trx('counters')
    .insert({ name, value: by })
    .onConflict('name')
    .merge({ value: trx.raw('counters.value + ?', [by]) })
    .returning('value');
  return Number(rows[0]?.value);
}

async function writeDecided(
  trx: Knex.Transaction,
  decided: readonly Decided[],
  options: CommitterOptions,
): Promise<ReadonlyMap<Commit, readonly CommittedReply[]>> {
  const { clock, ids, vault } = options;
  const now = clock.now().toISOString();
  const audit: object[] = [];
  const memories: object[] = [];
  const timers: object[] = [];
  const released: string[] = [];
  for (const { commit, outcome } of decided) {
    for (const write of outcome.writes ?? []) await apply(trx, write);
    const actor = commit.kind === 'message' ? commit.actor : undefined;
    for (const entry of outcome.audit ?? []) {
      audit.push({
        id: ids.next(),
        at: now,
        actor_id: actor?.id ?? null,
        institution_id: actor?.institution.id ?? null,
        channel: commit.kind === 'message' ? commit.message.channel : null,
        action: entry.action,
        object_type: entry.objectType,
        object_id: entry.objectId,
        details: JSON.stringify(entry.details ?? {}),
      });
    }
    for (const timer of outcome.timers ?? []) {
      timers.push({
        id: ids.next(),
        job: timer.job,
        due_at: timer.dueAt.toISOString(),
        data: JSON.stringify(timer.data),
        state: 'pending',
        created_at: now,
      });
    }
    if (commit.kind === 'message') {
      if (outcome.memory) memories.push(memoryRow(commit.message, outcome.memory, options));
      if (commit.last()) released.push(conversationKey(commit.message));
    }
  }
  await insertAll(trx, 'audit', audit);
  for (const chunk of chunks(timers)) {
    await trx('scheduled_slots').insert(chunk).onConflict(['job', 'due_at', 'data']).ignore();
  }
  for (const chunk of chunks(memories)) await trx('conversations').insert(chunk).onConflict('conversation_key').merge();
  if (released.length > 0) {
    await trx('conversation_leases')
      .whereIn('conversation_key', released)
      .andWhere({ owner: options.owner })
      .update({ owner: null });
  }
  return writeReplies(trx, decided, options, vault);
}

/** Outbox rows get their `n` last, in the order they commit, so that a reader of `n` never misses one. */
async function writeReplies(
  trx: Knex.Transaction,
  decided: readonly Decided[],
  options: CommitterOptions,
  vault: Vault,
): Promise<ReadonlyMap<Commit, readonly CommittedReply[]>> {
  const results = new Map<Commit, readonly CommittedReply[]>();
  const routed: { commit: Commit; replies: readonly RoutedReply[] }[] = [];
  for (const { commit, outcome } of decided) {
    const message = commit.kind === 'message' ? commit.message : undefined;
    const actor = commit.kind === 'message' ? commit.actor : undefined;
    const { channels, log } = options;
    routed.push({ commit, replies: await routeReplies(outcome.replies, { db: trx, channels, log, message, actor }) });
  }
  const total = routed.reduce((sum, { replies }) => sum + replies.length, 0);
  let n = total > 0 ? (await count(trx, 'outbox', total)) - total : 0;
  const outbox: object[] = [];
  const deliveries: object[] = [];
  const at = options.clock.now();
  for (const { commit, replies } of routed) {
    const committed: CommittedReply[] = [];
    const passive = passivePayload(commit, replies);
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
      deliveries.push(deliveryRow({ deliveryId, outboxId, n, reply, payload, at, vault }));
      committed.push({ n, outboxId, deliveryId, routed: reply, passive: payload });
    }
    results.set(commit, committed);
  }
  await insertAll(trx, 'outbox', outbox);
  await insertAll(trx, 'deliveries', deliveries);
  return results;
}

/** Only a single part to the very conversation goes back inside the request; everything else keeps its order actively. */
function passivePayload(commit: Commit, replies: readonly RoutedReply[]): string | undefined {
  if (commit.kind !== 'message' || !commit.passive?.isOpen()) return undefined;
  const here = replies.filter((reply) => reply.here);
  const [only] = here;
  return here.length === 1 && only ? commit.passive.way.render(only.blocks) : undefined;
}

function deliveryRow(row: {
  readonly deliveryId: string;
  readonly outboxId: string;
  readonly n: number;
  readonly reply: RoutedReply;
  readonly payload: string | undefined;
  readonly at: Date;
  readonly vault: Vault;
}): object {
  const { reply, payload, at } = row;
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
    tenant: way?.channel.tenant ?? '',
    address: JSON.stringify(way?.address ?? {}),
    address_key: way?.addressKey ?? `none|${reply.target.id}`,
    state,
    next_at: new Date(at.getTime() + (state === 'passive' ? PASSIVE_GRACE_MS : 0)).toISOString(),
    sent_at: state === 'sent' ? at.toISOString() : null,
    reason: state === 'dead' ? 'unreachable' : null,
    passive_sealed: payload === undefined ? null : row.vault.seal(payload),
  };
}

function memoryRow(message: IncomingMessage, memory: ConversationMemory, { clock, vault }: CommitterOptions): object {
  const now = clock.now();
  return {
    conversation_key: memoryKey(message),
    memory_sealed: vault.seal(JSON.stringify(memory)),
    updated_at: now.toISOString(),
    expires_at: new Date(now.getTime() + MEMORY_TTL_MS).toISOString(),
  };
}

/** In a group everybody has a thread of their own. */
export function memoryKey(message: IncomingMessage): string {
  const key = conversationKey(message);
  return message.conversation.kind === 'group' ? `${key}|${encodeURIComponent(message.sender.platformUserId)}` : key;
}

/** Applies one write; `update` with a version must hit exactly one row. @throws ConflictError */
export async function apply(trx: Reader, write: Write): Promise<void> {
  switch (write.kind) {
    case 'insert':
      await trx(write.table).insert(clean(write.row));
      return;
    case 'upsert':
      await trx(write.table)
        .insert(clean({ ...write.key, ...write.set }))
        .onConflict(Object.keys(write.key))
        .merge(clean(write.set));
      return;
    case 'delete':
      await trx(write.table).where(write.where).del();
      return;
    case 'update': {
      const versioned = write.version !== undefined;
      const changed = await trx(write.table)
        .where(versioned ? { ...write.where, version: write.version } : write.where)
        .update(clean(versioned ? { ...write.set, version: (write.version ?? 0) + 1 } : write.set));
      if (changed !== 1) throw new ConflictError(write.table);
    }
  }
}

/** PostgreSQL refuses NUL in texts. */
function clean(row: Row): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? value.replaceAll('\0', '') : value]),
  );
}

async function insertAll(trx: Knex.Transaction, table: string, rows: readonly object[]): Promise<void> {
  for (const chunk of chunks(rows)) await trx(table).insert(chunk);
}

function* chunks(rows: readonly object[]): Generator<object[]> {
  for (let start = 0; start < rows.length; start += ROWS) yield rows.slice(start, start + ROWS);
}
