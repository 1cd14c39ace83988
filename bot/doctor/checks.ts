/** What `npm run doctor` looks at: each check says what it saw and, where something is wrong, what to do next. */
import { statfs } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { verifyAudit } from '../../jobs/audit-seal.ts';
import { publishedYears, readHolidayFile } from '../../jobs/calendar.ts';
import { WecomCipher } from '../channels/wecom-cipher.ts';
import { type Config, ConfigError } from '../config.ts';
import { type Database, openDatabase } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { checkDataKey } from '../key-check.ts';
import { createVault, dataKeys } from '../vault.ts';
import { dingtalkChecks } from './dingtalk.ts';
import { checkEmbedding } from './embedding.ts';
import { checkTelegramCallback, checkTelegramToken, checkTelegramWebhook } from './telegram.ts';
import { aibotChecks } from './wecom-aibot.ts';

export interface CheckResult {
  readonly name: string;
  /** `note`: works, but somebody should know. */
  readonly state: 'ok' | 'note' | 'wrong';
  /** Chinese, one line: what was seen, and the next step. No secrets. */
  readonly text: string;
}

type Check = () => Promise<Omit<CheckResult, 'name'>>;

/** Less than this is worth a word (bytes). */
const LITTLE_DISK = 2 * 1024 ** 3;
const HTTP_TIMEOUT_MS = 5_000;

/** Runs every check that fits the configuration, one after the other; a check that throws counts as wrong. */
export async function runChecks(config: Config, now: Date): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const add = async (name: string, check: Check) => {
    results.push({ name, ...(await check().catch((error: unknown) => wrong(`检查没有完成：${explain(error)}`))) });
  };
  await add('运行环境', async () => ok(`Node ${process.versions.node}，${config.nodeEnv}，${config.run}`));
  await add('磁盘', () => checkDisk(config.dataDir));
  let database: Database | undefined;
  await add('数据库', async () => {
    database = openDatabase(config);
    await migrate(database, config.dataDir);
    await database.write(async (trx) =>
      trx('counters').insert({ name: 'doctor', value: 0 }).onConflict('name').ignore(),
    );
    return ok(`${database.kind === 'pg' ? 'PostgreSQL' : 'SQLite'} 可读写，结构为最新`);
  });
  if (database) {
    const db = database;
    await add('数据密钥', () => checkKey(config, db));
    await add('文件库', () => checkDocuments(db));
    await add('管理员', () => checkAdmins(db));
    await add('审计链', () => checkAudit(db));
    await add('发送', () => checkDeliveries(db));
    const { embedding } = config;
    if (embedding) await add('向量接口', () => checkEmbedding(embedding, db));
  }
  if (config.redisUrl) await add('Redis', () => checkRedis(config.redisUrl ?? ''));
  await add('节假日', async () => checkHolidays(config, now));
  if (config.wecomApp) {
    await add('企业微信凭证', () => checkWecomToken(config));
    await add('企业微信回调', () => checkWecomCallback(config, now));
  }
  const { wecomAibot, dingtalk, telegram } = config;
  if (wecomAibot) for (const [name, check] of aibotChecks(wecomAibot, config, database, now)) await add(name, check);
  if (dingtalk) for (const [name, check] of dingtalkChecks(dingtalk, config)) await add(name, check);
  if (telegram) {
    await add('Telegram 凭证', () => checkTelegramToken(telegram));
    await add('Telegram 回调地址', () => checkTelegramWebhook(telegram, config.publicUrl));
    await add('Telegram 回调', () => checkTelegramCallback(telegram, config));
  }
  await database?.close();
  return results;
}

function ok(text: string): Omit<CheckResult, 'name'> {
  return { state: 'ok', text };
}
function note(text: string): Omit<CheckResult, 'name'> {
  return { state: 'note', text };
}
function wrong(text: string): Omit<CheckResult, 'name'> {
  return { state: 'wrong', text };
}

/** A configuration error in words for the person at the terminal. */
function explain(error: unknown): string {
  return error instanceof ConfigError
    ? '密钥与这个数据库不符，请用原来的 DATA_KEY（轮换时新旧都写，新的在前）'
    : codeOf(error);
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message ?? 'unknown').slice(0, 160);
}

async function checkDisk(folder: string): Promise<Omit<CheckResult, 'name'>> {
  const { bavail, bsize } = await statfs(folder).catch(() => statfs('.'));
  const free = bavail * bsize;
  const text = `剩余 ${(free / 1024 ** 3).toFixed(1)} GB`;
  return free < LITTLE_DISK ? wrong(`${text}，请清理磁盘或扩容`) : ok(text);
}

async function checkKey(config: Config, database: Database): Promise<Omit<CheckResult, 'name'>> {
  const vault = createVault(dataKeys(config.dataKeys, config.dataDir));
  await checkDataKey(database, vault);
  const row: { blocks_sealed: string } | undefined = await database
    .reader('outbox')
    .whereNotNull('blocks_sealed')
    .first('blocks_sealed');
  if (row) vault.open(row.blocks_sealed);
  const where = config.dataKeys ? '环境变量 DATA_KEY' : `${config.dataDir} 里的 data.key`;
  return ok(`${where}，能打开已存的内容；备份里没有它，请另行保管`);
}

async function checkDocuments({ reader }: Database): Promise<Omit<CheckResult, 'name'>> {
  const rows = await reader('documents').select('doc');
  return rows.length === 0 ? note('还没有文件，启动一次机器人会装入自带的方案') : ok(`${rows.length} 份文件`);
}

