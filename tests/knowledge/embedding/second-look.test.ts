/** Questions answered with vectors of a real endpoint, through the real client: found by meaning, refused as before, unharmed by failures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mayLeaveForEmbedding } from '../../../bot/embedding.ts';
import {
  createEmbedder,
  createKnowledge,
  createMeaning,
  embedDocuments,
  type Knowledge,
  loadCorpus,
  type PolicyAnswer,
} from '../../../knowledge/index.ts';
import { findVerbatim } from '../../../knowledge/model/check.ts';
import {
  type Behaviour,
  bodyOf,
  type EmbeddingEndpoint,
  startEmbeddingEndpoint,
} from '../../simulators/embedding-endpoint.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../../support/databases.ts';

const PARAPHRASE = { q: '葫芦瓢怎么安顿', regionId: 'huizhou' };
const CLAUSE = { doc: 'huizhou', path: '二/（二）/5/（11）' };
/** Long enough on a busy machine, where the time is not what a test is about; the client’s own limit is longer still. */
const PATIENCE_MS = 20_000;
/** What the bot allows. */
const BUDGET_MS = 300;

const REGIONS: Readonly<Record<string, string>> = {
  湖南: 'hunan',
  牡丹: 'mudan',
  巫溪: 'wuxi',
  徽州: 'huizhou',
  揭阳: 'jieyang',
};
interface Item {
  readonly q: string;
  readonly region: string | null;
  readonly answerable: boolean;
  readonly context?: readonly string[];
}
const UNANSWERABLE = ['dev.jsonl', 'own.jsonl']
  .flatMap((file) =>
    readFileSync(join(import.meta.dirname, '../../qa', file), 'utf8')
      .trim()
      .split('\n'),
  )
  .map((line) => JSON.parse(line) as Item)
  .filter((item) => !item.answerable);
const NOW = () => new Date('2026-11-21T00:00:00Z');

/** What found it, on every database: compared in the end. */
const tops = new Map<string, string[]>();

