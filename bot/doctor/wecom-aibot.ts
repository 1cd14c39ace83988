/** Whether the AI bot answers its callbacks, or gets its long connection（智能机器人检查）. */
import { WebSocket } from 'ws';
import type { AibotCallbackConfig, AibotSocketConfig, WecomAibotConfig } from '../channels/wecom-aibot/config.ts';
import { createSocket } from '../channels/wecom-aibot/socket.ts';
import { WecomCipher } from '../channels/wecom-cipher.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connect.ts';
import { wall } from '../inbox.ts';
import type { CheckResult } from './checks.ts';

type Seen = Omit<CheckResult, 'name'>;
type NamedCheck = readonly [name: string, check: () => Promise<Seen>];

const TIMEOUT_MS = 5_000;

/** What an administrator can do about the platform's refusal. */
const HINTS: Readonly<Record<string, string>> = {
  853000: 'WECOM_AIBOT_SECRET 不对，请在机器人的“API 配置 → 长连接”里重新复制',
  93019: 'WECOM_AIBOT_ID 不对，请在机器人详情里复制 Bot ID',
  45009: '连接太频繁，被平台暂时限制，请十分钟后再试',
};

/** The checks of the way in that is configured. */
export function aibotChecks(
  aibot: WecomAibotConfig,
  config: Pick<Config, 'publicUrl' | 'port' | 'wecomApp' | 'dingtalk' | 'telegram'>,
  database: Database | undefined,
  now: Date,
): readonly NamedCheck[] {
  return aibot.way === 'callback'
    ? [
        ['智能机器人回调', () => checkCallback(aibot, config, now)],
        ['主动推送', async () => checkPush(config)],
      ]
    : [['智能机器人长连接', () => checkSocket(aibot, database)]];
}

/** By callback the AI bot only answers: what others must be told needs another surface. */
function checkPush({ wecomApp, dingtalk, telegram }: Pick<Config, 'wecomApp' | 'dingtalk' | 'telegram'>): Seen {
  if (wecomApp || dingtalk || telegram) return { state: 'ok', text: '由其他渠道送达' };
  return {
    state: 'wrong',
    text: '智能机器人用回调方式时只能回答，不能主动推送：转诊、缺药通知和每日汇总送不到人。请同时配置自建应用，或改用长连接',
  };
}

/** Knocks at our own door the way the platform does when an administrator saves the callback address. */
export async function checkCallback(
  { token, aesKey }: AibotCallbackConfig,
  { publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>,
  now: Date,
): Promise<Seen> {
  const cipher = new WecomCipher({ token, aesKey, receiveId: '' });
  const echo = String(now.getTime());
  const echostr = cipher.encrypt(echo);
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const url = new URL('/channels/wecom-aibot', publicUrl ?? `http://127.0.0.1:${port}`);
  url.search = new URLSearchParams({
    msg_signature: cipher.sign(timestamp, 'doctor', echostr),
    timestamp,
    nonce: 'doctor',
    echostr,
  }).toString();
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
    .then((response) => response.text())
    .catch(() => undefined);
  if (answer === echo) {
    return publicUrl
      ? { state: 'ok', text: `${url.origin} 的回调校验通过` }
      : { state: 'note', text: '本机回调校验通过；设置 PUBLIC_URL 后可检查外网地址' };
  }
  return {
    state: 'wrong',
    text:
      answer === undefined
        ? `${url.origin} 没有应答：机器人没有运行，或反向代理没有转到它`
        : `${url.origin} 的应答不对：代理丢了查询串，时钟差了十分钟以上，或运行中的 Token、EncodingAESKey 与这里不同`,
  };
}

/** Subscribes where nobody does; a running bot would lose its connection by that, there only the way is tried. */
export async function checkSocket(aibot: AibotSocketConfig, database: Database | undefined): Promise<Seen> {
  const host = new URL(aibot.wsUrl).host;
  if (database && (await isHeld(database, aibot.botId))) {
    return (await opens(aibot.wsUrl))
      ? { state: 'ok', text: `连接由运行中的机器人保持，${host} 可以连上` }
      : unreachable(host);
  }
  let code: string | undefined;
  const keep = (fields: object) => {
    code = (fields as { code?: string }).code ?? code;
  };
  const socket = createSocket({
    url: aibot.wsUrl,
    botId: aibot.botId,
    secret: aibot.secret,
    log: { debug: keep, info: () => undefined, warn: keep, error: keep },
    timing: { againMs: TIMEOUT_MS * 2, refusedMs: TIMEOUT_MS * 2, openMs: TIMEOUT_MS, patienceMs: TIMEOUT_MS },
    onFrame: () => undefined,
    onClosed: () => undefined,
  });
  socket.open();
  try {
    const until = performance.now() + TIMEOUT_MS;
    while (socket.connection() === undefined && code === undefined && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (socket.connection() !== undefined) return { state: 'ok', text: `能连上 ${host} 并订阅成功` };
    if (code !== undefined && /^\d+$/.test(code)) {
      return { state: 'wrong', text: `平台返回 ${code}：${HINTS[code] ?? '请查企业微信错误码页面'}` };
    }
    return unreachable(host);
  } finally {
    await socket.close();
  }
}

function unreachable(host: string): Seen {
  return { state: 'wrong', text: `连不上 ${host}：请检查本机能否访问外网，防火墙是否放行 wss` };
}

/** A process of ours lives and holds the connection. */
async function isHeld({ reader }: Database, botId: string): Promise<boolean> {
  const row: unknown = await reader('conversation_leases')
    .where({ conversation_key: `connection|wecom-aibot|${botId}` })
    .whereNotNull('owner')
    .andWhere('expires_at', '>', wall(Date.now()))
    .first('owner');
  return row !== undefined;
}

/** Opens without subscribing: nobody is disturbed by that. */
function opens(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { handshakeTimeout: TIMEOUT_MS, followRedirects: false });
    socket.once('open', () => {
      resolve(true);
      socket.terminate();
    });
    socket.once('error', () => resolve(false));
  });
}
