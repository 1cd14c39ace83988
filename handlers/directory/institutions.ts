/** Finds institutions by the words people use for them, and the staff who work there（机构与人员查找）. */
import type { Actor, InstitutionKind, RoleCode } from '../people.ts';
import type { Reader } from '../ports.ts';

/** A member, hospital or authority as the directory knows it. */
export interface Institution {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
  readonly kind: InstitutionKind;
  readonly regionId: string;
  /** Serves so few people that age and illness name a person. */
  readonly smallPopulation: boolean;
  readonly allianceIds: readonly string[];
  /** Alliances it leads（牵头）. */
  readonly leads: readonly string[];
  /** Everything it is called: name, short name, aliases. */
  readonly names: readonly string[];
}

/** The institutions a person may mean, read once for a message; matching in it is pure. */
export interface Directory {
  readonly institutions: readonly Institution[];
  /** The asker's own institution. */
  readonly ownId: string;
  /** The asker's alliances: theirs are meant first. */
  readonly allianceIds: readonly string[];
}

interface InstitutionRow {
  readonly id: string;
  readonly name: string;
  readonly short_name: string;
  readonly kind: InstitutionKind;
  readonly region_id: string;
  readonly small_population: boolean | number;
}

/** Whose words are resolved: only the parts of an actor that matter here. */
export type Asker = Pick<Actor, 'institution' | 'alliances' | 'regionPath'>;

/** Reads the institutions of the person's alliances and of the region with its parents. */
export async function loadDirectory(db: Reader, actor: Asker): Promise<Directory> {
  const allianceIds = actor.alliances.map((alliance) => alliance.id);
  const rows = await db<InstitutionRow>('institutions')
    .whereIn('region_id', actor.regionPath)
    .orWhereIn('id', db('alliance_members').select('institution_id').whereIn('alliance_id', allianceIds))
    .orderBy('name');
  return { institutions: await complete(db, rows), ownId: actor.institution.id, allianceIds };
}

/** Institutions by id; what does not exist is left out. */
export async function listInstitutions(db: Reader, ids: readonly string[]): Promise<readonly Institution[]> {
  const rows = await db<InstitutionRow>('institutions')
    .whereIn('id', [...new Set(ids)])
    .orderBy('name');
  return complete(db, rows);
}

async function complete(db: Reader, rows: readonly InstitutionRow[]): Promise<readonly Institution[]> {
  const ids = rows.map((row) => row.id);
  const aliases: { institution_id: string; alias: string }[] = await db('institution_aliases').whereIn(
    'institution_id',
    ids,
  );
  const members: { alliance_id: string; institution_id: string; part: string }[] = await db('alliance_members')
    .whereIn('institution_id', ids)
    .orderBy('alliance_id');
  return rows.map((row) => {
    const memberships = members.filter((member) => member.institution_id === row.id);
    const called = aliases.filter((alias) => alias.institution_id === row.id).map((alias) => alias.alias);
    return {
      id: row.id,
      name: row.name,
      shortName: row.short_name,
      kind: row.kind,
      regionId: row.region_id,
      smallPopulation: Boolean(row.small_population),
      allianceIds: memberships.map((member) => member.alliance_id),
      leads: memberships.filter((member) => member.part === 'lead').map((member) => member.alliance_id),
      names: [...new Set([row.name, row.short_name, ...called].flatMap((name) => [name, plain(name)]))],
    };
  });
}

/**
 * The institutions meant by some words（机构名称解析）: 县人民, 总院, 红池坝, 市三院, 我院. The asker's alliances first, then
 * the region. None, one, or several to choose from.
 */
export async function resolveInstitution(
  db: Reader,
  text: string,
  actor: Asker,
): Promise<{ readonly found: readonly Institution[] }> {
  return { found: matchInstitution(await loadDirectory(db, actor), text) };
}

const OWN = /^(我院|我们院|本院|我们这里?|我这里?|我们单位|我单位|本单位|我们医院|我们卫生院|本卫生院|我们中心|院里)$/;
const LEAD = /^(总院|总医院|牵头医院|牵头单位|上级医院|县级医院|县医院|县院|区医院|区级医院|市医院|大医院|医共体总院)$/;
const AROUND =
  /^(?:往上|往下|回|转到|转回|转去|转往|转|送到|送|到|去|往|至|找|请|给)+|(?:那边|那儿|那里|这边|里面|里|吧|哈|啊|呀|了)+$/g;
/** What kind of place it is, at the end of a name: 红池坝镇卫生院 and 红池坝 share the stem 红池坝. */
const KIND_OF_PLACE =
  /(?:镇|乡|街道)?(?:办事处)?(?:中心卫生院|社区卫生服务中心|社区卫生服务站|卫生服务中心|卫生院|分院|社区|卫生室|镇|乡|街道)$/;

