/** Embeddings among many clauses: how fast vectors are kept, what a look by meaning costs, how much memory it takes. By hand. */
import { createHash } from 'node:crypto';
import { openDatabase } from '../../bot/database/connect.ts';
import { createMeaning, embedDocuments, type PolicyAnswer } from '../../knowledge/index.ts';
import { measureIngest } from './ingest.ts';
import { percentiles } from './load.ts';

const DIMENSION = 1024;
const MODEL = 'bench';
const REFUSED: PolicyAnswer = { kind: 'not-found', answerable: false, lead: '', citations: [] };

/** Vectors without meaning, of the size of real ones. */
const embedder = {
  load: async () => undefined,
  embed: async (texts: readonly string[]) =>
    texts.map((text) => {
      const seed = createHash('sha256').update(text).digest();
      let state = seed.readUInt32LE();
      return Array.from({ length: DIMENSION }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 31 - 1;
      });
    }),
};

const [dataDir = '', clauses = '100000', databaseUrl] = process.argv.slice(2);
if (Number(clauses) > 0) await measureIngest({ dataDir, databaseUrl, clauses: Number(clauses), questions: 1 });
const database = openDatabase({ dataDir, databaseUrl });
const clock = { now: () => new Date() };
const began = performance.now();
const { clauses: embedded } = await embedDocuments({
  ...database,
  clock,
  embedder,
  model: MODEL,
  isStopping: () => false,
});
const perSecond = (embedded / (performance.now() - began)) * 1000;
const documents: { id: string; region_id: string }[] = await database
  .reader('documents')
  .where({ active: true })
  .orderBy(['region_id', 'doc'])
  .select('id', 'region_id');
const vectors: { total?: number | string } | undefined = await database
  .reader('embedded_documents')
  .sum({ total: 'vectors' })
  .first();
const beforeMb = process.memoryUsage.rss() / 1024 / 1024;
const meaning = createMeaning({
  db: database.reader,
  embedder,
  model: MODEL,
  mayLeave: () => true,
  clock,
  budgetMs: 60_000,
});
async function look(ids: readonly string[], words: string): Promise<number> {
  const from = performance.now();
  await meaning.improve(
    { q: words },
    REFUSED,
    async (near) => {
      await near(words, ids);
      return REFUSED;
    },
    async () => undefined,
  );
  return performance.now() - from;
}
/** As many as one question is looked up in: ten documents of 2,000 clauses. */
const several = documents.map((one) => one.id).slice(-10);
const largest = documents.filter((one) => one.region_id.startsWith('made-')).map((one) => one.id);
const coldOne = await look(largest.slice(0, 1), '问题');
const one: number[] = [];
for (let n = 0; n < 100; n += 1) one.push(await look(largest.slice(n % largest.length).slice(0, 1), `问题${n}`));
const coldTen = await look(several, '问题');
const ten: number[] = [];
for (let n = 0; n < 20; n += 1) ten.push(await look(several, `问题${n}`));
process.stdout.write(
  `${JSON.stringify({
    embedded,
    vectors: Number(vectors?.total),
    keptPerSecond: perSecond,
    oneDocument: { coldMs: coldOne, ...percentiles(one.slice(largest.length)) },
    tenDocuments: { coldMs: coldTen, ...percentiles(ten) },
    memoryMb: { before: beforeMb, after: process.memoryUsage.rss() / 1024 / 1024 },
  })}\n`,
);
await database.close();
