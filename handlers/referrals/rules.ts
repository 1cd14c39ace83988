/** Decides a step of a referral: pure, the state and the person in, the new state or the reason why not out. */
import { type Actor, hasRole } from '../people.ts';
import { type GivenReason, type Reason, readReason } from './reasons.ts';
import {
  type Direction,
  type Guard,
  isEmergencyPath,
  type Party,
  type Stamp,
  type State,
  TRANSITIONS,
  type Transition,
  type TransitionId,
  transition,
  type Urgency,
} from './states.ts';

/** What the rules look at: nothing of the patient. */
export interface CaseFacts {
  readonly state: State;
  readonly direction: Direction;
  readonly urgency: Urgency;
  readonly fromInstitutionId: string;
  readonly toInstitutionId: string;
  readonly initiatorId: string;
  readonly ownerId: string | undefined;
  readonly acknowledgedAt: string | undefined;
  readonly arrangedFor?: Date | undefined;
  readonly feedbackAt?: string | undefined;
}

/** What comes with the step itself, each only where its guard asks for it. */
export interface StepFacts {
  readonly now: Date;
  /** Required slots that are empty. */
  readonly missing?: readonly string[] | undefined;
  /** The institution reviews before sending（内审开关）. */
  readonly reviewOn?: boolean | undefined;
  readonly destinationId?: string | undefined;
  readonly time?: Date | undefined;
  readonly plan?: string | undefined;
  /** A second person agreed: of the other side for `close`, any other for `annul`. */
  readonly agreed?: { readonly staffId: string; readonly institutionId: string } | undefined;
  readonly noShows?: number | undefined;
  /** Since when the case stands still, and how long it may (ms). */
  readonly idle?: { readonly sinceMs: number; readonly limitMs: number } | undefined;
  readonly reason?: string | undefined;
}

/** Why a step is not taken. */
export type Refused =
  | { readonly why: 'state' } // not from here
  | { readonly why: 'person' } // not by this person
  | { readonly why: 'guard'; readonly guard: Guard }
  | { readonly why: 'reason'; readonly choices: readonly Reason[] };

export type Step =
  | {
      readonly ok: true;
      readonly transition: Transition;
      readonly to: State;
      readonly stamps: readonly Stamp[];
      readonly given: GivenReason | undefined;
    }
  | ({ readonly ok: false; readonly transition: Transition } & Refused);

/** What somebody is to a case; empty for everybody of a third institution. */
export function partiesOf(actor: Actor, facts: CaseFacts): ReadonlySet<Party> {
  const parties = new Set<Party>();
  const sending = actor.institution.id === facts.fromInstitutionId;
  const receiving = actor.institution.id === facts.toInstitutionId;
  if (!sending && !receiving) return parties;
  if (actor.id === facts.initiatorId) parties.add('initiator');
  if (sending && hasRole(actor, 'clinician', 'village-doctor', 'coordinator')) parties.add('sender');
  if (sending && hasRole(actor, 'manager')) parties.add('reviewer');
  if (receiving && hasRole(actor, 'clinician', 'village-doctor', 'coordinator', 'manager')) parties.add('receiver');
  if (receiving && hasRole(actor, 'coordinator', 'manager')) parties.add('allocator');
  if (receiving && actor.id === facts.ownerId) parties.add('owner');
  if (actor.institution.kind === 'lead-hospital' && hasRole(actor, 'coordinator')) parties.add('centre');
  return parties;
}

