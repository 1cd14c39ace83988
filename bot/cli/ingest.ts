/** `npm run ingest -- FILE… [--region] [--number] [--date] [--yes] [--json]`: puts documents of any format into the database. */
import { readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import {
  checkSize,
  type IngestPlan,
  isCalendarDay,
  type LoadedDocument,
  partDocuments,
  planIngest,
  readFileText,
  storePlanned,
  UnreadableFile,
} from '../../knowledge/index.ts';
import { listDocuments, listRegions } from '../../knowledge/store.ts';
import { fail, type OpenKnowledge, openKnowledge, readPlace } from './open-knowledge.ts';

interface Options {
  readonly region?: string | undefined;
  readonly number?: string | undefined;
  readonly date?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** A file on a server may take its time, as long as it gets on (ms). */
const READING_MS = 600_000;
/** Progress is shown on reading and storing that takes longer than this (ms). */
const QUIET_MS = 1_500;

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
  if (values.date !== undefined && !isCalendarDay(values.date)) throw new Error('--date must be a day, YYYY-MM-DD');
  if (values.number !== undefined && positionals.length > 1) throw new Error('--number goes with one file');
  const open = await openKnowledge(readPlace(process.env));
  try {
    for (const file of positionals) if (!(await ingest(open, file, values))) process.exitCode = 1;
  } finally {
    await open.close();
  }
} catch (error) {
  fail(error);
}

/** @returns false where anything of the file was not stored */
async function ingest(open: OpenKnowledge, file: string, options: Options): Promise<boolean> {
  const progress = showProgress(file);
  let text: string;
  let doubts: readonly string[];
  try {
    checkSize(statSync(file, { throwIfNoEntry: true }).size);
    ({ text, doubts } = await readFileText(
      { name: file, bytes: readFileSync(file) },
      { limits: { totalMs: READING_MS }, onProgress: (done, total) => progress.tell('reading page', done, total) },
    ));
  } catch (error) {
    if (error instanceof UnreadableFile) return refuse(file, `${error.reason}(${error.message})`, options);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return refuse(file, '没有这个文件。(no such file)', options);
    if (code === 'EISDIR' || code === 'EACCES') return refuse(file, `打不开这个文件。(${code})`, options);
    throw error;
  } finally {
    progress.end();
  }
  const parted = partDocuments(text);
  let stored = true;
  for (const [at, part] of parted.texts.entries()) {
    const more = at === 0 ? [...doubts, ...parted.doubts] : [];
    stored = (await ingestPart(open, file, part, parted.texts.length, more, options)) && stored;
  }
  return stored;
}

async function ingestPart(
  open: OpenKnowledge,
  file: string,
  text: string,
  parts: number,
  doubts: readonly string[],
  options: Options,
): Promise<boolean> {
  const there = {
    regions: await listRegions(open.database.reader),
    documents: await listDocuments(open.database.reader),
  };
  let region = options.region;
  // A number belongs to one document; where a file holds several each has its own.
  const number = parts === 1 ? options.number : undefined;
  const plan = () => planIngest({ text, fileName: file, region, number, date: options.date }, there);
  let planned = plan();
  const asks = process.stdin.isTTY && !options.yes;
  while ('refusal' in planned && (planned.refusal === 'region-unknown' || planned.refusal === 'no-region') && asks) {
    const { suggestion } = planned;
    const before = planned.refusal === 'no-region' ? `“${region}”不像地区的名称。` : '';
    const words = `${before}这份文件属于哪个地区${suggestion ? `（回车：${suggestion}）` : '（如 徽州区）'}？`;
    region = (await question(words)).trim() || suggestion;
    if (region === undefined) break;
    planned = plan();
  }
  if ('refusal' in planned) {
    const hint = planned.suggestion
      ? `如属${planned.suggestion}，请加 --region ${planned.suggestion}。`
      : '请用 --region 说明。';
    const reason =
      planned.refusal === 'region-unknown'
        ? `${planned.reason}${hint}(region unknown)`
        : `${planned.reason}${planned.refusal === 'no-region' ? '(not a region)' : ''}`;
    return refuse(file, reason, options);
  }
  const whole = { ...planned, doubts: [...planned.doubts, ...doubts] };
  if (whole.newRegion && !asks) process.stderr.write(`没有“${whole.newRegion.name}”这个地区，将新建。(new region)\n`);
  if (asks && !(await agreed(whole))) return refuse(file, '没有入库。', options);
  await store(open, whole, text, options);
  return true;
}

async function store(open: OpenKnowledge, plan: IngestPlan, text: string, options: Options): Promise<void> {
  const { database } = open;
  const progress = showProgress(plan.doc);
  let loaded: LoadedDocument;
  try {
    loaded = await storePlanned(
      {
        reader: database.reader,
        write: database.write,
        kind: database.kind,
        clock: { now: () => new Date() },
        onProgress: (done, total) => progress.tell('storing clause', done, total),
      },
      plan,
      text,
    );
  } finally {
    progress.end();
  }
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ doc: loaded.doc, version: loaded.version, region: plan.regionId, title: plan.title, number: plan.number ?? null, date: plan.issuedOn ?? null, clauses: loaded.clauses, tables: loaded.tables, doubts: plan.doubts, unchanged: loaded.unchanged })}\n`,
    );
    return;
  }
  const state = loaded.unchanged ? '没有变化' : plan.supersedes ? `第${loaded.version}版，旧版仍可引用` : '新文件';
  process.stdout.write(`${loaded.doc}：${loaded.clauses}条，${loaded.tables}张表（${state}）\n`);
  for (const doubt of plan.doubts) process.stdout.write(`  请看一下：${doubt}\n`);
}

/** One line on stderr that counts up, once the work has taken a while; nothing where stderr is no terminal but every tenth. */
function showProgress(what: string): { tell(words: string, done: number, total: number): void; end(): void } {
  const began = performance.now();
  let shown = -1;
  return {
    tell(words, done, total) {
      const share = Math.floor((done / Math.max(total, 1)) * 10);
      if (performance.now() - began < QUIET_MS || (!process.stderr.isTTY && share === shown)) return;
      shown = share;
      const line = `${what}: ${words} ${done}/${total}`;
      process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
    },
    end() {
      if (shown >= 0 && process.stderr.isTTY) process.stderr.write('\n');
      shown = -1;
    },
  };
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
    ...(plan.newRegion ? [`没有“${plan.newRegion.name}”这个地区，将新建。`] : []),
    ...(plan.supersedes ? [`替代现有文件 ${plan.supersedes}，旧版仍可引用`] : []),
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
