/** Vectors of documents, made by the real client from a real endpoint: once, a few at a time, whatever happens in between. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkEmbedding } from '../../../bot/doctor/embedding.ts';
import { createEmbedder, embedDocuments, loadCorpus, loadDocument } from '../../../knowledge/index.ts';
import { bodyOf, type EmbeddingEndpoint, startEmbeddingEndpoint } from '../../simulators/embedding-endpoint.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../../support/databases.ts';

const NOW = () => new Date('2026-11-21T00:00:00Z');

describe.each(databaseKinds())('vectors of documents on %s', (kind) => {
  let test: TestDatabase;
  let endpoint: EmbeddingEndpoint;

  beforeAll(async () => {
    endpoint = await startEmbeddingEndpoint();
    test = await freshDatabase(kind);
    await loadCorpus({ ...test.database, clock: { now: NOW } });
  });
  afterAll(async () => {
    await endpoint?.stop();
    await test?.drop();
  });
  beforeEach(async () => {
    endpoint.behave({ kind: 'embed' });
    await test.database.write(async (trx) => {
      await trx('clause_vectors').delete();
      await trx('embedded_documents').delete();
    });
  });

  function embed(options: { model?: string; requests?: number; timeoutMs?: number } = {}) {
    const { model = 'scripted', requests = Number.POSITIVE_INFINITY, timeoutMs = 20_000 } = options;
    const settings = { baseUrl: endpoint.baseUrl, model, apiKey: undefined };
    const before = endpoint.heard.length;
    return embedDocuments({
      ...test.database,
      clock: { now: NOW },
      embedder: createEmbedder(settings, timeoutMs),
      model,
      isStopping: () => endpoint.heard.length - before >= requests,
    });
  }

  async function stored() {
    const rows: { model: string; total: number | string }[] = await test.database
      .reader('clause_vectors')
      .groupBy('model')
      .select('model')
      .count({ total: '*' });
    const ready: { total?: number | string } | undefined = await test.database
      .reader('embedded_documents')
      .count({ total: '*' })
      .first();
    return { ...Object.fromEntries(rows.map((row) => [row.model, Number(row.total)])), ready: Number(ready?.total) };
  }

  async function wanted(): Promise<number> {
    const row = await test.database
      .reader('clauses')
      .join('documents', 'documents.id', 'clauses.document_id')
      .where({ active: true })
      .whereNotIn('kind', ['head', 'tail'])
      .count({ total: '*' })
      .first();
    return Number(row?.total);
  }

  it('are made for every clause, ten texts at a time, and once', async () => {
    const before = endpoint.heard.length;
    expect(await embed()).toEqual({ clauses: await wanted(), more: false });
    expect(await stored()).toEqual({ scripted: await wanted(), ready: 5 });
    const heard = endpoint.heard.slice(before);
    expect(Math.max(...heard.map((one) => one.texts.length))).toBeLessThanOrEqual(10);
    expect(Math.max(...heard.flatMap((one) => one.texts.map((text) => text.length)))).toBeLessThan(500);
    expect(await embed()).toEqual({ clauses: 0, more: false });
    expect(endpoint.heard.length).toBe(before + heard.length);
  });

  it('go on where they were stopped, and a document counts only when it is whole', async () => {
    const first = await embed({ requests: 3 });
    expect(first).toMatchObject({ more: true });
    expect(first.clauses).toBeGreaterThan(0);
    expect(await stored()).toEqual({ scripted: first.clauses, ready: 0 });
    const second = await embed();
    expect(first.clauses + second.clauses).toBe(await wanted());
    expect(await stored()).toEqual({ scripted: await wanted(), ready: 5 });
  });

  it.each([
    ['fails', () => endpoint.behave({ kind: 'status', status: 503 }), /503/],
    ['stalls', () => endpoint.behave({ kind: 'stall' }), /.*/],
    ['hangs up', () => endpoint.behave({ kind: 'close' }), /.*/],
    ['gives too few vectors', () => endpoint.behave({ kind: 'body', body: (all) => bodyOf(all.slice(1)) }), /.*/],
    [
      'gives vectors of different lengths',
      () => endpoint.behave({ kind: 'body', body: (all) => bodyOf(all.map((one, at) => one.slice(at))) }),
      /different lengths/,
    ],
    [
      'gives NaN',
      () => endpoint.behave({ kind: 'body', body: (all) => bodyOf(all.map((one) => one.map(() => Number.NaN))) }),
      /not all numbers/,
    ],
    ['gives vectors of another length than before', () => endpoint.behave({ kind: 'embed', dimension: 64 }), /64.*256/],
  ])('keep what there is when the endpoint %s, and are finished later', async (_, fail, why) => {
    const first = await embed({ requests: 2 });
    fail();
    const failure = await embed({ timeoutMs: 200 }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(failure?.name).toBe('EmbeddingFailure');
    expect(failure?.message).toMatch(why);
    expect(failure?.message).not.toMatch(/\p{Script=Han}/u);
    expect(await stored()).toEqual({ scripted: first.clauses, ready: 0 });
    endpoint.behave({ kind: 'embed' });
    await embed();
    expect(await stored()).toEqual({ scripted: await wanted(), ready: 5 });
  });

  it('of two runs at once are the same as of one', async () => {
    await Promise.all([embed(), embed()]);
    expect(await stored()).toEqual({ scripted: await wanted(), ready: 5 });
  });

  it('of another model take the place of the old ones once they are whole', async () => {
    await embed();
    await embed({ model: 'other', requests: 2 });
    expect(await stored()).toMatchObject({ scripted: await wanted(), ready: 5 });
    await embed({ model: 'other' });
    expect(await stored()).toEqual({ other: await wanted(), ready: 5 });
  });

  it('and their endpoint are seen by the doctor', async () => {
    const settings = { baseUrl: endpoint.baseUrl, model: 'scripted', apiKey: 'key-4711' };
    const check = () => checkEmbedding(settings, test.database);
    expect(await check()).toMatchObject({ state: 'note', text: expect.stringContaining('5 份文件中 0 份已有向量') });
    await embed();
    expect(await check()).toMatchObject({ text: expect.stringMatching(/256 维.*5 份文件中 5 份/) });
    const before = endpoint.heard.length;
    await check();
    expect(endpoint.heard.slice(before).map((one) => one.texts)).toEqual([['医共体']]);
    endpoint.behave({ kind: 'embed', dimension: 64 });
    expect(await check()).toMatchObject({ state: 'wrong', text: expect.stringMatching(/64 维.*256 维/) });
    endpoint.behave({ kind: 'status', status: 401 });
    const refused = await check();
    expect(refused).toMatchObject({ state: 'wrong', text: expect.stringContaining('401') });
    expect(refused.text).not.toContain('key-4711');
  });

  it('go with the version they belong to: superseded, or read again', async () => {
    await embed();
    const text =
      '某某县医共体办法\n\n一、总则\n\n第一条的内容写在这里，供检索之用。\n\n二、职责\n\n各单位按职责分工负责落实。\n';
    const load = (more: string) =>
      loadDocument(
        { ...test.database, clock: { now: NOW } },
        {
          doc: 'own',
          regionId: 'huizhou',
          number: '某政〔2026〕1号',
          issuedOn: undefined,
          text: text + more,
          bundled: false,
        },
      );
    await load('');
    await embed();
    expect(await stored()).toEqual({ scripted: await wanted(), ready: 6 });
    await load('\n三、附则\n\n本办法自印发之日起施行。\n');
    await embed();
    expect(await stored()).toEqual({ scripted: await wanted(), ready: 6 });
    // As after an update of the parser: the reading before is swept, and its vectors with it.
    await test.database.write(async (trx) => {
      await trx('documents').where({ doc: 'own', active: true }).update({ fingerprint: 'older' });
    });
    await load('\n三、附则\n\n本办法自印发之日起施行。\n');
    expect(await stored()).toMatchObject({ ready: 5 });
    await embed();
    expect(await stored()).toEqual({ scripted: await wanted(), ready: 6 });
  });
});