async function checkAdmins({ reader }: Database): Promise<Omit<CheckResult, 'name'>> {
  const admins = await reader('staff_roles')
    .join('staff', 'staff.id', 'staff_roles.staff_id')
    .where({ role: 'admin', status: 'active' })
    .select('staff_id');
  return admins.length === 0
    ? note('还没有管理员：导入花名册，或用启动时终端显示的一次性码在私聊中发送“绑定 码”')
    : ok(`${admins.length} 人`);
}

async function checkAudit({ reader }: Database): Promise<Omit<CheckResult, 'name'>> {
  const report = await verifyAudit(reader);
  return report.intact
    ? ok(`${report.sealed} 条记录首尾相接，${report.open} 条待封存`)
    : wrong(`第 ${report.at} 条记录与前一条对不上：有人绕过程序改过数据库，请保留现场并核对备份`);
}

async function checkDeliveries({ reader }: Database): Promise<Omit<CheckResult, 'name'>> {
  const rows: { state: string; count: string | number }[] = await reader('deliveries')
    .whereIn('state', ['pending', 'dead'])
    .groupBy('state')
    .select('state')
    .count('* as count');
  const count = (state: string) => Number(rows.find((row) => row.state === state)?.count ?? 0);
  const text = `待发送 ${count('pending')} 条，未送达 ${count('dead')} 条`;
  return count('dead') > 0 ? note(`${text}，在聊天里发“投递”看是谁、为什么`) : ok(text);
}

async function checkRedis(url: string): Promise<Omit<CheckResult, 'name'>> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: HTTP_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1] ?? 'noeviction';
    return policy === 'noeviction' ? ok('连接正常') : note(`淘汰策略是 ${policy}，任务队列要求 noeviction`);
  } catch (error) {
    return wrong(`连不上（${codeOf(error)}）：机器人仍能回答，到点的推送要等它恢复`);
  } finally {
    redis.disconnect();
  }
}

function checkHolidays(config: Config, now: Date): Omit<CheckResult, 'name'> {
  const own = config.holidayFile ? Object.keys(readHolidayFile(config.holidayFile)).map(Number) : [];
  const known = new Set([...publishedYears(), ...own]);
  const years = [now.getUTCFullYear(), now.getUTCFullYear() + 1];
  const unknown = years.filter((year) => !known.has(year));
  return unknown.length === 0
    ? ok(`${years.join('、')} 年的放假安排都有`)
    : note(`没有 ${unknown.join('、')} 年的放假安排，将只按周末计算；公布后写入文件并用 HOLIDAY_FILE 指明`);
}

/** What an administrator can do about the platform's answer. */
const WECOM_HINTS: Readonly<Record<number, string>> = {
  40001: 'WECOM_APP_SECRET 不对，请在应用详情页重新复制',
  40091: 'WECOM_APP_SECRET 不对，请在应用详情页重新复制',
  40013: 'WECOM_CORP_ID 不对，请在“我的企业”页底部复制',
  60020: '本机出口 IP 不在“企业可信IP”里，请在应用详情页添加',
};

async function checkWecomToken({ wecomApp }: Config): Promise<Omit<CheckResult, 'name'>> {
  if (!wecomApp) return ok('未启用');
  const url = new URL(`${wecomApp.apiBase}/cgi-bin/gettoken`);
  url.searchParams.set('corpid', wecomApp.corpId);
  url.searchParams.set('corpsecret', wecomApp.secret);
  const response = await fetch(url, { signal: AbortSignal.timeout(HTTP_TIMEOUT_MS), redirect: 'error' }).catch(
    () => undefined,
  );
  if (!response) return wrong(`连不上 ${url.host}：请检查本机能否访问外网或代理`);
  const { errcode } = (await response.json().catch(() => ({ errcode: -1 }))) as { errcode?: number };
  return errcode === 0
    ? ok('能取得 access_token')
    : wrong(`平台返回 ${errcode}：${WECOM_HINTS[errcode ?? -1] ?? '请查企业微信错误码页面'}`);
}

/** Knocks at our own door the way the platform does when an administrator saves the callback address. */
async function checkWecomCallback(
  { wecomApp, publicUrl, port }: Config,
  now: Date,
): Promise<Omit<CheckResult, 'name'>> {
  if (!wecomApp) return ok('未启用');
  const cipher = new WecomCipher({ token: wecomApp.token, aesKey: wecomApp.aesKey, receiveId: wecomApp.corpId });
  const echo = String(now.getTime());
  const echostr = cipher.encrypt(echo);
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const base = publicUrl ?? `http://127.0.0.1:${port}`;
  const url = new URL('/channels/wecom-app', base);
  url.search = new URLSearchParams({
    msg_signature: cipher.sign(timestamp, 'doctor', echostr),
    timestamp,
    nonce: 'doctor',
    echostr,
  }).toString();
  const answer = await fetch(url, { signal: AbortSignal.timeout(HTTP_TIMEOUT_MS), redirect: 'error' })
    .then((response) => response.text())
    .catch(() => undefined);
  if (answer === echo)
    return publicUrl ? ok(`${url.origin} 的回调校验通过`) : note('本机回调校验通过；设置 PUBLIC_URL 后可检查外网地址');
  if (answer === undefined) return wrong(`${url.origin} 没有应答：机器人没有运行，或反向代理没有转到它`);
  return wrong(`${url.origin} 的应答不对：代理丢了查询串，或运行中的 Token、EncodingAESKey 与这里不同`);
}
