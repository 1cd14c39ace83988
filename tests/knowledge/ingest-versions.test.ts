/** Versions in the database: kept over restarts, read again without becoming new ones, swept when replaced, written in short steps. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createKnowledge,
  type LoadPorts,
  listVersions,
  loadCorpus,
  loadDocument,
  refreshDocuments,
} from '../../knowledge/index.ts';
import { makeDocument } from '../bench/ingest.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';

const clock = { now: () => new Date('2026-11-21T00:00:00Z') };
const PLAN =
  '甲县医共体实施方案\n甲府发〔2026〕1号\n\n一、目标\n\n到2027年底，建成紧密型医共体。\n\n二、药房\n\n县人民医院建立中心药房。';

describe.each(databaseKinds())('versions on %s', (kind) => {
  let test: TestDatabase;
  let ports: LoadPorts;
  beforeAll(async () => {
    test = await freshDatabase(kind);
    ports = { ...test.database, clock };
    await loadCorpus(ports);
  });
  afterAll(() => test.drop());
  const load = (doc: string, text: string) =>
    loadDocument(ports, { doc, regionId: 'chongqing', number: undefined, issuedOn: undefined, text, bundled: false });
  const db = () => test.database.reader;

  it('what people put in over a bundled plan stays in force at every start', async () => {
    await loadDocument(ports, {
      doc: 'huizhou',
      regionId: 'huizhou',
      number: '徽办发〔2026〕2号',
      issuedOn: undefined,
      text: PLAN,
      bundled: false,
    });
    await loadCorpus(ports);
    const versions = await listVersions(db(), 'huizhou');
    expect(versions.map((one) => [one.version, one.inForce])).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  it('a document read by an older parser is read again under the version it has, and the old reading is gone', async () => {
    await load('jia', PLAN.replace('中心药房', '药房'));
    await load('jia', PLAN);
    const [before] = await listVersions(db(), 'jia');
    await test.database.write(async (trx) => {
      await trx('documents').where({ doc: 'jia', active: true }).update({ read_with: 'older', fingerprint: 'older' });
      await trx('clauses')
        .where({ document_id: before?.id ?? '' })
        .andWhere({ path: '二' })
        .update({ text: 'as an older parser read it' });
    });
    expect(await refreshDocuments(ports)).toBe(1);
    expect(await refreshDocuments(ports)).toBe(0);
    const after = await listVersions(db(), 'jia');
    expect(after.map((one) => [one.version, one.inForce])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(after[0]?.id).not.toBe(before?.id);
    expect(await db()('clauses').where({ document_id: before?.id ?? '' })).toEqual([]);
    expect(await db()('documents').whereNot({ state: 'ready' })).toEqual([]);
    const knowledge = createKnowledge({ db: db(), kind });
    expect((await knowledge.clause('jia', '二'))?.clause.text).toBe('县人民医院建立中心药房。');
  });

  it('loads a long document in short steps, tells how far it is, and lets others write between', async () => {
    const { text } = makeDocument(3, 1_200);
    const seen: number[] = [];
    let others = 0;
    let loading = true;
    const beside = (async () => {
      while (loading) {
        await test.database.write(async (trx) => {
          await trx('counters').insert({ name: 'beside', value: 1 }).onConflict('name').merge({ value: 1 });
        });
        others += 1;
        await new Promise((done) => setTimeout(done, 5));
      }
    })();
    const loaded = await loadDocument(
      { ...ports, onProgress: (done, total) => seen.push(done / total) },
      { doc: 'long', regionId: 'chongqing', number: undefined, issuedOn: undefined, text, bundled: false },
    );
    loading = false;
    await beside;
    expect(loaded.clauses).toBeGreaterThanOrEqual(1_200);
    expect(seen.length).toBeGreaterThan(3);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(seen.at(-1)).toBe(1);
    expect(others).toBeGreaterThan(3);
    const rows = Number(
      (
        await db()('clauses')
          .where({ document_id: (await listVersions(db(), 'long'))[0]?.id ?? '' })
          .count({ n: '*' })
          .first()
      )?.n,
    );
    expect(rows).toBe(loaded.clauses);
  });

  it('a loader that was given up writes nothing into force', async () => {
    let given = false;
    const slow: LoadPorts = {
      ...ports,
      onProgress: () => {
        given = true;
      },
      write: async (work) => {
        const result = await test.database.write(work);
        // Another process takes it for dead after its first clauses.
        if (given)
          await test.database.write(async (trx) => {
            const half = trx('documents').where({ doc: 'slow', state: 'loading' }).select('id');
            if (kind === 'sqlite')
              await trx.raw(
                'delete from clauses_text where rowid in (select n from clauses where document_id in (select id from documents where doc = ?))',
                ['slow'],
              );
            await trx('clauses').whereIn('document_id', half.clone()).delete();
            await trx('document_terms').whereIn('document_id', half.clone()).delete();
            await trx('document_texts').whereIn('document_id', half.clone()).delete();
            await trx('documents').where({ doc: 'slow', state: 'loading' }).delete();
          });
        return result;
      },
    };
    await expect(
      loadDocument(slow, {
        doc: 'slow',
        regionId: 'chongqing',
        number: undefined,
        issuedOn: undefined,
        text: PLAN,
        bundled: false,
      }),
    ).rejects.toThrow();
    expect(await listVersions(db(), 'slow')).toEqual([]);
  });
});
