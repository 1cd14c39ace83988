/** `npm run ingest -- FILE… [--region] [--number] [--date] [--yes] [--json]`: puts text documents into the database. */
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { type IngestPlan, loadDocument, planIngest } from '../../knowledge/index.ts';
import { listDocuments, listRegions } from '../../knowledge/store.ts';
import { decodeText } from './decode.ts';
import { fail, type OpenKnowledge, openKnowledge, readPlace } from './open-knowledge.ts';

interface Options {
  readonly region?: string | undefined;
  readonly number?: string | undefined;
  readonly date?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

try {
  const { values, positionals } = parseArgs({
    options: {
      region: { type: 'string' },
      number: { type: 'string' },
      date: { type: 'string' },
      yes: { type: 'boolean' },
      json: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (positionals.length === 0) {
    throw new Error(
      'usage: npm run ingest -- FILE… [--region 徽州] [--number 徽办发〔2026〕2号] [--date 2026-02-11] [--yes] [--json]',
    );
  }
  if (values.date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(values.date))
    throw new Error('--date must be YYYY-MM-DD');
  const open = await openKnowledge(readPlace(process.env));
  try {
    for (const file of positionals) if (!(await ingest(open, file, values))) process.exitCode = 1;
  } finally {
    await open.close();
  }
} catch (error) {
  fail(error);
}

/** @returns false where nothing was stored */
async function ingest(open: OpenKnowledge, file: string, options: Options): Promise<boolean> {
  if (!existsSync(file)) return refuse(file, '没有这个文件。', options);
  if (!/\.(?:txt|md|text)$/i.test(file)) return refuse(file, '这个版本只读纯文本（.txt）。', options);
  let text: string;
  try {
    text = decodeText(readFileSync(file));
  } catch {
    return refuse(file, '读不出文字：既不是 UTF-8，也不是 GBK。', options);
  }
  const there = {
    regions: await listRegions(open.database.reader),
    documents: await listDocuments(open.database.reader),
  };
  let region = options.region;
  const plan = () => planIngest({ text, fileName: file, region, number: options.number, date: options.date }, there);
  let planned = plan();
  if ('refusal' in planned && planned.refusal === 'region-unknown' && process.stdin.isTTY && !options.yes) {
    region = await question('这份文件属于哪个地区（如 徽州区）？');
    planned = plan();
  }
  if ('refusal' in planned) return refuse(file, planned.reason, options);
  if (process.stdin.isTTY && !options.yes && !(await agreed(planned))) return refuse(file, '没有入库。', options);
  await store(open, planned, text, options);
  return true;
}

async function store(open: OpenKnowledge, plan: IngestPlan, text: string, options: Options): Promise<void> {
  const { newRegion } = plan;
  if (newRegion) {
    await open.database.write(async (trx) => {
      await trx('regions')
        .insert({
          id: newRegion.id,
          name: newRegion.name,
          short_name: newRegion.shortName,
          level: newRegion.level,
          created_at: new Date().toISOString(),
        })
        .onConflict('id')
        .ignore();
    });
  }
  const { database } = open;
  const loaded = await loadDocument(
    { reader: database.reader, write: database.write, kind: database.kind, clock: { now: () => new Date() } },
    { doc: plan.doc, regionId: plan.regionId, number: plan.number, issuedOn: plan.issuedOn, text, bundled: false },
  );
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ doc: loaded.doc, version: loaded.version, region: plan.regionId, number: plan.number ?? null, clauses: loaded.clauses, tables: loaded.tables, doubts: plan.doubts, unchanged: loaded.unchanged })}\n`,
    );
    return;
  }
  const state = loaded.unchanged ? '没有变化' : plan.supersedes ? `第${loaded.version}版，旧版仍可引用` : '新文件';
  process.stdout.write(`${loaded.doc}：${loaded.clauses}条，${loaded.tables}张表（${state}）\n`);
  for (const doubt of plan.doubts) process.stdout.write(`  请看一下：${doubt}\n`);
}

function refuse(file: string, reason: string, options: Options): false {
  if (options.json) process.stdout.write(`${JSON.stringify({ file, error: reason })}\n`);
  else process.stderr.write(`${file}：${reason}\n`);
  return false;
}

async function agreed(plan: IngestPlan): Promise<boolean> {
  const lines = [
    `《${plan.title}》`,
    `文号 ${plan.number ?? '没有读到'}，日期 ${plan.issuedOn ?? '没有读到'}，${plan.clauses}条，${plan.tables}张表`,
    ...plan.doubts.map((doubt) => `请看一下：${doubt}`),
  ];
  return /^(?:y|yes|是|好|确认|)$/i.test((await question(`${lines.join('\n')}\n入库吗？[是/否] `)).trim());
}

async function question(words: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(words);
  } finally {
    terminal.close();
  }
}
