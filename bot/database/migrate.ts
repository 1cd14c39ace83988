/** Brings the schema up to date at start, one process at a time, whatever was killed before. */
import { closeSync, openSync, readdirSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Database } from './connect.ts';

const FOLDER = join(import.meta.dirname, 'migrations');
/** Key of the advisory lock: any number nobody else uses in this database. */
const ADVISORY_LOCK = 20_261_121;
/** How long a start waits for another process's migration (ms). */
const LOCK_WAIT_MS = 60_000;

const source: Knex.MigrationSource<string> = {
  getMigrations: async () => names(),
  getMigrationName: (name) => name,
  getMigration: async (name) => (await import(join(FOLDER, name))) as Knex.Migration,
};

function names(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{3}-.*\.ts$/.test(name))
    .sort();
}

/** The schema was made by a newer version of the program. */
export class NewerSchemaError extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `the database was made by a newer version (it knows ${unknown.join(', ')}); install that version or restore a backup`,
    );
    this.name = 'NewerSchemaError';
  }
}

/**
 * Applies what is missing. Safe to call from several processes at once and after a kill in the middle.
 * @throws NewerSchemaError when the database knows a migration this program does not
 */
export async function migrate(database: Database, dataDir: string): Promise<void> {
  if (database.kind === 'pg') return underAdvisoryLock(database.writer, () => apply(database.writer));
  return underLockFile(join(dataDir, 'migrate.lock'), () => apply(database.writer));
}

async function apply(db: Knex): Promise<void> {
  if (await db.schema.hasTable('knex_migrations')) {
    const known = new Set(names());
    const done: { name: string }[] = await db('knex_migrations').select('name');
    const unknown = done.map((row) => row.name).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new NewerSchemaError(unknown);
    if (done.length === known.size) return;
  }
  // The lock Knex keeps in its own table stays set after a kill; ours, held around this, is the one that counts.
  await db.migrate.forceFreeMigrationsLock({ migrationSource: source });
  await db.migrate.latest({ migrationSource: source });
}

async function underAdvisoryLock(db: Knex, work: () => Promise<void>): Promise<void> {
  const connection: { query(sql: string): Promise<unknown> } = await db.client.acquireConnection();
  try {
    await connection.query(`select pg_advisory_lock(${ADVISORY_LOCK})`);
    try {
      await work();
    } finally {
      await connection.query(`select pg_advisory_unlock(${ADVISORY_LOCK})`);
    }
  } finally {
    await db.client.releaseConnection(connection);
  }
}

async function underLockFile(file: string, work: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (removeIfDead(file)) continue;
      if (performance.now() > deadline)
        throw new Error(`another process is migrating the database for over a minute: ${file}`);
      await sleep(50);
    }
  }
  try {
    await work();
  } finally {
    unlinkSync(file);
  }
}

/** True when the lock's owner no longer lives and the file is gone. */
function removeIfDead(file: string): boolean {
  let owner: number;
  try {
    owner = Number(readFileSync(file, 'utf8'));
  } catch {
    return true;
  }
  if (!Number.isInteger(owner) || owner <= 0) return false; // being written at this moment
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return false;
  }
  try {
    unlinkSync(file);
  } catch {
    // another starter removed it first
  }
  return true;
}
