/** Passive replies: recorded with their decision, given back inside a platform's request, and what becomes of them（被动回复）. */
import type { Clock, Vault } from '../../handlers/ports.ts';
import type { Database } from '../database/connect.ts';

/** A recorded passive reply. */
export interface PassivePayload {
  readonly payload: string;
  readonly deliveryId: string;
}

export interface PassiveReplies {
  /** The recorded passive payload of a message, for a redelivery; undefined where the answer went out actively. */
  passivePayload(inboxId: string): Promise<PassivePayload | undefined>;
  /**
   * What a platform that asks again gets for a message: its payload once it is there.
   * @returns `wait` while it is being handled, `gone` when it went out another way
   */
  polled(channel: string, tenant: string, messageId: string): Promise<'wait' | 'gone' | PassivePayload>;
  /** The socket closed before the passive reply was out: it goes out actively. */
  passiveFailed(deliveryId: string): Promise<void>;
}

export function createPassiveReplies(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly vault: Vault;
}): PassiveReplies {
  const { database, clock, vault } = options;

  async function passivePayload(inboxId: string): Promise<PassivePayload | undefined> {
    // Nothing but the message narrows the search: by their state SQLite would read everything that was ever sent.
    const rows: { id: string; state: string; passive_sealed: string | null }[] = await database
      .reader('outbox')
      .join('deliveries', 'deliveries.outbox_id', 'outbox.id')
      .where({ 'outbox.inbox_id': inboxId })
      .select('deliveries.id', 'deliveries.state', 'deliveries.passive_sealed');
    for (const { id, state, passive_sealed } of rows) {
      if (passive_sealed === null || (state !== 'passive' && state !== 'sent')) continue;
      return { payload: vault.open(passive_sealed), deliveryId: id };
    }
    return undefined;
  }

  return {
    passivePayload,
    async polled(channel, tenant, messageId) {
      const asked: { id: string; state: string } | undefined = await database
        .reader('inbox')
        .where({ channel, tenant, message_id: messageId })
        .first('id', 'state');
      if (!asked) return 'gone';
      if (asked.state === 'received') return 'wait';
      return (await passivePayload(asked.id)) ?? 'gone';
    },
    async passiveFailed(deliveryId) {
      const now = clock.now().toISOString();
      await database.write((trx) =>
        trx('deliveries')
          .where({ id: deliveryId, state: 'passive' })
          .update({ state: 'pending', next_at: now, passive_sealed: null }),
      );
    },
  };
}
