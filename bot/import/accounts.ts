/** Accounts imported before their channel was configured get its corp or bot when it is（账号归属）. */
import type { Knex } from 'knex';

/** Stands for the corp or bot of a channel that is not configured yet. */
export const UNKNOWN_TENANT = '';

/** Gives waiting accounts to the channels configured now; one that exists there already wins. Cheap when there are none. */
export async function adoptAccounts(
  write: <T>(work: (trx: Knex.Transaction) => Promise<T>) => Promise<T>,
  channels: readonly { readonly name: string; readonly tenant: string }[],
): Promise<void> {
  for (const { name: channel, tenant } of channels) {
    if (tenant === UNKNOWN_TENANT) continue;
    await write(async (trx) => {
      const waiting = { channel, tenant: UNKNOWN_TENANT };
      const known = trx('accounts').where({ channel, tenant }).select('platform_user_key');
      await trx('accounts').where(waiting).whereIn('platform_user_key', known).del();
      await trx('accounts').where(waiting).update({ tenant });
    });
  }
}
