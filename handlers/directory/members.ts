/** Who belongs to which alliance, and who leads it（成员单位）, from the directory, with the clause that lists them. */
import catalogue from '../../knowledge/catalogue/institutions.json' with { type: 'json' };
import { clauseLabel } from '../../knowledge/catalogue/plans.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import type { Reader } from '../ports.ts';
import { type Institution, listInstitutions, loadDirectory, matchInstitution } from './institutions.ts';

/** An alliance with its units, each part in the order the plan lists them. */
interface Alliance {
  readonly id: string;
  readonly name: string;
  readonly lead: readonly Institution[];
  readonly cooperating: readonly Institution[];
  readonly members: readonly Institution[];
}

/** Most names shown when words mean several institutions. */
const MAX_CHOICES = 8;

/** 成员单位, with or without a name. */
export async function showMembers(ctx: BoundContext, argument: string): Promise<Decision> {
  const words = argument.trim();
  const alliances = await listAlliances(ctx.db, ctx.actor.regionPath);
  if (words === '') {
    if (alliances.length === 0) return answer(say('您所在地区还没有登记医共体。请联系信息科导入机构。'));
    return answer({ audience: 'here', blocks: alliances.flatMap(allianceBlocks) });
  }
  const named = alliances.filter((alliance) => alliance.name.includes(words));
  const [only] = named;
  if (only && named.length === 1) return answer({ audience: 'here', blocks: allianceBlocks(only) });
  const found = matchInstitution(await loadDirectory(ctx.db, ctx.actor), words);
  const [unit] = found;
  if (!unit) return answer(say(`没有找到“${words}”。发“成员单位”看本地区的全部机构。`));
  if (found.length > 1) {
    const names = found.slice(0, MAX_CHOICES).map((each) => each.name);
    return answer(say(`“${words}”可能是：${names.join('、')}。请写全一点，例如“机构 ${names[0]}”。`));
  }
  return answer(await unitReply(ctx.db, unit));
}

async function unitReply(db: Reader, unit: Institution) {
  const rows: { id: string; name: string; part: string }[] = await db('alliance_members')
    .join('alliances', 'alliances.id', 'alliance_members.alliance_id')
    .where({ institution_id: unit.id })
    .orderBy('alliances.id')
    .select('alliances.id', 'alliances.name', 'part');
  if (rows.length === 0) return say(`${unit.name}：没有登记在任何医共体里。`);
  const lines: string[] = [];
  for (const row of rows) {
    const lead = (await unitsOf(db, row.id)).filter((each) => each.part === 'lead').map((each) => each.unit.name);
    lines.push(
      row.part === 'lead'
        ? `${row.name}的牵头单位`
        : `${row.name}的${row.part === 'member' ? '成员' : '配合'}单位，牵头单位${lead.join('、')}`,
    );
  }
  const sources = rows.flatMap((row) => sourceOf(row.id));
  return say(
    `${unit.name}：${lines.join('；')}。${sources.length > 0 ? `依据${[...new Set(sources)].join('、')}。` : ''}`,
  );
}

/** Alliances of the regions, with all their units. */
async function listAlliances(db: Reader, regionPath: readonly string[]): Promise<readonly Alliance[]> {
  const rows: { id: string; name: string }[] = await db('alliances')
    .whereIn('region_id', regionPath)
    .orderBy('id')
    .select('id', 'name');
  return Promise.all(
    rows.map(async ({ id, name }) => {
      const units = await unitsOf(db, id);
      const part = (wanted: string) => units.filter((each) => each.part === wanted).map((each) => each.unit);
      return { id, name, lead: part('lead'), cooperating: part('cooperating'), members: part('member') };
    }),
  );
}

async function unitsOf(db: Reader, allianceId: string) {
  const rows: { institution_id: string; part: string }[] = await db('alliance_members')
    .where({ alliance_id: allianceId })
    .select('institution_id', 'part');
  const units = await listInstitutions(
    db,
    rows.map((row) => row.institution_id),
  );
  return units
    .map((unit) => ({ unit, part: rows.find((row) => row.institution_id === unit.id)?.part ?? 'member' }))
    .sort((a, b) => printedPlace(a.unit) - printedPlace(b.unit));
}

/** Where the plan lists it; what no plan lists comes last. */
function printedPlace(unit: Institution): number {
  const place = catalogue.institutions.findIndex((each) => each.id === unit.id);
  return place < 0 ? catalogue.institutions.length : place;
}

function allianceBlocks(alliance: Alliance): readonly Block[] {
  const clinics = alliance.members.filter((unit) => unit.kind === 'village-clinic');
  const members = alliance.members.filter((unit) => unit.kind !== 'village-clinic');
  const names = (units: readonly Institution[]) => units.map((unit) => unit.shortName).join('、');
  return [
    { type: 'text', text: alliance.name },
    {
      type: 'fields',
      items: [
        { label: '牵头单位', value: names(alliance.lead) },
        ...(alliance.cooperating.length > 0 ? [{ label: '配合单位', value: names(alliance.cooperating) }] : []),
        { label: `成员单位${members.length}家`, value: names(members) },
        ...(clinics.length > 0 ? [{ label: `已登记村卫生室${clinics.length}家`, value: names(clinics) }] : []),
        ...sourceOf(alliance.id).map((value) => ({ label: '依据', value })),
      ],
    },
  ];
}

function sourceOf(allianceId: string): readonly string[] {
  const listed = catalogue.alliances.find((each) => each.id === allianceId);
  return listed?.doc && listed.path ? [clauseLabel(listed.doc, listed.path)] : [];
}
