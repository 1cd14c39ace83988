/** Reads shortages from the database; nothing here writes. */
import { listStaff, type StaffMember } from '../directory/institutions.ts';
import { type Actor, hasRole } from '../people.ts';
import type { Reader } from '../ports.ts';
import type { Day } from '../time.ts';
import { shanghaiDay } from '../time.ts';
import type { EarlierLine } from './rules.ts';
import { type HeaderState, LINE_STATES, type LineState, OPEN_HEADER_STATES } from './states.ts';
import type { Purpose, Urgency } from './tokens.ts';

/** A drug of a registration, as stored. */
export interface ShortageLine {
  readonly id: string;
  readonly lineNo: number;
  readonly drugKey: string;
  readonly name: string;
  readonly matched: boolean;
  readonly specification: string | undefined;
  readonly manufacturer: string | undefined;
  readonly quantity: number;
  readonly unit: string;
  readonly base: { readonly quantity: number; readonly unit: string } | undefined;
  readonly urgency: Urgency;
  readonly daysLeft: number | undefined;
  readonly stock: number | undefined;
  readonly monthlyUse: number | undefined;
  readonly purpose: Purpose;
  readonly coldChain: boolean;
  readonly highAlert: boolean;
  readonly substitute: boolean | undefined;
  readonly wantedBy: Day | undefined;
  readonly state: LineState;
  readonly reason: string | undefined;
  readonly expectedOn: Day | undefined;
  readonly receivedQuantity: number | undefined;
  readonly splitFrom: number | undefined;
  readonly stateBy: { readonly id: string; readonly name: string } | undefined;
  readonly stateAt: string;
  readonly createdAt: string;
  readonly version: number;
}

/** A registration with its lines, as stored. */
export interface Shortage {
  readonly id: string;
  readonly number: string;
  readonly institution: { readonly id: string; readonly name: string; readonly shortName: string };
  readonly regionId: string;
  readonly registrant: { readonly id: string; readonly name: string };
  /** Demonstration data（演示）, shown as such. */
  readonly demo: boolean;
  readonly groupId: string | undefined;
  readonly state: HeaderState;
  readonly urgency: Urgency;
  readonly version: number;
  readonly createdAt: string;
  readonly answeredAt: string | undefined;
  readonly lines: readonly ShortageLine[];
}

interface HeaderRow {
  readonly id: string;
  readonly number: string;
  readonly institution_id: string;
  readonly institution_name: string;
  readonly institution_short_name: string;
  readonly region_id: string;
  readonly registrant_id: string;
  readonly registrant_name: string;
  readonly demo: boolean | number;
  readonly group_id: string | null;
  readonly state: HeaderState;
  readonly urgency: Urgency;
  readonly version: number | string;
  readonly created_at: string;
  readonly answered_at: string | null;
}

interface LineRow {
  readonly id: string;
  readonly shortage_id: string;
  readonly line_no: number;
  readonly drug_key: string;
  readonly drug_name: string;
  readonly matched: boolean | number;
  readonly specification: string | null;
  readonly manufacturer: string | null;
  readonly quantity: number;
  readonly unit: string;
  readonly base_quantity: number | null;
  readonly base_unit: string | null;
  readonly urgency: Urgency;
  readonly days_left: number | null;
  readonly stock: number | null;
  readonly monthly_use: number | null;
  readonly purpose: Purpose;
  readonly cold_chain: boolean | number;
  readonly high_alert: boolean | number;
  readonly substitute: boolean | number | null;
  readonly wanted_by: string | null;
  readonly state: LineState;
  readonly reason: string | null;
  readonly expected_on: string | null;
  readonly received_quantity: number | null;
  readonly split_from: number | null;
  readonly state_by: string | null;
  readonly state_by_name: string | null;
  readonly state_at: string;
  readonly created_at: string;
  readonly version: number | string;
}

/** Whose shortages are read. */
export interface ShortageFilter {
  readonly number?: string | undefined;
  readonly institutionIds?: readonly string[] | undefined;
  readonly regionId?: string | undefined;
  readonly registrantId?: string | undefined;
  /** Only those with something still missing. */
  readonly open?: boolean | undefined;
  readonly limit?: number | undefined;
}

