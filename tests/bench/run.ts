/** `npm run bench`: the numbers of the design, measured on this machine, as a table and with `--json` as JSON. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIMULATED_APP } from '../simulators/wecom.ts';
import { freePort } from '../support/services.ts';
import { measureAnswers, measureKnowledge } from './answers.ts';
import { measureDingtalk } from './dingtalk.ts';
import type { IngestNumbers } from './ingest.ts';
import { flood, prepareCallbacks, steady } from './load.ts';
import { startProgram } from './processes.ts';
import { measureTelegram } from './telegram.ts';
import { measureAibot } from './wecom-aibot.ts';

interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the design asks for, in words. */
  readonly goal: string;
  readonly ok: boolean;
}

const SENDERS = 200;
const CONNECTIONS = 16;
const MESSAGES = 6_000;
const WARM_UP = 1_500;

const folder = mkdtempSync(join(tmpdir(), 'yigongti-bench-'));
const rows: Row[] = [];
const app = {
  WECOM_CORP_ID: SIMULATED_APP.corpId,
  WECOM_APP_AGENT_ID: SIMULATED_APP.agentId,
  WECOM_APP_SECRET: SIMULATED_APP.secret,
  WECOM_APP_TOKEN: SIMULATED_APP.token,
  WECOM_APP_AES_KEY: SIMULATED_APP.aesKey,
  WECOM_API_BASE: 'http://127.0.0.1:9',
};
const bot = { NODE_ENV: 'test', DEMO: 'on', LOG_LEVEL: 'error', DATA_DIR: folder };
const main = join(import.meta.dirname, '../../bot/main.ts');

