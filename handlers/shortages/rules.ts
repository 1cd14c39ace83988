/** Decides a step of a shortage: pure; lines and the person in, the new lines or the reason why not out. */
import type { Actor } from '../people.ts';
import { type Day, daysBetween } from '../time.ts';
import { isSameDrug } from './drugs.ts';
import {
  type Guard,
  type HeaderState,
  LINE_STATES,
  type LineState,
  type Party,
  type ReasonCode,
  type StepId,
  stepOf,
} from './states.ts';
import { type Purpose, URGENCIES, type Urgency } from './tokens.ts';

/** What the rules look at in a line. */
export interface LineFacts {
  readonly lineNo: number;
  readonly state: LineState;
  readonly quantity: number;
  readonly purpose: Purpose;
  readonly urgency: Urgency;
  readonly receivedQuantity?: number | undefined;
}

/** Who is involved in a shortage, beside the person who speaks. */
export interface Involved {
  readonly registrantId: string;
  readonly institutionId: string;
  /** Hospitals that lead an alliance of the institution. */
  readonly leadInstitutionIds: readonly string[];
}

/** What a person is to a shortage（参与方）; none for a stranger. */
export function partiesOf(actor: Pick<Actor, 'id' | 'roles' | 'institution'>, shortage: Involved): readonly Party[] {
  const parties: Party[] = [];
  const own = actor.institution.id === shortage.institutionId;
  const isPharmacist = actor.roles.includes('pharmacist');
  const treats = isPharmacist || actor.roles.includes('clinician') || actor.roles.includes('village-doctor');
  if (own && (actor.id === shortage.registrantId || isPharmacist)) parties.push('registrant');
  if (own && treats) parties.push('receiver');
  if (isPharmacist && shortage.leadInstitutionIds.includes(actor.institution.id)) parties.push('central-pharmacy');
  return parties;
}

/** What comes with a step. */
export interface Move {
  readonly step: StepId;
  /** Absent: all lines that can take the step. */
  readonly lineNo?: number | undefined;
  readonly quantity?: number | undefined;
  readonly expectedOn?: Day | undefined;
  readonly reason?: ReasonCode | undefined;
}

export type Refused =
  | { readonly why: 'no-line'; readonly lines: number }
  | { readonly why: 'person' }
  | { readonly why: 'state'; readonly line: LineFacts | undefined }
  | { readonly why: 'guard'; readonly guard: Guard; readonly line: LineFacts };

/** A line that moves: where to, and how much of it; `rest` stays behind as a new line. */
export interface MovedLine {
  readonly lineNo: number;
  readonly from: LineState;
  readonly to: LineState;
  readonly quantity: number;
  readonly rest: number;
  readonly receivedQuantity?: number | undefined;
}

export type Moved =
  | { readonly ok: true; readonly lines: readonly MovedLine[] }
  | { readonly ok: false; readonly refused: Refused };

/**
 * The lines a step moves, or why none moves. A smaller quantity splits the line on 有货; on 签收 the line closes with what
 * arrived. What is received for the stock goes on to 已入库 by itself.
 */
export function planMove(lines: readonly LineFacts[], parties: readonly Party[], move: Move): Moved {
  const step = stepOf(move.step);
  if (!step.by.some((party) => parties.includes(party))) return refuse({ why: 'person' });
  const asked = move.lineNo === undefined ? lines : lines.filter((line) => line.lineNo === move.lineNo);
  if (asked.length === 0) return refuse({ why: 'no-line', lines: lines.length });
  const movable = asked.filter((line) => step.from.includes(line.state) && fits(step.guards, line));
  // what is already there only gets another day, and only where nothing else is meant
  const fresh = movable.filter((line) => line.state !== step.to);
  const able = fresh.length > 0 ? fresh : move.expectedOn === undefined ? [] : movable;
  const [first] = able;
  if (!first) {
    const [wrong] = asked;
    const unfit = asked.find((line) => step.from.includes(line.state));
    const guard = unfit && step.guards.find((one) => one === 'patient' || one === 'restock');
    return unfit && guard ? refuse({ why: 'guard', guard, line: unfit }) : refuse({ why: 'state', line: wrong });
  }
  if (step.guards.includes('expected-day') && move.expectedOn === undefined) {
    return refuse({ why: 'guard', guard: 'expected-day', line: first });
  }
  if (step.guards.includes('reason') && move.reason === undefined) {
    return refuse({ why: 'guard', guard: 'reason', line: first });
  }
  const { quantity } = move;
  if (quantity !== undefined) {
    const fitting =
      Number.isInteger(quantity) &&
      quantity <= first.quantity &&
      (quantity > 0 || (quantity === 0 && move.step === 'receive'));
    if (able.length > 1 || !fitting) return refuse({ why: 'guard', guard: 'quantity', line: first });
  }
  return {
    ok: true,
    lines: able.map((line) => {
      const part = quantity ?? line.quantity;
      if (move.step === 'receive') {
        const to = line.purpose === 'patient' ? 'received' : 'stocked';
        return { lineNo: line.lineNo, from: line.state, to, quantity: line.quantity, rest: 0, receivedQuantity: part };
      }
      return { lineNo: line.lineNo, from: line.state, to: step.to, quantity: part, rest: line.quantity - part };
    }),
  };
}

