/** Writes as the database takes them: single changes with their guard, many rows at once, counters. */
import type { Knex } from 'knex';
import type { Row, Value, Write } from '../handlers/outcome.ts';
import type { Reader } from '../handlers/ports.ts';
import { ConflictError } from './commit.ts';

/** Rows of one insert at most: SQLite allows 32,766 values a statement. */
const ROWS = 200;

/** Applies one write; `update` with a version must hit exactly one row. @throws ConflictError */
export async function apply(trx: Reader, write: Write): Promise<void> {
  switch (write.kind) {
    case 'insert':
      await trx(write.table).insert(clean(write.row));
      return;
    case 'upsert':
      await trx(write.table)
        .insert(clean({ ...write.key, ...write.set }))
        .onConflict(Object.keys(write.key))
        .merge(clean(write.set));
      return;
    case 'count':
      await trx(write.table)
        .insert(clean({ ...write.key, ...write.first, ...write.set, ...write.add }))
        .onConflict(Object.keys(write.key))
        .merge({
          ...clean(write.set),
          ...Object.fromEntries(
            Object.entries(write.add).map(([name, by]) => [name, trx.raw('??.?? + ?', [write.table, name, by])]),
          ),
        });
      return;
    case 'delete':
      await trx(write.table).where(write.where).del();
      return;
    case 'update': {
      const versioned = write.version !== undefined;
      const changed = await trx(write.table)
        .where(versioned ? { ...write.where, version: write.version } : write.where)
        .update(clean(versioned ? { ...write.set, version: (write.version ?? 0) + 1 } : write.set));
      if (changed !== 1) throw new ConflictError(write.table);
    }
  }
}

/** PostgreSQL refuses NUL in texts. */
function clean(row: Row): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? value.replaceAll('\0', '') : value]),
  );
}

export async function insertAll(trx: Knex.Transaction, table: string, rows: readonly object[]): Promise<void> {
  for (const chunk of chunks(rows)) await trx(table).insert(chunk);
}

export function* chunks(rows: readonly object[]): Generator<object[]> {
  for (let start = 0; start < rows.length; start += ROWS) yield rows.slice(start, start + ROWS);
}

export async function count(trx: Knex.Transaction, name: string, by: number): Promise<number> {
  const rows: { value: string | number }[] = await trx('counters')
    .insert({ name, value: by })
    .onConflict('name')
    .merge({ value: trx.raw('counters.value + ?', [by]) })
    .returning('value');
  return Number(rows[0]?.value);
}
