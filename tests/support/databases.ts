/** Every database we support, fresh and migrated, for tests that run on each of them in one loop. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../bot/database/connect.ts';
import { migrate } from '../../bot/database/migrate.ts';

export interface TestDatabase {
  readonly database: Database;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Closes and removes it. */
  drop(): Promise<void>;
}

/** The databases available here; PostgreSQL is left out (loudly, by services.ts) where it is not installed. */
export function databaseKinds(): readonly ('sqlite' | 'pg')[] {
  return inject('postgresUrl') ? ['sqlite', 'pg'] : ['sqlite'];
}

/** A new database of the kind, migrated unless asked otherwise. */
export async function freshDatabase(
  kind: 'sqlite' | 'pg',
  options: { migrated?: boolean } = {},
): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-test-'));
  const databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
  const database = openDatabase({ databaseUrl, dataDir });
  if (options.migrated !== false) await migrate(database, dataDir);
  return {
    database,
    databaseUrl,
    dataDir,
    drop: async () => {
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (databaseUrl) await dropPostgresDatabase(databaseUrl);
    },
  };
}

/** An empty database in the private server; the caller may also hand its address to a child process. */
export async function createPostgresDatabase(): Promise<string> {
  const admin = inject('postgresUrl');
  if (!admin) throw new Error('no PostgreSQL here');
  const name = `t${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  await asAdmin(
    admin,
    `create database ${name} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`,
  );
  return admin.replace(/\/postgres$/, `/${name}`);
}

async function dropPostgresDatabase(url: string): Promise<void> {
  const admin = inject('postgresUrl');
  if (admin) await asAdmin(admin, `drop database if exists ${url.split('/').pop()} with (force)`);
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
