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
  readonly unreachable_since: string | null;
}

/** Who speaks, and what their account on this platform is like. */
export interface Identified {
  readonly actor: Actor | undefined;
  /** The platform had said that nobody is there; this message shows otherwise. */
  readonly wasUnreachable: boolean;
}

/** The sender of a message; no actor for who is not bound, was disabled or left. */
export async function identifySender(
  db: Reader,
  message: IncomingMessage,
  regions: RegionTree = createRegionTree(),
): Promise<Identified> {
  const row = await staffRow(db, message);
  return { actor: await toActor(db, row, regions), wasUnreachable: row?.unreachable_since != null };
}

async function staffRow(db: Reader, message: IncomingMessage): Promise<StaffRow | undefined> {
  return db('staff')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .join('accounts', 'accounts.staff_id', 'staff.id')
    .where({
      'staff.status': 'active',
      'accounts.channel': message.channel,
      'accounts.tenant': message.tenant,
      'accounts.platform_user_key': message.sender.platformUserId.toLowerCase(),
    })
    .first(
      'staff.id',
      'staff.name',
      'staff.duty',
      'staff.institution_id',
      'institutions.name as institution_name',
      'institutions.short_name as institution_short_name',
      'institutions.kind as institution_kind',
      'institutions.small_population',
      'institutions.region_id',
      'accounts.unreachable_since',
    );
}

interface Belonging {
  readonly kind: 'role' | 'alliance';
  readonly id: string;
  readonly name: string | null;
}

async function toActor(db: Reader, row: StaffRow | undefined, regions: RegionTree): Promise<Actor | undefined> {
  if (!row) return undefined;
  // Roles and alliances in one query: every message waits for this.
  const belongings: Belonging[] = await db('staff_roles')
    .where({ staff_id: row.id })
    .select(db.raw("'role' as kind"), 'role as id', db.raw('null as name'))
    .unionAll((query) =>
      query
        .from('alliance_members')
        .join('alliances', 'alliances.id', 'alliance_members.alliance_id')
        .where({ institution_id: row.institution_id })
        .select(db.raw("'alliance' as kind"), 'alliances.id as id', 'alliances.name as name'),
    );
  const sorted = [...belongings].sort((a, b) => (a.id < b.id ? -1 : 1));
  const path = await regions.pathOf(db, row.region_id);
  const [region] = path;
  if (!region) throw new Error('an institution has no region');
  return {
    id: row.id,
    name: row.name,
    roles: sorted.filter((one) => one.kind === 'role').map((one) => one.id as RoleCode),
    duty: Boolean(row.duty),
    institution: {
      id: row.institution_id,
      name: row.institution_name,
      shortName: row.institution_short_name,
      kind: row.institution_kind,
      smallPopulation: Boolean(row.small_population),
    },
    alliances: sorted.filter((one) => one.kind === 'alliance').map(({ id, name }) => ({ id, name: name ?? '' })),
    region,
    regionPath: path.map((one) => one.id),
  };
}

/** The tree of regions, kept in memory: regions are added, never changed. */
export interface RegionTree {
  /** The region and its parents, own first. */
  pathOf(db: Reader, regionId: string): Promise<readonly Region[]>;
}

export function createRegionTree(): RegionTree {
  let known = new Map<string, Region>();
  return {
    async pathOf(db, regionId) {
      if (!known.has(regionId)) known = new Map((await readRegions(db)).map((region) => [region.id, region]));
      const path: Region[] = [];
      for (let region = known.get(regionId); region; region = known.get(region.parentId ?? '')) path.push(region);
      return path;
    },
  };
}

async function readRegions(db: Reader): Promise<readonly Region[]> {
  const rows: { id: string; name: string; short_name: string; level: Region['level']; parent_id: string | null }[] =
    await db('regions').select('id', 'name', 'short_name', 'level', 'parent_id');
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    shortName: row.short_name,
    level: row.level,
    parentId: row.parent_id ?? undefined,
  }));
}