/** Shortages with their lines in order, the newest first. */
export async function listShortages(db: Reader, filter: ShortageFilter): Promise<readonly Shortage[]> {
  const query = db('shortages')
    .join('institutions', 'institutions.id', 'shortages.institution_id')
    .join('staff', 'staff.id', 'shortages.registrant_id')
    .select<HeaderRow[]>(
      'shortages.*',
      'institutions.name as institution_name',
      'institutions.short_name as institution_short_name',
      'staff.name as registrant_name',
    )
    .orderBy([
      { column: 'shortages.created_at', order: 'desc' },
      { column: 'shortages.number', order: 'desc' },
    ]);
  if (filter.number !== undefined) query.where('shortages.number', filter.number);
  if (filter.institutionIds) query.whereIn('shortages.institution_id', filter.institutionIds);
  if (filter.regionId !== undefined) query.where('shortages.region_id', filter.regionId);
  if (filter.registrantId !== undefined) query.where('shortages.registrant_id', filter.registrantId);
  if (filter.open) query.whereIn('shortages.state', OPEN_HEADER_STATES);
  if (filter.limit !== undefined) query.limit(filter.limit);
  const headers = await query;
  if (headers.length === 0) return [];
  const ids = headers.map((header) => header.id);
  const lines: LineRow[] = await db('shortage_lines')
    .leftJoin('staff', 'staff.id', 'shortage_lines.state_by')
    .whereIn('shortage_id', ids)
    .select('shortage_lines.*', 'staff.name as state_by_name')
    .orderBy(['shortage_id', 'line_no']);
  return headers.map((header) => ({
    id: header.id,
    number: header.number,
    institution: {
      id: header.institution_id,
      name: header.institution_name,
      shortName: header.institution_short_name,
    },
    regionId: header.region_id,
    registrant: { id: header.registrant_id, name: header.registrant_name },
    demo: Boolean(header.demo),
    groupId: header.group_id ?? undefined,
    state: header.state,
    urgency: header.urgency,
    version: Number(header.version),
    createdAt: header.created_at,
    answeredAt: header.answered_at ?? undefined,
    lines: lines.filter((line) => line.shortage_id === header.id).map(lineOf),
  }));
}

/** One shortage by its number. */
export async function findShortage(db: Reader, number: string): Promise<Shortage | undefined> {
  const [found] = await listShortages(db, { number });
  return found;
}

function lineOf(row: LineRow): ShortageLine {
  return {
    id: row.id,
    lineNo: Number(row.line_no),
    drugKey: row.drug_key,
    name: row.drug_name,
    matched: Boolean(row.matched),
    specification: row.specification ?? undefined,
    manufacturer: row.manufacturer ?? undefined,
    quantity: Number(row.quantity),
    unit: row.unit,
    base:
      row.base_quantity === null || row.base_unit === null
        ? undefined
        : { quantity: Number(row.base_quantity), unit: row.base_unit },
    urgency: row.urgency,
    daysLeft: row.days_left ?? undefined,
    stock: row.stock ?? undefined,
    monthlyUse: row.monthly_use ?? undefined,
    purpose: row.purpose,
    coldChain: Boolean(row.cold_chain),
    highAlert: Boolean(row.high_alert),
    substitute: row.substitute === null ? undefined : Boolean(row.substitute),
    wantedBy: row.wanted_by ?? undefined,
    state: row.state,
    reason: row.reason ?? undefined,
    expectedOn: row.expected_on ?? undefined,
    receivedQuantity: row.received_quantity ?? undefined,
    splitFrom: row.split_from ?? undefined,
    stateBy: row.state_by === null ? undefined : { id: row.state_by, name: row.state_by_name ?? '' },
    stateAt: row.state_at,
    createdAt: row.created_at,
    version: Number(row.version),
  };
}

/** An open line of an institution with where it stands, for the duplicate rule. */
export interface OpenLine extends EarlierLine {
  readonly shortage: Shortage;
  readonly line: ShortageLine;
}

/** The institution's open lines. */
export async function listOpenLines(db: Reader, institutionId: string): Promise<readonly OpenLine[]> {
  const shortages = await listShortages(db, { institutionIds: [institutionId], open: true });
  return shortages.flatMap((shortage) =>
    shortage.lines
      .filter((line) => LINE_STATES[line.state].open)
      .map((line) => ({
        shortage,
        line,
        drugKey: line.drugKey,
        state: line.state,
        createdOn: shanghaiDay(new Date(line.createdAt)),
      })),
  );
}

