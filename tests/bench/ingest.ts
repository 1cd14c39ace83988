/** Documents made by recombining the clauses of the plans, put in at full speed, and questions asked among 100,000 clauses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../bot/database/connect.ts';
import { migrate } from '../../bot/database/migrate.ts';
import { createKnowledge, loadCorpus, loadDocument, parseDocument } from '../../knowledge/index.ts';
import { countClauses } from '../../knowledge/store.ts';
import { percentiles } from './load.ts';

const PLANS = ['hunan', 'mudan', 'wuxi', 'huizhou', 'jieyang'];
/** Clauses of one made document: a thick collection of rules. */
const CLAUSES_A_DOCUMENT = 2_000;
const HAN = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

/** The same sequence every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/**
 * A document of the county `n`, its sentences taken from clauses of the plans at random, names and figures changed so that
 * no two are alike.
 */
export function makeDocument(
  n: number,
  clauses = CLAUSES_A_DOCUMENT,
): { readonly name: string; readonly text: string } {
  const throwDice = dice(n + 1);
  const sentences = sourceSentences();
  const pick = (): string => sentences[throwDice(sentences.length)] ?? '';
  const county = `${'甲乙丙丁戊己庚辛壬癸'[n % 10]}${'川山河湖江海林泉'[Math.floor(n / 10) % 8]}${n >= 80 ? '北' : ''}县`;
  const figure = (text: string): string => text.replace(/\d+(?=%|万元|人|个|家)/g, () => String(1 + throwDice(99)));
  const lines = [
    `${county}人民政府办公室`,
    `关于印发《${county}医共体规范汇编》的通知`,
    `${county.slice(0, 2)}政办发〔2026〕${n + 1}号`,
    '',
  ];
  let count = 1;
  for (let chapter = 0; count < clauses; chapter += 1) {
    lines.push(`第${chapter + 1}章　${figure(pick()).slice(0, 16)}`, '');
    count += 1;
    for (let section = 0; section < HAN.length && count < clauses; section += 1) {
      lines.push(`${HAN[section]}、${figure(pick())}`, '');
      count += 1;
      for (let item = 1; item <= 12 && count < clauses; item += 1) {
        lines.push(`${item}．${figure(pick())}${figure(pick())}`, '');
        count += 1;
      }
    }
  }
  return { name: county, text: lines.join('\n') };
}

let known: readonly string[] | undefined;

function sourceSentences(): readonly string[] {
  known ??= PLANS.flatMap((plan) =>
    parseDocument(
      readFileSync(join(import.meta.dirname, `../../knowledge/corpus/${plan}.txt`), 'utf8'),
    ).clauses.flatMap((clause) =>
      clause.text.split(/(?<=。)/).filter((sentence) => /^[\u4e00-\u9fff].{12,}。$/.test(sentence)),
    ),
  );
  return known;
}

export interface IngestNumbers {
  readonly clauses: number;
  readonly perSecond: number;
  /** Longest a writer beside it had to wait for its turn (ms). */
  readonly longestWaitMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMb: number;
}

/** Loads documents until there are so many clauses, then asks; `databaseUrl` for PostgreSQL. */
export async function measureIngest(options: {
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  readonly clauses: number;
  readonly questions: number;
}): Promise<IngestNumbers> {
  const database = openDatabase(options);
  try {
    await migrate(database, options.dataDir);
    const ports = {
      reader: database.reader,
      write: database.write,
      kind: database.kind,
      clock: { now: () => new Date() },
    };
    await loadCorpus(ports);
    const waits = watchWrites(database);
    let spentMs = 0;
    let loaded = 0;
    const bundled = await countClauses(database.reader);
    for (let n = 0; bundled + loaded < options.clauses; n += 1) {
      const { name, text } = makeDocument(n, Math.min(CLAUSES_A_DOCUMENT, options.clauses - bundled - loaded));
      await database.write(async (trx) => {
        await trx('regions').insert({
          id: `made-${n}`,
          name,
          short_name: name.slice(0, -1),
          level: 'county',
          created_at: new Date().toISOString(),
        });
      });
      const began = performance.now();
      const document = await loadDocument(ports, {
        doc: `made-${n}`,
        regionId: `made-${n}`,
        number: undefined,
        issuedOn: undefined,
        text,
        bundled: false,
      });
      spentMs += performance.now() - began;
      loaded += document.clauses;
    }
    const longestWaitMs = await waits.stop();
    const latencies = await ask(database, options.questions);
    return {
      clauses: await countClauses(database.reader),
      perSecond: (loaded / spentMs) * 1000,
      longestWaitMs,
      ...percentiles(latencies.slice(Math.floor(options.questions / 10))),
      residentMb: process.memoryUsage.rss() / 1024 / 1024,
    };
  } finally {
    await database.close();
  }
}

async function ask(database: Database, count: number): Promise<readonly number[]> {
  const knowledge = createKnowledge({ db: database.reader, kind: database.kind });
  const regions = new Map(
    (await database.reader('regions').select('id', 'short_name')).map((row: { id: string; short_name: string }) => [
      row.short_name,
      row.id,
    ]),
  );
  const questions = readFileSync(join(import.meta.dirname, '../qa/dev.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as { q: string; region: string | null });
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const question = questions[index % questions.length];
    if (!question) break;
    const began = performance.now();
    await knowledge.ask({ q: question.q, regionId: regions.get(question.region ?? '') });
    latencies.push(performance.now() - began);
  }
  return latencies;
}

/** A small write every 50 ms beside the load, as the bot makes them; how long the slowest took. */
function watchWrites(database: Database): { stop(): Promise<number> } {
  let longest = 0;
  let running = true;
  const work = (async () => {
    while (running) {
      const began = performance.now();
      await database.write(async (trx) => {
        await trx('counters').insert({ name: 'bench', value: 1 }).onConflict('name').merge({ value: 1 });
      });
      longest = Math.max(longest, performance.now() - began);
      await new Promise((done) => setTimeout(done, 50));
    }
  })();
  return {
    stop: async () => {
      running = false;
      await work;
      return longest;
    },
  };
}

// As a program of its own, so that its memory is its own: node tests/bench/ingest.ts DATA_DIR CLAUSES QUESTIONS [DATABASE_URL]
if (import.meta.filename === process.argv[1]) {
  const [dataDir = '', clauses = '100000', questions = '1000', databaseUrl] = process.argv.slice(2);
  const numbers = await measureIngest({ dataDir, clauses: Number(clauses), questions: Number(questions), databaseUrl });
  process.stdout.write(`${JSON.stringify(numbers)}\n`);
}
