import { describe, expect, it } from 'vitest';
import type { Actor, InstitutionKind, RoleCode } from '../../../handlers/people.ts';
import { type CaseFacts, decideStep, openSteps, type StepFacts } from '../../../handlers/referrals/rules.ts';
import { type Guard, STATES, type State, TRANSITIONS, type Transition } from '../../../handlers/referrals/states.ts';

const NOW = new Date('2026-11-21T02:30:00Z');
const HOUR = 3_600_000;

function person(id: string, institutionId: string, kind: InstitutionKind, ...roles: RoleCode[]): Actor {
  return {
    id,
    name: id,
    roles,
    duty: false,
    institution: { id: institutionId, name: institutionId, shortName: institutionId, kind, smallPopulation: false },
    alliances: [],
    region: { id: 'wuxi', name: '巫溪', shortName: '巫溪', level: 'county', parentId: undefined },
    regionPath: ['wuxi'],
  };
}
const initiator = person('initiator', 'town', 'township', 'clinician');
const townManager = person('town-manager', 'town', 'township', 'manager');
const townColleague = person('town-colleague', 'town', 'township', 'clinician');
const doctor = person('doctor', 'hospital', 'lead-hospital', 'clinician');
const centre = person('centre', 'hospital', 'lead-hospital', 'coordinator');
const stranger = person('stranger', 'elsewhere', 'lead-hospital', 'clinician', 'coordinator', 'manager');
const pharmacist = person('pharmacist', 'hospital', 'lead-hospital', 'pharmacist');
const people = [initiator, townManager, townColleague, doctor, centre];

const base: CaseFacts = {
  state: 'pending',
  direction: 'U',
  urgency: 'routine',
  fromInstitutionId: 'town',
  toInstitutionId: 'hospital',
  initiatorId: 'initiator',
  ownerId: undefined,
  acknowledgedAt: undefined,
  arrangedFor: new Date(NOW.getTime() - HOUR),
  feedbackAt: '2026-11-21T01:00:00Z',
};
const everything: StepFacts = {
  now: NOW,
  missing: [],
  destinationId: 'third',
  time: new Date(NOW.getTime() + HOUR),
  plan: '康复',
  agreed: { staffId: 'other', institutionId: 'hospital' },
  noShows: 1,
  idle: { sinceMs: NOW.getTime() - 8 * 24 * HOUR, limitMs: 7 * 24 * HOUR },
  reason: '1',
};
/** How each guard is broken. */
const BROKEN: Readonly<Record<Guard, { facts?: Partial<CaseFacts>; step?: Partial<StepFacts>; own?: boolean }>> = {
  'required-slots': { step: { missing: ['patient'] } },
  'review-on': { step: { reviewOn: false } },
  'review-off': { step: { reviewOn: true } },
  'not-initiator': { own: true },
  ordinary: { facts: { urgency: 'green' } },
  emergency: { facts: { urgency: 'urgent' } },
  'not-acknowledged': { facts: { acknowledgedAt: '2026-11-21T01:00:00Z' } },
  destination: { step: { destinationId: 'hospital' } },
  'future-time': { step: { time: NOW } },
  'arrangement-near': { facts: { arrangedFor: new Date(NOW.getTime() + 25 * HOUR) } },
  'arrangement-past': { facts: { arrangedFor: new Date(NOW.getTime() + HOUR) } },
  'feedback-given': { facts: { feedbackAt: undefined } },
  'first-no-show': { step: { noShows: 2 } },
  'both-sides': { step: { agreed: undefined } },
  'second-person': { step: { agreed: undefined } },
  plan: { step: { plan: ' ' } },
  overdue: { step: { idle: { sinceMs: NOW.getTime(), limitMs: HOUR } } },
};

function factsFor(one: Transition, state: State): CaseFacts {
  const emergency = one.guards?.includes('emergency') ?? false;
  const direction = one.directions?.[0] ?? 'U';
  return { ...base, state, direction, urgency: emergency ? 'emergency' : 'routine' };
}
function stepFor(one: Transition): StepFacts {
  return { ...everything, reviewOn: one.guards?.includes('review-on') ?? false };
}
/** Somebody who may take the step; of two sides the referring one first, so that 'both-sides' needs the other. */
function takerOf(one: Transition, facts: CaseFacts): Actor | 'timer' {
  const found = people.find((actor) => decideStep(one.id as never, facts, actor, stepFor(one)).ok);
  if (found) return found;
  if (one.by.includes('timer')) return 'timer';
  throw new Error(`nobody may ${one.id}`);
}

