import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPace, waitFor } from '../../bot/outbox/pace.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

const LIMITS = [
  { count: 30, withinMs: 60_000 },
  { count: 1000, withinMs: 3_600_000 },
];

describe.each(databaseKinds())('sends to one address on %s', (kind) => {
  let fresh: TestDatabase;
  let now = Date.parse('2026-11-21T08:00:00Z');
  const clock = { now: () => new Date(now) };
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
  });
  afterEach(() => fresh.drop());

  it('never pass the limit in any minute, though two processes send at once', async () => {
    const { database } = fresh;
    const paces = [createPace({ database, clock }), createPace({ database, clock })];
    const sent: number[] = [];
    for (let step = 0; step < 130; step += 1) {
      const waits = await Promise.all(paces.map((pace) => pace.take([{ key: 'app|zhangsan', limits: LIMITS }])));
      for (const wait of waits) if (wait === 0) sent.push(now);
      now += 1_000;
    }
    for (const at of sent) expect(sent.filter((one) => one >= at && one < at + 60_000).length).toBeLessThanOrEqual(30);
    expect(sent.length).toBeGreaterThan(55);
    expect(await paces[0]?.take([{ key: 'app|lisi', limits: LIMITS }])).toBe(0);
  });

  it('may go after exactly the wait that was said', async () => {
    const pace = createPace({ database: fresh.database, clock });
    const twice = [{ key: 'a', limits: [{ count: 2, withinMs: 60_000 }] }];
    expect([await pace.take(twice), await pace.take(twice)]).toEqual([0, 0]);
    const wait = await pace.take(twice);
    expect(wait).toBeGreaterThan(0);
    now += wait - 1;
    expect(await pace.take(twice)).toBe(1);
    now += 1;
    expect(await pace.take(twice)).toBe(0);
  });

  it('are counted under no key while one of them is used up', async () => {
    const pace = createPace({ database: fresh.database, clock });
    const shared = { key: 'all', limits: [{ count: 1, withinMs: 60_000 }] };
    const address = { key: 'b', limits: [{ count: 2, withinMs: 60_000 }] };
    expect(await pace.take([shared])).toBe(0);
    for (let at = 0; at < 3; at += 1) expect(await pace.take([address, shared])).toBeGreaterThan(0);
    expect([await pace.take([address]), await pace.take([address])]).toEqual([0, 0]);
    expect(await pace.take([address])).toBeGreaterThan(0);
  });

  it('are not counted without limits', async () => {
    const pace = createPace({ database: fresh.database, clock });
    for (let at = 0; at < 100; at += 1) expect(await pace.take([{ key: 'free', limits: [] }])).toBe(0);
    expect(await fresh.database.reader('paces')).toEqual([]);
  });
});

describe('the wait for a slice', () => {
  it('follows the longer window too, and forgets a clock that was set back', () => {
    const start = 1_000_000_000;
    const busy = Array.from({ length: 1000 }, (_, at) => [start + at * 3_000, 1] as const);
    const now = start + 3_000_000;
    expect(waitFor(busy, LIMITS, now)).toBeGreaterThan(500_000);
    expect(waitFor(busy, LIMITS, now + 3_700_000)).toBe(0);
    expect(waitFor(busy, LIMITS, start - 1)).toBe(0);
  });
});
