/** Importing a roster: all or nothing, updates, accounts as typed, and the shell command as people run it. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identifySender } from '../../../bot/identify.ts';
import { createIds } from '../../../bot/ids.ts';
import { adoptAccounts } from '../../../bot/import/accounts.ts';
import { importRoster, type RosterPorts } from '../../../bot/import/roster.ts';
import { readRoster } from '../../../bot/import/roster-row.ts';
import { readTable } from '../../../bot/import/table.ts';
import { createVault } from '../../../bot/vault.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../../support/databases.ts';

const clock = { now: () => new Date('2026-11-21T02:00:00Z') };
const vault = createVault([Buffer.alloc(32, 7).toString('base64')]);
const HEADER = 'name,institution,roles,wecom_userid,dingtalk_staffid,telegram_id,phone,duty';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yigongti-roster-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(databaseKinds())('roster on %s', (kind) => {
  let db: TestDatabase;
  beforeEach(async () => {
    db = await freshDatabase(kind);
  });
  afterEach(() => db.drop());

  async function load(rows: readonly string[], dryRun = false) {
    const file = join(folder, 'roster.csv');
    writeFileSync(file, [HEADER, ...rows].join('\n'));
    const { entries, problems } = readRoster(await readTable(file));
    expect(problems).toEqual([]);
    const ports: RosterPorts = {
      database: db.database,
      clock,
      ids: createIds(clock),
      vault,
      tenantOf: (channel) => (channel === 'wecom-app' ? 'ww-corp' : ''),
    };
    return importRoster(ports, entries, { dryRun });
  }
  const staff = async (): Promise<{ id: string; name: string; phone_sealed: string | null; status: string }[]> =>
    db.database.reader('staff').orderBy('id');
  const speaks = async (platformUserId: string) => {
    const { actor } = await identifySender(db.database.reader, {
      channel: 'wecom-app',
      tenant: 'ww-corp',
      messageId: 'm1',
      conversation: { id: 'c', kind: 'direct' },
      sender: { platformUserId },
      text: '',
      attachments: [],
    });
    return actor;
  };

  test('everybody in it can speak at once, with roles, alliance and region', async () => {
    const result = await load([
      '张三,巫溪县人民医院,药师、管理人员,0020203,,,13800000000,是',
      '李四,红池坝,村医,LiSi,,,,',
    ]);
    expect(result).toMatchObject({ added: 2, updated: 0, problems: [] });
    expect(await speaks('0020203')).toMatchObject({
      name: '张三',
      roles: ['manager', 'pharmacist'],
      duty: true,
      institution: { id: 'wx-people-hospital' },
      alliances: [{ id: 'wx-general' }],
      regionPath: ['wuxi', 'chongqing'],
    });
    expect(await speaks('20203')).toBeUndefined();
    expect((await speaks('lisi'))?.institution.name).toBe('巫溪县红池坝镇卫生院');
    const accounts: { platform_user_id: string }[] = await db.database
      .reader('accounts')
      .where({ channel: 'wecom-app' })
      .orderBy('platform_user_id');
    expect(accounts.map((account) => account.platform_user_id)).toEqual(['0020203', 'LiSi']);
  });

  test('the telephone number is sealed', async () => {
    await load(['张三,巫溪县人民医院,药师,a1,,,13800000000,']);
    const [row] = await staff();
    expect(row?.phone_sealed).not.toContain('138');
    expect(vault.open(row?.phone_sealed ?? '')).toBe('13800000000');
  });

  test('one unknown institution and nothing is written; the nearest names are offered', async () => {
    const result = await load(['张三,巫溪县人民医院,药师,a1,,,,', '李四,巫溪县人名医院,药师,a2,,,,']);
    expect(result.problems).toEqual([
      { line: 3, column: 'institution', text: expect.stringMatching(/没有“巫溪县人名医院”，相近的有：巫溪县人民医院/) },
    ]);
    expect(await staff()).toEqual([]);
    expect(await db.database.reader('institutions')).toEqual([]);
  });

  test('a name that means several is not guessed', async () => {
    const result = await load(['张三,医保局,卫健委,a1,,,,']);
    expect(result.problems[0]?.text).toMatch(/“医保局”有多个/);
  });

  test('a dry run checks everything and writes nothing', async () => {
    expect(await load(['张三,巫溪县人民医院,药师,a1,,,,'], true)).toMatchObject({ added: 1, problems: [] });
    expect(await staff()).toEqual([]);
  });

  test('importing again updates: new unit, new roles, same person; blanks keep what is stored', async () => {
    await load(['张三,巫溪县人民医院,药师,a1,,,13800000000,是']);
    const [before] = await staff();
    expect(await load(['张三丰,巫溪县中医院,医生,A1,,,,'])).toMatchObject({ added: 0, updated: 1 });
    const after = await staff();
    expect(after.map((row) => row.id)).toEqual([before?.id]);
    expect(after[0]?.phone_sealed).not.toBeNull();
    expect(await speaks('a1')).toMatchObject({
      name: '张三丰',
      roles: ['clinician'],
      institution: { id: 'wx-tcm-hospital' },
    });
  });

  test('without accounts a person is known by name and institution', async () => {
    await load(['张三,巫溪县人民医院,药师,,,,,']);
    expect(await load(['张三,巫溪县人民医院,药师,a1,,,,', '张三,巫溪县中医院,药师,,,,,'])).toMatchObject({
      added: 1,
      updated: 1,
    });
    expect(await staff()).toHaveLength(2);
  });

  test('two accounts of two people in one row are a fault', async () => {
    await load(['张三,巫溪县人民医院,药师,a1,,,,', '李四,巫溪县人民医院,药师,,d2,,,']);
    const result = await load(['张三,巫溪县人民医院,药师,a1,d2,,,']);
    expect(result.problems).toEqual([
      { line: 2, column: 'dingtalk_staffid', text: '账号 d2 属于另一个人，一行只能写同一个人的账号' },
    ]);
  });

  test('accounts imported before their channel was configured are given to it at start', async () => {
    await load(['张三,巫溪县人民医院,药师,,d1,,,']);
    const channels = [
      { name: 'dingtalk', tenant: 'ding-corp' },
      { name: 'wecom-app', tenant: 'ww-corp' },
    ];
    await adoptAccounts(db.database.write, channels);
    await adoptAccounts(db.database.write, channels);
    const accounts: { channel: string; tenant: string }[] = await db.database.reader('accounts');
    expect(accounts.map(({ channel, tenant }) => [channel, tenant])).toEqual([['dingtalk', 'ding-corp']]);
  });

  test('who was disabled is updated but not let in again', async () => {
    await load(['张三,巫溪县人民医院,药师,a1,,,,']);
    await db.database.writer('staff').update({ status: 'disabled' });
    expect((await load(['张三,巫溪县人民医院,医生,a1,,,,'])).disabled).toEqual(['张三']);
    expect(await speaks('a1')).toBeUndefined();
  });
});

describe('npm run import', () => {
  const run = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((done) => {
      execFile(
        process.execPath,
        ['bot/cli/import.ts', ...args],
        { env: { PATH: process.env.PATH, NODE_ENV: 'test', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'silent' } },
        (error, out, err) => done({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      );
    });

  test('gives a template, refuses to overwrite, imports it, and says what is wrong by row and column', async () => {
    const file = join(folder, '花名册.csv');
    expect((await run('roster', file, '--template')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain(HEADER);
    expect((await run('roster', file, '--template')).err).toContain('已存在');
    const dry = await run('roster', file, '--dry-run');
    expect([dry.code, dry.out, dry.err]).toEqual([0, '检查通过，没有写入：新增2人，更新0人。\n', '']);
    const real = await run('roster', file);
    expect([real.code, real.out]).toEqual([0, '已导入：新增2人，更新0人。\n']);
    writeFileSync(file, `${HEADER}\n王五,巫溪县人名医院,护士,,,,,\n赵六,巫溪县人名医院,药师,,,,,\n`);
    const wrong = await run('roster', file);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('有2处问题，没有写入任何内容');
    expect(wrong.err).toContain('第2行 roles列：不认识角色“护士”');
    expect(wrong.err).toContain('第3行 institution列：没有“巫溪县人名医院”，相近的有：巫溪县人民医院');
  });
  test('without a file, with another kind, with a file that is not there: exit 1 and a line that helps', async () => {
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining('用法') });
    expect(await run('drugs', 'x.csv')).toMatchObject({ code: 1, err: expect.stringContaining('只能导入 roster') });
    expect(await run('roster', join(folder, 'none.csv'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('读不到文件'),
    });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});
