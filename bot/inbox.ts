/** Records verified messages exactly once, before anything is done with them, and hands out what is still to do. */
import type { Knex } from 'knex';
import type { IncomingMessage } from '../handlers/message.ts';
import type { Ids, Vault } from '../handlers/ports.ts';
import { createBatcher } from './batcher.ts';
import type { Database } from './database/connect.ts';
import { isDatabaseAway } from './database/failure.ts';
import { reach } from './steps.ts';

/** How long a process may hold a conversation without a sign of life (ms, by the machine's own clock). */
export const LEASE_MS = 10_000;

/** Messages recorded in one transaction at most. */
const BATCH = 64;

export interface Accepted {
  readonly inboxId: string;
  /** False: seen before, nothing was recorded. */
  readonly fresh: boolean;
  /** This process may handle the conversation now. */
  readonly leased: boolean;
  /** Older messages of the conversation that nobody finished, in order. */
  readonly backlog: readonly string[];
}

export interface StoredMessage {
  readonly inboxId: string;
  readonly message: IncomingMessage;
  readonly attempts: number;
}

interface Item {
  readonly message: IncomingMessage;
  readonly receivedAt: Date;
}

/** The inbox of one process. */
export interface Inbox {
  /** Durable when it resolves. @throws when it could not be recorded (locked, disk full): the edge answers 503 */
  accept(message: IncomingMessage, receivedAt: Date): Promise<Accepted>;
  /** Takes a conversation that nobody holds; false when somebody does. */
  lease(conversationKey: string): Promise<boolean>;
  /** Gives back leases, so that another process may go on at once. */
  release(conversationKeys: readonly string[]): Promise<void>;
  renew(conversationKeys: readonly string[]): Promise<void>;
  /** Unhandled messages of a conversation, in order; without those whose key is not among DATA_KEY. */
  pending(conversationKey: string): Promise<readonly StoredMessage[]>;
  /** Conversations with unhandled messages that nobody else holds: what a crash left behind, and what is being handled here. */
  orphans(tenants: readonly string[]): Promise<readonly string[]>;
  state(inboxId: string): Promise<'received' | 'handled' | 'failed' | undefined>;
}

/** One conversation's key in the database, the same on every node. */
export function conversationKey(message: IncomingMessage): string {
  const { channel, tenant, conversation } = message;
  return [channel, tenant, conversation.kind, conversation.id].map(encodeURIComponent).join('|');
}

