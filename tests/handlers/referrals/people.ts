/** Demonstration people in a fresh database, and a person as the handlers see one, for tests of single functions. */
import { fillPeople } from '../../../bot/demo/people.ts';
import { createIds } from '../../../bot/ids.ts';
import { createVault } from '../../../bot/vault.ts';
import type { Actor, InstitutionKind, Region, RoleCode } from '../../../handlers/people.ts';
import type { Clock, Reader } from '../../../handlers/ports.ts';
import { freshDatabase, type TestDatabase } from '../../support/databases.ts';

/** Half past ten in the morning of 21 November 2026 in Shanghai; `forward` moves it. */
export function testClock(start = '2026-11-21T02:30:00.000Z'): Clock & { forward(ms: number): void } {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    forward: (ms) => {
      now += ms;
    },
  };
}

export const vault = createVault([Buffer.alloc(32, 7).toString('base64')]);

/** A migrated database with regions, institutions and staff of the demonstration data. */
export async function peopledDatabase(kind: 'sqlite' | 'pg'): Promise<TestDatabase> {
  const fresh = await freshDatabase(kind);
  const clock = testClock();
  await fresh.database.write((trx) => fillPeople(trx, { clock, ids: createIds(clock), vault }));
  return fresh;
}

/** The person as identified for a message. */
export async function actorOf(db: Reader, staffId: string): Promise<Actor> {
  const staff = await db('staff').where({ id: staffId }).first();
  if (!staff) throw new Error(`no staff ${staffId}`);
  const roles: { role: RoleCode }[] = await db('staff_roles').where({ staff_id: staffId });
  const institution = await db('institutions').where({ id: staff.institution_id }).first();
  const alliances: { id: string; name: string }[] = await db('alliances')
    .join('alliance_members', 'alliance_members.alliance_id', 'alliances.id')
    .where({ institution_id: staff.institution_id })
    .select('alliances.id', 'alliances.name');
  const regionPath: Region[] = [];
  for (let id: string | null = institution.region_id; id !== null; ) {
    const row: { id: string; name: string; short_name: string; level: Region['level']; parent_id: string | null } =
      await db('regions').where({ id }).first();
    regionPath.push({
      id: row.id,
      name: row.name,
      shortName: row.short_name,
      level: row.level,
      parentId: row.parent_id ?? undefined,
    });
    id = row.parent_id;
  }
  const [region] = regionPath;
  if (!region) throw new Error(`no region of ${staffId}`);
  return {
    id: staff.id,
    name: staff.name,
    roles: roles.map((row) => row.role),
    duty: Boolean(staff.duty),
    institution: {
      id: institution.id,
      name: institution.name,
      shortName: institution.short_name,
      kind: institution.kind as InstitutionKind,
      smallPopulation: Boolean(institution.small_population),
    },
    alliances,
    region,
    regionPath: regionPath.map((row) => row.id),
  };
}
