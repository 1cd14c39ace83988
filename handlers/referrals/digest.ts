/** What referrals say in the daily digest: counts by state, what is late, emergencies of the last day（转诊汇总）. */
import type { DigestScope, DigestSource } from '../digest.ts';
import type { Clock, Reader } from '../ports.ts';
import { type Limits, readLimits, spokenMinutes } from './limits.ts';
import {
  DIRECTIONS,
  type Direction,
  isEmergencyPath,
  OPEN_STATES,
  type State,
  stateLabel,
  type Urgency,
} from './states.ts';

/** The few columns that are counted; nothing of a patient is read. */
export interface CountedCase {
  readonly direction: Direction;
  readonly urgency: Urgency;
  readonly state: State;
  readonly submittedAt: string;
  readonly acknowledgedAt: string | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Which limit a case has overrun at an instant; `undefined` where it is in time or nobody set a limit. */
export function overdueLimit(one: CountedCase, limits: Partial<Limits>, now: Date): keyof Limits | undefined {
  const waits = one.state === 'pending' || one.state === 'assigned';
  const unknown = one.state === 'accepted' && isEmergencyPath(one.urgency) && one.acknowledgedAt === undefined;
  if (!waits && !unknown) return undefined;
  const name: keyof Limits = unknown
    ? 'emergencyAcknowledge'
    : one.urgency === 'urgent'
      ? 'urgentAccept'
      : one.direction === 'D'
        ? 'downResponse'
        : 'upUnclaimed';
  const limit = limits[name];
  if (limit === undefined) return undefined;
  return now.getTime() - Date.parse(one.submittedAt) > limit * 60_000 ? name : undefined;
}

const LATE_WORDS: Readonly<Record<keyof Limits, string>> = {
  emergencyAcknowledge: '急诊/绿通未知悉',
  urgentAccept: '加急未受理',
  upUnclaimed: '上转未受理',
  downResponse: '下转未受理',
};

/** The lines of the section, the most urgent first; empty where nothing is open and nothing happened. */
export function digestLines(cases: readonly CountedCase[], limits: Partial<Limits>, now: Date): readonly string[] {
  const lines: string[] = [];
  const late = new Map<keyof Limits, number>();
  for (const one of cases) {
    const name = overdueLimit(one, limits, now);
    if (name) late.set(name, (late.get(name) ?? 0) + 1);
  }
  if (late.size > 0) {
    const parts = (Object.keys(LATE_WORDS) as (keyof Limits)[]).flatMap((name) => {
      const count = late.get(name);
      return count === undefined ? [] : [`${LATE_WORDS[name]}${count}单（超${spokenMinutes(limits[name] ?? 0)}）`];
    });
    lines.push(`超时：${parts.join('，')}，时限为本单位设定`);
  }
  const isRecent = (one: CountedCase): boolean => now.getTime() - Date.parse(one.submittedAt) <= DAY_MS;
  const emergencies = cases.filter((one) => isEmergencyPath(one.urgency) && isRecent(one));
  if (emergencies.length > 0) {
    const open = emergencies.filter((one) => one.state === 'accepted' && one.acknowledgedAt === undefined).length;
    lines.push(`近24小时急诊/绿通${emergencies.length}单${open > 0 ? `，${open}单还没有知悉` : ''}`);
  }
  for (const direction of Object.keys(DIRECTIONS) as Direction[]) {
    const own = cases.filter((one) => one.direction === direction);
    const states = OPEN_STATES.flatMap((state) => {
      const count = own.filter((one) => one.state === state).length;
      return count > 0 ? [`${stateLabel(state, direction)}${count}`] : [];
    });
    if (states.length > 0) lines.push(`${DIRECTIONS[direction]}未办结：${states.join('，')}`);
  }
  const fresh = cases.filter(isRecent);
  if (fresh.length > 0) {
    const count = (direction: Direction): number => fresh.filter((one) => one.direction === direction).length;
    lines.push(`近24小时新增：上转${count('U')}，下转${count('D')}`);
  }
  return lines.slice(0, 6);
}

/** Counts the referrals a reader may see: of the own institution, on either side, or of the whole region. */
export const referralDigest: DigestSource = async ({ db, clock }, scope) => {
  const limits = await readLimits(db, { institutionId: scope.institutionId, regionPath: scope.regionPath });
  const lines = digestLines(await countedCases(db, clock, scope), limits, clock.now());
  return lines.length > 0 ? { title: '转诊', lines } : undefined;
};

async function countedCases(db: Reader, clock: Clock, scope: DigestScope): Promise<readonly CountedCase[]> {
  const since = new Date(clock.now().getTime() - DAY_MS).toISOString();
  const inRegion = db('institutions').where({ region_id: scope.regionId }).select('id');
  const rows: {
    direction: Direction;
    urgency: Urgency;
    state: State;
    submitted_at: string;
    acknowledged_at: string | null;
  }[] = await db('referrals')
    .where((side) => {
      if (scope.institutionId === undefined) {
        side.whereIn('from_institution_id', inRegion).orWhereIn('to_institution_id', inRegion);
      } else {
        side.where('from_institution_id', scope.institutionId).orWhere('to_institution_id', scope.institutionId);
      }
    })
    .andWhere((which) => which.whereIn('state', OPEN_STATES).orWhere('submitted_at', '>=', since))
    .whereNot('state', 'error')
    .select('direction', 'urgency', 'state', 'submitted_at', 'acknowledged_at');
  return rows.map((row) => ({
    direction: row.direction,
    urgency: row.urgency,
    state: row.state,
    submittedAt: row.submitted_at,
    acknowledgedAt: row.acknowledged_at ?? undefined,
  }));
}
