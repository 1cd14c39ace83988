/** Whether Telegram knows the bot, where it sends its callbacks, and whether ours answers them（Telegram 检查）. */
import { ChannelError } from '../channels/channel.ts';
import { createApi } from '../channels/telegram/api.ts';
import type { TelegramConfig } from '../channels/telegram/config.ts';
import { SECRET_HEADER } from '../channels/telegram/verify.ts';
import { CALLBACK_PATH } from '../channels/telegram/webhook.ts';
import type { CheckResult } from './checks.ts';

type Seen = Omit<CheckResult, 'name'>;

const TIMEOUT_MS = 5_000;
/** More than this waits at the platform only when something is wrong. */
const MANY_WAITING = 20;

const HINTS: Readonly<Partial<Record<string, string>>> = {
  auth: 'TELEGRAM_BOT_TOKEN 不对或已作废，请向 @BotFather 重新取得',
  network: '连不上，请检查本机能否访问外网或代理；自建 Bot API 服务请核对 TELEGRAM_API_BASE',
  timeout: '没有应答，请检查本机能否访问外网或代理',
};

function failed(error: unknown): Seen {
  const reason = error instanceof ChannelError ? error.reason : 'unknown';
  const code = error instanceof ChannelError ? (error.platformCode ?? '') : '';
  return {
    state: 'wrong',
    text: `${HINTS[reason] ?? '平台没有按约定应答，可能是代理或防火墙的页面'}（${[reason, code].join(' ').trim()}）`,
  };
}

/** Asks the platform who the bot is. */
export async function checkTelegramToken(config: TelegramConfig): Promise<Seen> {
  const api = createApi({ config, fetch: globalThis.fetch, timeoutMs: TIMEOUT_MS });
  try {
    const me = await api.call((client) => client.getMe());
    const reads = me.can_read_all_group_messages
      ? '；群隐私模式已关闭，机器人会收到群里所有消息，建议在 @BotFather 打开'
      : '';
    return { state: reads === '' ? 'ok' : 'note', text: `机器人 @${me.username}${reads}` };
  } catch (error) {
    return failed(error);
  }
}

/** Asks where callbacks go, how many wait there, and what went wrong last. */
export async function checkTelegramWebhook(config: TelegramConfig, publicUrl: string | undefined): Promise<Seen> {
  const api = createApi({ config, fetch: globalThis.fetch, timeoutMs: TIMEOUT_MS });
  try {
    const {
      url,
      pending_update_count: waiting,
      last_error_message: error,
    } = await api.call((client) => client.getWebhookInfo());
    const how = '把 PUBLIC_URL 设为 https 外网地址后重启机器人，启动时会自动设置';
    const ours = publicUrl?.startsWith('https:') ? new URL(CALLBACK_PATH, publicUrl).href : undefined;
    const last = error ? `；最近一次出错：${error.slice(0, 120)}` : '';
    if (!url) return { state: 'wrong', text: `还没有设置回调地址：${how}` };
    if (ours !== undefined && url !== ours) {
      return { state: 'wrong', text: `平台的回调地址是 ${hostOf(url)}，与 PUBLIC_URL 不同：重启机器人会重新设置` };
    }
    if (waiting > MANY_WAITING) return { state: 'wrong', text: `平台积压 ${waiting} 条没有送达${last}` };
    return { state: error ? 'note' : 'ok', text: `回调地址 ${hostOf(url)}，积压 ${waiting} 条${last}` };
  } catch (error) {
    return failed(error);
  }
}

/** Knocks at our own door the way the platform does; an update without content changes nothing. */
export async function checkTelegramCallback(
  config: TelegramConfig,
  { publicUrl, port }: { readonly publicUrl: string | undefined; readonly port: number },
): Promise<Seen> {
  const url = new URL(CALLBACK_PATH, publicUrl ?? `http://127.0.0.1:${port}`);
  const status = await fetch(url, {
    method: 'POST',
    body: '{"update_id":0}',
    headers: { 'content-type': 'application/json', [SECRET_HEADER]: config.secret },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    (response) => response.status,
    () => undefined,
  );
  if (status === 200) {
    return publicUrl
      ? { state: 'ok', text: `${url.origin} 的回调校验通过` }
      : { state: 'note', text: '本机回调校验通过；设置 PUBLIC_URL 后可检查外网地址' };
  }
  if (status === undefined)
    return { state: 'wrong', text: `${url.origin} 没有应答：机器人没有运行，或反向代理没有转到它` };
  if (status === 401)
    return {
      state: 'wrong',
      text: `${url.origin} 拒绝了密钥：运行中的 TELEGRAM_SECRET 与这里不同，或代理去掉了请求头`,
    };
  return { state: 'wrong', text: `${url.origin} 应答 ${status}：请核对反向代理的路径 ${CALLBACK_PATH}` };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '（不是地址）';
}
