/** The clock of a playground: one for all processes of a database, forward only, whoever reads or moves it when. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClock } from '../../bot/clock.ts';
import type { Database } from '../../bot/database/connect.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

const at = (iso: string) => new Date(iso);
const MONDAY = '2030-01-07T08:00:00+08:00';

describe.each(databaseKinds())('the clock on %s', (kind) => {
  let fresh: TestDatabase;
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
  });
  afterEach(() => fresh.drop());
  const near = (clock: { now(): Date }, iso: string) =>
    expect(Math.abs(clock.now().getTime() - Date.parse(iso))).toBeLessThan(5_000);

  it('starts where it is told on an empty database, before the real time too, and only there', async () => {
    near(await openClock(fresh.database, '2020-01-01T00:00:00Z'), '2020-01-01T00:00:00Z');
    near(await openClock(fresh.database, MONDAY), '2020-01-01T00:00:00Z');
  });

  it('is moved for every process, and is still there after a restart', async () => {
    const one = await openClock(fresh.database, undefined);
    const two = await openClock(fresh.database, undefined);
    await one.moveTo(at(MONDAY));
    near(one, MONDAY);
    await two.refresh();
    near(two, MONDAY);
    near(await openClock(fresh.database, undefined), MONDAY);
  });

  it('never goes back, neither by a move nor by a read that began before one', async () => {
    let hold: Promise<void> | undefined;
    const slow: Database = {
      ...fresh.database,
      // A reader that brings its rows late, as a busy machine does.
      reader: new Proxy(fresh.database.reader, {
        apply: (reader, self, args) => {
          const query = Reflect.apply(reader, self, args) as { first: (...columns: string[]) => Promise<unknown> };
          return {
            where: (where: object) => ({
              first: async (column: string) => {
                const row = await (query as unknown as { where(w: object): typeof query }).where(where).first(column);
                await hold;
                return row;
              },
            }),
          };
        },
      }),
    };
    const clock = await openClock(slow, undefined);
    let open = () => {};
    hold = new Promise((done) => {
      open = done;
    });
    const reading = clock.refresh();
    await clock.moveTo(at(MONDAY));
    open();
    await reading;
    near(clock, MONDAY);
    await clock.moveTo(at('2029-01-01T00:00:00Z'));
    near(clock, MONDAY);
  });

  it('ends at the furthest instant when several processes move it at once', async () => {
    const clocks = await Promise.all([1, 2, 3, 4].map(() => openClock(fresh.database, undefined)));
    const days = ['2030-01-04', '2030-01-07', '2030-01-05', '2030-01-06'];
    await Promise.all(clocks.map((clock, index) => clock.moveTo(at(`${days[index]}T08:00:00+08:00`))));
    await Promise.all(clocks.map((clock) => clock.refresh()));
    for (const clock of clocks) near(clock, MONDAY);
  });
});
