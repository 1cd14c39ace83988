/** Loading documents: versions, several processes at once, leftovers of a killed loader. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKnowledge, type LoadPorts, loadCorpus, loadDocument } from '../../knowledge/index.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

const clock = { now: () => new Date('2026-11-21T00:00:00Z') };
const PLAN =
  '甲县医共体实施方案\n甲府发〔2026〕1号\n\n一、目标\n\n到2027年底，建成紧密型医共体。\n\n二、药房\n\n县人民医院建立中心药房。';

describe.each(databaseKinds())('loading on %s', (kind) => {
  let test: TestDatabase;
  let ports: LoadPorts;
  beforeAll(async () => {
    test = await freshDatabase(kind);
    ports = { ...test.database, clock };
  });
  afterAll(() => test.drop());

  const count = async (table: string): Promise<number> =>
    Number((await test.database.reader(table).count({ n: '*' }).first())?.n);

  it('loads the bundled plans once, however many processes start together', async () => {
    await Promise.all([loadCorpus(ports), loadCorpus(ports), loadCorpus(ports)]);
    const before = [await count('documents'), await count('clauses'), await count('document_terms')];
    expect(before[0]).toBe(5);
    await loadCorpus(ports);
    expect([await count('documents'), await count('clauses'), await count('document_terms')]).toEqual(before);
    const documents = await createKnowledge({ db: test.database.reader, kind }).documents();
    expect(documents.map((document) => [document.doc, document.number, document.issuedOn])).toEqual([
      ['huizhou', '徽办发〔2026〕2号', '2026-02-11'],
      ['hunan', '湘卫发〔2024〕4号', undefined],
      ['jieyang', '揭府办函〔2020〕30号', '2020-05-18'],
      ['mudan', '菏区政办发〔2023〕39号', '2023-11-24'],
      ['wuxi', '巫溪府办发〔2025〕31号', '2025-12-17'],
    ]);
  });

  it('puts a new version in force at once and keeps the old one', async () => {
    const knowledge = createKnowledge({ db: test.database.reader, kind });
    const plan = { doc: 'jia', regionId: 'chongqing', number: undefined, issuedOn: undefined, bundled: false };
    const first = await loadDocument(ports, { ...plan, text: PLAN });
    expect(first).toMatchObject({ version: 1, unchanged: false, clauses: 3 });
    expect((await knowledge.clause('jia', '二'))?.clause.text).toBe('县人民医院建立中心药房。');
    expect(await loadDocument(ports, { ...plan, text: PLAN })).toMatchObject({ version: 1, unchanged: true });
    const second = await loadDocument(ports, { ...plan, text: PLAN.replace('县人民医院', '县中医院') });
    expect(second).toMatchObject({ version: 2, unchanged: false });
    expect((await knowledge.clause('jia', '二'))?.clause.text).toBe('县中医院建立中心药房。');
    const old = await test.database
      .reader('clauses')
      .join('documents', 'documents.id', 'clauses.document_id')
      .where({ doc: 'jia', version: 1, path: '二' })
      .first('text');
    expect(old).toEqual({ text: '县人民医院建立中心药房。' });
    const answer = await knowledge.ask({ q: '中心药房由哪家医院建？', regionId: 'chongqing' });
    expect(answer.citations.map((one) => one.quote)).toEqual(['县中医院建立中心药房。']);
  });

  it('sweeps what a killed loader left and never shows it', async () => {
    await test.database.write(async (trx) => {
      await trx('documents').insert({
        id: 'half',
        doc: 'half',
        version: 1,
        region_id: 'wuxi',
        title: '半份',
        fingerprint: 'x',
        state: 'loading',
        active: false,
        bundled: false,
        lease_until: '2020-01-01T00:00:00.000Z',
        created_at: clock.now().toISOString(),
      });
      await trx('clauses').insert({
        document_id: 'half',
        position: 0,
        path: '一',
        parent_path: '',
        kind: 'section',
        heading: '半',
        text: '',
        above: '[]',
        children: 0,
      });
    });
    const knowledge = createKnowledge({ db: test.database.reader, kind });
    expect((await knowledge.documents()).map((document) => document.doc)).not.toContain('half');
    await loadCorpus(ports);
    expect(await test.database.reader('documents').where({ id: 'half' })).toEqual([]);
    expect(await test.database.reader('clauses').where({ document_id: 'half' })).toEqual([]);
  });
});
