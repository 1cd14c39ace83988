import { describe, expect, it } from 'vitest';
import type { Actor, RoleCode } from '../../../handlers/people.ts';
import {
  canSee,
  detailLevel,
  isSensitive,
  publicDepartment,
  publicPlace,
} from '../../../handlers/referrals/visibility.ts';

function person(id: string, institutionId: string, ...roles: RoleCode[]): Actor {
  return {
    id,
    name: id,
    roles,
    duty: false,
    institution: { id: institutionId, name: '', shortName: '', kind: 'township', smallPopulation: false },
    alliances: [],
    region: { id: 'wuxi', name: '', shortName: '', level: 'county', parentId: undefined },
    regionPath: ['wuxi'],
  };
}
const open = {
  state: 'pending',
  direction: 'U',
  urgency: 'routine',
  fromInstitutionId: 'town',
  toInstitutionId: 'hospital',
  initiatorId: 'maker',
  ownerId: undefined,
  acknowledgedAt: undefined,
  sensitive: false,
} as const;
const owned = { ...open, ownerId: 'owner' };
const sensitive = { ...open, sensitive: true };

describe('who reads what of a patient', () => {
  it.each([
    ['full', 'the maker', person('maker', 'town', 'clinician'), open],
    ['full', 'the maker of a sensitive case', person('maker', 'town', 'clinician'), sensitive],
    ['full', 'a receiving coordinator', person('c', 'hospital', 'coordinator'), sensitive],
    ['full', 'a receiving doctor while nobody owns it', person('d', 'hospital', 'clinician'), open],
    ['none', 'a receiving doctor of a sensitive case', person('d', 'hospital', 'clinician'), sensitive],
    ['none', 'a receiving doctor once somebody else owns it', person('d', 'hospital', 'clinician'), owned],
    ['full', 'the owner', person('owner', 'hospital', 'clinician'), { ...owned, sensitive: true }],
    ['masked', 'a coordinator of the referring side', person('c', 'town', 'coordinator'), open],
    ['none', 'that coordinator for a sensitive case', person('c', 'town', 'coordinator'), sensitive],
    ['none', 'a colleague of the maker', person('x', 'town', 'clinician'), open],
    ['none', 'a director', person('m', 'hospital', 'manager'), open],
    ['none', 'a pharmacist', person('p', 'hospital', 'pharmacist'), open],
    ['none', 'everybody of a third institution', person('s', 'third', 'clinician', 'coordinator', 'manager'), open],
    ['none', 'the maker after moving to a third institution', person('maker', 'third', 'clinician'), open],
  ] as const)('%s: %s', (level, _, actor, facts) => {
    expect(detailLevel(actor, facts)).toBe(level);
  });

  it('exists for both sides only', () => {
    expect(canSee(person('a', 'town'), open)).toBe(true);
    expect(canSee(person('a', 'hospital'), open)).toBe(true);
    expect(canSee(person('a', 'third'), open)).toBe(false);
  });
});

describe('sensitive cases', () => {
  it.each(['HIV阳性', '梅毒', '抑郁发作', '想自杀', '要求人工流产', '肺结核', '乙肝'])(
    'are known by the problem: %s',
    (problem) => {
      expect(isSensitive({ direction: 'U', problem })).toBe(true);
    },
  );
  it.each([
    ['a minor', { age: '17岁' }, true],
    ['a baby', { age: '8个月' }, true],
    ['an adult', { age: '18岁' }, false],
    ['no age', {}, false],
    ['the psychiatric department', { department: '精神科' }, true],
    ['the mental health centre', { target: { id: 'x', name: '县精神卫生中心' } }, true],
    ['surgery', { department: '外科' }, false],
  ] as const)('%s', (_, fields, expected) => {
    expect(isSensitive({ direction: 'U', problem: '阑尾炎', ...fields })).toBe(expected);
  });
  it('have neither department nor telling place in public', () => {
    expect(publicDepartment('精神科', true)).toBe('专科');
    expect(publicDepartment('外科', false)).toBe('外科');
    expect(publicPlace('县精神卫生中心', true)).toBe('专科机构');
    expect(publicPlace('县妇幼保健院', false)).toBe('县妇幼保健院');
    expect(publicPlace('县人民医院', true)).toBe('县人民医院');
  });
});
