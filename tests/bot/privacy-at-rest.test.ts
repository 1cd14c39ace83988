/** What people say of a patient lies nowhere in plain text: not in the database, its WAL, the data folder, or the log. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, SQLITE_FILE } from '../../bot/database/connect.ts';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { createPostgresDatabase, databaseKinds } from '../support/databases.ts';

/** Words that stand nowhere in the program, the plans or the demonstration data. */
const PLANTED = [
  '欧阳晓岚',
  '晓岚',
  '慕容铁柱',
  '11010519491231002X',
  '11010519491231002x',
  '110105 19491231 002X',
  '13800138000',
  '138 0013 8000',
  '13987654321',
  '急性化脓性阑尾炎',
  '绒毛膜癌',
  '坡上摔了一跤',
  '青龙嘴村9组17号',
  '三天没解大便',
];
/** Said too, and no secret: a search that does not find it is broken. */
const PUBLIC = '晶壹康片';

const PRIVATE_TALK = [
  '上转 欧阳晓岚 女 67岁 身份证11010519491231002X 电话13800138000 诊断急性化脓性阑尾炎，在坡上摔了一跤，住青龙嘴村9组17号，到县人民医院普外科',
  '普外科',
  '生命体征平稳 无特殊',
  '知情同意',
  '确认',
];

describe.each(databaseKinds())('patient words at rest on %s', (kind) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-privacy-'));
  const copyDir = `${dataDir}-live`;
  let databaseUrl: string | undefined;
  let bot: BotProcess;
  const replies: string[] = [];

  async function says(staff: string, text: string, group?: string): Promise<void> {
    const conversation = group ? { kind: 'group', id: group } : { kind: 'direct', id: `direct:${staff}` };
    const response = await fetch(`${bot.url}/playground/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ staff, conversation, text }),
    });
    expect(response.status).toBe(200);
    replies.push(
      ((await response.json()) as { replies: { text: string }[] }).replies.map((one) => one.text).join('\n'),
    );
  }

  beforeAll(async () => {
    databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
    bot = await startBotProcess({
      DATA_DIR: dataDir,
      DEMO: 'on',
      LOG_LEVEL: 'debug',
      ...(databaseUrl ? { DATABASE_URL: databaseUrl, DATA_KEY: Buffer.alloc(32, 4).toString('base64') } : {}),
    });
    for (const text of PRIVATE_TALK) await says('wx-clinician-1', text);
    await says(
      'wx-village-doctor-1',
      '姓名：慕容铁柱 身份证11010519491231002X 电话13800138000 绒毛膜癌 转县医院',
      'wx-group-referral',
    );
    await says('wx-village-doctor-1', '上转 慕容铁柱 男 67岁 绒毛膜癌 电话13987654321 县医院', 'wx-group-referral');
    await says('wx-village-doctor-1', '确认');
    await says('wx-clinician-1', `缺药 ${PUBLIC} 10盒，给患者欧阳晓岚用，电话13800138000`);
    await says('wx-clinician-1', '确认');
    await says('wx-clinician-2', '病人慕容铁柱三天没解大便能报销吗，在坡上摔了一跤');
    await says('wx-clinician-2', '进度 慕容铁柱');
    await says('unbound-1', '我叫欧阳晓岚 电话13800138000 绒毛膜癌能报销多少');
    await says('wx-coordinator-1', `拒绝 欧阳晓岚 床位已满`);
    cpSync(dataDir, copyDir, { recursive: true });
    await bot.stop();
  });
  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(copyDir, { recursive: true, force: true });
  });

  it('were really taken: a referral and a shortage came of them', () => {
    expect(replies.join('\n')).toMatch(/ZZ\d{11}|EM\d{11}/);
    expect(replies.join('\n')).toMatch(/QY\d{11}/);
  });

  it('are in no file of the data folder, while it runs or after', () => {
    for (const folder of [dataDir, copyDir]) {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
      if (kind === 'sqlite') expect(files.map((one) => one.name)).toContain(SQLITE_FILE);
      for (const file of files) expect(found(readFileSync(join(file.parentPath, file.name))), file.name).toEqual([]);
    }
    if (kind === 'sqlite') {
      const wal = readFileSync(join(copyDir, `${SQLITE_FILE}-wal`));
      const main = readFileSync(join(copyDir, SQLITE_FILE));
      expect(Buffer.concat([main, wal]).includes(PUBLIC)).toBe(true);
    }
  });

  it('are in no column of any table', async () => {
    const database = openDatabase({ dataDir, databaseUrl });
    try {
      const tables: { name: string }[] =
        kind === 'pg'
          ? await database
              .reader('information_schema.tables')
              .where({ table_schema: 'public' })
              .select('table_name as name')
          : await database.reader('sqlite_master').where({ type: 'table' }).select('name');
      expect(tables.length).toBeGreaterThan(20);
      let everything = '';
      for (const { name } of tables) {
        const rows: unknown[] = await database.reader(name).select('*');
        everything += `${name} ${JSON.stringify(rows)}\n`;
      }
      expect(everything.includes(PUBLIC)).toBe(true);
      expect(found(Buffer.from(everything))).toEqual([]);
    } finally {
      await database.close();
    }
  });

  it('are in nothing that was logged, down to debug', () => {
    expect(bot.output().includes('"event":"started"')).toBe(true);
    expect(found(Buffer.from(bot.output()))).toEqual([]);
  });
});

/** Which planted words stand in the bytes, as UTF-8, as UTF-16 or escaped. */
function found(bytes: Buffer): string[] {
  const escaped = (word: string) =>
    [...word].map((letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('');
  return PLANTED.filter(
    (word) =>
      bytes.includes(Buffer.from(word)) ||
      bytes.includes(Buffer.from(word, 'utf16le')) ||
      bytes.includes(Buffer.from(encodeURIComponent(word))) ||
      (/[^\d\w ]/.test(word) && bytes.includes(Buffer.from(escaped(word)))),
  );
}
