/** Fills an empty database with demonstration data（演示数据）, everything visibly 演示. */
import type { Knex } from 'knex';
import { fillIndicators } from './indicators.ts';
import type { DemoPart, DemoPorts } from './part.ts';
import { fillPeople } from './people.ts';
import { fillReferrals } from './referrals.ts';
import { fillShortages } from './shortages.ts';

export type { DemoPart, DemoPorts } from './part.ts';
export { UNBOUND_DEMO_PEOPLE } from './people.ts';

/** In this order: later parts speak of the people of the first. */
const PARTS: readonly DemoPart[] = [fillPeople, fillReferrals, fillShortages, fillIndicators];

export interface DemoOptions extends DemoPorts {
  /** One write transaction, `database.write`. */
  readonly write: <T>(work: (trx: Knex.Transaction) => Promise<T>) => Promise<T>;
}

/**
 * Writes the demonstration data in one transaction; does nothing when there is any staff already.
 * @returns whether rows were written
 */
export async function fillDemo({ write, clock, ids, vault }: DemoOptions): Promise<boolean> {
  return write(async (trx) => {
    if (await trx('staff').first('id')) return false;
    for (const part of PARTS) await part(trx, { clock, ids, vault });
    return true;
  });
}
