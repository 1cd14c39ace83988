/** What storing a file would mean, from its text and what was said about it: its documents, and what is still missing. */
import { type IngestPlan, partDocuments, planIngest } from '../../knowledge/index.ts';
import { listDocuments, listRegions } from '../../knowledge/store.ts';
import type { Actor } from '../people.ts';
import type { Reader } from '../ports.ts';
import { type Answers, requestOf } from './waiting.ts';

export interface PlannedPart {
  readonly plan: IngestPlan;
  /** Short or full name of its region, known or new. */
  readonly regionName: string;
}

export interface PlannedFile {
  readonly parts: readonly PlannedPart[];
  readonly doubts: readonly string[];
  /** What the person must say before 确认. */
  readonly missing: 'region' | 'number' | undefined;
  /** The place the document seems to belong to. */
  readonly suggestion: string | undefined;
  /** Title of the document whose region is missing. */
  readonly title: string | undefined;
  /** The region that is not there yet and will be made: only a 确认 that names it does so. */
  readonly newRegion: string | undefined;
  /** The words of a refusal: nothing can be stored. */
  readonly refusal: string | undefined;
}

/** Plans all documents of a file. Refused as a whole when one of them is no document. */
export async function planParts(
  { db, actor }: { readonly db: Reader; readonly actor: Actor | undefined },
  file: {
    readonly name: string;
    readonly text: string;
    readonly answers: Answers;
    readonly doubts: readonly string[];
  },
): Promise<PlannedFile> {
  const there = { regions: await listRegions(db), documents: await listDocuments(db) };
  const parted = partDocuments(file.text);
  const doubts = [...file.doubts, ...parted.doubts];
  const parts: PlannedPart[] = [];
  const nothing = { suggestion: undefined, title: undefined, newRegion: undefined, refusal: undefined };
  for (const text of parted.texts) {
    const plan = planIngest(requestOf(file.name, text, file.answers, parted.texts.length), there);
    if ('refusal' in plan) {
      if (plan.refusal !== 'region-unknown' && plan.refusal !== 'no-region')
        return { ...nothing, parts, doubts, missing: undefined, refusal: plan.reason };
      const { suggestion, title } = plan;
      return { ...nothing, parts, doubts, missing: 'region', suggestion, title };
    }
    const known = there.regions.find((region) => region.id === plan.regionId);
    if (known && (await belongsToOthers(db, known, actor))) {
      const refusal = `这是${known.shortName}的文件（《${plan.title}》），由${known.shortName}的卫健委入库，这里没有存。要在本地区用，请发本地区的文件。`;
      return { ...nothing, parts, doubts, missing: undefined, refusal };
    }
    parts.push({ plan, regionName: plan.newRegion?.name ?? known?.shortName ?? plan.regionId });
  }
  const [only] = parts;
  const lacksNumber = parts.length === 1 && only?.plan.number === undefined && !file.answers.noNumber;
  const newRegion = parts.find(({ plan }) => plan.newRegion)?.plan.newRegion?.name;
  return { ...nothing, parts, doubts, newRegion, missing: lacksNumber ? 'number' : undefined };
}

/** Whether another region's commission answers for that region's documents; nobody replaces what others are answered from. */
async function belongsToOthers(
  db: Reader,
  region: { readonly id: string },
  actor: Actor | undefined,
): Promise<boolean> {
  if (actor === undefined || actor.region.id === region.id) return false;
  const owner: { id: string } | undefined = await db('staff')
    .join('staff_roles', 'staff_roles.staff_id', 'staff.id')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .where({ role: 'commission', 'staff.status': 'active', 'institutions.region_id': region.id })
    .first('staff.id');
  return owner !== undefined;
}