/** `owner` names this process in leases. */
export function createInbox(options: {
  readonly database: Database;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly owner: string;
}): Inbox {
  const { database, ids, vault, owner } = options;
  const batcher = createBatcher<Item, () => Accepted>(async (items) => {
    try {
      return (await recordAll(items)).map((accepted) => () => accepted);
    } catch (error) {
      if (items.length === 1 || isDatabaseAway(error)) throw error;
      // One of them cannot be recorded, or another process records the same ones: each by itself, with its own error.
      const alone: (() => Accepted)[] = [];
      for (const item of items) alone.push(await recordAlone(item));
      return alone;
    }
  }, BATCH);

  async function recordAlone(item: Item): Promise<() => Accepted> {
    try {
      const [accepted] = await recordAll([item]);
      if (accepted) return () => accepted;
      throw new Error('a message was neither recorded nor refused');
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }

  async function recordAll(items: readonly Item[]): Promise<readonly Accepted[]> {
    const rows = items.map(({ message, receivedAt }) => ({
      id: ids.next(),
      channel: message.channel,
      tenant: message.tenant,
      message_id: message.messageId,
      content_fingerprint: contentFingerprint(message, vault),
      conversation_key: conversationKey(message),
      body_sealed: vault.seal(JSON.stringify(message)),
      received_at: receivedAt.toISOString(),
      state: 'received',
    }));
    reach('inbox.before-commit');
    const accepted = await database.write(async (trx) => {
      const inserted = await trx('inbox').insert(rows).onConflict().ignore().returning('id');
      const fresh = new Set(inserted.map((row: { id: string }) => row.id));
      const keys = [...new Set(rows.filter((row) => fresh.has(row.id)).map((row) => row.conversation_key))].sort();
      const leased = await takeLeases(trx, keys);
      const pending = await pendingIds(trx, [...leased]);
      const known = new Map<string, string>();
      for (const row of rows) {
        if (fresh.has(row.id)) known.set(row.id, row.id);
        else known.set(row.id, await findDuplicate(trx, row));
      }
      return rows.map((row) => ({
        inboxId: known.get(row.id) ?? row.id,
        fresh: fresh.has(row.id),
        leased: leased.has(row.conversation_key),
        backlog: (pending.get(row.conversation_key) ?? []).filter((id) => id < row.id && !fresh.has(id)),
      }));
    });
    reach('inbox.after-commit');
    return accepted;
  }

  /** One that cannot be read, its key is missing, must not hold up the others; it waits until the key is back. */
  function readBody(sealed: string): IncomingMessage | undefined {
    try {
      return JSON.parse(vault.open(sealed)) as IncomingMessage;
    } catch {
      return undefined;
    }
  }

  async function takeLeases(trx: Knex, keys: readonly string[]): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    const now = Date.now();
    const rows = keys.map((key) => ({ conversation_key: key, owner, expires_at: wall(now + LEASE_MS) }));
    const taken = await trx('conversation_leases')
      .insert(rows)
      .onConflict('conversation_key')
      .merge(['owner', 'expires_at'])
      .where((where) =>
        where
          .whereNull('conversation_leases.owner')
          .orWhere('conversation_leases.expires_at', '<', wall(now))
          .orWhere('conversation_leases.owner', owner),
      )
      .returning('conversation_key');
    return new Set(taken.map((row: { conversation_key: string }) => row.conversation_key));
  }

  async function pendingIds(trx: Knex, keys: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    if (keys.length === 0) return found;
    const rows: { id: string; conversation_key: string }[] = await trx('inbox')
      .where({ state: 'received' })
      .whereIn('conversation_key', keys)
      .orderBy('id')
      .select('id', 'conversation_key');
    for (const row of rows) found.set(row.conversation_key, [...(found.get(row.conversation_key) ?? []), row.id]);
    return found;
  }

  return {
    accept: async (message, receivedAt) => (await batcher.submit({ message, receivedAt }))(),
    lease: (key) => database.write(async (trx) => (await takeLeases(trx, [key])).has(key)),
    async release(keys) {
      if (keys.length === 0) return;
      await database.write((trx) =>
        trx('conversation_leases').whereIn('conversation_key', keys).andWhere({ owner }).update({ owner: null }),
      );
    },
    async renew(keys) {
      if (keys.length === 0) return;
      await database.write((trx) =>
        trx('conversation_leases')
          .whereIn('conversation_key', keys)
          .andWhere({ owner })
          .update({ expires_at: wall(Date.now() + LEASE_MS) }),
      );
    },
    async pending(key) {
      const rows: { id: string; body_sealed: string; attempts: number }[] = await database
        .reader('inbox')
        .where({ state: 'received', conversation_key: key })
        .orderBy('id')
        .limit(BATCH)
        .select('id', 'body_sealed', 'attempts');
      return rows.flatMap((row) => {
        const message = readBody(row.body_sealed);
        return message ? [{ inboxId: row.id, message, attempts: Number(row.attempts) }] : [];
      });
    },
    async orphans(tenants) {
      const rows: { conversation_key: string }[] = await database
        .reader('inbox')
        .leftJoin('conversation_leases', 'conversation_leases.conversation_key', 'inbox.conversation_key')
        .where('inbox.state', 'received')
        .whereIn('inbox.tenant', tenants)
        .where((where) =>
          where
            .whereNull('conversation_leases.owner')
            .orWhere('conversation_leases.expires_at', '<', wall(Date.now()))
            // Ours, and perhaps nobody works on it: it could not be given back while the database was away.
            .orWhere('conversation_leases.owner', owner),
        )
        .distinct('inbox.conversation_key as conversation_key')
        .limit(200);
      return rows.map((row) => row.conversation_key);
    },
    async state(inboxId) {
      const row: { state: 'received' | 'handled' | 'failed' } | undefined = await database
        .reader('inbox')
        .where({ id: inboxId })
        .first('state');
      return row?.state;
    },
  };
}

async function findDuplicate(
  trx: Knex,
  row: { channel: string; tenant: string; message_id: string; content_fingerprint: string | null },
): Promise<string> {
  const same: { id: string } | undefined = await trx('inbox')
    .where({ channel: row.channel, tenant: row.tenant, message_id: row.message_id })
    .modify((query) => {
      if (row.content_fingerprint !== null) query.orWhere({ content_fingerprint: row.content_fingerprint });
    })
    .orderBy('id')
    .first('id');
  if (!same) throw new Error('a message was refused as a duplicate of nothing');
  return same.id;
}

/** Equal for the same sender, conversation, words and platform creation time; null where the platform gives no time. */
function contentFingerprint(message: IncomingMessage, vault: Vault): string | null {
  if (message.createdAt === undefined) return null;
  const { channel, tenant, conversation, sender, text, action, event, createdAt } = message;
  const files = message.attachments.map((file) => [file.name, file.mediaId ?? '', file.base64 ?? '']);
  return vault.fingerprint(
    JSON.stringify([channel, tenant, conversation.id, sender.platformUserId, text, action, event, files, createdAt]),
  );
}

/** Instants of leases are the machine's own: they measure whether a process lives, not what time the bot thinks it is. */
export function wall(ms: number): string {
  return new Date(ms).toISOString();
}
