/** One signature for one body, over all processes: what a captured pair of headers can do, and what a crowd may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplayGuard } from '../../bot/replay-guard.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

describe.each(databaseKinds())('the replay guard on %s', (kind) => {
  let db: TestDatabase;
  let now = Date.parse('2026-11-21T08:00:00Z');
  const clock = { now: () => new Date(now) };
  const mark = (key: string, sender: string, body: string) => ({ key, sender, body, validMs: 7_200_000 });

  beforeAll(async () => {
    db = await freshDatabase(kind);
  });
  afterAll(() => db.drop());

  it('takes a redelivery again, on every node, as long as the signature holds', async () => {
    const [one, other] = [createReplayGuard({ ...db, clock }), createReplayGuard({ ...db, clock })];
    expect(await one.admit(mark('k1', 'a', '1'))).toBe(true);
    now += 3_500_000;
    expect(await other.admit(mark('k1', 'a', '1'))).toBe(true);
  });

  it('refuses another body under a captured signature, on every node', async () => {
    const [one, other] = [createReplayGuard({ ...db, clock }), createReplayGuard({ ...db, clock })];
    expect(await one.admit(mark('k2', 'a', '1'))).toBe(true);
    expect(await other.admit(mark('k2', 'a', '2'))).toBe(false);
    now += 5_000;
    expect(await other.admit(mark('k2', 'b', '3'))).toBe(false);
    expect(await one.admit(mark('k2', 'a', '1'))).toBe(true);
  });

  it('takes several people of one millisecond, and each of them once', async () => {
    const guard = createReplayGuard({ ...db, clock });
    const together = ['a', 'b', 'c', 'b'].map((sender, at) => guard.admit(mark('k3', sender, String(at))));
    expect(await Promise.all(together)).toEqual([true, true, true, false]);
  });

  it('forgets what has run out', async () => {
    now += 24 * 3_600_000;
    await createReplayGuard({ ...db, clock }).admit(mark('k4', 'a', '1'));
    const rows: { key: string }[] = await db.database.reader('callback_marks').select('key');
    expect(rows.map((row) => row.key)).toEqual(['k4']);
  });
});
