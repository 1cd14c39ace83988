/** The only caller of Channel.send: hands out what is due, in order, and looks again until nothing is left. At least once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Log, Vault } from '../../handlers/ports.ts';
import type { Database } from '../database/connect.ts';
import { createClaims, type DeliveryRow } from './claims.ts';
import { createDeliver, type DeliverOptions } from './deliver.ts';
import { createPace } from './pace.ts';
import { createPassiveReplies, type PassiveReplies } from './passive.ts';

/** Deliveries of one channel on their way at once: a platform that hangs must not hold up the others. */
const AT_ONCE = 64;
/** How often a process at work says that it lives (ms). */
const RENEW_MS = 4_000;
/** How often the database is looked at without being nudged (ms). */
const SWEEP_MS = 1_000;
/** How long those that finish one after the other are gathered before the next look (ms). */
const GO_ON_MS = 20;
/** How long a stop waits for what is on its way (ms). */
const STOP_WAIT_MS = 5_000;

export interface Outbox extends PassiveReplies {
  /** Something new may be waiting. */
  nudge(): void;
  /** The platform has the passive reply. */
  passiveFinished(deliveryId: string): Promise<void>;
  start(): void;
  /** Sends everything due now; for the playground's clock and for tests. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface OutboxOptions extends Pick<DeliverOptions, 'channels' | 'newId' | 'onDead'> {
  readonly database: Database;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly log: Log;
  readonly owner: string;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { log } = options;
  const active = options.channels.filter((channel) => !channel.instant);
  const claims = createClaims(options);
  const passive = createPassiveReplies(options);
  /** Deliveries of this process on their way: one silent address must not hold up the others. */
  const sending = new Map<string, { readonly row: DeliveryRow; readonly work: Promise<void> }>();
  let nudged = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let renewal: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let stopped = false;
  const deliver = createDeliver({
    ...options,
    claims,
    pace: createPace(options),
    onRerouted: () => {
      nudged = true;
    },
  });

  function roomOf(channel: string, tenant: string): number {
    const busy = [...sending.values()].filter(({ row }) => row.channel === channel && row.tenant === tenant);
    return AT_ONCE - busy.length;
  }

  /** Hands out what is due until there is nothing more to hand out; does not wait for its arrival. */
  async function handOut(): Promise<void> {
    let more: boolean;
    do {
      nudged = false;
      const able = active.filter(
        (channel) => channel.canSend?.() !== false && roomOf(channel.name, channel.tenant) > 0,
      );
      if (able.length === 0) return;
      const taken = await claims.take(able, roomOf);
      for (const row of taken.rows) send(row);
      more = taken.more;
    } while ((nudged || more) && !stopped);
  }

  function send(row: DeliveryRow): void {
    renewal ??= setInterval(() => void claims.renew([...sending.keys()]).catch(() => undefined), RENEW_MS).unref();
    const work = deliver(row)
      .catch(trouble) // could not be recorded: the claim runs out and it is tried again
      .finally(() => {
        sending.delete(row.id);
        if (sending.size === 0) {
          clearInterval(renewal);
          renewal = undefined;
        }
        goOnSoon();
      });
    sending.set(row.id, { row, work });
  }

  /** The next one to the same address is free now; several that finish together share one look. */
  function goOnSoon(): void {
    nudged = true;
    if (stopped || !timer || soon) return;
    const waitMs = sending.size === 0 ? 0 : GO_ON_MS;
    soon = setTimeout(() => {
      soon = undefined;
      void run();
    }, waitMs).unref();
  }

  function trouble(error: unknown): void {
    log.error(
      { event: 'outbox.failed', error: String((error as { code?: unknown }).code ?? 'unknown') },
      'the outbox could not be worked on now',
    );
  }

  function run(): Promise<void> {
    running ??= handOut()
      .catch(trouble)
      .finally(() => {
        running = undefined;
        if (nudged && timer && !stopped) void run(); // nudged in the very moment the look ended
      });
    return running;
  }

  function nudge(): void {
    nudged = true;
    if (!stopped && timer) void run();
  }

  const works = () => [...sending.values()].map(({ work }) => work);

  return {
    nudge,
    passivePayload: passive.passivePayload,
    polled: passive.polled,
    passiveFinished: claims.finish,
    async passiveFailed(deliveryId) {
      await passive.passiveFailed(deliveryId);
      nudge();
    },
    start() {
      timer = setInterval(() => void run(), SWEEP_MS);
      timer.unref();
      void run();
    },
    async flush() {
      if (active.length === 0) return;
      do {
        nudged = true; // a look that is under way may have begun before the clock was moved
        await run();
        await Promise.all(works());
      } while (nudged && !stopped);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(soon);
      timer = undefined;
      const settled = Promise.all([running, ...works()]);
      await Promise.race([settled, sleep(STOP_WAIT_MS, undefined, { ref: false })]);
    },
  };
}