function refuse(refused: Refused): Moved {
  return { ok: false, refused };
}

function fits(guards: readonly Guard[], line: LineFacts): boolean {
  if (guards.includes('patient')) return line.purpose === 'patient';
  return !(guards.includes('restock') && line.purpose === 'patient');
}

/** Whether a line is still missing. */
export function isOpen(line: Pick<LineFacts, 'state'>): boolean {
  return LINE_STATES[line.state].open;
}

/** The state of the whole from its lines（总单状态）; the order of the lines never matters. */
export function headerState(lines: readonly Pick<LineFacts, 'state'>[]): HeaderState {
  const states = lines.map((line) => line.state);
  const open = states.filter((state) => LINE_STATES[state].open);
  const supplied = states.some((state) => state === 'stocked' || state === 'collected' || state === 'not-collected');
  if (open.length === 0) {
    if (supplied || states.includes('rejected')) return 'closed';
    return states.length > 0 && states.every((state) => state === 'merged') ? 'duplicate' : 'cancelled';
  }
  if (supplied || states.includes('received')) return 'partial';
  if (open.some((state) => !['proposed', 'registered', 'triaged'].includes(state))) return 'in_progress';
  return open.includes('triaged') ? 'triaged' : 'registered';
}

/** The most pressing of several; 一般 of none. */
export function highestUrgency(urgencies: readonly Urgency[]): Urgency {
  return URGENCIES.find((urgency) => urgencies.includes(urgency)) ?? 'routine';
}

/** How pressing a line is when it is registered（分诊默认）: as said, or by what it is for and how long the stock lasts. */
export function defaultUrgency(line: {
  readonly said: Urgency | undefined;
  readonly purpose: Purpose;
  readonly daysLeft: number | undefined;
  /** From the settings（本单位设定）. */
  readonly urgentDaysLeft: number;
}): Urgency {
  if (line.purpose === 'emergency' || line.said === 'rescue') return 'rescue';
  const runsOut = line.purpose === 'patient' && line.daysLeft !== undefined && line.daysLeft <= line.urgentDaysLeft;
  if (line.said === 'urgent' || runsOut) return 'urgent';
  return 'routine';
}

/** A line of the same institution that may be the same need. */
export interface EarlierLine {
  readonly drugKey: string;
  readonly state: LineState;
  readonly createdOn: Day;
}

/** The open line of the same drug registered within so many days, the latest first（重复登记）. */
export function findDuplicate<T extends EarlierLine>(
  drugKey: string,
  earlier: readonly T[],
  today: Day,
  withinDays: number,
): T | undefined {
  return earlier
    .filter((line) => isOpen(line) && isSameDrug(line.drugKey, drugKey))
    .filter((line) => daysBetween(line.createdOn, today) <= withinDays)
    .sort((a, b) => (a.createdOn < b.createdOn ? 1 : a.createdOn > b.createdOn ? -1 : 0))[0];
}

/** Age of an open line in days, in the classes of the daily overview（账龄）. */
export const AGE_BUCKETS = ['0–1天', '2–3天', '4–7天', '超过7天'] as const;

/** The class of an age. */
export function ageBucket(days: number): (typeof AGE_BUCKETS)[number] {
  if (days <= 1) return '0–1天';
  if (days <= 3) return '2–3天';
  return days <= 7 ? '4–7天' : '超过7天';
}

/** Drugs registered by enough institutions: a shortage of the region（区域性短缺）, most institutions first. */
export function regionalShortages(
  lines: readonly { readonly drugKey: string; readonly name: string; readonly institutionId: string }[],
  institutions: number,
): readonly { readonly name: string; readonly institutions: number }[] {
  const byDrug = new Map<string, { name: string; who: Set<string> }>();
  for (const line of lines) {
    const generic = line.drugKey.split('|')[0] ?? line.drugKey; // forms of one drug count together
    const entry = byDrug.get(generic) ?? { name: line.name, who: new Set<string>() };
    entry.who.add(line.institutionId);
    byDrug.set(generic, entry);
  }
  return [...byDrug.values()]
    .filter((entry) => entry.who.size >= institutions)
    .map((entry) => ({ name: entry.name, institutions: entry.who.size }))
    .sort((a, b) => b.institutions - a.institutions || a.name.localeCompare(b.name, 'zh'));
}
