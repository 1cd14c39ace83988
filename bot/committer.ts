/**
 * Writes what was decided and what is said in one transaction; several decisions go together when they arrive together.
 * A decision whose rows were changed meanwhile is refused as a conflict and nothing of it is stored.
 */
import type { Knex } from 'knex';
import type { IncomingMessage } from '../handlers/message.ts';
import type { ConversationMemory, NumberedOutcome, NumberPrefix, Outcome } from '../handlers/outcome.ts';
import type { Clock } from '../handlers/ports.ts';
import { shanghaiDay } from '../handlers/time.ts';
import { createBatcher } from './batcher.ts';
import {
  type BuiltCommit,
  type Commit,
  type CommitResult,
  type CommittedReply,
  type CommitterOptions,
  DecisionError,
} from './commit.ts';
import { isDatabaseAway } from './database/failure.ts';
import { conversationKey } from './inbox.ts';
import { writeReplies } from './reply-rows.ts';
import { reach } from './steps.ts';
import { apply, chunks, count, insertAll } from './writes.ts';

/** Decisions written in one transaction at most. */
const BATCH = 64;
/** How long a conversation remembers what was spoken of (ms). */
const MEMORY_TTL_MS = 24 * 60 * 60 * 1000;

export interface Committer {
  /** @throws ConflictError, or the database's own error; nothing is stored then */
  commit(commit: Commit): Promise<CommitResult>;
  /** Waits for what is being written. */
  idle(): Promise<void>;
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
    for (const reply of [...results.values()].flat()) {
      if (reply.routed.way !== undefined || reply.passive !== undefined) continue;
      options.log.error(
        { event: 'send.dead', deliveryId: reply.deliveryId, reason: 'no-way' },
        'nobody can be reached',
      );
      options.onNoWay?.({ id: reply.deliveryId });
    }
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

/** Numbers come from one row a day and series, inside the transaction: none is lost, none is given twice. */
async function giveNumbers(
  trx: Knex.Transaction,
  commits: readonly Commit[],
  clock: Clock,
): Promise<readonly BuiltCommit[]> {
  const day = shanghaiDay(clock.now());
  const decided: BuiltCommit[] = [];
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

async function writeDecided(
  trx: Knex.Transaction,
  decided: readonly BuiltCommit[],
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
      if (commit.wasUnreachable) {
        const { channel, tenant, sender } = commit.message;
        await trx('accounts')
          .where({ channel, tenant, platform_user_key: sender.platformUserId.toLowerCase() })
          .update({ unreachable_since: null });
      }
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
