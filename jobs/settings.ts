/** Reads the settings that hold for the whole installation（本单位设定）. */
import type { Reader } from '../handlers/ports.ts';

/** Values by key, as JSON gives them; a key without a row, or with text that is no JSON, is absent. */
export async function readSettings(db: Reader, keys: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const rows: { key: string; value: string }[] = await db('settings')
    .where({ scope: 'all' })
    .whereIn('key', keys)
    .select('key', 'value');
  const values = new Map<string, unknown>();
  for (const row of rows) {
    try {
      values.set(row.key, JSON.parse(row.value));
    } catch {
      // what cannot be read counts as not set: the default holds
    }
  }
  return values;
}
