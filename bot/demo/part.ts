/** The shape of one part of the demonstration data: people first, then what they did. */
import type { Knex } from 'knex';
import type { Clock, Ids, Vault } from '../../handlers/ports.ts';

export interface DemoPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
}

/** Inserts its rows with `trx` and awaits nothing but the database; it runs once, on an empty database. */
export type DemoPart = (trx: Knex.Transaction, ports: DemoPorts) => Promise<void>;

/** SQLite takes a limited number of values in one statement. */
const ROWS_PER_INSERT = 60;

/** Plain inserts in batches, in the order given. */
export async function insertRows(
  trx: Knex.Transaction,
  table: string,
  rows: readonly Readonly<Record<string, string | number | boolean | null>>[],
): Promise<void> {
  if (rows.length > 0) await trx.batchInsert(table, [...rows], ROWS_PER_INSERT);
}
