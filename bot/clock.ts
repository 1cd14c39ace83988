/** The bot's clock: the real one, plus an offset that the playground may grow, kept in the database for all processes. */
import type { Knex } from 'knex';
import type { Clock } from '../handlers/ports.ts';
import type { Database } from './database/connect.ts';

const OFFSET = 'clock-offset-ms';

/** A clock that ticks at real speed ahead of the real one. */
export interface MovableClock extends Clock {
  /** Reads the shared offset; cheap, called regularly where the playground is on. */
  refresh(): Promise<void>;
  /** Sets the clock forward to an instant, for every process on this database; never back, whoever moved it further. */
  moveTo(instant: Date): Promise<void>;
}

/** The clock of a process that never moves: production. */
export const realClock: Clock = { now: () => new Date() };

/**
 * Opens the movable clock of this database.
 * @param startAt - instant the clock starts at where the database has no offset yet (CLOCK)
 */
export async function openClock(database: Database, startAt: string | undefined): Promise<MovableClock> {
  let known: number | undefined;
  /** Only ever forward: a slow read may bring what was true before the last move. */
  const learn = (offsetMs: number) => {
    known = Math.max(known ?? offsetMs, offsetMs);
  };
  const read = async (db: Knex): Promise<number | undefined> => {
    const row: { value: string | number } | undefined = await db('counters').where({ name: OFFSET }).first('value');
    return row === undefined ? undefined : Number(row.value);
  };
  const clock: MovableClock = {
    now: () => new Date(Date.now() + (known ?? 0)),
    async refresh() {
      learn((await read(database.reader)) ?? 0);
    },
    async moveTo(instant) {
      learn(
        await database.write(async (trx) => {
          // Written first, so that two who move it at once take turns.
          await trx('counters').where({ name: OFFSET }).update({ name: OFFSET });
          const current = await read(trx);
          const wanted = Math.max(instant.getTime() - Date.now(), current ?? Number.NEGATIVE_INFINITY);
          await trx('counters').insert({ name: OFFSET, value: wanted }).onConflict('name').merge();
          return wanted;
        }),
      );
    },
  };
  const stored = await read(database.reader);
  if (stored === undefined) {
    const wanted = startAt ? Date.parse(startAt) - Date.now() : 0;
    await database.write(async (trx) => {
      await trx('counters')
        .insert({ name: OFFSET, value: Math.round(wanted) })
        .onConflict('name')
        .ignore();
    });
  }
  await clock.refresh();
  return clock;
}
