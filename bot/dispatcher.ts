/**
 * The way of a message: recorded once → handled in the order of its conversation → decision committed → answer given back
 * or sent. Nothing that was recorded is lost in a crash: what is still `received` is found again by `sweep`.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserFacingError } from '../handlers/errors.ts';
import type { Feature, HandlerContext } from '../handlers/feature.ts';
import { type IncomingMessage, say } from '../handlers/message.ts';
import type { ConversationMemory, Decision } from '../handlers/outcome.ts';
import type { Actor } from '../handlers/people.ts';
import type { Clock, Ids, Log, Vault } from '../handlers/ports.ts';
import { route } from '../handlers/router.ts';
import { shanghaiDay } from '../handlers/time.ts';
import type { Knowledge } from '../knowledge/index.ts';
import type { Channel, PassiveWay } from './channels/channel.ts';
import { type CommittedReply, type Committer, ConflictError, memoryKey } from './committer.ts';
import type { Database } from './database/connect.ts';
import { createRegionTree, identifySender } from './identify.ts';
import { conversationKey, type Inbox, LEASE_MS, type StoredMessage } from './inbox.ts';
import type { Outbox } from './outbox/index.ts';
import { createRateLimit } from './rate-limit.ts';
import { reach } from './steps.ts';

/** How often a handler runs again after a conflict, and a write after a failure. */
const TRIES = 5;
/** How long a stop waits for what is being handled (ms). */
const STOP_WAIT_MS = 5_000;
/** How often a duplicate, or a conversation somebody else holds, is looked at again (ms). */
const LOOK_AGAIN_MS = 50;

export interface Handled {
  readonly inboxId: string;
  /** The recorded passive payload, where the reply went or goes back inside the request. */
  readonly passive: string | undefined;
  /** The delivery the payload belongs to, for a first answer only. */
  readonly deliveryId: string | undefined;
}

export interface Dispatcher {
  /**
   * Records a message; rejects when that was not possible.
   * @returns resolves when it is recorded; `handled` when its reply is committed, also for a redelivery
   */
  take(
    message: IncomingMessage,
    passive?: { readonly way: PassiveWay; readonly isOpen: () => boolean },
  ): Promise<{ readonly inboxId: string; readonly fresh: boolean; readonly handled: Promise<Handled> }>;
  /** Takes up what a crash or another process left behind. */
  sweep(): Promise<void>;
  /** Waits until everything taken is handled. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface DispatcherOptions {
  readonly database: Database;
  readonly inbox: Inbox;
  readonly committer: Committer;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly log: Log;
  readonly knowledge: Knowledge;
  readonly features: readonly Feature[];
  readonly channels: readonly Channel[];
}

interface Entry {
  readonly inboxId: string;
  readonly message: IncomingMessage;
  readonly passive: { readonly way: PassiveWay; readonly isOpen: () => boolean } | undefined;
  readonly resolve: (handled: Handled) => void;
  readonly reject: (error: unknown) => void;
}

/** For a message whose request is long gone. */
const NOBODY_WAITS = { passive: undefined, resolve: () => undefined, reject: () => undefined } as const;

/** One conversation's messages of this process, in order. */
interface Lane {
  readonly waiting: Entry[];
  running: boolean;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { database, inbox, committer, outbox, clock, log } = options;
  const lanes = new Map<string, Lane>();
  /** Conversations whose next message is being recorded: their lease must not be given back meanwhile. */
  const accepting = new Map<string, number>();
  const inFlight = new Map<string, Promise<Handled>>();
  const rateLimit = createRateLimit();
  const regions = createRegionTree();
  const tenants = [...new Set(options.channels.map((channel) => channel.tenant))];
  let stopped = false;

  function enqueue(key: string, entry: Entry, leased: boolean): void {
    const lane = lanes.get(key) ?? { waiting: [], running: false };
    lanes.set(key, lane);
    lane.waiting.push(entry);
    if (!lane.running) {
      lane.running = true;
      void run(key, lane, leased);
    }
  }

