/** Demonstration regions, institutions, staff and groups: real institutions, invented people, all of them marked 演示. */
import type { RoleCode } from '../../handlers/people.ts';
import { addInstitutions } from '../import/institutions.ts';
import { type DemoPart, insertRows } from './part.ts';

/** Speaks in the playground without a staff record, to show what an unbound person may do. */
export const UNBOUND_DEMO_PEOPLE: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'unbound-1', name: '演示-未绑定人员' },
];

/** Where the playground's accounts and groups live. */
const CHANNEL = 'playground';
const TENANT = 'demo';

interface Place {
  readonly regionId: string;
  readonly shortName: string;
  readonly allianceId: string;
  /** Institution ids. */
  readonly lead: string;
  readonly township: string;
  readonly clinic: string;
  readonly commission: string;
  /** Invented family names, one for each post below, no two people alike. */
  readonly surnames: string;
}

const PLACES: Readonly<Record<string, Place>> = {
  hn: {
    regionId: 'hunan',
    shortName: '湖南',
    allianceId: 'hn-alliance',
    lead: 'hn-lead-hospital',
    township: 'hn-township-1',
    clinic: 'hn-clinic-1',
    commission: 'hn-commission',
    surnames: '赵钱孙周吴郑冯陈褚卫蒋',
  },
  md: {
    regionId: 'mudan',
    shortName: '牡丹',
    allianceId: 'md-alliance',
    lead: 'md-people-hospital',
    township: 'md-xiaoliu',
    clinic: 'md-clinic-1',
    commission: 'md-commission',
    surnames: '沈韩杨朱秦尤许何吕施张',
  },
  wx: {
    regionId: 'wuxi',
    shortName: '巫溪',
    allianceId: 'wx-general',
    lead: 'wx-people-hospital',
    township: 'wx-hongchiba',
    clinic: 'wx-clinic-1',
    commission: 'wx-commission',
    surnames: '孔李王曹严华金魏陶姜戚',
  },
  hz: {
    regionId: 'huizhou',
    shortName: '徽州',
    allianceId: 'hz-alliance',
    lead: 'hz-lead-hospital',
    township: 'hz-qiankou',
    clinic: 'hz-clinic-1',
    commission: 'hz-commission',
    surnames: '谢邹喻柏水窦章云苏潘葛',
  },
  jy: {
    regionId: 'jieyang',
    shortName: '揭阳',
    allianceId: 'jy-alliance',
    lead: 'jy-lead-hospital',
    township: 'jy-township-1',
    clinic: 'jy-clinic-1',
    commission: 'jy-commission',
    surnames: '奚范彭郎鲁韦昌马苗凤方',
  },
};

interface Post {
  readonly suffix: string;
  readonly role: RoleCode;
  readonly title: string;
  readonly at: 'lead' | 'township' | 'clinic' | 'commission';
  readonly duty?: boolean;
  readonly groups: readonly GroupKind[];
}

type GroupKind = 'referral' | 'shortage' | 'management';

const POSTS: readonly Post[] = [
  { suffix: 'village-doctor-1', role: 'village-doctor', title: '村医', at: 'clinic', groups: ['referral', 'shortage'] },
  { suffix: 'clinician-1', role: 'clinician', title: '医生', at: 'township', groups: ['referral', 'shortage'] },
  { suffix: 'clinician-2', role: 'clinician', title: '医生', at: 'lead', groups: ['referral'] },
  { suffix: 'coordinator-1', role: 'coordinator', title: '协调', at: 'lead', duty: true, groups: ['referral'] },
  { suffix: 'coordinator-2', role: 'coordinator', title: '协调', at: 'township', groups: ['referral'] },
  { suffix: 'pharmacist-1', role: 'pharmacist', title: '药师', at: 'lead', duty: true, groups: ['shortage'] },
  { suffix: 'pharmacist-2', role: 'pharmacist', title: '药师', at: 'township', groups: ['shortage'] },
  { suffix: 'manager-1', role: 'manager', title: '院长', at: 'lead', groups: ['referral', 'shortage', 'management'] },
  { suffix: 'manager-2', role: 'manager', title: '院长', at: 'township', groups: ['management'] },
  { suffix: 'commission-1', role: 'commission', title: '科长', at: 'commission', groups: ['management'] },
  { suffix: 'admin-1', role: 'admin', title: '工程师', at: 'lead', groups: ['management'] },
];