/** Decides one step for one person at one moment. */
export function decideStep(id: TransitionId, facts: CaseFacts, actor: Actor | 'timer', step: StepFacts): Step {
  const chosen = transition(id);
  const refuse = (refused: Refused): Step => ({ ok: false, transition: chosen, ...refused });
  const parties = actor === 'timer' ? new Set<Party>(['timer']) : partiesOf(actor, facts);
  if (!chosen.by.some((party) => parties.has(party))) return refuse({ why: 'person' });
  if (!fits(chosen, facts)) return refuse({ why: 'state' });
  for (const guard of chosen.guards ?? []) {
    if (!GUARDS[guard](facts, step, actor === 'timer' ? undefined : actor)) return refuse({ why: 'guard', guard });
  }
  const choices = chosen.reasons?.(facts.direction);
  const given = choices && readReason(choices, step.reason ?? '');
  if (choices && !given) return refuse({ why: 'reason', choices });
  return { ok: true, transition: chosen, to: chosen.to, stamps: chosen.stamps ?? [], given };
}

/** The steps open to this person now, in the table's order: what buttons may be offered. Never cached. */
export function openSteps(facts: CaseFacts, actor: Actor): readonly Transition[] {
  const parties = partiesOf(actor, facts);
  return TRANSITIONS.filter((one: Transition) => fits(one, facts) && one.by.some((party) => parties.has(party))).filter(
    (one: Transition) =>
      (one.guards ?? []).every((guard) => !KNOWN_BEFOREHAND.has(guard) || GUARDS[guard](facts, NOTHING, actor)),
  );
}

function fits(chosen: Transition, facts: CaseFacts): boolean {
  return chosen.from.includes(facts.state) && (chosen.directions?.includes(facts.direction) ?? true);
}

const NOTHING: StepFacts = { now: new Date(0) };
/** Guards that need nothing but the case and the person. */
const KNOWN_BEFOREHAND = new Set<Guard>([
  'not-initiator',
  'ordinary',
  'emergency',
  'not-acknowledged',
  'feedback-given',
]);
const DAY_MS = 24 * 60 * 60 * 1000;

const GUARDS: Readonly<Record<Guard, (facts: CaseFacts, step: StepFacts, actor: Actor | undefined) => boolean>> = {
  'required-slots': (_, step) => (step.missing ?? []).length === 0,
  'review-on': (_, step) => step.reviewOn === true,
  'review-off': (_, step) => step.reviewOn !== true,
  'not-initiator': (facts, _, actor) => actor?.id !== facts.initiatorId,
  ordinary: (facts) => !isEmergencyPath(facts.urgency),
  emergency: (facts) => isEmergencyPath(facts.urgency),
  'not-acknowledged': (facts) => facts.acknowledgedAt === undefined,
  destination: (facts, step) =>
    step.destinationId !== undefined &&
    step.destinationId !== facts.toInstitutionId &&
    step.destinationId !== facts.fromInstitutionId,
  'future-time': (_, step) => step.time !== undefined && step.time.getTime() > step.now.getTime(),
  'arrangement-near': (facts, step) =>
    facts.arrangedFor === undefined || step.now.getTime() >= facts.arrangedFor.getTime() - DAY_MS,
  'arrangement-past': (facts, step) =>
    facts.arrangedFor !== undefined && step.now.getTime() > facts.arrangedFor.getTime(),
  'feedback-given': (facts) => facts.feedbackAt !== undefined,
  'first-no-show': (_, step) => (step.noShows ?? 0) <= 1,
  'both-sides': (facts, step, actor) =>
    actor !== undefined &&
    (isCentre(actor) || (step.agreed !== undefined && step.agreed.institutionId === otherSide(facts, actor))),
  'second-person': (_, step, actor) => step.agreed !== undefined && step.agreed.staffId !== actor?.id,
  plan: (_, step) => (step.plan ?? '').trim() !== '',
  overdue: (_, step) => step.idle !== undefined && step.now.getTime() - step.idle.sinceMs >= step.idle.limitMs,
};

function isCentre(actor: Actor): boolean {
  return actor.institution.kind === 'lead-hospital' && hasRole(actor, 'coordinator');
}

function otherSide(facts: CaseFacts, actor: Actor): string {
  return actor.institution.id === facts.fromInstitutionId ? facts.toInstitutionId : facts.fromInstitutionId;
}
