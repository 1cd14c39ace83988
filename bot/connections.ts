/** Keeps the channels' own connections open: every process its own, or one process of all（长连接）. */
import type { Log } from '../handlers/ports.ts';
import type { Channel, Deliver } from './channels/channel.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type Inbox, LEASE_MS } from './inbox.ts';
import type { Outbox } from './outbox/index.ts';

/** How often an owner says that it lives, and another process asks whether it does (ms). */
const LOOK_MS = LEASE_MS / 4;

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
    let mine: boolean;
    try {
      mine = await inbox.lease(key);
    } catch {
      // The database is away: the connection is given up before somebody else may open another.
      if (open && performance.now() - confirmedAt > LEASE_MS / 2) await close();
      return;
    }
    confirmedAt = performance.now();
    if (mine && !open && !stopped) {
      open = true;
      log.info({ event: 'connection.taken', channel: channel.name }, 'this process holds the connection');
      await channel.start?.(deliverTo(options));
      outbox.nudge();
    } else if (!mine && open) {
      log.warn({ event: 'connection.lost', channel: channel.name }, 'another process holds the connection');
      await close();
    }
  }

  const tick = () => {
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
    await looking;
    if (open) await close();
    await inbox.release([key]).catch(() => undefined);
  };
}