  /** Handles a conversation's messages one after the other while this process holds its lease. */
  async function run(key: string, lane: Lane, leased: boolean): Promise<void> {
    const renewal = setInterval(() => void inbox.renew([key]).catch(() => undefined), LEASE_MS / 3);
    renewal.unref();
    let held = leased;
    for (let entry = lane.waiting.shift(); entry; entry = lane.waiting.shift()) {
      try {
        if (!held) {
          await waitForLease(key);
          held = true;
          await takeOlderFirst(key, lane, entry);
        }
        let released = false;
        const last = () => {
          released = lane.waiting.length === 0 && !accepting.has(key);
          return released;
        };
        entry.resolve(await handle(entry, last));
        held = !released;
      } catch (error) {
        // The database is away, or we stop: what is recorded stays `received`, the sweep takes it up again.
        if (!stopped)
          log.error({ event: 'message.unhandled', error: errorName(error) }, 'a message could not be handled now');
        entry.reject(error);
      }
    }
    clearInterval(renewal);
    lane.running = false;
    lanes.delete(key);
  }

  async function waitForLease(key: string): Promise<void> {
    while (!(await inbox.lease(key).catch(() => false))) {
      if (stopped) throw new Error('stopping');
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** Handles what another process recorded in this conversation before the entry and never finished. */
  async function takeOlderFirst(key: string, lane: Lane, entry: Entry): Promise<void> {
    const queued = new Set([entry, ...lane.waiting].map((one) => one.inboxId));
    const older = (await inbox.pending(key)).filter(
      ({ inboxId }) => inboxId < entry.inboxId && !queued.has(inboxId) && !inFlight.has(inboxId),
    );
    for (const { inboxId, message } of older) {
      await handle({ ...NOBODY_WAITS, inboxId, message }, () => false);
    }
  }

  async function handle(entry: Entry, last: () => boolean): Promise<Handled> {
    const { inboxId, message, passive } = entry;
    const allowed = rateLimit.allows(message, performance.now());
    let conflicts = 0;
    let failures = 0;
    for (;;) {
      const { actor, decision, incident } = await decide(message, { tooFast: !allowed, giveUp: conflicts >= TRIES });
      try {
        const result = await committer.commit({
          kind: 'message',
          inboxId,
          message,
          actor,
          decision,
          passive,
          last,
          incident,
        });
        if (!result.done) return await recordedElsewhere(inboxId);
        if (result.replies.some(needsSending)) outbox.nudge();
        const answered = result.replies.find((reply) => reply.passive !== undefined);
        return { inboxId, passive: answered?.passive, deliveryId: answered?.deliveryId };
      } catch (error) {
        if (isConflict(error) && conflicts < TRIES) {
          conflicts += 1;
          continue;
        }
        failures += 1;
        log.error(
          { event: 'commit.failed', inboxId, failures, error: errorName(error) },
          'a decision could not be committed',
        );
        if (failures >= TRIES) throw error;
        await sleep(LOOK_AGAIN_MS * failures);
      }
    }
  }

  async function decide(
    message: IncomingMessage,
    state: { readonly tooFast: boolean; readonly giveUp: boolean },
  ): Promise<{ actor: Actor | undefined; decision: Decision; incident: string | undefined }> {
    const [actor, memory] = state.tooFast
      ? [undefined, {}]
      : await Promise.all([identifySender(database.reader, message, regions), readMemory(message)]);
    try {
      if (state.tooFast) throw new UserFacingError('too-fast');
      if (state.giveUp) throw new UserFacingError('conflict');
      const ctx: HandlerContext = {
        message,
        actor,
        memory,
        db: database.reader,
        clock,
        ids: options.ids,
        vault: options.vault,
        log,
        knowledge: options.knowledge,
        deidentified: options.channels.some((channel) => channel.name === message.channel && channel.deidentified),
      };
      reach('handler');
      return { actor, decision: await route(ctx, options.features), incident: undefined };
    } catch (error) {
      if (error instanceof UserFacingError) {
        log.info({ event: 'message.refused', code: error.code }, 'a message was refused with words for the person');
        return { actor, decision: { replies: [say(error.replyText)] }, incident: undefined };
      }
      const incident = `${shanghaiDay(clock.now()).slice(5).replace('-', '')}-${String(randomInt(10000)).padStart(4, '0')}`;
      log.error(
        { event: 'handler.failed', incident, error: errorName(error), stack: stackOf(error) },
        'a handler failed',
      );
      const text = new UserFacingError('internal', { values: { incident } }).replyText;
      return { actor, decision: { replies: [say(text)] }, incident };
    }
  }

  async function readMemory(message: IncomingMessage): Promise<ConversationMemory> {
    const row: { memory_sealed: string } | undefined = await database
      .reader('conversations')
      .where({ conversation_key: memoryKey(message) })
      .andWhere('expires_at', '>', clock.now().toISOString())
      .first('memory_sealed');
    return row ? (JSON.parse(options.vault.open(row.memory_sealed)) as ConversationMemory) : {};
  }

  /** What a redelivery is answered with: waits for the first one, wherever it is handled. */
  async function recorded(inboxId: string): Promise<Handled> {
    const here = inFlight.get(inboxId);
    return here ? { ...(await here), deliveryId: undefined } : recordedElsewhere(inboxId);
  }

  async function recordedElsewhere(inboxId: string): Promise<Handled> {
    while ((await inbox.state(inboxId)) === 'received') {
      if (stopped) throw new Error('stopping');
      await sleep(LOOK_AGAIN_MS);
    }
    return { inboxId, passive: await outbox.passivePayload(inboxId), deliveryId: undefined };
  }

  function begin(
    inboxId: string,
    message: IncomingMessage,
    passive: Entry['passive'],
    leased: boolean,
  ): Promise<Handled> {
    const handled = new Promise<Handled>((resolve, reject) => {
      enqueue(conversationKey(message), { inboxId, message, passive, resolve, reject }, leased);
    });
    inFlight.set(inboxId, handled);
    const forget = () => inFlight.delete(inboxId);
    handled.then(forget, forget);
    return handled;
  }

  /** Begins what was recorded earlier and never finished, in order. */
  function resume(left: readonly StoredMessage[]): void {
    for (const { inboxId, message } of left) {
      if (!inFlight.has(inboxId)) begin(inboxId, message, undefined, true).catch(() => undefined);
    }
  }

  return {
    async take(message, passive) {
      const key = conversationKey(message);
      accepting.set(key, (accepting.get(key) ?? 0) + 1);
      try {
        const accepted = await inbox.accept(message, clock.now());
        const { inboxId, fresh, leased } = accepted;
        if (!fresh) return { inboxId, fresh, handled: recorded(inboxId) };
        const older = leased ? accepted.backlog.filter((id) => !inFlight.has(id)) : [];
        if (older.length > 0) resume((await inbox.pending(key)).filter((one) => older.includes(one.inboxId)));
        return { inboxId, fresh, handled: begin(inboxId, message, passive, leased) };
      } finally {
        const others = (accepting.get(key) ?? 1) - 1;
        if (others > 0) accepting.set(key, others);
        else accepting.delete(key);
      }
    },
    async sweep() {
      for (const key of await inbox.orphans(tenants)) {
        if (lanes.has(key) || accepting.has(key) || !(await inbox.lease(key))) continue;
        const left = (await inbox.pending(key)).filter((one) => !inFlight.has(one.inboxId));
        if (left.length === 0) await inbox.release([key]);
        else log.info({ event: 'inbox.taken-up', count: left.length }, 'messages left unhandled are taken up');
        resume(left);
      }
    },
    async idle() {
      while (inFlight.size > 0) await Promise.allSettled(inFlight.values());
    },
    async stop() {
      const deadline = performance.now() + STOP_WAIT_MS;
      while (inFlight.size > 0 && performance.now() < deadline) await sleep(20);
      stopped = true;
    },
  };
}

function needsSending(reply: CommittedReply): boolean {
  return reply.passive === undefined && reply.routed.way?.channel.instant !== true;
}

/** A row was changed meanwhile, or two of the same were made at once: the handler decides again on fresh reads. */
function isConflict(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    error instanceof ConflictError ||
    code === 'SQLITE_CONSTRAINT' ||
    code === '23505' ||
    code === '40001' ||
    code === '40P01'
  );
}

function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}

/** Where it happened, without the message: messages of drivers quote the values they were given. */
function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim())
    .join(' | ');
}
