/** Brings one claimed delivery on its way: draws it, sends its parts in order, records how it ended（送出一条）. */
import type { Block, IncomingMessage } from '../../handlers/message.ts';
import type { Log, Vault } from '../../handlers/ports.ts';
import { type Channel, ChannelError, type PaceLimit } from '../channels/channel.ts';
import { reach } from '../steps.ts';
import { abroadBlocks } from './abroad.ts';
import type { Claims, DeliveryRow } from './claims.ts';
import type { Pace } from './pace.ts';

/** Tries before a delivery is given up as dead; with the backoff below about two days. */
const MAX_ATTEMPTS = 20;
const FIRST_BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 4 * 60 * 60 * 1000;

export interface DeliverOptions {
  readonly claims: Claims;
  readonly pace: Pace;
  readonly vault: Vault;
  readonly log: Log;
  readonly channels: readonly Channel[];
  readonly newId: () => string;
  /** Called once for a delivery that was given up, so that operators hear of it. */
  readonly onDead: (delivery: {
    readonly id: string;
    readonly channel: string;
    readonly reason: string;
  }) => Promise<void>;
  /** Another delivery of the same words waits now. */
  readonly onRerouted: () => void;
}

/** @returns what sends one delivery; rejects only when its end could not be recorded */
export function createDeliver(options: DeliverOptions): (row: DeliveryRow) => Promise<void> {
  const { claims, pace, vault, log } = options;

  async function deliver(row: DeliveryRow): Promise<void> {
    const channel = options.channels.find((one) => one.name === row.channel && one.tenant === row.tenant);
    if (!channel) return;
    if (row.staff_status !== null && row.staff_status !== 'active') return giveUpOnLeaver(row);
    let sent = Number(row.parts_sent);
    try {
      if (row.blocks_sealed === null) throw new ChannelError('rejected', { retryable: false, platformCode: 'emptied' });
      const address = JSON.parse(row.address) as Record<string, string>;
      if (Object.keys(address).length === 0) {
        throw new ChannelError('rejected', { retryable: false, platformCode: 'no way' });
      }
      const answering = row.here && row.body_sealed !== null ? answered(row, openMessage(row.body_sealed)) : undefined;
      const parts = draw(channel, row, answering);
      for (const [index, part] of parts.entries()) {
        if (index < sent) continue;
        const wait = await takePace(row, channel.paceOf?.(address, answering) ?? []);
        if (wait > 0) return await claims.postpone(row.id, sent, wait);
        reach('send.before');
        await channel.send(address, part, `${row.id}-${index}`, answering);
        reach('send.after');
        sent = index + 1;
        // We were away for long: somebody else goes on with it.
        if (sent < parts.length && !(await claims.progress(row.id, sent))) return;
      }
      await claims.finish(row.id);
    } catch (error) {
      await failed(row, sent, error);
    }
  }

  /** Who left or was disabled has no access from that moment, whatever still waits for them, on no other way either. */
  async function giveUpOnLeaver(row: DeliveryRow): Promise<void> {
    log.info({ event: 'send.left', deliveryId: row.id, channel: row.channel }, 'its receiver has left: not sent');
    const { attempts, parts_sent } = row;
    await claims.fail(row.id, {
      dead: true,
      attempts: Number(attempts),
      partsSent: Number(parts_sent),
      reason: 'left',
      waitMs: 0,
    });
  }

  /** The limits of the address and those all addresses of the channel share, together or not at all. */
  function takePace(row: DeliveryRow, limits: readonly PaceLimit[]): Promise<number> {
    const kinds = new Set(limits.map((limit) => limit.shared));
    return pace.take(
      [...kinds].map((shared) => ({
        key: shared === undefined ? row.address_key : JSON.stringify([row.channel, row.tenant, 'all', shared]),
        limits: limits.filter((limit) => limit.shared === shared),
      })),
    );
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

  async function failed(row: DeliveryRow, partsSent: number, error: unknown): Promise<void> {
    const known = error instanceof ChannelError ? error : undefined;
    const reason = known?.reason ?? 'server';
    const attempts = Number(row.attempts) + 1;
    const dead = known?.retryable === false || attempts >= MAX_ATTEMPTS;
    const waitMs = known?.retryAfterMs ?? backoffMs(attempts);
    const fields = {
      event: dead ? 'send.dead' : 'send.retry',
      deliveryId: row.id,
      channel: row.channel,
      reason,
      code: known ? known.platformCode : error instanceof Error ? error.name : undefined,
      attempts,
    };
    if (dead) log.error(fields, 'a delivery was given up');
    else log.warn({ ...fields, waitMs }, 'send failed, will retry');
    const { channels, newId } = options;
    const end = await claims.fail(row.id, {
      dead,
      attempts,
      partsSent,
      reason,
      waitMs,
      reroute: { channels, newId, unreachable: reason === 'unreachable' },
    });
    if (end === 'rerouted') {
      log.info({ event: 'send.rerouted', deliveryId: row.id }, 'a delivery goes another way');
      options.onRerouted();
    }
    if (end === 'dead') await options.onDead({ id: row.id, channel: row.channel, reason });
  }

  return deliver;
}

/** Without its `action` a press is answered like any message: the card stays as it is. */
function answered(row: DeliveryRow, message: IncomingMessage | undefined): IncomingMessage | undefined {
  return message === undefined || row.updates_card ? message : { ...message, action: undefined };
}

/** 2 s, 4 s, 8 s … at most four hours. */
export function backoffMs(attempts: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
}
