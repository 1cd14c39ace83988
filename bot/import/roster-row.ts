/** What a row of the roster says, checked on its own: columns, roles, accounts, telephone（花名册一行）. Pure. */
import { ROLE_CODES, ROLE_LABELS, type RoleCode } from '../../handlers/people.ts';
import type { SheetRow, SheetTable } from './table.ts';

/** Columns of the roster, in the order of the template. */
export const ROSTER_COLUMNS = [
  'name',
  'institution',
  'roles',
  'wecom_userid',
  'dingtalk_staffid',
  'telegram_id',
  'phone',
  'duty',
] as const;
export type RosterColumn = (typeof ROSTER_COLUMNS)[number];

/** What else a column may be called in the header. */
const COLUMN_NAMES: Readonly<Record<RosterColumn, readonly string[]>> = {
  name: ['姓名', '名字'],
  institution: ['机构', '单位', '机构名称', '单位名称', '所在单位'],
  roles: ['角色', '岗位', 'role'],
  wecom_userid: ['企业微信账号', '企业微信', '企业微信userid'],
  dingtalk_staffid: ['钉钉账号', '钉钉', '钉钉staffid'],
  telegram_id: ['telegram', 'telegram账号'],
  phone: ['电话', '手机', '手机号', '联系电话'],
  duty: ['值班', '是否值班'],
};

/** Which column of the roster belongs to which channel. */
export const ACCOUNT_COLUMNS = [
  { column: 'wecom_userid', channel: 'wecom-app' },
  { column: 'wecom_userid', channel: 'wecom-aibot' },
  { column: 'dingtalk_staffid', channel: 'dingtalk' },
  { column: 'telegram_id', channel: 'telegram' },
] as const;

/** Words people use for the roles beside their code and label. */
const ROLE_WORDS: Readonly<Record<string, RoleCode>> = {
  村医: 'village-doctor',
  乡村医生: 'village-doctor',
  医生: 'clinician',
  医师: 'clinician',
  家庭医生: 'clinician',
  药师: 'pharmacist',
  药剂师: 'pharmacist',
  转诊协调人: 'coordinator',
  协调人: 'coordinator',
  转诊中心: 'coordinator',
  管理人员: 'manager',
  管理者: 'manager',
  院长: 'manager',
  院领导: 'manager',
  卫健委: 'commission',
  卫健局: 'commission',
  医保局: 'commission',
  信息科: 'admin',
  管理员: 'admin',
};

/** A fault of the file, told by row and column of the spreadsheet. */
export interface RosterProblem {
  readonly line: number;
  readonly column: RosterColumn;
  /** Chinese: what is wrong and what would be right. */
  readonly text: string;
}

export interface RosterEntry {
  readonly line: number;
  readonly name: string;
  readonly institution: string;
  readonly roles: readonly RoleCode[];
  readonly accounts: readonly { readonly channel: string; readonly column: RosterColumn; readonly userId: string }[];
  /** Absent: keeps what is stored. */
  readonly phone: string | undefined;
  readonly duty: boolean;
}

/** Every entry that is sound in itself, and every fault of the others. */
export function readRoster(table: SheetTable): {
  readonly entries: readonly RosterEntry[];
  readonly problems: readonly RosterProblem[];
} {
  const headings = new Map(ROSTER_COLUMNS.map((column) => [column, headingOf(table, column)]));
  const missing = (['name', 'institution', 'roles'] as const).filter((column) => headings.get(column) === undefined);
  if (missing.length > 0) {
    const problems = missing.map((column) => ({
      line: 1,
      column,
      text: `缺少这一列（也可以叫“${COLUMN_NAMES[column][0] ?? ''}”）`,
    }));
    return { entries: [], problems };
  }
  const entries: RosterEntry[] = [];
  const problems: RosterProblem[] = [];
  for (const row of table.rows) {
    const cell = (column: RosterColumn) => row.cells[headings.get(column) ?? ''] ?? '';
    const found = checkRow(row, cell);
    problems.push(...found.problems);
    if (found.entry) entries.push(found.entry);
  }
  return { entries, problems: [...problems, ...duplicates(entries)] };
}

function headingOf(table: SheetTable, column: RosterColumn): string | undefined {
  const names: readonly string[] = [column, ...COLUMN_NAMES[column]];
  return table.columns.find((heading) => names.includes(heading.replace(/\s/g, '')));
}

