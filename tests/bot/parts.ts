/** The core's real parts on a fresh database, put together by hand where a test must hold one of them still. */
import { type Channel, ChannelError } from '../../bot/channels/channel.ts';
import { plainText } from '../../bot/channels/plain-text.ts';
import { type Committer, createCommitter } from '../../bot/committer.ts';
import type { Database } from '../../bot/database/connect.ts';
import { createDispatcher, type Dispatcher, type DispatcherOptions } from '../../bot/dispatcher.ts';
import { createIds } from '../../bot/ids.ts';
import { createInbox, type Inbox } from '../../bot/inbox.ts';
import { createOutbox, type Outbox } from '../../bot/outbox/index.ts';
import { createVault } from '../../bot/vault.ts';
import type { Feature } from '../../handlers/feature.ts';
import type { IncomingMessage } from '../../handlers/message.ts';
import type { Decision } from '../../handlers/outcome.ts';
import type { Ids, Vault } from '../../handlers/ports.ts';
import { rememberingLog, standingClock } from '../jobs/support.ts';
import { freshDatabase, type TestDatabase } from '../support/databases.ts';

export const CORP = 'corp-1';

/** One process as far as the database can tell: its own name in leases, its own committer, inbox and dispatcher. */
export interface Node {
  readonly database: Database;
  readonly inbox: Inbox;
  readonly committer: Committer;
  readonly outbox: Outbox;
  readonly dispatcher: Dispatcher;
  /** Deliveries given up, as operators would hear of them. */
  readonly dead: { readonly id: string; readonly channel: string; readonly reason: string }[];
  readonly log: ReturnType<typeof rememberingLog>;
}

export interface Parts {
  readonly fresh: TestDatabase;
  readonly database: Database;
  readonly clock: ReturnType<typeof standingClock>;
  readonly ids: Ids;
  readonly vault: Vault;
  /** Another process on the same database. */
  node(options?: {
    readonly channels?: readonly Channel[];
    readonly features?: readonly Feature[];
    readonly database?: Database;
    readonly more?: Partial<DispatcherOptions>;
  }): Node;
  drop(): Promise<void>;
}

/** A PostgreSQL database takes a second to make: the tests of one file share theirs, emptied. */
let shared: TestDatabase | undefined;

/** Empty parts for one test; `drop` them after it, and `closeParts` after the last. */
export async function openParts(kind: 'sqlite' | 'pg'): Promise<Parts> {
  const fresh = kind === 'pg' ? (shared ?? (await freshDatabase('pg'))) : await freshDatabase('sqlite');
  if (kind === 'pg') shared = fresh;
  const clock = standingClock('2026-11-21T02:00:00.000Z');
  const ids = createIds({ now: () => new Date() });
  const vault = createVault([Buffer.alloc(32, 5).toString('base64')]);
  const outboxes: Outbox[] = [];
  const dispatchers: Dispatcher[] = [];
  let nodes = 0;
  return {
    fresh,
    database: fresh.database,
    clock,
    ids,
    vault,
    node({ channels = [letterbox()], features = [], database = fresh.database, more = {} } = {}) {
      nodes += 1;
      const owner = `node-${nodes}`;
      const log = rememberingLog();
      const dead: Node['dead'] = [];
      const onNoWay = ({ id }: { readonly id: string }) => void dead.push({ id, channel: 'none', reason: 'no-way' });
      const committer = createCommitter({ database, clock, ids, vault, log, owner, channels, onNoWay });
      const inbox = createInbox({ database, ids, vault, owner });
      const onDead = async (delivery: Node['dead'][number]) => void dead.push(delivery);
      const outbox = createOutbox({ database, clock, vault, log, owner, channels, newId: () => ids.next(), onDead });
      const knowledge = {} as DispatcherOptions['knowledge']; // the features of these tests never ask the plans
      const dispatcher = createDispatcher({
        database,
        inbox,
        committer,
        outbox,
        clock,
        ids,
        vault,
        log,
        knowledge,
        features,
        channels,
        ...more,
      });
      outboxes.push(outbox);
      dispatchers.push(dispatcher);
      return { database, inbox, committer, outbox, dispatcher, dead, log };
    },
    async drop() {
      for (const dispatcher of dispatchers) await dispatcher.stop();
      for (const outbox of outboxes) await outbox.stop();
      if (kind === 'pg') await fresh.database.writer.raw(`truncate ${EMPTIED.join(', ')} cascade`);
      else await fresh.drop();
    },
  };
}

const EMPTIED = [
  'paces',
  'group_robots',
  'groups',
  'accounts',
  'staff',
  'institutions',
  'regions',
  'inbox',
  'outbox',
  'audit',
  'counters',
  'conversations',
  'conversation_leases',
  'scheduled_slots',
  'settings',
];

export async function closeParts(): Promise<void> {
  await shared?.drop();
  shared = undefined;
}

let serial = 0;

/** A private message of an unbound person to the letterbox channel. */
export function messageFrom(
  person: string,
  text: string,
  more: { readonly messageId?: string; readonly createdAt?: string; readonly tenant?: string } = {},
): IncomingMessage {
  serial += 1;
  return {
    channel: 'letterbox',
    tenant: more.tenant ?? CORP,
    messageId: more.messageId ?? `m-${serial}`,
    createdAt: more.createdAt,
    conversation: { id: person, kind: 'direct' },
    sender: { platformUserId: person },
    text,
    attachments: [],
  };
}

export interface Letter {
  readonly to: string;
  readonly part: string;
  readonly key: string;
}

/** A whole channel of our own: what it is given lies in `letters`; `before` may wait or throw. */
export interface Letterbox extends Channel {
  readonly letters: Letter[];
}

export function letterbox(
  options: {
    readonly name?: string;
    readonly tenant?: string;
    /** Characters of a part; default: everything is one part. */
    readonly partLength?: number;
    readonly before?: (letter: Letter) => Promise<void> | void;
    /** What the platform's members and groups can be reached by; default: everybody. */
    readonly more?: Partial<Channel>;
  } = {},
): Letterbox {
  const letters: Letter[] = [];
  return {
    letters,
    name: options.name ?? 'letterbox',
    tenant: options.tenant ?? CORP,
    deidentified: false,
    replyAddress: (message) => ({ to: message.sender.platformUserId }),
    directAddress: (to) => ({ to }),
    groupAddress: (to) => ({ to: `group ${to}` }),
    render(blocks) {
      const text = plainText(blocks);
      if (!options.partLength) return [text];
      return text.match(new RegExp(`[\\s\\S]{1,${options.partLength}}`, 'gu')) ?? [''];
    },
    async send(address, part, key) {
      const letter = { to: address.to ?? '', part, key };
      await options.before?.(letter);
      letters.push(letter);
    },
    ...options.more,
  };
}

/** The platform asks to wait, or says no. */
export function refusal(reason: ChannelError['reason'], retryable: boolean, retryAfterMs?: number): ChannelError {
  return new ChannelError(reason, { retryable, retryAfterMs });
}

/** Records a message and commits a decision about it. */
export async function settle(node: Node, message: IncomingMessage, decision: Decision, at: Date) {
  const { inboxId } = await node.inbox.accept(message, at);
  return node.committer.commit({
    kind: 'message',
    inboxId,
    message,
    actor: undefined,
    decision,
    passive: undefined,
    last: () => true,
  });
}

/** Waits in real time until it is so, at most `ms`. */
export async function until(so: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
