/** Opens the database, SQLite or PostgreSQL, with one way to write and one way to read. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import knex, { type Knex } from 'knex';
import { watchQueries } from './failure.ts';

export interface DatabaseOptions {
  /** `postgres://…`; absent: SQLite in `dataDir`. */
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
}

/** Both databases behind one door. */
export interface Database {
  readonly kind: 'sqlite' | 'pg';
  /** For reads outside a transaction; on SQLite it refuses writes. */
  readonly reader: Knex;
  /**
   * One write transaction. Inside, use only `trx` and await nothing but the database: SQLite has one writing connection.
   * Its first statement takes the write lock, so that a transaction that reads before it writes is never refused later.
   */
  write<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** The writing connection itself: migrations and bulk loading only. */
  readonly writer: Knex;
  close(): Promise<void>;
}

/** The query builder would print to the console what it also throws. */
const SILENT = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** How long a writer waits for another process (ms): below the 5 s after which platforms send again. */
const BUSY_TIMEOUT_MS = 3000;

/** @throws Error when the server cannot be reached or the folder cannot be made */
export function openDatabase(options: DatabaseOptions): Database {
  return options.databaseUrl ? openPostgres(options.databaseUrl) : openSqlite(options.dataDir);
}

/** File name of the SQLite database inside DATA_DIR. */
export const SQLITE_FILE = 'yigongti.sqlite';

function openSqlite(dataDir: string): Database {
  mkdirSync(dataDir, { recursive: true });
  const base = {
    client: 'sqlite3',
    connection: { filename: join(dataDir, SQLITE_FILE) },
    useNullAsDefault: true,
    compileSqlOnError: false, // an error names the statement, never the values: they may be a patient's
    acquireConnectionTimeout: BUSY_TIMEOUT_MS,
    log: SILENT,
  } satisfies Knex.Config;
  const prepare =
    (pragmas: readonly string[]) =>
    (
      connection: { exec(sql: string, done: (error: Error | null) => void): void },
      done: (error: Error | null) => void,
    ) =>
      connection.exec(pragmas.map((pragma) => `PRAGMA ${pragma};`).join(''), (error) => done(error));
  const shared = [`busy_timeout=${BUSY_TIMEOUT_MS}`, 'foreign_keys=ON', 'cache_size=-4000', 'temp_store=MEMORY'];
  const writer = knex({
    ...base,
    pool: { min: 1, max: 1, afterCreate: prepare([...shared, 'journal_mode=WAL', 'synchronous=FULL']) },
  });
  const reader = knex({ ...base, pool: { min: 0, max: 3, afterCreate: prepare([...shared, 'query_only=ON']) } });
  return {
    kind: 'sqlite',
    reader,
    writer,
    write: (work) =>
      writer.transaction(async (trx) => {
        await trx.raw("update counters set value = value where name = 'lock'");
        return work(trx);
      }),
    close: async () => {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function openPostgres(databaseUrl: string): Database {
  const db = knex({
    client: 'pg',
    connection: { connectionString: databaseUrl, application_name: 'yigongti' },
    pool: { min: 0, max: 8 },
    log: SILENT,
    compileSqlOnError: false,
    acquireConnectionTimeout: BUSY_TIMEOUT_MS,
  });
  watchQueries(db);
  return {
    kind: 'pg',
    reader: db,
    writer: db,
    write: (work) => db.transaction(work),
    close: () => db.destroy(),
  };
}
