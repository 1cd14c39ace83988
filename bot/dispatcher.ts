/**
 * The way of a message: recorded once → handled in the order of its conversation → decision committed → answer given back
 * or sent. Nothing that was recorded is lost in a crash: what is still `received` is found again by `sweep`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { UserFacingError } from '../handlers/errors.ts';
import type { IncomingMessage } from '../handlers/message.ts';
import type { PassiveWay } from './channels/channel.ts';
import { type CommittedReply, ConflictError, DecisionError } from './commit.ts';
import type { Committer } from './committer.ts';
import { databaseFailure } from './database/failure.ts';
import { createDecider, type DeciderOptions, errorName } from './decider.ts';
import { conversationKey, type Inbox, LEASE_MS, type StoredMessage } from './inbox.ts';
import type { Outbox } from './outbox/index.ts';
import { createRateLimit } from './rate-limit.ts';

/** How often a handler runs again after a conflict, and a write after a failure. */
const TRIES = 5;
/** How long a stop waits for what is being handled (ms). */
const STOP_WAIT_MS = 5_000;
/** How often a duplicate, or a conversation somebody else holds, is looked at again (ms). */
const LOOK_AGAIN_MS = 50;
/** How long a duplicate waits for the first one, far beyond every platform's patience (ms). */
const DUPLICATE_WAIT_MS = 60_000;

export interface Handled {
  readonly inboxId: string;
  /** The recorded passive payload, where the reply went or goes back inside the request. */
  readonly passive: string | undefined;
  /** The delivery the payload belongs to, unless another request of this process is answering it. */
  readonly deliveryId: string | undefined;
  /** A redelivery: the first request, if it still lives, has its own watch on its socket. */
  readonly again?: boolean | undefined;
  /** Goes back in the request beside a reply that goes out actively; for a first answer only. */
  readonly aside?: string | undefined;
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

export interface DispatcherOptions extends DeciderOptions {
  readonly inbox: Inbox;
  readonly committer: Committer;
  readonly outbox: Outbox;
  /** Told when a person was told that the operators know of a fault; must not throw. */
  readonly onIncident?: ((incident: string) => void) | undefined;
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
  const { inbox, committer, outbox, clock, log } = options;
  const lanes = new Map<string, Lane>();
  /** Conversations whose next message is being recorded: their lease must not be given back meanwhile. */
  const accepting = new Map<string, number>();
  const inFlight = new Map<string, Promise<Handled>>();
  const rateLimit = createRateLimit();
  const decider = createDecider(options);
  const tenants = [...new Set(options.channels.map((channel) => channel.tenant))];
  /** Conversations with a message whose data key is missing: said once. */
  const unreadable = new Set<string>();
  let stopped = false;

  function enqueue(key: string, entry: Entry, leased: boolean): void {
    const lane = lanes.get(key) ?? { waiting: [], running: false };
    lanes.set(key, lane);
    // In the order of recording, whatever was read in between; almost always this is the end.
    let at = lane.waiting.length;
    while (at > 0 && (lane.waiting[at - 1]?.inboxId ?? '') > entry.inboxId) at -= 1;
    lane.waiting.splice(at, 0, entry);
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
    for (;;) {
      const entry = lane.waiting.shift();
      if (!entry) {
        if (!held) break;
        // The lease was not given back with a commit: what came last was a redelivery, or somebody else finished it.
        if (accepting.has(key)) await sleep(LOOK_AGAIN_MS / 10);
        else {
          await inbox.release([key]).catch(() => undefined);
          held = false;
        }
        continue;
      }
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
        // The database is away, or we stop: what is recorded stays `received`, and comes before the next one.
        if (!stopped)
          log.error({ event: 'message.unhandled', error: errorName(error) }, 'a message could not be handled now');
        entry.reject(error);
        await inbox.release([key]).catch(() => undefined);
        held = false;
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
    let fault: unknown;
    for (;;) {
      const { actor, decision, incident, wasUnreachable } = await decider.decide(message, { tooFast: !allowed, fault });
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
          wasUnreachable,
        });
        if (!result.done) return await recordedElsewhere(inboxId);
        if (result.replies.some(needsSending)) outbox.nudge();
        if (incident !== undefined) options.onIncident?.(incident);
        const answered = result.replies.find((reply) => reply.passive !== undefined);
        const here = result.replies.find((reply) => reply.routed.here);
        const beside = here?.updatesCard && !answered && passive?.isOpen() ? here.routed.blocks : undefined;
        const aside = beside && passive?.way.aside?.(beside);
        return { inboxId, passive: answered?.passive, deliveryId: answered?.deliveryId, aside };
      } catch (error) {
        const kind = error instanceof ConflictError ? 'conflict' : databaseFailure(error);
        if (kind === 'conflict' && conflicts < TRIES) {
          conflicts += 1;
          if (conflicts === TRIES) fault = error instanceof ConflictError ? new UserFacingError('conflict') : error;
          continue;
        }
        failures += 1;
        log.error(
          { event: 'commit.failed', inboxId, failures, error: errorName(error) },
          'a decision could not be committed',
        );
        // What can never be written is given up with words for the person; what only waits for the database is not.
        const hopeless =
          error instanceof DecisionError || kind === 'refused' || (kind === undefined && failures >= TRIES);
        if (hopeless && fault === undefined) {
          fault = error;
          continue;
        }
        if (failures >= TRIES) throw error;
        await sleep(LOOK_AGAIN_MS * failures);
      }
    }
  }

  /** What a redelivery is answered with: waits for the first one, wherever it is handled. */
  async function recorded(inboxId: string): Promise<Handled> {
    const here = inFlight.get(inboxId);
    return here ? { ...(await here), deliveryId: undefined, aside: undefined } : recordedElsewhere(inboxId);
  }

  async function recordedElsewhere(inboxId: string): Promise<Handled> {
    const deadline = performance.now() + DUPLICATE_WAIT_MS;
    while ((await inbox.state(inboxId)) === 'received') {
      if (stopped) throw new Error('stopping');
      if (performance.now() > deadline) throw new Error('the first delivery of this message is not handled yet');
      await sleep(LOOK_AGAIN_MS);
    }
    const passive = await outbox.passivePayload(inboxId);
    return { inboxId, passive: passive?.payload, deliveryId: passive?.deliveryId, again: true };
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
    async take(given, passive) {
      const message = withoutNul(given);
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
        if (left.length > 0) {
          log.info({ event: 'inbox.taken-up', count: left.length }, 'messages left unhandled are taken up');
        } else {
          if (!lanes.has(key) && !accepting.has(key)) await inbox.release([key]);
          if (!unreadable.has(key))
            log.warn({ event: 'inbox.unreadable' }, 'a recorded message needs another data key');
          unreadable.add(key);
        }
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

/** PostgreSQL stores no NUL, and nobody types one: it is left out of everything a message brings. */
function withoutNul<T>(value: T): T {
  const strip = (one: unknown): unknown => {
    if (typeof one === 'string') return one.includes('\0') ? one.replaceAll('\0', '') : one;
    if (Array.isArray(one)) return one.map(strip);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, part]) => [name, strip(part)]));
  };
  return strip(value) as T;
}
