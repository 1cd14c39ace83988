/** Refuses to start with a DATA_KEY that cannot open what lies in the database: two keys in one database help nobody. */
import type { Vault } from '../handlers/ports.ts';
import { ConfigError } from './config.ts';
import type { Database } from './database/connect.ts';

const KEY = 'data-key.check';

/**
 * Opens the mark that the first start sealed, and makes it on the first start.
 * @throws ConfigError with one readable line when the key is not among DATA_KEY
 */
export async function checkDataKey(database: Database, vault: Vault): Promise<void> {
  const mark = JSON.stringify(vault.seal('the key fits'));
  const found = await database.write(async (trx) => {
    const row = { key: KEY, scope: 'all', value: mark, updated_at: new Date().toISOString() };
    await trx('settings').insert(row).onConflict(['key', 'scope']).ignore();
    return trx('settings').where({ key: KEY, scope: 'all' }).first('value');
  });
  const sealed: unknown = JSON.parse(String(found?.value));
  try {
    vault.open(String(sealed));
  } catch {
    throw new ConfigError(
      'DATA_KEY does not fit this database: what is stored was sealed with another key; give that one, or both, newest first',
    );
  }
  // After a rotation the mark goes with the newest key, so that the oldest may be left out one day.
  await database.write((trx) => trx('settings').where({ key: KEY, scope: 'all' }).update({ value: mark }));
}