/** The same in a directory already read. Pure: equal input, equal answer, best first. */
export function matchInstitution(directory: Directory, text: string): readonly Institution[] {
  const words = bare(text);
  if (words.length < 2) return [];
  if (OWN.test(words)) return directory.institutions.filter((institution) => institution.id === directory.ownId);
  const near = directory.institutions.filter((institution) => isNear(directory, institution));
  const pools = [near, directory.institutions.filter((institution) => !near.includes(institution))];
  const ways: readonly ((institution: Institution) => boolean)[] = [
    (institution) => institution.names.includes(words),
    (institution) => LEAD.test(words) && institution.leads.some((alliance) => directory.allianceIds.includes(alliance)),
    (institution) => stemOf(words).length > 1 && institution.names.some((name) => stemOf(name) === stemOf(words)),
    (institution) => words.length > 2 && institution.names.some((name) => name.includes(words)),
  ];
  for (const way of ways) {
    for (const pool of pools) {
      const found = pool.filter(way);
      if (found.length > 0) return found;
    }
  }
  return [];
}

/** A place in a sentence where an institution is named. */
export interface Mention {
  readonly words: string;
  readonly start: number;
  readonly found: readonly Institution[];
}

/** Words that lead to a place: 转县医院, 回红池坝. Without one, two-character names are not looked for inside a sentence. */
const TOWARDS = /(?:转|到|回|去|往|送|至|找)$/;

/** The longest name of an institution inside a sentence; `undefined` when none is there. */
export function findMention(directory: Directory, text: string): Mention | undefined {
  const called = new Set([...directory.institutions.flatMap((institution) => institution.names), ...GENERAL_NAMES]);
  let best: { words: string; start: number } | undefined;
  for (const words of called) {
    if (words.length < 2 || (best && words.length <= best.words.length)) continue;
    const start = text.indexOf(words);
    if (start < 0) continue;
    if (words.length === 2 && !standsAlone(text, start, words.length) && !TOWARDS.test(text.slice(0, start))) continue;
    best = { words, start };
  }
  return best && { ...best, found: matchInstitution(directory, best.words) };
}

const GENERAL_NAMES = ['我院', '本院', '总院', '牵头医院', '上级医院', '县医院', '县院', '区医院', '市医院'];

function standsAlone(text: string, start: number, length: number): boolean {
  const isEdge = (char: string): boolean => char === '' || !/[\u4e00-\u9fa5]/.test(char);
  return isEdge(text.charAt(start - 1)) && isEdge(text.charAt(start + length));
}

function isNear(directory: Directory, institution: Institution): boolean {
  return institution.id === directory.ownId || institution.allianceIds.some((id) => directory.allianceIds.includes(id));
}

function bare(text: string): string {
  const words = plain(text);
  const inner = words.replace(AROUND, '');
  return inner.length > 1 ? inner : words;
}

/** Without punctuation, brackets and full width: 宁河（街道社区） is 宁河街道社区. */
function plain(name: string): string {
  return name.normalize('NFKC').replace(/[\s,，。、;；:：!！?？"“”'()【】[\]]/g, '');
}

function stemOf(name: string): string {
  return name.replace(KIND_OF_PLACE, '');
}

/** Somebody who works at an institution and may be told something. */
export interface StaffMember {
  readonly id: string;
  readonly name: string;
  readonly institutionId: string;
  readonly roles: readonly RoleCode[];
  readonly duty: boolean;
}

/** Which staff are asked for; what is absent does not restrict. */
export interface StaffQuery {
  readonly institutionId: string;
  /** At least one of these roles. */
  readonly roles?: readonly RoleCode[] | undefined;
  /** True: only who is on duty（值班）. */
  readonly duty?: boolean | undefined;
}

/** The active staff of an institution, by id; nobody who left or was disabled. */
export async function listStaff(db: Reader, query: StaffQuery): Promise<readonly StaffMember[]> {
  const rows: { id: string; name: string; institution_id: string; duty: boolean | number; role: RoleCode }[] = await db(
    'staff',
  )
    .join('staff_roles', 'staff_roles.staff_id', 'staff.id')
    .where({ 'staff.institution_id': query.institutionId, 'staff.status': 'active' })
    .select('staff.id', 'staff.name', 'staff.institution_id', 'staff.duty', 'staff_roles.role')
    .orderBy(['staff.id', 'staff_roles.role']);
  const ids = [...new Set(rows.map((row) => row.id))];
  return ids
    .map((id) => {
      const own = rows.filter((row) => row.id === id);
      const [first] = own;
      const roles = own.map((row) => row.role);
      return { id, name: first?.name ?? '', institutionId: query.institutionId, roles, duty: Boolean(first?.duty) };
    })
    .filter((member) => query.duty === undefined || member.duty === query.duty)
    .filter((member) => query.roles === undefined || member.roles.some((role) => query.roles?.includes(role)));
}
