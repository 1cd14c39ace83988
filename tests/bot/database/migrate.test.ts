import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../bot/database/connect.ts';
import { migrate, NewerSchemaError } from '../../../bot/database/migrate.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../../support/databases.ts';

describe.each(databaseKinds())('migrations on %s', (kind) => {
  let fresh: TestDatabase | undefined;
  afterEach(async () => {
    await fresh?.drop();
    fresh = undefined;
  });

  it('applies everything once and does nothing the second time', async () => {
    fresh = await freshDatabase(kind);
    await migrate(fresh.database, fresh.dataDir);
    const rows = await fresh.database.reader('knex_migrations').select('name');
    expect(rows.map((row) => row.name)).toEqual([...new Set(rows.map((row) => row.name))]);
    expect(rows[0]?.name).toBe('001-core.ts');
  });

  it('lets several processes start at once on an empty database', async () => {
    const empty = await freshDatabase(kind, { migrated: false });
    fresh = empty;
    const others = [1, 2].map(() => openDatabase({ databaseUrl: empty.databaseUrl, dataDir: empty.dataDir }));
    await Promise.all([empty.database, ...others].map((database) => migrate(database, empty.dataDir)));
    await Promise.all(others.map((database) => database.close()));
    expect(await empty.database.reader.schema.hasTable('inbox')).toBe(true);
  });

  it('starts after a kill that left the lock of the query builder set', async () => {
    fresh = await freshDatabase(kind);
    await fresh.database.writer('knex_migrations').del();
    await fresh.database.writer('knex_migrations_lock').update({ is_locked: 1 });
    await fresh.database.writer('knex_migrations').insert(
      (await import('node:fs'))
        .readdirSync(join(import.meta.dirname, '../../../bot/database/migrations'))
        .sort()
        .map((name) => ({ name, batch: 1, migration_time: new Date().toISOString() })),
    );
    await migrate(fresh.database, fresh.dataDir);
    expect(await fresh.database.reader.schema.hasTable('inbox')).toBe(true);
  });

  it('refuses a database that a newer version made', async () => {
    fresh = await freshDatabase(kind);
    await fresh.database
      .writer('knex_migrations')
      .insert({ name: '999-future.ts', batch: 9, migration_time: new Date().toISOString() });
    await expect(migrate(fresh.database, fresh.dataDir)).rejects.toThrow(NewerSchemaError);
    await expect(migrate(fresh.database, fresh.dataDir)).rejects.toThrow(/999-future/);
  });
});

it('takes over the lock file of a process that was killed', async () => {
  const fresh = await freshDatabase('sqlite', { migrated: false });
  const dead = fork(join(import.meta.dirname, '../../support/nothing.ts'), { stdio: 'ignore' });
  await new Promise((done) => dead.once('exit', done));
  writeFileSync(join(fresh.dataDir, 'migrate.lock'), String(dead.pid));
  await migrate(fresh.database, fresh.dataDir);
  expect(await fresh.database.reader.schema.hasTable('inbox')).toBe(true);
  await fresh.drop();
});