/** The second Wuxi alliance has people of its own, so that what crosses alliances can be shown. */
const FURTHER_STAFF: readonly { id: string; name: string; role: RoleCode; institution: string; duty: boolean }[] = [
  { id: 'wx-clinician-3', name: '演示-罗医生', role: 'clinician', institution: 'wx-tcm-hospital', duty: false },
  { id: 'wx-coordinator-3', name: '演示-毕协调', role: 'coordinator', institution: 'wx-tcm-hospital', duty: true },
  { id: 'wx-manager-3', name: '演示-郝院长', role: 'manager', institution: 'wx-tcm-hospital', duty: false },
  { id: 'wx-commission-2', name: '演示-安科长', role: 'commission', institution: 'wx-insurance', duty: false },
];

const GROUPS: readonly { readonly kind: GroupKind; readonly title: string }[] = [
  { kind: 'referral', title: '转诊群' },
  { kind: 'shortage', title: '缺药群' },
  { kind: 'management', title: '管理群' },
];

interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: RoleCode;
  readonly institution: string;
  readonly duty: boolean;
}

/** Regions, alliances, institutions, staff with roles and playground accounts, groups with members. */
export const fillPeople: DemoPart = async (trx, { clock }) => {
  const now = clock.now().toISOString();
  await addInstitutions(trx, { now, demo: true });
  const people = [...Object.entries(PLACES).flatMap(([prefix, place]) => peopleOf(prefix, place)), ...FURTHER_STAFF];
  await insertRows(
    trx,
    'staff',
    people.map((person) => ({
      id: person.id,
      name: person.name,
      institution_id: person.institution,
      duty: person.duty,
      status: 'active',
      demo: true,
      version: 1,
      created_at: now,
    })),
  );
  await insertRows(
    trx,
    'staff_roles',
    people.map((person) => ({ staff_id: person.id, role: person.role })),
  );
  await insertRows(
    trx,
    'accounts',
    people.map((person) => ({
      id: `${CHANNEL}:${person.id}`,
      staff_id: person.id,
      channel: CHANNEL,
      tenant: TENANT,
      platform_user_id: person.id,
      platform_user_key: person.id,
      priority: 100,
      created_at: now,
    })),
  );
  await insertGroups(trx);
};

function peopleOf(prefix: string, place: Place): readonly Person[] {
  return POSTS.map((post, position) => ({
    id: `${prefix}-${post.suffix}`,
    name: `演示-${place.surnames[position] ?? ''}${post.title}`,
    role: post.role,
    institution: place[post.at],
    duty: post.duty ?? false,
  }));
}

const insertGroups = async (trx: Parameters<DemoPart>[0]): Promise<void> => {
  const groups = Object.entries(PLACES).flatMap(([prefix, place]) =>
    GROUPS.map((group) => ({
      prefix,
      place,
      kind: group.kind,
      id: `${prefix}-group-${group.kind}`,
      title: `演示·${place.shortName}${group.title}`,
    })),
  );
  await insertRows(
    trx,
    'groups',
    groups.map((group) => ({
      id: group.id,
      channel: CHANNEL,
      tenant: TENANT,
      platform_conversation_id: group.id,
      title: group.title,
      region_id: group.place.regionId,
      alliance_id: group.place.allianceId,
      purpose: group.kind,
      digest: group.kind === 'management',
      demo: true,
    })),
  );
  await insertRows(
    trx,
    'group_members',
    groups.flatMap((group) =>
      POSTS.filter((post) => post.groups.includes(group.kind)).map((post) => ({
        group_id: group.id,
        staff_id: `${group.prefix}-${post.suffix}`,
      })),
    ),
  );
};
