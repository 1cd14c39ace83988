/** People and groups of the stand-in: three regions, every role, one unbound person. */

interface FakePerson {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly institution: string | null;
  readonly alliances: readonly string[];
  readonly region: string | null;
  readonly bound: boolean;
}

function person(id: string, name: string, role: string, institution: string, region: string): FakePerson {
  return { id, name, roles: [role], institution, alliances: [], region, bound: true };
}

export const FAKE_STAFF: readonly FakePerson[] = [
  person('wx-village-doctor-1', '周村医', 'village-doctor', '红池坝镇茶山村卫生室', '巫溪'),
  person('wx-clinician-1', '陈医生', 'clinician', '巫溪县红池坝镇卫生院', '巫溪'),
  person('wx-coordinator-2', '何协调', 'coordinator', '巫溪县红池坝镇卫生院', '巫溪'),
  person('wx-clinician-2', '李主任', 'clinician', '巫溪县人民医院', '巫溪'),
  person('wx-coordinator-1', '吴转诊', 'coordinator', '巫溪县人民医院', '巫溪'),
  person('wx-pharmacist-1', '郑药师', 'pharmacist', '巫溪县人民医院', '巫溪'),
  person('wx-manager-1', '孙院长', 'manager', '巫溪县人民医院', '巫溪'),
  person('wx-commission-1', '赵科长', 'commission', '巫溪县卫生健康委', '巫溪'),
  person('hz-village-doctor-1', '程村医', 'village-doctor', '潜口村卫生室', '徽州'),
  person('hz-clinician-1', '汪医生', 'clinician', '徽州区潜口镇中心卫生院', '徽州'),
  person('hn-admin-1', '谭工', 'admin', '示范县人民医院', '湖南'),
  { id: 'unbound-1', name: '新来的人', roles: [], institution: null, alliances: [], region: null, bound: false },
];

export const FAKE_GROUPS = [
  {
    id: 'wx-group-1',
    kind: 'group',
    title: '巫溪县综合医疗医共体转诊群（演示）',
    members: [
      'wx-village-doctor-1',
      'wx-clinician-1',
      'wx-coordinator-2',
      'wx-clinician-2',
      'wx-coordinator-1',
      'wx-manager-1',
    ],
  },
  {
    id: 'wx-group-2',
    kind: 'group',
    title: '巫溪缺药群（演示）',
    members: ['wx-village-doctor-1', 'wx-clinician-1', 'wx-pharmacist-1'],
  },
  {
    id: 'hz-group-1',
    kind: 'group',
    title: '徽州区医共体工作群（演示）',
    members: ['hz-village-doctor-1', 'hz-clinician-1'],
  },
] as const;
