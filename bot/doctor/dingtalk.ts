/** What `npm run doctor` asks of DingTalk: credentials, clock, robot and permission, cards, callback or stream gateway. */
import type { Log } from '../../handlers/ports.ts';
import { ChannelError } from '../channels/channel.ts';
import { createDingtalkApi, type DingtalkApi } from '../channels/dingtalk/api.ts';
import type { DingtalkConfig } from '../channels/dingtalk/config.ts';
import { openGateway } from '../channels/dingtalk/gateway.ts';
import { signTime } from '../channels/dingtalk/verify.ts';
import type { CheckResult } from './checks.ts';

type Seen = Omit<CheckResult, 'name'>;

const TIMEOUT_MS = 5_000;
/** Callbacks are believed for an hour; a clock this far off is on its way there. */
const CLOCK_OFF_MS = 5 * 60_000;
const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/** The checks of this channel by name, in the order in which a fault of one explains the next. */
export function dingtalkChecks(
  config: DingtalkConfig,
  place: { readonly publicUrl: string | undefined; readonly port: number },
): readonly (readonly [name: string, check: () => Promise<Seen>])[] {
  const clock = { now: () => new Date() };
  const api = createDingtalkApi({ config, clock, log: SILENT, fetch, timeoutMs: TIMEOUT_MS });
  return [
    ['钉钉凭证', () => checkToken(config)],
    ['钉钉机器人', () => checkRobot(api, config.robotCode)],
    ...(config.card ? ([['钉钉卡片', () => checkCards(api)]] as const) : []),
    config.mode === 'stream'
      ? (['钉钉 Stream', () => checkGateway(config)] as const)
      : (['钉钉回调', () => checkCallback(config, place)] as const),
  ];
}

async function checkToken(config: DingtalkConfig): Promise<Seen> {
  const response = await fetch(`${config.apiBase}/v1.0/oauth2/accessToken`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appKey: config.clientId, appSecret: config.clientSecret }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  }).catch(() => undefined);
  if (!response) return wrong(`连不上 ${new URL(config.apiBase).host}：请检查本机能否访问外网或代理`);
  if (!response.ok) return wrong('钉钉不认这对凭证：请在应用的“凭证与基础信息”重新复制 Client ID 和 Client Secret');
  const off = Math.abs(Date.parse(response.headers.get('date') ?? '') - Date.now());
  if (off > CLOCK_OFF_MS)
    return wrong(`能取得凭证，但本机时间差了约${Math.round(off / 60_000)}分钟，超过一小时会拒收回调：请校准时间`);
  return ok('能取得 access_token');
}

/** Asks for a file that does not exist: whoever may ask hears just that. */
async function checkRobot(api: DingtalkApi, robotCode: string): Promise<Seen> {
  const code = await codeOf(() =>
    api.call('POST', '/v1.0/robot/messageFiles/download', { downloadCode: 'doctor', robotCode }),
  );
  if (code === undefined || code.endsWith('.downloadCode')) return ok('机器人编码和发消息权限都有效');
  if (code.includes('AccessDenied'))
    return wrong('缺少权限：请在“权限管理”开通 企业内机器人发送消息（qyapi_robot_sendmsg）');
  if (code.includes('robotCode')) return wrong('DINGTALK_ROBOT_CODE 不对，或机器人、应用版本还没有发布');
  return note(`没有查清（${code}），请稍后再试`);
}

/** Changes a card that does not exist. The template itself shows only when a card is sent. */
async function checkCards(api: DingtalkApi): Promise<Seen> {
  const code = await codeOf(() =>
    api.call('PUT', '/v1.0/card/instances', { outTrackId: 'doctor', cardData: { cardParamMap: {} } }),
  );
  if (code === undefined || code === 'param.cardNotExist') {
    return ok('卡片权限有效；模板是否发布、变量是否齐全，请向机器人发“我的转诊”看一次');
  }
  if (code.includes('AccessDenied'))
    return wrong('缺少权限：请在“权限管理”开通 互动卡片实例写权限（Card.Instance.Write）');
  return note(`没有查清（${code}），请稍后再试`);
}

async function checkGateway(config: DingtalkConfig): Promise<Seen> {
  const code = await codeOf(() => openGateway({ config, fetch, timeoutMs: TIMEOUT_MS }));
  if (code === undefined) return ok('长连接网关给了地址；消息只会送到其中一个连接，请勿在别处用同一应用调试');
  if (code === 'endpoint of another host') {
    return wrong('网关给的地址不在 DINGTALK_STREAM_HOSTS 里：经代理出网时请把它的域名加进去');
  }
  if (code === 'authFailed') return wrong('网关不认凭证：请核对 Client ID 和 Client Secret');
  return wrong(`网关没有给连接（${code}）：请确认机器人的消息接收模式是 Stream，应用版本已发布`);
}

/** Knocks at our own door as the platform does, with a message for another robot: taken, and left alone. */
async function checkCallback(
  config: DingtalkConfig,
  { publicUrl, port }: { readonly publicUrl: string | undefined; readonly port: number },
): Promise<Seen> {
  const timestamp = String(Date.now());
  const url = new URL('/channels/dingtalk', publicUrl ?? `http://127.0.0.1:${port}`);
  const body = {
    msgId: 'doctor',
    conversationId: 'doctor',
    conversationType: '1',
    senderId: 'doctor',
    robotCode: 'doctor',
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', timestamp, sign: signTime(timestamp, config.clientSecret) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  }).catch(() => undefined);
  if (!response) return wrong(`${url.origin} 没有应答：机器人没有运行，或反向代理没有转到它`);
  const answer = await response.text().catch(() => '');
  if (response.status === 200 && answer.includes('empty')) {
    return publicUrl ? ok(`${url.origin} 的回调校验通过`) : note('本机回调校验通过；设置 PUBLIC_URL 后可检查外网地址');
  }
  if (response.status === 401)
    return wrong(`${url.origin} 拒收：代理去掉了 timestamp、sign 请求头，或运行中的 Client Secret 与这里不同`);
  return wrong(`${url.origin} 的应答不对（${response.status}）：请检查反向代理转到了这个程序`);
}

/** The platform's code for a refusal; undefined when there was none. */
async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ChannelError) return error.platformCode ?? error.reason;
    throw error;
  }
}

function ok(text: string): Seen {
  return { state: 'ok', text };
}
function note(text: string): Seen {
  return { state: 'note', text };
}
function wrong(text: string): Seen {
  return { state: 'wrong', text };
}
