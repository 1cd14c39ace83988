/** The only caller of Channel.send: claims deliveries, draws, sends in order, retries, records. At least once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Block, IncomingMessage } from '../../handlers/message.ts';
import type { Clock, Log, Vault } from '../../handlers/ports.ts';
import { createBatcher } from '../batcher.ts';
import { type Channel, ChannelError, type PaceLimit } from '../channels/channel.ts';
import type { Database } from '../database/connect.ts';
import { wall } from '../inbox.ts';
import { reach } from '../steps.ts';
import { abroadBlocks } from './abroad.ts';
import { createPace } from './pace.ts';
import { rerouteDelivery } from './reroute.ts';

/** Deliveries claimed at once. */
const CLAIM = 64;
/** How long a claim holds without a sign of life (ms, the machine's own clock). */
const CLAIM_MS = 12_000;
/** How often a process at work says that it lives (ms). */
const RENEW_MS = 4_000;
/** How often the database is looked at without being nudged (ms). */
const SWEEP_MS = 1_000;
/** How long those that finish one after the other are gathered before the next look (ms). */
const GO_ON_MS = 20;
/** How long a stop waits for what is on its way (ms). */
const STOP_WAIT_MS = 5_000;
/** Tries before a delivery is given up as dead; with the backoff below about two days. */
const MAX_ATTEMPTS = 20;
const FIRST_BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 4 * 60 * 60 * 1000;

export interface Outbox {
  /** Something new may be waiting. */
  nudge(): void;
  /** The recorded passive payload of a message, for a redelivery; undefined where the answer went out actively. */
  passivePayload(inboxId: string): Promise<{ readonly payload: string; readonly deliveryId: string } | undefined>;
  /**
   * What a platform that asks again gets for a message: its payload once it is there.
   * @returns `wait` while it is being handled, `gone` when it went out another way
   */
  polled(
    channel: string,
    tenant: string,
    messageId: string,
  ): Promise<'wait' | 'gone' | { readonly payload: string; readonly deliveryId: string }>;
  /** The platform has the passive reply. */
  passiveFinished(deliveryId: string): Promise<void>;
  /** The socket closed before the passive reply was out: it goes out actively. */
  passiveFailed(deliveryId: string): Promise<void>;
  start(): void;
  /** Sends everything due now; for the playground's clock and for tests. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface DeliveryRow {
  readonly id: string;
  readonly channel: string;
  readonly tenant: string;
  readonly address: string;
  readonly address_key: string;
  readonly parts_sent: number;
  readonly attempts: number;
  readonly here: number | boolean;
  readonly blocks_sealed: string | null;
  /** The message it answers, sealed. */
  readonly body_sealed: string | null;
}