describe.each(databaseKinds())('answers with embeddings on %s', (kind) => {
  let test: TestDatabase;
  let words: Knowledge;
  let refused: PolicyAnswer;
  let endpoint: EmbeddingEndpoint;
  let log: object[] = [];

  function embedder(timeoutMs = 30_000) {
    return createEmbedder({ baseUrl: endpoint.baseUrl, model: 'scripted', apiKey: 'key-4711' }, timeoutMs);
  }
  async function open(
    options: { model?: string; now?: () => Date; maxBytes?: number; budgetMs?: number } = {},
  ): Promise<Knowledge> {
    const client = embedder();
    // The library is loaded here, so that no test's budget counts it.
    await client.load();
    const meaning = createMeaning({
      db: test.database.reader,
      embedder: client,
      model: options.model ?? 'scripted',
      mayLeave: mayLeaveForEmbedding,
      clock: { now: options.now ?? NOW },
      log: { info: (fields, message) => log.push({ ...fields, message }) },
      budgetMs: options.budgetMs ?? PATIENCE_MS,
      maxBytes: options.maxBytes,
    });
    return createKnowledge({ db: test.database.reader, kind, meaning });
  }

  beforeAll(async () => {
    test = await freshDatabase(kind);
    await loadCorpus({ ...test.database, clock: { now: NOW } });
    endpoint = await startEmbeddingEndpoint();
    words = createKnowledge({ db: test.database.reader, kind });
    refused = await words.ask(PARAPHRASE);
    const ports = { ...test.database, clock: { now: NOW }, embedder: embedder(), model: 'scripted' };
    expect(await embedDocuments({ ...ports, isStopping: () => false })).toMatchObject({ more: false });
  });
  afterAll(async () => {
    await endpoint?.stop();
    await test?.drop();
  });
  beforeEach(() => {
    log = [];
    endpoint.behave({ kind: 'embed' });
  });

  it('finds by meaning what no words find, with the clause’s own words, and says so', async () => {
    expect(refused).toMatchObject({ kind: 'not-found', citations: [] });
    const knowledge = await open();
    const answer = await knowledge.ask(PARAPHRASE);
    expect(answer).toMatchObject({ kind: 'answer', answerable: true, citations: [CLAUSE] });
    expect(answer.lead).toContain('没有同样的说法，意思最近的是');
    for (const citation of answer.citations) {
      const view = await knowledge.clause(citation.doc, citation.path);
      expect(view && findVerbatim(citation.quote, view)).toBe(citation.quote);
    }
  });

  it('finds it in a comparison and without a region too', async () => {
    const knowledge = await open();
    const compared = await knowledge.ask({ q: '徽州和揭阳：葫芦瓢怎么安顿' });
    expect(compared.citations).toContainEqual(expect.objectContaining(CLAUSE));
    const anywhere = await knowledge.ask({ q: '葫芦瓢怎么安顿' });
    expect(['answer', 'ask']).toContain(anywhere.kind);
    expect(anywhere.citations).not.toEqual([]);
  });

  it('remembers the vector of a question', async () => {
    const knowledge = await open();
    const before = endpoint.heard.length;
    expect(await knowledge.ask(PARAPHRASE)).toEqual(await knowledge.ask(PARAPHRASE));
    expect(endpoint.heard.length - before).toBe(1);
  });

  it.each([
    '怎么申请公租房',
    '食堂几点开饭',
    '葫芦瓢一次给多少钱',
    '葫芦瓢几天能好',
    '葫芦瓢2027年要降到百分之几',
    '院长的儿子在哪上学',
    '村里信号不好打不通电话怎么办',
  ])('refuses as without: %s', async (q) => {
    const question = { q, regionId: 'huizhou' };
    expect((await words.ask(question)).kind).toBe('not-found');
    expect((await (await open()).ask(question)).kind).toBe('not-found');
  });

  it('refuses every question of the sets that the plans do not answer', async () => {
    const knowledge = await open();
    const wrong: string[] = [];
    for (const { q, region, context } of UNANSWERABLE) {
      const question = { q, regionId: region ? REGIONS[region] : undefined, context };
      const answered = (await knowledge.ask(question)).answerable && !(await words.ask(question)).answerable;
      if (answered) wrong.push(q);
    }
    expect(UNANSWERABLE.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  }, 120_000);

  it('sends nothing of a question that words answer, that tells of a patient, or that is not for the plans', async () => {
    const knowledge = await open();
    const before = endpoint.heard.length;
    for (const question of [
      { q: '徽州的医保结余怎么分' },
      { q: '你好' },
      { q: '浙江的医共体怎么考核' },
      { q: '葫芦瓢怎么安顿，患者张三身份证110105194912310021' },
      { q: '有个67岁老人高血压，葫芦瓢怎么安顿' },
      { q: '葫芦瓢怎么安顿', context: ['张三 男 67岁 胸痛能不能上转'] },
      { q: '有人晕倒没有呼吸了，葫芦瓢怎么安顿' },
      { q: '葫芦瓢科室的电话是多少' },
    ]) {
      const asked = { regionId: 'huizhou', ...question };
      expect(await knowledge.ask(asked)).toEqual(await words.ask(asked));
    }
    expect(endpoint.heard.slice(before)).toEqual([]);
  });

  it('sends the question’s words, the model’s name and the key, and nothing that tells of this machine', async () => {
    await (await open()).ask(PARAPHRASE);
    const heard = endpoint.heard.at(-1);
    expect(heard?.path).toBe('/v1/embeddings');
    expect(heard?.headers.authorization).toBe('Bearer key-4711');
    expect(JSON.stringify(heard?.headers)).not.toMatch(/linux|node|v24|stainless|langchain/i);
    expect(heard?.body).toEqual({ model: 'scripted', input: ['葫芦瓢怎么安顿'], encoding_format: 'float' });
  });

  it.each<[string, Behaviour]>([
    ['stalls', { kind: 'stall' }],
    ['answers 500', { kind: 'status', status: 500 }],
    ['answers 401', { kind: 'status', status: 401 }],
    ['hangs up', { kind: 'close' }],
    ['never ends', { kind: 'endless' }],
    ['sends broken JSON', { kind: 'body', body: (vectors) => bodyOf(vectors).slice(0, -20) }],
    ['sends a sign-in page', { kind: 'body', body: () => '<html>Sign in to the hotel network</html>' }],
    ['sends other JSON', { kind: 'body', body: () => '{"ok":true}' }],
    ['sends no vector', { kind: 'body', body: () => bodyOf([]) }],
    ['sends a vector of another length', { kind: 'embed', dimension: 128 }],
    ['sends a short vector', { kind: 'body', body: () => bodyOf([[1, 2]]) }],
    ['sends zeros', { kind: 'body', body: ([first]) => bodyOf([first?.map(() => 0)]) }],
    ['sends NaN', { kind: 'body', body: ([first]) => bodyOf([first?.map(() => Number.NaN)]) }],
    ['sends words for numbers', { kind: 'body', body: ([first]) => bodyOf([first?.map(String)]) }],
    [
      'sends numbers beyond all bounds',
      { kind: 'body', body: ([first]) => bodyOf([first]).replace(/\[-?[\d.]+/, '[1e999') },
    ],
  ])('gives the answer of the words, in time, when the endpoint %s', async (_, behaviour) => {
    const knowledge = await open(behaviour.kind === 'stall' ? { budgetMs: BUDGET_MS } : {});
    endpoint.behave(behaviour);
    const before = endpoint.heard.length;
    const began = performance.now();
    expect(await knowledge.ask(PARAPHRASE)).toEqual(refused);
    expect(performance.now() - began).toBeLessThan(BUDGET_MS + 4_000);
    await expect.poll(() => endpoint.heard.length - before).toBe(1);
    expect(log).toMatchObject([{ event: 'embedding.failed' }]);
    expect(JSON.stringify(log)).not.toMatch(/葫芦瓢|key-4711/);
  });

  it('is not misled by an endpoint that finds everything alike', async () => {
    const knowledge = await open();
    endpoint.behave({ kind: 'body', body: ([first]) => bodyOf([first?.map(() => 1)]) });
    expect((await knowledge.ask(PARAPHRASE)).kind).toBe('not-found');
  });

  it('follows no redirect', async () => {
    const other = await startEmbeddingEndpoint();
    try {
      endpoint.behave({ kind: 'redirect', location: `${other.baseUrl}/embeddings` });
      expect(await (await open()).ask(PARAPHRASE)).toEqual(refused);
      expect(other.heard).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it('leaves a failing endpoint alone for a minute and then tries it again', async () => {
    let now = NOW();
    const knowledge = await open({ now: () => now });
    endpoint.behave({ kind: 'status', status: 500 });
    const before = endpoint.heard.length;
    for (let n = 0; n < 5; n += 1) expect(await knowledge.ask(PARAPHRASE)).toEqual(refused);
    expect(endpoint.heard.length - before).toBe(3);
    endpoint.behave({ kind: 'embed' });
    now = new Date(now.getTime() + 60_000);
    expect(await knowledge.ask(PARAPHRASE)).toMatchObject({ kind: 'answer' });
  });

  it('does not use vectors of another model, nor more than fits its memory', async () => {
    const before = endpoint.heard.length;
    expect(await (await open({ model: 'other' })).ask(PARAPHRASE)).toEqual(refused);
    expect(endpoint.heard.length).toBe(before);
    expect(await (await open({ maxBytes: 1_000 })).ask(PARAPHRASE)).toEqual(refused);
  });

  it('keeps what is near for every database', async () => {
    const knowledge = await open();
    const questions = [
      '葫芦瓢怎么安顿',
      '一件事跑好几个窗口',
      '老胳膊老腿能不能上门',
      '看病总要来回跑',
      '村里信号不好',
    ];
    const found: string[] = [];
    for (const regionId of ['huizhou', 'hunan', 'mudan', 'wuxi', 'jieyang'])
      for (const q of questions) {
        const answer = await knowledge.ask({ q, regionId });
        found.push(JSON.stringify([q, regionId, answer.kind, answer.citations, answer.nearest ?? []]));
      }
    tops.set(kind, found);
    expect(found.some((one) => one.includes('"answer"'))).toBe(true);
    for (const other of tops.values()) expect(other).toEqual(found);
  });
});
