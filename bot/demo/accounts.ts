/** Gives demonstration staff their accounts on the channels configured: their id there is their staff id. */
import type { Knex } from 'knex';
import type { Clock, Ids } from '../../handlers/ports.ts';
import type { Channel } from '../channels/channel.ts';
import { insertRows } from './part.ts';

/** Before the playground's own route: with a platform configured, pushes go there. */
const PRIORITY = 50;

/** Adds what is missing; the real staff of an installation are never touched. */
export async function addDemoAccounts(
  options: {
    readonly write: <T>(work: (trx: Knex.Transaction) => Promise<T>) => Promise<T>;
    readonly clock: Clock;
    readonly ids: Ids;
  },
  channels: readonly Pick<Channel, 'name' | 'tenant' | 'instant' | 'sendOnly'>[],
): Promise<void> {
  for (const { name: channel, tenant, instant, sendOnly } of channels) {
    if (instant || sendOnly) continue;
    await options.write(async (trx) => {
      const has = trx('accounts').where({ channel, tenant }).select('staff_id');
      const staff: { id: string }[] = await trx('staff').where({ demo: true }).whereNotIn('id', has).select('id');
      const created_at = options.clock.now().toISOString();
      const rows = staff.map(({ id }) => ({
        id: options.ids.next(),
        staff_id: id,
        channel,
        tenant,
        platform_user_id: id,
        platform_user_key: id.toLowerCase(),
        priority: PRIORITY,
        created_at,
      }));
      await insertRows(trx, 'accounts', rows);
    });
  }
}
