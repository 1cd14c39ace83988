/** Deliveries as rows: which are due, whose they are while they are on their way, what became of them（领取与记录）. */
import type { Clock } from '../../handlers/ports.ts';
import { createBatcher } from '../batcher.ts';
import type { Channel } from '../channels/channel.ts';
import type { Database } from '../database/connect.ts';
import { wall } from '../inbox.ts';
import { QUIET } from './quiet-hours.ts';
import { type RerouteOptions, rerouteDelivery } from './reroute.ts';

/** Deliveries handed out in one look. */
const LOOK = 64;
/** How long a claim holds without a sign of life (ms, the machine's own clock). */
const CLAIM_MS = 12_000;

export interface DeliveryRow {
  readonly id: string;
  readonly channel: string;
  readonly tenant: string;
  readonly address: string;
  readonly address_key: string;
  readonly parts_sent: number;
  readonly attempts: number;
  readonly here: number | boolean;
  /** It may take the place of the card that was pressed. */
  readonly updates_card: number | boolean;
  readonly blocks_sealed: string | null;
  /** The message it answers, sealed. */
  readonly body_sealed: string | null;
  /** Of the person it is for; null where it is for nobody who is known. */
  readonly staff_status: string | null;
}

/** How a try ended that did not end well. */
export interface Failure {
  readonly dead: boolean;
  readonly attempts: number;
  readonly partsSent: number;
  readonly reason: string;
  readonly waitMs: number;
  /** Looks for another way when it is dead; absent: there must be none. */
  readonly reroute?: Omit<RerouteOptions, 'now'> | undefined;
}

export interface Claims {
  /**
   * Takes what is due, in order, no channel more than it has room for.
   * @returns `more` when another look may find more
   */
  take(
    channels: readonly Channel[],
    roomOf: (channel: string, tenant: string) => number,
  ): Promise<{ readonly rows: readonly DeliveryRow[]; readonly more: boolean }>;
  /** Says that this process lives and works on them. */
  renew(ids: readonly string[]): Promise<void>;
  /** @returns false when somebody else took it over meanwhile */
  progress(id: string, partsSent: number): Promise<boolean>;
  postpone(id: string, partsSent: number, waitMs: number): Promise<void>;
  fail(id: string, failure: Failure): Promise<'waits' | 'rerouted' | 'dead'>;
  finish(id: string): Promise<void>;
}

/** The claims of one process, which `owner` names. */
export function createClaims(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly owner: string;
}): Claims {
  const { database, clock, owner } = options;
  const afterMs = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
  const lease = () => wall(Date.now() + CLAIM_MS);

  const finished = createBatcher<string, undefined>(async (ids) => {
    const now = clock.now().toISOString();
    await database.write((trx) =>
      trx('deliveries')
        .whereIn('id', ids)
        .update({ state: 'sent', sent_at: now, owner: null, lease_until: null, reason: null }),
    );
    return ids.map(() => undefined);
  }, 200);

  async function findDue(
    channels: readonly Channel[],
  ): Promise<readonly { readonly id: string; readonly channel: string; readonly tenant: string }[]> {
    const now = clock.now().toISOString();
    return (
      database
        .reader('deliveries as d')
        .whereIn('d.state', ['pending', 'passive'])
        .andWhere('d.next_at', '<=', now)
        .whereIn(
          ['d.channel', 'd.tenant'],
          channels.map((channel) => [channel.name, channel.tenant]),
        )
        .where((free) => free.whereNull('d.lease_until').orWhere('d.lease_until', '<', wall(Date.now())))
        // One address gets its messages in order: a later one waits until the earlier one is sent or dead. Only what waits
        // for the morning holds up nobody.
        .whereNotExists((earlier) =>
          earlier
            .from('deliveries as e')
            .whereRaw('e.address_key = d.address_key and e.n < d.n')
            .whereIn('e.state', ['pending', 'passive'])
            .where((waits) =>
              waits.where('e.next_at', '<=', now).orWhereNull('e.reason').orWhere('e.reason', '<>', QUIET),
            )
            .select(database.reader.raw('1')),
        )
        .orderBy('d.n')
        .limit(LOOK)
        .select('d.id', 'd.channel', 'd.tenant')
    );
  }

  return {
    async take(channels, roomOf) {
      const due = await findDue(channels);
      const counts = new Map<string, number>();
      const chosen = due.filter(({ channel, tenant }) => {
        const key = JSON.stringify([channel, tenant]);
        const before = counts.get(key) ?? 0;
        counts.set(key, before + 1);
        return before < roomOf(channel, tenant);
      });
      if (chosen.length === 0) return { rows: [], more: false };
      const rows = await database.write(async (trx) => {
        const mine: { id: string }[] = await trx('deliveries')
          .whereIn(
            'id',
            chosen.map((row) => row.id),
          )
          .whereIn('state', ['pending', 'passive'])
          .where((free) => free.whereNull('lease_until').orWhere('lease_until', '<', wall(Date.now())))
          .update({ owner, lease_until: lease(), state: 'pending', passive_sealed: null })
          .returning('id');
        return trx('deliveries')
          .join('outbox', 'outbox.id', 'deliveries.outbox_id')
          .leftJoin('inbox', 'inbox.id', 'outbox.inbox_id')
          .leftJoin('staff', 'staff.id', 'outbox.staff_id')
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
            'deliveries.updates_card',
            'outbox.blocks_sealed',
            'inbox.body_sealed',
            'staff.status as staff_status',
          );
      });
      return { rows, more: due.length === LOOK };
    },
    async renew(ids) {
      if (ids.length === 0) return;
      await database.write((trx) =>
        trx('deliveries').whereIn('id', ids).andWhere({ owner }).update({ lease_until: lease() }),
      );
    },
    async progress(id, partsSent) {
      const ours = await database.write((trx) =>
        trx('deliveries').where({ id, owner }).update({ parts_sent: partsSent, lease_until: lease() }),
      );
      return ours > 0;
    },
    async postpone(id, partsSent, waitMs) {
      await database.write((trx) =>
        trx('deliveries')
          .where({ id, owner })
          .update({
            state: 'pending',
            parts_sent: partsSent,
            reason: 'rate-limited',
            next_at: afterMs(waitMs),
            owner: null,
            lease_until: null,
          }),
      );
    },
    fail(id, { dead, attempts, partsSent, reason, waitMs, reroute }) {
      return database.write(async (trx) => {
        const ours = await trx('deliveries')
          .where({ id, owner })
          .update({
            state: dead ? 'dead' : 'pending',
            attempts,
            parts_sent: partsSent,
            reason,
            next_at: afterMs(waitMs),
            owner: null,
            lease_until: null,
          });
        if (!dead || ours === 0) return 'waits';
        const rerouted = reroute && (await rerouteDelivery(trx, id, { ...reroute, now: clock.now() }));
        return rerouted ? 'rerouted' : 'dead';
      });
    },
    async finish(id) {
      await finished.submit(id);
    },
  };
}