function checkRow(
  row: SheetRow,
  cell: (column: RosterColumn) => string,
): { readonly entry: RosterEntry | undefined; readonly problems: readonly RosterProblem[] } {
  const problems: RosterProblem[] = [];
  const fault = (column: RosterColumn, text: string) => problems.push({ line: row.line, column, text });
  const name = cell('name');
  if (name === '') fault('name', '没有写姓名');
  else if (name.length > 40) fault('name', '姓名太长，最多40个字');
  if (cell('institution') === '') fault('institution', '没有写机构');
  const roles: RoleCode[] = [];
  const words = cell('roles')
    .split(/[,，;；、/|\s]+/)
    .filter((word) => word !== '');
  if (words.length === 0) fault('roles', `没有写角色，可填：${Object.values(ROLE_LABELS).join('、')}`);
  for (const word of words) {
    const role = roleOf(word);
    if (role && !roles.includes(role)) roles.push(role);
    if (!role) fault('roles', `不认识角色“${word}”，可填：${Object.values(ROLE_LABELS).join('、')}`);
  }
  const accounts = ACCOUNT_COLUMNS.flatMap(({ column, channel }) => {
    const userId = cell(column);
    if (userId === '') return [];
    const wrong = accountFault(column, userId);
    if (wrong) fault(column, wrong);
    return [{ channel, column, userId }];
  });
  const phone = cell('phone').replace(/[\s-]/g, '');
  if (phone !== '' && !/^\+?\d{5,15}$/.test(phone)) fault('phone', `“${cell('phone')}”不是电话号码`);
  const duty = yesOrNo(cell('duty'));
  if (duty === undefined) fault('duty', `“${cell('duty')}”看不懂，请填 是 或 否`);
  const entry =
    problems.length > 0
      ? undefined
      : {
          line: row.line,
          name,
          institution: cell('institution'),
          roles,
          accounts,
          phone: phone === '' ? undefined : phone,
          duty: duty ?? false,
        };
  return { entry, problems };
}

function roleOf(word: string): RoleCode | undefined {
  const code = word.toLowerCase();
  return ROLE_CODES.find((role) => role === code || ROLE_LABELS[role] === word) ?? ROLE_WORDS[word];
}

function accountFault(column: RosterColumn, userId: string): string | undefined {
  if (column === 'telegram_id') return /^\d{3,20}$/.test(userId) ? undefined : '应是数字编号，不是用户名';
  return /^[^\s\p{C}]{1,64}$/u.test(userId) ? undefined : '账号里不能有空格，最长64个字符';
}

function yesOrNo(text: string): boolean | undefined {
  if (/^(?:|否|不|无|0|n|no|false|×)$/i.test(text)) return false;
  return /^(?:是|有|值班|1|y|yes|true|√)$/i.test(text) ? true : undefined;
}

/** The same account, or the same person of one institution, in two rows. Accounts are compared without case, as WeCom does. */
function duplicates(entries: readonly RosterEntry[]): readonly RosterProblem[] {
  const seen = new Map<string, number>();
  const problems: RosterProblem[] = [];
  for (const entry of entries) {
    const keys = [
      ...columnsOf(entry).map(([column, userId]) => ({ column, key: `${column}|${userId.toLowerCase()}` })),
      ...(entry.accounts.length === 0 ? [{ column: 'name' as const, key: `${entry.institution}|${entry.name}` }] : []),
    ];
    for (const { column, key } of keys) {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, entry.line);
      else problems.push({ line: entry.line, column, text: `和第${first}行重复` });
    }
  }
  return problems;
}

/** One column may name the account of several channels: it is one word of the row. */
function columnsOf({ accounts }: RosterEntry): readonly (readonly [RosterColumn, string])[] {
  return [...new Map(accounts.map(({ column, userId }) => [column, userId]))];
}

/** The template as csv, with a byte order mark so that Excel reads it as UTF-8. */
export function rosterTemplate(): string {
  const rows = [
    ROSTER_COLUMNS.join(','),
    '演示-张三,巫溪县人民医院,药师,zhangsan,,,13800000000,是',
    '演示-李四,巫溪县红池坝镇卫生院,医生、转诊协调人,0020203,,,,否',
  ];
  return `\uFEFF${rows.join('\r\n')}\r\n`;
}