try {
  await startAndMemory();
  const inProcess = await measureKnowledge(join(folder, 'knowledge'), 2_000);
  row('policy answer in process, warm, p50', inProcess.p50Ms, 'ms', 5, 'at most');
  row('policy answer in process, warm, p99', inProcess.p99Ms, 'ms');
  await callbacks();
  const aibot = await measureAibot(bot, main, { count: 3_000, senders: SENDERS, connections: CONNECTIONS });
  row('WeCom AI bot: callback to durable reply', aibot.ours.perSecond, '/s');
  row('  as a share of a bare Koa echo', aibot.ours.perSecond / aibot.bare, '', 0.06, 'at least');
  row('  p99', aibot.ours.p99Ms, 'ms');
  row('  refused or empty answers', aibot.ours.failed, '', 0, 'at most');
  // One message a person: more would wait for the pace of their chat.
  const dingtalk = await measureDingtalk(bot, main, { count: 3_000, senders: 3_000, connections: CONNECTIONS });
  row('DingTalk: callback recorded and acknowledged', dingtalk.ours.perSecond, '/s');
  row('  as a share of a bare Koa echo', dingtalk.ours.perSecond / dingtalk.bare, '', 0.06, 'at least');
  row('  p99', dingtalk.ours.p99Ms, 'ms');
  row('  refused', dingtalk.ours.failed, '', 0, 'at most');
  const telegram = await measureTelegram(bot, main, { count: 3_000, senders: 3_000, connections: CONNECTIONS });
  row('Telegram: callback recorded and acknowledged', telegram.ours.perSecond, '/s');
  row('  as a share of a bare Koa echo', telegram.ours.perSecond / telegram.bare, '', 0.06, 'at least');
  row('  p99', telegram.ours.p99Ms, 'ms');
  row('  refused', telegram.ours.failed, '', 0, 'at most');
  manyClauses('SQLite');
  // A PostgreSQL to measure on: an empty database of its own.
  const postgres = process.env.BENCH_DATABASE_URL;
  if (postgres) manyClauses('PostgreSQL', postgres);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();

async function startAndMemory(): Promise<void> {
  const first = await startProgram({ file: main, port: await freePort(), env: { ...bot, PLAYGROUND: 'on' } });
  await first.stop();
  const program = await startProgram({ file: main, port: await freePort(), env: { ...bot, PLAYGROUND: 'on' } });
  row('start on a database that exists', program.readyMs / 1000, 's', 2, 'at most');
  const answers = await measureAnswers(program.url, 1_000);
  row('policy answer over HTTP, one at a time, p50', answers.p50Ms, 'ms');
  row('policy answer over HTTP, one at a time, p99', answers.p99Ms, 'ms');
  await sleep(8_000); // idle: the process gives back what it does not need
  row('memory idle after start and 1,000 questions', program.residentMb(), 'MB', 220, 'at most');
  await program.stop();
}

async function callbacks(): Promise<void> {
  const echo = await startProgram({
    file: join(import.meta.dirname, 'echo-server.ts'),
    port: await freePort(),
    env: app,
    readyPath: '/',
  });
  const program = await startProgram({
    file: main,
    port: await freePort(),
    env: { ...bot, ...app, PLAYGROUND: 'off' },
  });
  // Both are up in the same minute; the yardstick is measured before and after, and its better run counts.
  await flood(echo.url, await prepareCallbacks(WARM_UP, SENDERS), CONNECTIONS);
  await flood(program.url, await prepareCallbacks(WARM_UP, SENDERS), CONNECTIONS);
  const before = await flood(echo.url, await prepareCallbacks(MESSAGES, SENDERS), CONNECTIONS);
  const ours = await flood(program.url, await prepareCallbacks(MESSAGES, SENDERS), CONNECTIONS);
  const afterwards = await flood(echo.url, await prepareCallbacks(MESSAGES, SENDERS), CONNECTIONS);
  const bare = Math.max(before.perSecond, afterwards.perSecond);
  row('bare Koa echo with the same cipher', bare, '/s');
  row('callback to durable reply (帮助, 200 senders, 16 connections)', ours.perSecond, '/s', 600, 'at least');
  row('  as a share of the bare echo', ours.perSecond / bare, '', 0.06, 'at least');
  row('  p50', ours.p50Ms, 'ms');
  row('  p99', ours.p99Ms, 'ms');
  row('  refused or empty answers', ours.failed, '', 0, 'at most');
  const calm = await steady(program.url, await prepareCallbacks(2_000, SENDERS), 200);
  row('callback to durable reply at 200/s, p99', calm.p99Ms, 'ms', 50, 'at most');
  row('memory after the load', program.residentMb(), 'MB');
  await echo.stop();
  await program.stop();
}

/** In a process of its own, so that its memory is its own. */
function manyClauses(kind: string, databaseUrl?: string): void {
  const program = join(import.meta.dirname, 'ingest.ts');
  const args = [program, join(folder, `many-${kind}`), '100000', '1000', ...(databaseUrl ? [databaseUrl] : [])];
  const numbers = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as IngestNumbers;
  row(`ingest up to 100,000 clauses, ${kind}`, numbers.perSecond, 'clauses/s', 2_000, 'at least');
  row('  longest wait of a writer beside it', numbers.longestWaitMs, 'ms');
  row(`policy answer at 100,000 clauses, ${kind}, p50`, numbers.p50Ms, 'ms');
  row('  p99', numbers.p99Ms, 'ms', 50, 'at most');
  row('  memory of the process', numbers.residentMb, 'MB', 600, 'at most');
}

function row(
  what: string,
  value: number,
  unit: string,
  goal?: number,
  sense: 'at most' | 'at least' = 'at most',
): void {
  const ok = goal === undefined || (sense === 'at most' ? value <= goal : value >= goal);
  rows.push({ what, value, unit, goal: goal === undefined ? '' : `${sense} ${goal}`, ok });
}

function print(): void {
  if (process.argv.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify(
        rows.map(({ what, ...rest }) => ({ what: what.trim(), ...rest })),
        null,
        2,
      )}\n`,
    );
    return;
  }
  for (const { what, value, unit, goal, ok } of rows) {
    const shown = value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3);
    process.stdout.write(`${what.padEnd(64)} ${`${shown} ${unit}`.padStart(12)}   ${goal}${ok ? '' : '   MISSED'}\n`);
  }
}
