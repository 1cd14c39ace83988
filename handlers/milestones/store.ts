/** Reads what people recorded about milestones, and whom a milestone concerns（里程碑登记与提醒对象）. */
import type { Reader, Vault } from '../ports.ts';
import { type Day, shanghaiDay } from '../time.ts';

/** What may be recorded: 进展, 完成, 知悉. */
export type RecordKind = 'progress' | 'completed' | 'acknowledged';

export interface MilestoneRecord {
  readonly milestoneId: string;
  readonly kind: RecordKind;
  /** The person's own words, opened with the vault; `undefined` where none were given or no vault is at hand. */
  readonly note: string | undefined;
  readonly institutionName: string;
  readonly day: Day;
}

/** Records of a region's milestones, oldest first. */
export async function listRecords(
  ports: { readonly db: Reader; readonly vault?: Vault | undefined },
  regionIds: readonly string[],
): Promise<readonly MilestoneRecord[]> {
  const rows: {
    milestone_id: string;
    kind: RecordKind;
    note_sealed: string | null;
    institution_name: string;
    recorded_at: string;
  }[] = await ports
    .db('milestone_records')
    .join('institutions', 'institutions.id', 'milestone_records.institution_id')
    .whereIn('milestone_records.region_id', regionIds)
    .orderBy([{ column: 'recorded_at' }, { column: 'milestone_records.id' }])
    .select(
      'milestone_id',
      'milestone_records.kind as kind',
      'note_sealed',
      'institutions.short_name as institution_name',
      'recorded_at',
    );
  return rows.map((row) => ({
    milestoneId: row.milestone_id,
    kind: row.kind,
    note: row.note_sealed === null ? undefined : ports.vault?.open(row.note_sealed),
    institutionName: row.institution_name,
    day: shanghaiDay(new Date(row.recorded_at)),
  }));
}

/** The day a milestone was recorded as completed, the first where several did; `undefined` while it is open. */
export function completionDay(
  milestone: { readonly id: string },
  records: readonly MilestoneRecord[],
): Day | undefined {
  return records.find((record) => record.milestoneId === milestone.id && record.kind === 'completed')?.day;
}

/** Somebody who is reminded. */
export interface Recipient {
  readonly staffId: string;
  /** Own region first, then its parents. */
  readonly regionPath: readonly string[];
  /** First day of the person in this installation. */
  readonly since: Day;
}

/** Active staff of the commission and managers, with the regions whose plans concern them. */
export async function listRecipients(db: Reader): Promise<readonly Recipient[]> {
  const regions: { id: string; parent_id: string | null }[] = await db('regions').select('id', 'parent_id');
  const parents = new Map(regions.map((region) => [region.id, region.parent_id]));
  const staff: { id: string; region_id: string; created_at: string }[] = await db('staff')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .where('staff.status', 'active')
    .whereIn('staff.id', db('staff_roles').select('staff_id').whereIn('role', ['commission', 'manager']))
    .orderBy('staff.id')
    .select('staff.id', 'institutions.region_id', 'staff.created_at');
  return staff.map((person) => ({
    staffId: person.id,
    regionPath: pathUp(person.region_id, parents),
    since: shanghaiDay(new Date(person.created_at)),
  }));
}

/** The first day anybody of a region was on record: what was due before it is history. */
export async function firstDay(db: Reader, regionPath: readonly string[]): Promise<Day | undefined> {
  const row: { created_at: string } | undefined = await db('staff')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .whereIn('institutions.region_id', regionPath)
    .orderBy('staff.created_at')
    .first('staff.created_at as created_at');
  return row && shanghaiDay(new Date(row.created_at));
}

function pathUp(regionId: string, parents: ReadonlyMap<string, string | null>): readonly string[] {
  const path: string[] = [];
  for (let id: string | null | undefined = regionId; id && !path.includes(id); id = parents.get(id)) path.push(id);
  return path;
}
