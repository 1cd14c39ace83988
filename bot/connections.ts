/** Keeps the channels' own connections open: every process its own, or one process of all（长连接）. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../handlers/ports.ts';
import type { Channel, Deliver } from './channels/channel.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type Inbox, LEASE_MS } from './inbox.ts';
import type { Outbox } from './outbox/index.ts';

/** How often an owner says that it lives, and another process asks whether it does (ms). */
const LOOK_MS = LEASE_MS / 4;
/** How long a stop waits for a look that is under way (ms). */
const STOP_WAIT_MS = 5_000;
/** How long a connection is held without a confirmed lease (ms). */
const HOLD_MS = LEASE_MS / 2;

export interface ConnectionOptions {
  readonly channels: readonly Channel[];
  readonly inbox: Pick<Inbox, 'lease' | 'release'>;
  readonly dispatcher: Pick<Dispatcher, 'take'>;
  readonly outbox: Pick<Outbox, 'nudge'>;
  readonly log: Log;
}

/** @returns what closes them again */
export async function openConnections(options: ConnectionOptions): Promise<() => Promise<void>> {
  const closers: (() => Promise<void>)[] = [];
  for (const channel of options.channels) {
    if (!channel.start) continue;
    closers.push(
      channel.connection === 'exclusive' ? holdExclusive(channel, options) : await openShared(channel, options),
    );
  }
  return async () => {
    await Promise.all(closers.map((close) => close()));
  };
}

/** Recorded before it resolves: the channel acknowledges to its platform only then. */
function deliverTo({ dispatcher }: ConnectionOptions): Deliver {
  return async ({ message }) => {
    const { handled } = await dispatcher.take(message);
    handled.catch(() => undefined); // recorded: the sweep takes it up again
  };
}

async function openShared(channel: Channel, options: ConnectionOptions): Promise<() => Promise<void>> {
  await channel.start?.(deliverTo(options));
  return async () => channel.stop?.();
}

/** Whoever holds the lease holds the connection; when its process dies, another takes both over. */
function holdExclusive(channel: Channel, options: ConnectionOptions): () => Promise<void> {
  const { inbox, outbox, log } = options;
  const key = `connection|${channel.name}|${channel.tenant}`;
  let open = false;
  let confirmedAt = 0;
  let looking: Promise<void> | undefined;
  let stopped = false;

  async function close(): Promise<void> {
    open = false;
    await channel.stop?.();
  }

  async function look(): Promise<void> {
    const askedAt = performance.now();
    const mine = await inbox.lease(key).catch(() => undefined);
    if (mine === undefined) return; // the database is away: `tick` watches how long
    if (mine) confirmedAt = askedAt;
    if (mine && performance.now() - askedAt > HOLD_MS) return; // answered too late to rely on: asked again
    if (mine && !open && !stopped) {
      open = true;
      log.info({ event: 'connection.taken', channel: channel.name }, 'this process holds the connection');
      try {
        await channel.start?.(deliverTo(options));
      } catch (error) {
        open = false; // tried again with the next look
        throw error;
      }
      outbox.nudge();
    } else if (!mine && open) {
      log.warn({ event: 'connection.lost', channel: channel.name }, 'another process holds the connection');
      await close();
    }
  }

  /** The lease could not be confirmed, the database is away or silent: given up before somebody else may open another. */
  async function giveUpUnconfirmed(): Promise<void> {
    if (!open || performance.now() - confirmedAt <= HOLD_MS) return;
    log.warn({ event: 'connection.unconfirmed', channel: channel.name }, 'the connection is given up');
    await close();
  }

  const tick = () => {
    void giveUpUnconfirmed().catch(() => undefined);
    looking ??= look()
      .catch(() => log.error({ event: 'connection.failed', channel: channel.name }, 'a connection could not be opened'))
      .finally(() => {
        looking = undefined;
      });
  };
  const timer = setInterval(tick, LOOK_MS);
  timer.unref();
  tick();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await Promise.race([looking, sleep(STOP_WAIT_MS, undefined, { ref: false })]);
    if (open) await close();
    await inbox.release([key]).catch(() => undefined);
  };
}