describe.each(TRANSITIONS.map((one: Transition) => [one.id, one] as const))('%s', (_, one) => {
  it.each(one.from)('leads from %s to its state', (state) => {
    const facts = factsFor(one, state);
    const step = decideStep(one.id as never, facts, takerOf(one, facts), stepFor(one));
    expect(step).toMatchObject({ ok: true, to: one.to, stamps: one.stamps ?? [] });
  });

  it('is refused from every other state', () => {
    const facts = factsFor(one, one.from[0] as State);
    const taker = takerOf(one, facts);
    for (const state of Object.keys(STATES) as State[]) {
      if (one.from.includes(state)) continue;
      expect(decideStep(one.id as never, { ...facts, state }, taker, stepFor(one)), state).toMatchObject({
        ok: false,
        why: 'state',
      });
    }
  });

  it('is refused to a third institution and to a role without a part in it', () => {
    const facts = factsFor(one, one.from[0] as State);
    for (const actor of [stranger, pharmacist]) {
      expect(decideStep(one.id as never, facts, actor, stepFor(one))).toMatchObject({ ok: false, why: 'person' });
    }
  });

  it('is refused where a guard does not hold', () => {
    const facts = factsFor(one, one.from[0] as State);
    for (const guard of one.guards ?? []) {
      const { facts: otherFacts, step, own } = BROKEN[guard];
      const taker = takerOf(one, facts);
      const broken = { ...facts, ...otherFacts, ...(own && taker !== 'timer' ? { initiatorId: taker.id } : {}) };
      expect(decideStep(one.id as never, broken, taker, { ...stepFor(one), ...step }), guard).toMatchObject({
        ok: false,
        why: 'guard',
        guard,
      });
    }
  });

  it('needs a reason exactly where it is a negative move', () => {
    const facts = factsFor(one, one.from[0] as State);
    const step = decideStep(one.id as never, facts, takerOf(one, facts), { ...stepFor(one), reason: '' });
    if (one.reasons) expect(step).toMatchObject({ ok: false, why: 'reason', choices: one.reasons(facts.direction) });
    else expect(step.ok).toBe(true);
  });
});

it('leaves no open state without a way out, and no terminal one with one but 作废', () => {
  for (const state of Object.keys(STATES) as State[]) {
    const ways = TRANSITIONS.filter((one: Transition) => one.from.includes(state)).map((one) => one.id);
    if (STATES[state].terminal)
      expect(
        ways.filter((id) => id !== 'annul'),
        state,
      ).toEqual([]);
    else expect(ways.length, state).toBeGreaterThan(1);
  }
});

it('reaches every state', () => {
  const reached = new Set<State>(TRANSITIONS.map((one) => one.to));
  expect((Object.keys(STATES) as State[]).filter((state) => !reached.has(state))).toEqual([]);
});

it.each([
  ['the receiving coordinator', centre, ['claim', 'assign', 'accept', 'ask-for-more', 'reject', 'redirect']],
  ['a receiving doctor', doctor, ['claim', 'accept', 'ask-for-more', 'reject', 'redirect']],
  ['the initiator', initiator, ['withdraw']],
  ['a colleague of the initiator', townColleague, []],
  ['a third institution', stranger, []],
] as const)('offers %s the steps of this moment', (_, actor, ids) => {
  const offered = openSteps(base, actor).map((one) => one.id);
  expect(offered.filter((id) => id !== 'annul')).toEqual(ids);
});

it('lets nobody of the sending hospital accept for the township', () => {
  const down: CaseFacts = {
    ...base,
    direction: 'D',
    fromInstitutionId: 'hospital',
    toInstitutionId: 'town',
    initiatorId: 'doctor',
  };
  expect(decideStep('accept', down, centre, { now: NOW })).toMatchObject({ ok: false, why: 'person' });
  expect(decideStep('accept', down, townColleague, { now: NOW })).toMatchObject({ ok: true });
});
