import { afterEach, expect, it } from 'vitest';
import { checkDataKey } from '../../bot/key-check.ts';
import { createVault } from '../../bot/vault.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
let fresh: TestDatabase | undefined;
afterEach(async () => {
  await fresh?.drop();
  fresh = undefined;
});

it.each(databaseKinds())(
  'refuses a key that does not fit the database, and follows a rotation, on %s',
  async (kind) => {
    fresh = await freshDatabase(kind);
    const { database } = fresh;
    await checkDataKey(database, createVault([key(1)]));
    await checkDataKey(database, createVault([key(1)]));
    await expect(checkDataKey(database, createVault([key(2)]))).rejects.toThrow(/DATA_KEY does not fit/);
    await checkDataKey(database, createVault([key(2), key(1)]));
    await checkDataKey(database, createVault([key(2)]));
    await expect(checkDataKey(database, createVault([key(1)]))).rejects.toThrow(/DATA_KEY does not fit/);
  },
);