export interface OutboxOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly log: Log;
  readonly owner: string;
  readonly channels: readonly Channel[];
  readonly newId: () => string;
  /** Called once for a delivery that was given up, so that operators hear of it. */
  readonly onDead: (delivery: {
    readonly id: string;
    readonly channel: string;
    readonly reason: string;
  }) => Promise<void>;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { database, clock, vault, log, owner } = options;
  const active = options.channels.filter((channel) => !channel.instant);
  const pace = createPace({ database, clock });
  /** Deliveries of this process on their way: one silent address must not hold up the others. */
  const sending = new Map<string, Promise<void>>();
  let nudged = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let renewal: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let stopped = false;

  const finished = createBatcher<string, undefined>(async (ids) => {
    const now = clock.now().toISOString();
    await database.write((trx) =>
      trx('deliveries')
        .whereIn('id', ids)
        .update({ state: 'sent', sent_at: now, owner: null, lease_until: null, reason: null }),
    );
    return ids.map(() => undefined);
  }, 200);

  async function claim(most: number): Promise<readonly DeliveryRow[]> {
    const able = active.filter((channel) => channel.canSend?.() !== false);
    if (able.length === 0) return [];
    const now = clock.now().toISOString();
    const alive = wall(Date.now());
    const due: { id: string }[] = await database
      .reader('deliveries as d')
      .whereIn('d.state', ['pending', 'passive'])
      .andWhere('d.next_at', '<=', now)
      .whereIn(
        ['d.channel', 'd.tenant'],
        able.map((channel) => [channel.name, channel.tenant]),
      )
      .where((free) => free.whereNull('d.lease_until').orWhere('d.lease_until', '<', alive))
      // One address gets its messages in order: a later one waits until the earlier one is sent or dead.
      .whereNotExists((earlier) =>
        earlier
          .from('deliveries as e')
          .whereRaw('e.address_key = d.address_key and e.n < d.n')
          .whereIn('e.state', ['pending', 'passive'])
          .select(database.reader.raw('1')),
      )
      .orderBy('d.n')
      .limit(most)
      .select('d.id');
    if (due.length === 0) return [];
    return database.write(async (trx) => {
      const mine: { id: string }[] = await trx('deliveries')
        .whereIn(
          'id',
          due.map((row) => row.id),
        )
        .whereIn('state', ['pending', 'passive'])
        .where((free) => free.whereNull('lease_until').orWhere('lease_until', '<', alive))
        .update({ owner, lease_until: wall(Date.now() + CLAIM_MS), state: 'pending', passive_sealed: null })
        .returning('id');
      return trx('deliveries')
        .join('outbox', 'outbox.id', 'deliveries.outbox_id')
        .leftJoin('inbox', 'inbox.id', 'outbox.inbox_id')
        .whereIn(
          'deliveries.id',
          mine.map((row) => row.id),
        )
        .orderBy('deliveries.n')
        .select<DeliveryRow[]>(
          'deliveries.id',
          'deliveries.channel',
          'deliveries.tenant',
          'deliveries.address',
          'deliveries.address_key',
          'deliveries.parts_sent',
          'deliveries.attempts',
          'deliveries.here',
          'outbox.blocks_sealed',
          'inbox.body_sealed',
        );
    });
  }

  async function renew(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await database.write((trx) =>
      trx('deliveries')
        .whereIn('id', ids)
        .andWhere({ owner })
        .update({ lease_until: wall(Date.now() + CLAIM_MS) }),
    );
  }

  async function deliver(row: DeliveryRow): Promise<void> {
    const channel = active.find((one) => one.name === row.channel && one.tenant === row.tenant);
    if (!channel) return;
    let sent = Number(row.parts_sent);
    try {
      if (row.blocks_sealed === null) throw new ChannelError('rejected', { retryable: false, platformCode: 'emptied' });
      const answering = row.here && row.body_sealed !== null ? openMessage(row.body_sealed) : undefined;
      const parts = draw(channel, row, answering);
      const address = JSON.parse(row.address) as Record<string, string>;
      for (const [index, part] of parts.entries()) {
        if (index < sent) continue;
        const wait = await takePace(row, channel.paceOf?.(address, answering) ?? []);
        if (wait > 0) return await postpone(row, sent, wait);
        reach('send.before');
        await channel.send(address, part, `${row.id}-${index}`, answering);
        reach('send.after');
        sent = index + 1;
        if (sent < parts.length) {
          const partsSent = sent;
          const ours = await database.write((trx) =>
            trx('deliveries')
              .where({ id: row.id, owner })
              .update({ parts_sent: partsSent, lease_until: wall(Date.now() + CLAIM_MS) }),
          );
          if (ours === 0) return; // we were away for long: somebody else goes on with it
        }
      }
      await finished.submit(row.id);
    } catch (error) {
      await failed(row, sent, error);
    }
  }

  /** First the limits of the address, then those all addresses of the channel share: a busy address uses up nothing of them. */
  async function takePace(row: DeliveryRow, limits: readonly PaceLimit[]): Promise<number> {
    for (const shared of new Set([undefined, ...limits.map((limit) => limit.shared)])) {
      const key = shared === undefined ? row.address_key : JSON.stringify([row.channel, row.tenant, 'all', shared]);
      const wait = await pace.take(
        key,
        limits.filter((limit) => limit.shared === shared),
      );
      if (wait > 0) return wait;
    }
    return 0;
  }

  /** What cannot be opened or drawn now cannot be later: waiting would only hold up what comes after it. */
  function draw(channel: Channel, row: DeliveryRow, answering: IncomingMessage | undefined): readonly string[] {
    try {
      const blocks = JSON.parse(vault.open(row.blocks_sealed ?? '')) as Block[];
      return channel.render(channel.deidentified && !row.here ? abroadBlocks(blocks) : blocks, answering);
    } catch (error) {
      throw new ChannelError('rejected', { retryable: false, platformCode: 'not drawn', cause: error });
    }
  }

  /** A message whose key is gone is only a lost handle: the reply goes the ordinary way. */
  function openMessage(sealed: string): IncomingMessage | undefined {
    try {
      return JSON.parse(vault.open(sealed)) as IncomingMessage;
    } catch {
      return undefined;
    }
  }

  /** The platform's frequency is used up: no failure, only later. */
  async function postpone(row: DeliveryRow, sent: number, wait: number): Promise<void> {
    await database.write((trx) =>
      trx('deliveries')
        .where({ id: row.id, owner })
        .update({
          state: 'pending',
          parts_sent: sent,
          reason: 'rate-limited',
          next_at: new Date(clock.now().getTime() + wait).toISOString(),
          owner: null,
          lease_until: null,
        }),
    );
  }

  async function failed(row: DeliveryRow, sent: number, error: unknown): Promise<void> {
    const reason = error instanceof ChannelError ? error.reason : 'server';
    const retryable = error instanceof ChannelError ? error.retryable : true;
    const attempts = Number(row.attempts) + 1;
    const dead = !retryable || attempts >= MAX_ATTEMPTS;
    const wait = (error instanceof ChannelError ? error.retryAfterMs : undefined) ?? backoffMs(attempts);
    const fields = {
      event: dead ? 'send.dead' : 'send.retry',
      deliveryId: row.id,
      channel: row.channel,
      reason,
      code: error instanceof ChannelError ? error.platformCode : error instanceof Error ? error.name : undefined,
      attempts,
    };
    if (dead) log.error(fields, 'a delivery was given up');
    else log.warn({ ...fields, waitMs: wait }, 'send failed, will retry');
    const end = await database.write(async (trx) => {
      const ours = await trx('deliveries')
        .where({ id: row.id, owner })
        .update({
          state: dead ? 'dead' : 'pending',
          attempts,
          parts_sent: sent,
          reason,
          next_at: new Date(clock.now().getTime() + wait).toISOString(),
          owner: null,
          lease_until: null,
        });
      if (!dead || ours === 0) return 'waits';
      const rerouted = await rerouteDelivery(trx, row.id, {
        channels: options.channels,
        now: clock.now(),
        newId: options.newId,
        unreachable: reason === 'unreachable',
      });
      return rerouted ? 'rerouted' : 'dead';
    });
    if (end === 'rerouted') {
      log.info({ event: 'send.rerouted', deliveryId: row.id }, 'a delivery goes another way');
      nudged = true;
    }
    if (end === 'dead') await options.onDead({ id: row.id, channel: row.channel, reason });
  }

  /** Hands out what is due until there is nothing more to hand out; does not wait for its arrival. */
  async function handOut(): Promise<void> {
    do {
      nudged = false;
      if (active.length === 0) return;
      const room = CLAIM - sending.size;
      const rows = room > 0 ? await claim(room) : [];
      for (const row of rows) send(row);
    } while (nudged && !stopped && sending.size < CLAIM);
  }

  function send(row: DeliveryRow): void {
    renewal ??= setInterval(() => void renew([...sending.keys()]).catch(() => undefined), RENEW_MS).unref();
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
    sending.set(row.id, work);
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

  return {
    nudge() {
      nudged = true;
      if (!stopped && timer) void run();
    },
    async passivePayload(inboxId) {
      const row: { id: string; passive_sealed: string } | undefined = await database
        .reader('deliveries')
        .join('outbox', 'outbox.id', 'deliveries.outbox_id')
        .where({ 'outbox.inbox_id': inboxId })
        .whereNotNull('deliveries.passive_sealed')
        .whereIn('deliveries.state', ['passive', 'sent'])
        .first('deliveries.id', 'deliveries.passive_sealed');
      return row && { payload: vault.open(row.passive_sealed), deliveryId: row.id };
    },
    async polled(channel, tenant, messageId) {
      const asked: { id: string; state: string } | undefined = await database
        .reader('inbox')
        .where({ channel, tenant, message_id: messageId })
        .first('id', 'state');
      if (!asked) return 'gone';
      if (asked.state === 'received') return 'wait';
      const row: { id: string; passive_sealed: string } | undefined = await database
        .reader('deliveries')
        .join('outbox', 'outbox.id', 'deliveries.outbox_id')
        .where({ 'outbox.inbox_id': asked.id })
        .whereNotNull('deliveries.passive_sealed')
        .whereIn('deliveries.state', ['passive', 'sent'])
        .first('deliveries.id', 'deliveries.passive_sealed');
      return row ? { payload: vault.open(row.passive_sealed), deliveryId: row.id } : 'gone';
    },
    passiveFinished: async (deliveryId) => {
      await finished.submit(deliveryId);
    },
    async passiveFailed(deliveryId) {
      const now = clock.now().toISOString();
      await database.write((trx) =>
        trx('deliveries')
          .where({ id: deliveryId, state: 'passive' })
          .update({ state: 'pending', next_at: now, passive_sealed: null }),
      );
      this.nudge();
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
        await Promise.all(sending.values());
      } while (nudged && !stopped);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(soon);
      timer = undefined;
      const settled = Promise.all([running, ...sending.values()]);
      await Promise.race([settled, sleep(STOP_WAIT_MS, undefined, { ref: false })]);
    },
  };
}

/** 2 s, 4 s, 8 s … at most four hours. */
export function backoffMs(attempts: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
}