/** What was registered in a region since an instant, for the regional rule; cancelled and merged lines do not count. */
export async function listRegistered(
  db: Reader,
  regionId: string,
  since: Date,
): Promise<readonly { readonly drugKey: string; readonly name: string; readonly institutionId: string }[]> {
  const rows: { drug_key: string; drug_name: string; institution_id: string }[] = await db('shortage_lines')
    .join('shortages', 'shortages.id', 'shortage_lines.shortage_id')
    .where('shortages.region_id', regionId)
    .andWhere('shortage_lines.created_at', '>=', since.toISOString())
    .whereNotIn('shortage_lines.state', ['cancelled', 'merged', 'rejected'])
    .whereNull('shortage_lines.split_from')
    .select('shortage_lines.drug_key', 'shortage_lines.drug_name', 'shortages.institution_id')
    .orderBy('shortage_lines.id');
  return rows.map((row) => ({ drugKey: row.drug_key, name: row.drug_name, institutionId: row.institution_id }));
}

/** Hospitals that lead an alliance of the institution（牵头医院）; two for a unit that serves two. */
export async function listLeads(db: Reader, institutionId: string): Promise<readonly string[]> {
  const rows: { institution_id: string }[] = await db('alliance_members as lead')
    .join('alliance_members as own', 'own.alliance_id', 'lead.alliance_id')
    .where({ 'own.institution_id': institutionId, 'lead.part': 'lead' })
    .distinct('lead.institution_id')
    .orderBy('lead.institution_id');
  return rows.map((row) => row.institution_id);
}

/** The institutions of the alliances that a hospital leads; empty for one that leads none. */
export async function listLedInstitutions(db: Reader, leadId: string): Promise<readonly string[]> {
  const rows: { institution_id: string }[] = await db('alliance_members as own')
    .join('alliance_members as lead', 'own.alliance_id', 'lead.alliance_id')
    .where({ 'lead.institution_id': leadId, 'lead.part': 'lead' })
    .distinct('own.institution_id')
    .orderBy('own.institution_id');
  return rows.map((row) => row.institution_id);
}

/** Who is told of a new shortage: in each lead hospital the pharmacists on duty, else all of them（值班药师）. */
export async function listCentralPharmacists(db: Reader, leadIds: readonly string[]): Promise<readonly StaffMember[]> {
  const found: StaffMember[] = [];
  for (const institutionId of leadIds) {
    const all = await listStaff(db, { institutionId, roles: ['pharmacist'] });
    const onDuty = all.filter((member) => member.duty);
    found.push(...(onDuty.length > 0 ? onDuty : all));
  }
  return found;
}

/** Which shortages somebody may read: the own institution's, those of the led alliances, or the region's as an authority. */
export interface Sight {
  readonly filter: ShortageFilter;
  /** 医共体 for the central pharmacy, 本单位 or 本区域 for others. */
  readonly label: '医共体' | '本单位' | '本区域';
}

/** What the person sees of the shortages（谁看什么）. */
export async function sightOf(db: Reader, actor: Actor): Promise<Sight> {
  if (hasRole(actor, 'pharmacist', 'manager') && actor.institution.kind === 'lead-hospital') {
    const led = await listLedInstitutions(db, actor.institution.id);
    if (led.length > 0) return { filter: { institutionIds: led }, label: '医共体' };
  }
  if (hasRole(actor, 'commission')) return { filter: { regionId: actor.region.id }, label: '本区域' };
  return { filter: { institutionIds: [actor.institution.id] }, label: '本单位' };
}

/** Whether the person may read this one. */
export async function maySee(db: Reader, actor: Actor, shortage: Shortage): Promise<boolean> {
  const { filter } = await sightOf(db, actor);
  if (shortage.institution.id === actor.institution.id) return true;
  if (filter.regionId !== undefined) return shortage.regionId === filter.regionId;
  return filter.institutionIds?.includes(shortage.institution.id) ?? false;
}

/** The group a message was written in, as we know it; absent for one we do not know. */
export async function findGroupId(
  db: Reader,
  message: { readonly channel: string; readonly tenant: string; readonly conversation: { readonly id: string } },
): Promise<string | undefined> {
  const row: { id: string } | undefined = await db('groups')
    .where({
      channel: message.channel,
      tenant: message.tenant,
      platform_conversation_id: message.conversation.id,
    })
    .first('id');
  return row?.id;
}
