/** Nothing of a patient, no name and no number of a question is in any table, however it was asked; counting is whole or not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../bot/database/connect.ts';
import type { HandlerContext } from '../../../handlers/feature.ts';
import { say } from '../../../handlers/message.ts';
import type { Write } from '../../../handlers/outcome.ts';
import { countNotFound } from '../../../handlers/questions/counting.ts';
import { closeParts, messageFrom, openParts, type Parts, settle } from '../../bot/parts.ts';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

/** Words that stand nowhere in the program, the plans or the demonstration data. */
const PLANTED = [
  '李小明',
  '欧阳晓岚',
  '慕容铁柱',
  '章建国',
  '13800138000',
  '11010519491231002X',
  'ZY-20231234',
  '坡上摔了一跤',
  '青龙嘴村',
];
const ASKED = [
  '患者李小明的停车费能报吗',
  '请问李小明的停车费能报吗',
  '欧阳晓岚 女 67岁 13800138000 陪护床收费吗',
  '身份证11010519491231002X的人食堂能打折吗',
  '住院号：ZY-20231234 的停车费谁出',
  '坡上摔了一跤的李小明停车费谁出',
  '住青龙嘴村9组17号的停车费谁出',
  '我叫慕容铁柱 电话13800138000 停车费谁出',
  '章建国院长的停车费谁出',
  '阿莫西林0.25g 30盒谁开车送',
  '停车费谁出 13800138000',
];

describe.each(databaseKinds())('questions at rest on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
    for (const text of ASKED) {
      await bot.says('wx-clinician-1', text);
      await bot.says('wx-clinician-1', '没用');
    }
    await bot.says('wx-clinician-1', '停车费谁出');
  });
  afterAll(() => bot.stop());

  it('hold none of the planted words in any column', async () => {
    const { reader } = bot.running.database;
    const tables: { name: string }[] =
      kind === 'pg'
        ? await reader('information_schema.tables').where({ table_schema: 'public' }).select('table_name as name')
        : await reader('sqlite_master').where({ type: 'table' }).select('name');
    for (const table of ['asked_questions', 'taught_answers', 'local_sayings', 'audit', 'outbox'])
      expect(tables.map(({ name }) => name)).toContain(table);
    for (const { name } of tables.filter((one) => !/^(?:clauses|documents|document_t)/.test(one.name))) {
      const words = JSON.stringify(await reader(name).select('*'));
      expect(
        PLANTED.filter((planted) => words.includes(planted)),
        name,
      ).toEqual([]);
    }
  });

  it('show the commission none of them either', async () => {
    const list = `${await bot.text('wx-commission-1', '问题清单')}\n${await bot.text('wx-commission-1', '更多')}`;
    expect(list).toContain('停车费谁出');
    expect(list).toContain('某院长的停车费谁出');
    expect(list).not.toMatch(/\d{5}/);
    expect(PLANTED.filter((planted) => list.includes(planted))).toEqual([]);
    expect(list).not.toMatch(/0\.25|30盒/);
  });

  it('are counted once although the message comes again', async () => {
    const count = async () =>
      (await bot.running.database.reader('asked_questions').select('not_found')).reduce(
        (sum, row) => sum + Number(row.not_found),
        0,
      );
    await bot.says('wx-clinician-2', '充电桩装在哪', { messageId: 'again' });
    const before = await count();
    await bot.says('wx-clinician-2', '充电桩装在哪', { messageId: 'again' });
    expect(await count()).toBe(before);
  });
});

describe.each(databaseKinds())('counting on %s', (kind) => {
  let parts: Parts;
  const at = new Date('2026-11-21T02:00:00.000Z');
  beforeAll(async () => {
    parts = await openParts(kind);
    await parts.database.write(async (trx) => {
      await trx('regions').insert({ id: 'r1', name: '甲县', short_name: '甲', level: 'county', created_at: 'now' });
    });
  });
  afterAll(async () => {
    await parts.drop();
    await closeParts();
  });

  /** What the hook needs of a message's context. */
  const ctx = () =>
    ({
      actor: { id: 's1', region: { id: 'r1', name: '甲县', shortName: '甲' } },
      db: parts.database.reader,
      clock: parts.clock,
      ids: parts.ids,
      vault: parts.vault,
    }) as unknown as HandlerContext;
  const counted = (question: string): Promise<readonly Write[]> =>
    countNotFound(ctx(), { question, context: [] }, [{ doc: 'jia', path: '一' }]);
  const rows = () => parts.database.reader('asked_questions').select('*');

  it('many people, two processes, one moment: every one is counted, nobody has to try again', async () => {
    const database = openDatabase({ dataDir: parts.fresh.dataDir, databaseUrl: parts.fresh.databaseUrl });
    try {
      const nodes = [parts.node(), parts.node({ database })];
      await Promise.all(
        Array.from({ length: 24 }, async (_, at24) => {
          const node = nodes[at24 % 2];
          if (!node) throw new Error('no node');
          const writes = await counted('食堂谁管');
          await settle(node, messageFrom(`p${at24}`, '食堂谁管'), { replies: [say('没有')], writes }, at);
        }),
      );
    } finally {
      await database.close();
    }
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect({ notFound: Number(row?.not_found), state: row?.state, version: Number(row?.version) }).toEqual({
      notFound: 24,
      state: 'open',
      version: 1,
    });
    expect(parts.vault.open(row?.wording_sealed)).toBe('食堂谁管');
  });

  it('what is decided with a count that cannot be written leaves no count', async () => {
    const node = parts.node();
    const writes = await counted('食堂谁管');
    const bad: Write = {
      kind: 'update',
      table: 'asked_questions',
      where: { id: 'nowhere' },
      version: 1,
      set: { state: 'closed' },
    };
    await expect(
      settle(node, messageFrom('x', '食堂谁管'), { replies: [say('没有')], writes: [...writes, bad] }, at),
    ).rejects.toThrow();
    expect(Number((await rows())[0]?.not_found)).toBe(24);
  });
});
