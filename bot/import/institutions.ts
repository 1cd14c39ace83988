/** Puts the regions, alliances and institutions the plans name into the database; what is there already stays（机构目录）. */
import type { Knex } from 'knex';
import catalogue from '../../knowledge/catalogue/institutions.json' with { type: 'json' };
import { REGIONS } from '../../knowledge/catalogue/plans.ts';

/** SQLite takes a limited number of values in one statement. */
const ROWS_PER_INSERT = 60;

export interface AddInstitutionsOptions {
  /** ISO instant for `created_at`. */
  readonly now: string;
  /** Also the invented institutions of the demonstration data. */
  readonly demo: boolean;
}

/** Adds what is missing, parents first; running it again changes nothing. */
export async function addInstitutions(trx: Knex.Transaction, { now, demo }: AddInstitutionsOptions): Promise<void> {
  for (const level of ['province', 'city', 'county']) {
    const regions = REGIONS.filter((region) => region.level === level);
    await addRows(
      trx,
      'regions',
      regions.map(({ id, name, shortName, parentId }) => ({
        id,
        name,
        short_name: shortName,
        level,
        parent_id: parentId,
        created_at: now,
      })),
    );
  }
  const alliances = catalogue.alliances.filter((alliance) => demo || !alliance.demo);
  await addRows(
    trx,
    'alliances',
    alliances.map(({ id, name, regionId, demo: invented }) => ({ id, name, region_id: regionId, demo: invented })),
  );
  const units = catalogue.institutions.filter((unit) => demo || !unit.demo);
  await addRows(
    trx,
    'institutions',
    units.map((unit) => ({
      id: unit.id,
      name: unit.name,
      short_name: unit.shortName,
      kind: unit.kind,
      region_id: unit.regionId,
      small_population: unit.smallPopulation,
      demo: unit.demo,
    })),
  );
  // A unit somebody added under the same name keeps its own id: its aliases and memberships are left alone.
  const rows: { id: string }[] = await trx('institutions').select('id');
  const present = new Set(rows.map((row) => row.id));
  const ours = units.filter((unit) => present.has(unit.id));
  await addRows(
    trx,
    'institution_aliases',
    ours.flatMap(({ id, aliases }) => aliases.map((alias) => ({ institution_id: id, alias }))),
  );
  await addRows(
    trx,
    'alliance_members',
    ours.flatMap((unit) =>
      unit.alliances
        .filter((membership) => alliances.some((alliance) => alliance.id === membership.id))
        .map((membership) => ({ alliance_id: membership.id, institution_id: unit.id, part: membership.part })),
    ),
  );
}

async function addRows(trx: Knex.Transaction, table: string, rows: readonly object[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await trx(table)
      .insert(rows.slice(start, start + ROWS_PER_INSERT))
      .onConflict()
      .ignore();
  }
}
