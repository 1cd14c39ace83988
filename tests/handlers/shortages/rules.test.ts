/** Every step of a shortage line: from where, by whom, under which guard; and what follows for the whole. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoleCode } from '../../../handlers/people.ts';
import {
  AGE_BUCKETS,
  ageBucket,
  defaultUrgency,
  findDuplicate,
  headerState,
  highestUrgency,
  type LineFacts,
  partiesOf,
  planMove,
  regionalShortages,
} from '../../../handlers/shortages/rules.ts';
import { LINE_STATES, type LineState, readReason, STEPS } from '../../../handlers/shortages/states.ts';

const ALL = Object.keys(LINE_STATES) as LineState[];
const line = (state: LineState, more: Partial<LineFacts> = {}): LineFacts => ({
  lineNo: 1,
  state,
  quantity: 20,
  purpose: 'restock',
  urgency: 'routine',
  ...more,
});

describe('the table of steps', () => {
  it.each(STEPS.map((step) => [step.id, step] as const))(
    '%s moves from its states only, and by its people only',
    (_, step) => {
      const asked = { step: step.id, expectedOn: '2026-12-01', reason: 'maker-stopped' } as const;
      const purpose = step.guards.includes('patient') ? 'patient' : 'restock';
      for (const state of ALL) {
        const planned = planMove([line(state, { purpose })], step.by, asked);
        expect(planned.ok, state).toBe(step.from.includes(state));
      }
      const others = (['registrant', 'receiver', 'central-pharmacy', 'giver'] as const).filter(
        (party) => !step.by.includes(party),
      );
      const refused = planMove([line(step.from[0] ?? 'registered', { purpose })], others, asked);
      expect(refused).toEqual({ ok: false, refused: { why: 'person' } });
    },
  );
  it('leaves no open state without a way on, and lets nothing leave a closed one', () => {
    for (const state of ALL.filter((one) => one !== 'proposed')) {
      const ways = STEPS.filter((step) => step.from.includes(state));
      expect(ways.length > 0, state).toBe(LINE_STATES[state].open);
    }
  });
});

describe('planMove', () => {
  const central = ['central-pharmacy'] as const;
  it('moves all lines that can, leaves the others', () => {
    const lines = [line('registered'), line('delivering', { lineNo: 2 }), line('unavailable', { lineNo: 3 })];
    const planned = planMove(lines, central, { step: 'allocate' });
    expect(planned.ok && planned.lines.map((one) => one.lineNo)).toEqual([1, 3]);
  });
  it('splits a line when only a part is there', () => {
    const planned = planMove([line('registered')], central, { step: 'allocate', lineNo: 1, quantity: 12 });
    expect(planned.ok && planned.lines[0]).toMatchObject({ to: 'allocated', quantity: 12, rest: 8 });
  });
  it.each([0, 21, -1, 1.5])('refuses a part of %d of 20', (quantity) => {
    const planned = planMove([line('registered')], central, { step: 'allocate', quantity });
    expect(planned).toMatchObject({ ok: false, refused: { why: 'guard', guard: 'quantity' } });
  });
  it('refuses a quantity for several lines at once', () => {
    const lines = [line('registered'), line('registered', { lineNo: 2 })];
    expect(planMove(lines, central, { step: 'allocate', quantity: 5 })).toMatchObject({ ok: false });
  });
  it('gives what is on its way another day only when one is said, and only where nothing else can move', () => {
    const lines = [line('delivering'), line('allocated', { lineNo: 2 })];
    const moved = (asked: readonly LineFacts[], expectedOn?: string) => {
      const planned = planMove(asked, central, { step: 'deliver', expectedOn });
      return planned.ok ? planned.lines.map((one) => one.lineNo) : planned.refused.why;
    };
    expect(moved(lines, '2026-12-01')).toEqual([2]);
    expect(moved(lines.slice(0, 1), '2026-12-01')).toEqual([1]);
    expect(moved(lines.slice(0, 1))).toBe('state');
  });
  it('refuses a line that is not there', () => {
    expect(planMove([line('registered')], central, { step: 'allocate', lineNo: 4 })).toEqual({
      ok: false,
      refused: { why: 'no-line', lines: 1 },
    });
  });
  it('wants a day for 采购, reason and day for 无货', () => {
    const lines = [line('registered')];
    expect(planMove(lines, central, { step: 'purchase' })).toMatchObject({ refused: { guard: 'expected-day' } });
    expect(planMove(lines, central, { step: 'refuse-supply', expectedOn: '2026-12-01' })).toMatchObject({
      refused: { guard: 'reason' },
    });
    expect(planMove(lines, central, { step: 'refuse-supply', reason: 'other' })).toMatchObject({
      refused: { guard: 'expected-day' },
    });
  });
  it('takes what is received for the stock on to 已入库, for a patient to 已签收', () => {
    const receive = (purpose: 'restock' | 'patient') =>
      planMove([line('delivering', { purpose })], ['receiver'], { step: 'receive', quantity: 17 });
    expect(receive('restock')).toMatchObject({
      lines: [{ to: 'stocked', quantity: 20, rest: 0, receivedQuantity: 17 }],
    });
    expect(receive('patient')).toMatchObject({ lines: [{ to: 'received', receivedQuantity: 17 }] });
  });
  it('knows no 取药 for the stock', () => {
    expect(planMove([line('received')], ['receiver'], { step: 'collect' })).toMatchObject({
      refused: { why: 'guard', guard: 'patient' },
    });
  });
});

describe('partiesOf', () => {
  const shortage = { registrantId: 'a', institutionId: 'town', leadInstitutionIds: ['lead', 'lead-2'] };
  it.each<[string, string, RoleCode, string, string[]]>([
    ['its registrant', 'a', 'village-doctor', 'town', ['registrant', 'receiver']],
    ['another doctor there', 'b', 'clinician', 'town', ['receiver']],
    ['the pharmacist there', 'b', 'pharmacist', 'town', ['registrant', 'receiver']],
    ['the pharmacist of a lead hospital', 'c', 'pharmacist', 'lead', ['central-pharmacy']],
    ['the pharmacist of the other lead hospital', 'c', 'pharmacist', 'lead-2', ['central-pharmacy']],
    ['a doctor of the lead hospital', 'c', 'clinician', 'lead', []],
    ['a pharmacist elsewhere', 'd', 'pharmacist', 'other', []],
    ['its registrant after moving elsewhere', 'a', 'village-doctor', 'other', []],
    ['the manager there', 'e', 'manager', 'town', []],
  ])('%s', (_, id, role, institutionId, parties) => {
    const institution = {
      id: institutionId,
      name: '',
      shortName: '',
      kind: 'township' as const,
      smallPopulation: false,
    };
    expect(partiesOf({ id, roles: [role], institution }, shortage)).toEqual(parties);
  });
});

describe('headerState', () => {
  it.each<[LineState[], string]>([
    [['registered'], 'registered'],
    [['registered', 'triaged'], 'triaged'],
    [['registered', 'allocated'], 'in_progress'],
    [['unavailable'], 'in_progress'],
    [['stocked', 'delivering'], 'partial'],
    [['received'], 'partial'],
    [['stocked', 'collected'], 'closed'],
    [['stocked', 'cancelled'], 'closed'],
    [['not-collected'], 'closed'],
    [['cancelled', 'cancelled'], 'cancelled'],
    [['cancelled', 'registered'], 'registered'],
    [['rejected'], 'closed'],
    [['merged'], 'duplicate'],
    [['merged', 'cancelled'], 'cancelled'],
  ])('of %j is %s', (states, expected) => {
    expect(headerState(states.map((state) => ({ state })))).toBe(expected);
  });
  it('never depends on the order of the lines', () => {
    const some = fc.array(fc.constantFrom(...ALL), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(some, (states) => {
        const turned = [...states].reverse();
        expect(headerState(turned.map((state) => ({ state })))).toBe(headerState(states.map((state) => ({ state }))));
      }),
    );
  });
});

describe('urgency', () => {
  it.each([
    [undefined, 'restock', 1, 'routine'],
    [undefined, 'patient', 3, 'urgent'],
    [undefined, 'patient', 4, 'routine'],
    [undefined, 'patient', undefined, 'routine'],
    ['routine', 'patient', 2, 'urgent'],
    ['urgent', 'restock', undefined, 'urgent'],
    ['rescue', 'restock', undefined, 'rescue'],
    [undefined, 'emergency', undefined, 'rescue'],
  ] as const)('said %s, for %s, %s days left: %s', (said, purpose, daysLeft, expected) => {
    expect(defaultUrgency({ said, purpose, daysLeft, urgentDaysLeft: 3 })).toBe(expected);
  });
  it('the most pressing wins', () => {
    expect(highestUrgency(['routine', 'rescue', 'urgent'])).toBe('rescue');
    expect(highestUrgency([])).toBe('routine');
  });
});

describe('duplicates, ages, regional shortages', () => {
  const earlier = (createdOn: string, state: LineState = 'registered', drugKey = '阿莫西林|') => ({
    drugKey,
    state,
    createdOn,
  });
  it.each([
    ['14 days ago', [earlier('2026-11-07')], true],
    ['15 days ago', [earlier('2026-11-06')], false],
    ['closed', [earlier('2026-11-20', 'stocked')], false],
    ['another drug', [earlier('2026-11-20', 'registered', '布洛芬|')], false],
    ['the same with a form', [earlier('2026-11-20', 'delivering', '阿莫西林|胶囊')], true],
  ])('registered %s', (_, lines, found) => {
    expect(findDuplicate('阿莫西林|', lines, '2026-11-21', 14) !== undefined).toBe(found);
  });
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [7, 2],
    [8, 3],
  ])('%d days are in class %d', (days, bucket) => expect(ageBucket(days)).toBe(AGE_BUCKETS[bucket]));
  it('counts institutions, not lines, and forms of one drug together', () => {
    const of = (drugKey: string, institutionId: string) => ({ drugKey, name: '阿莫西林', institutionId });
    const two = [of('阿莫西林|', 'a'), of('阿莫西林|', 'a'), of('阿莫西林|胶囊', 'b')];
    expect(regionalShortages(two, 3)).toEqual([]);
    expect(regionalShortages([...two, of('阿莫西林|', 'c')], 3)).toEqual([{ name: '阿莫西林', institutions: 3 }]);
  });
  it.each([
    ['厂家断供', 'maker-stopped'],
    ['人家不要了自己去县城买了', 'not-needed'],
    ['集采约定量用完', 'volume-used-up'],
    ['不知道为啥', 'other'],
    ['', undefined],
  ])('reads the reason “%s” as %s', (words, code) => expect(readReason(words)).toBe(code));
});
