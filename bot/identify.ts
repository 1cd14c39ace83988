/** Who speaks: staff member, institution, alliances, region and roles, read afresh for every message. */
import type { IncomingMessage } from '../handlers/message.ts';
import type { Actor, InstitutionKind, Region, RoleCode } from '../handlers/people.ts';
import type { Reader } from '../handlers/ports.ts';

interface StaffRow {
  readonly id: string;
  readonly name: string;
  readonly duty: number | boolean;
  readonly institution_id: string;
  readonly institution_name: string;
  readonly institution_short_name: string;
  readonly institution_kind: InstitutionKind;
  readonly small_population: number | boolean;
  readonly region_id: string;
}

/** The sender of a message; undefined for who is not bound, was disabled or left. */
export async function identifySender(db: Reader, message: IncomingMessage): Promise<Actor | undefined> {
  return toActor(
    db,
    await staffRows(db)
      .join('accounts', 'accounts.staff_id', 'staff.id')
      .where({
        'accounts.channel': message.channel,
        'accounts.tenant': message.tenant,
        'accounts.platform_user_key': message.sender.platformUserId.toLowerCase(),
      })
      .first(),
  );
}

function staffRows(db: Reader) {
  return db('staff')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .where({ 'staff.status': 'active' })
    .select<StaffRow[]>(
      'staff.id',
      'staff.name',
      'staff.duty',
      'staff.institution_id',
      'institutions.name as institution_name',
      'institutions.short_name as institution_short_name',
      'institutions.kind as institution_kind',
      'institutions.small_population',
      'institutions.region_id',
    );
}

async function toActor(db: Reader, row: StaffRow | undefined): Promise<Actor | undefined> {
  if (!row) return undefined;
  const [roles, alliances, regions] = await Promise.all([
    db('staff_roles').where({ staff_id: row.id }).orderBy('role').select<{ role: RoleCode }[]>('role'),
    db('alliance_members')
      .join('alliances', 'alliances.id', 'alliance_members.alliance_id')
      .where({ institution_id: row.institution_id })
      .orderBy('alliances.id')
      .select<{ id: string; name: string }[]>('alliances.id', 'alliances.name'),
    regionPath(db, row.region_id),
  ]);
  const [region] = regions;
  if (!region) throw new Error('an institution has no region');
  return {
    id: row.id,
    name: row.name,
    roles: roles.map((one) => one.role),
    duty: Boolean(row.duty),
    institution: {
      id: row.institution_id,
      name: row.institution_name,
      shortName: row.institution_short_name,
      kind: row.institution_kind,
      smallPopulation: Boolean(row.small_population),
    },
    alliances: alliances.map(({ id, name }) => ({ id, name })),
    region,
    regionPath: regions.map((one) => one.id),
  };
}

interface RegionRow {
  readonly id: string;
  readonly name: string;
  readonly short_name: string;
  readonly level: Region['level'];
  readonly parent_id: string | null;
}

/** The region and its parents, own first. */
async function regionPath(db: Reader, regionId: string): Promise<readonly Region[]> {
  const rows: RegionRow[] = await db
    .withRecursive('path', (query) =>
      query
        .select('id', 'name', 'short_name', 'level', 'parent_id', db.raw('0 as depth'))
        .from('regions')
        .where({ id: regionId })
        .unionAll((parents) =>
          parents
            .select('r.id', 'r.name', 'r.short_name', 'r.level', 'r.parent_id', db.raw('path.depth + 1'))
            .from({ r: 'regions' })
            .join('path', 'r.id', 'path.parent_id'),
        ),
    )
    .select('id', 'name', 'short_name', 'level', 'parent_id')
    .from('path')
    .orderBy('depth');
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    shortName: row.short_name,
    level: row.level,
    parentId: row.parent_id ?? undefined,
  }));
}
