/** Roles in words, and examples each role may like to try. */

const LABELS = {
  'village-doctor': '村医',
  clinician: '医生',
  pharmacist: '药师',
  coordinator: '转诊协调人',
  manager: '管理人员',
  commission: '卫健委',
  admin: '信息科',
};

/** 医生、药师; 未绑定 for a person without a staff record. */
export function roleLabel(person) {
  if (!person.bound) return '未绑定';
  return person.roles.map((role) => LABELS[role] ?? role).join('、') || '职工';
}

const EXAMPLES = {
  'village-doctor': ['上转 女 58岁 血糖控制不佳 转县医院 内分泌科', '缺药 阿莫西林胶囊 0.25g 20盒', '我的转诊'],
  clinician: [
    '上转 男 67岁 反复胸闷3天 转县医院 心内科',
    '缺药 硝苯地平控释片 30mg 30盒',
    '我的转诊',
    '预留号源是多少',
  ],
  pharmacist: ['缺药清单', '缺药 二甲双胍片 0.5g 40盒', '中心药房五统一'],
  coordinator: ['我的转诊', '双向转诊怎么管', '预留号源是多少'],
  manager: ['指标', '里程碑', '六统一是哪六个'],
  commission: ['指标', '里程碑', '结余的钱怎么分', '目录'],
  admin: ['目录', '里程碑'],
};

/** Lines that can be sent as they are, 帮助 first. */
export function examplesFor(person) {
  const lines = person.bound ? person.roles.flatMap((role) => EXAMPLES[role] ?? []) : ['六统一是哪六个'];
  return [...new Set(['帮助', ...lines])].slice(0, 6);
}

/** A number from 1 to 6 that stays the same for a person's role: the colour of the picture. */
export function toneOf(person) {
  const index = Object.keys(LABELS).indexOf(person.roles[0] ?? '');
  return person.bound && index >= 0 ? (index % 6) + 1 : 0;
}

const STARTERS = [
  { role: 'clinician', hint: '转诊一位患者，问一条政策' },
  { role: 'pharmacist', hint: '看哪里缺什么药' },
  { role: 'manager', hint: '看指标和每日汇总' },
  { role: 'commission', hint: '查条款、看里程碑' },
];

/** People to begin with, one a role, from the region with the most people: `[{ person, hint }]`. Pure. */
export function starters(staff) {
  const regions = Object.entries(Object.groupBy(staff, (person) => person.region ?? ''));
  const [, people = []] = regions.sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  return STARTERS.flatMap(({ role, hint }) => {
    const person = people.find((one) => one.bound && one.roles.includes(role));
    return person ? [{ person, hint }] : [];
  });
}
