/** Who gets the daily digest, and whose rows each may see. */
import type { DigestScope } from '../handlers/digest.ts';
import type { Reader } from '../handlers/ports.ts';

export interface DigestReceiver {
  readonly to: { readonly staffId: string } | { readonly groupId: string };
  /** What the digest speaks of, 演示 marked. */
  readonly title: string;
  readonly scope: DigestScope;
}

interface RegionRow {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
}
interface InstitutionRow {
  readonly id: string;
  readonly short_name: string;
  readonly region_id: string;
  readonly demo: boolean | number;
}

/**
 * Active managers (rows of their own institution), active members of the commission (rows of their region; who is both gets
 * this one), and groups that subscribed (`digest`). Ordered by id, nobody twice.
 */
export async function listDigestReceivers(db: Reader): Promise<readonly DigestReceiver[]> {
  const regions = new Map(((await db('regions').select()) as RegionRow[]).map((row) => [row.id, row]));
  const people: (InstitutionRow & { staff_id: string; role: string })[] = await db('staff')
    .join('staff_roles', 'staff_roles.staff_id', 'staff.id')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .where('staff.status', 'active')
    .whereIn('staff_roles.role', ['manager', 'commission'])
    .orderBy('staff.id')
    .select(
      'staff.id as staff_id',
      'staff_roles.role',
      'institutions.id',
      'institutions.short_name',
      'institutions.region_id',
      'institutions.demo',
    );
  const ofRegion = new Set(people.filter((person) => person.role === 'commission').map((person) => person.staff_id));
  const receivers: DigestReceiver[] = [];
  for (const person of people) {
    if (person.role === 'manager' && ofRegion.has(person.staff_id)) continue;
    const whole = person.role === 'commission';
    const name = whole ? regions.get(person.region_id)?.name : person.short_name;
    receivers.push({
      to: { staffId: person.staff_id },
      title: marked(name ?? person.short_name, person.demo),
      scope: scopeOf(regions, person.region_id, whole ? undefined : person.id),
    });
  }
  return [...receivers, ...(await listGroups(db, regions))];
}

async function listGroups(db: Reader, regions: ReadonlyMap<string, RegionRow>): Promise<readonly DigestReceiver[]> {
  const rows: {
    id: string;
    region_id: string | null;
    demo: boolean | number;
    institution_id: string | null;
    institution_name: string | null;
    institution_region: string | null;
    alliance_name: string | null;
    alliance_region: string | null;
  }[] = await db('groups')
    .leftJoin('institutions', 'institutions.id', 'groups.institution_id')
    .leftJoin('alliances', 'alliances.id', 'groups.alliance_id')
    .where('groups.digest', true)
    .orderBy('groups.id')
    .select(
      'groups.id',
      'groups.region_id',
      'groups.demo',
      'groups.institution_id',
      'institutions.short_name as institution_name',
      'institutions.region_id as institution_region',
      'alliances.name as alliance_name',
      'alliances.region_id as alliance_region',
    );
  return rows.flatMap((row) => {
    const regionId = row.institution_region ?? row.region_id ?? row.alliance_region;
    // A group that belongs nowhere has no rows to be told of.
    if (!regionId) return [];
    const name = row.institution_name ?? row.alliance_name ?? regions.get(regionId)?.name ?? '';
    return {
      to: { groupId: row.id },
      title: marked(name, row.demo),
      scope: scopeOf(regions, regionId, row.institution_id ?? undefined),
    };
  });
}

function scopeOf(
  regions: ReadonlyMap<string, RegionRow>,
  regionId: string,
  institutionId: string | undefined,
): DigestScope {
  const regionPath: string[] = [];
  for (let id: string | null = regionId; id && !regionPath.includes(id); id = regions.get(id)?.parent_id ?? null)
    regionPath.push(id);
  return { regionId, regionPath, institutionId };
}

function marked(name: string, demo: boolean | number): string {
  return demo && !name.includes('演示') ? `${name}（演示）` : name;
}
