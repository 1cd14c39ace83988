/** What the WeCom AI bot（企业微信智能机器人）needs from the environment: one of two ways in, never both. */
import { z } from 'zod';
import { hostSuffixes } from '../hosts.ts';

/** Where answers through `response_url` go unless WECOM_API_BASE says otherwise. */
export const AIBOT_API = 'https://qyapi.weixin.qq.com';
/** Where the long connection goes unless WECOM_AIBOT_WS_URL says otherwise: private deployments have their own. */
export const AIBOT_SOCKET = 'wss://openws.work.weixin.qq.com';
/** Where the platform keeps what people send: its own bucket only, anybody may have one beside it. */
const FILE_HOSTS = ['ww-aibot-img-1258476243.cos.ap-guangzhou.myqcloud.com', 'work.weixin.qq.com', 'wework.qpic.cn'];

interface Common {
  readonly botId: string;
  /** Suffixes of hosts that files may come from. */
  readonly fileHosts: readonly string[];
  /** Display name, where it holds spaces: without it a mention ends at the first one. */
  readonly botName: string | undefined;
  /** Markup in words of documents and people is escaped with a backslash; off for clients that show the backslash. */
  readonly escapes: boolean;
}

/** In by HTTP callbacks; out in their answers, and once through `response_url`. */
export interface AibotCallbackConfig extends Common {
  readonly way: 'callback';
  readonly token: string;
  /** EncodingAESKey, 43 characters. */
  readonly aesKey: string;
  /** Without a slash at the end. */
  readonly apiBase: string;
}

/** In and out over one WebSocket that the bot opens: no public address is needed（长连接）. */
export interface AibotSocketConfig extends Common {
  readonly way: 'socket';
  readonly secret: string;
  readonly wsUrl: string;
}

/** Everything the channel needs, checked. Token, key and secret are never logged, never in an error. */
export type WecomAibotConfig = AibotCallbackConfig | AibotSocketConfig;

/** What people leave in a copied .env file. Matched against secrets only. */
const PLACEHOLDER =
  /^(?:x+|\*+|\.+|<.*>|(?:your|my)[-_ ].*|change[-_ ]?(?:me|this|it).*|placeholder|secret|todo|none)$/i;

const secret = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, { error: 'must have no spaces or non-ASCII characters' })
  .refine((value) => !PLACEHOLDER.test(value), { error: 'still holds a placeholder; copy the real value' });

const common = {
  WECOM_AIBOT_ID: z.string().regex(/^[A-Za-z0-9_-]{4,128}$/, { error: 'must be the Bot ID of the AI bot' }),
  WECOM_AIBOT_NAME: z.string().max(64, { error: 'must be the display name of the bot' }).optional(),
  WECOM_AIBOT_ESCAPES: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  WECOM_FILE_HOSTS: hostSuffixes.default(FILE_HOSTS),
};
const callbackSchema = z.object({
  ...common,
  WECOM_AIBOT_TOKEN: secret.refine((value) => value.length <= 32, { error: 'must have at most 32 characters' }),
  WECOM_AIBOT_AES_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}$/, { error: 'must be the EncodingAESKey: exactly 43 letters and digits' }),
  WECOM_API_BASE: address(/^https?$/, 'an http(s) address').default(AIBOT_API),
});
const socketSchema = z.object({
  ...common,
  WECOM_AIBOT_SECRET: secret,
  WECOM_AIBOT_WS_URL: address(/^wss?$/, 'a ws(s) address').default(AIBOT_SOCKET),
});

function address(protocol: RegExp, what: string) {
  return z
    .url({ protocol, error: `must be ${what}` })
    .refine((value) => /^[a-z]+:\/\/[^/?#@]+(?:\/[^?#@]*)?$/i.test(value), {
      error: 'must be an address without query, fragment or user',
    })
    .transform((value) => value.replace(/\/+$/, ''));
}

const CALLBACK = ['WECOM_AIBOT_TOKEN', 'WECOM_AIBOT_AES_KEY'] as const;

/**
 * Reads the channel's part of the environment; an empty value counts as absent.
 * @returns undefined when none of its variables is set: the channel is off
 * @throws Error with one line that names what is missing, wrong or too much, never a value
 */
export function wecomAibotConfig(env: Readonly<Record<string, string | undefined>>): WecomAibotConfig | undefined {
  const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value?.trim() || undefined]));
  const callback = CALLBACK.some((name) => given[name]);
  const socket = given.WECOM_AIBOT_SECRET !== undefined;
  if (!callback && !socket && !given.WECOM_AIBOT_ID) return undefined;
  if (callback && socket) {
    throw new Error(
      'WECOM_AIBOT_SECRET is set beside WECOM_AIBOT_TOKEN or WECOM_AIBOT_AES_KEY: an AI bot has one way in; remove one',
    );
  }
  if (!callback && !socket) {
    throw new Error(
      'WECOM_AIBOT_TOKEN and WECOM_AIBOT_AES_KEY are missing: the AI bot needs both, or WECOM_AIBOT_SECRET instead',
    );
  }
  const needed = ['WECOM_AIBOT_ID', ...(socket ? ['WECOM_AIBOT_SECRET'] : CALLBACK)];
  const missing = needed.filter((name) => !given[name]);
  if (missing.length > 0) {
    const way = socket ? 'over a long connection' : 'by callback';
    throw new Error(
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: the AI bot ${way} needs all of ${needed.join(', ')}`,
    );
  }
  if (socket) {
    const values = read(socketSchema, given);
    return {
      ...commonOf(values),
      way: 'socket',
      secret: values.WECOM_AIBOT_SECRET,
      wsUrl: values.WECOM_AIBOT_WS_URL,
    };
  }
  const values = read(callbackSchema, given);
  return {
    ...commonOf(values),
    way: 'callback',
    token: values.WECOM_AIBOT_TOKEN,
    aesKey: values.WECOM_AIBOT_AES_KEY,
    apiBase: values.WECOM_API_BASE,
  };
}

function commonOf(values: z.infer<z.ZodObject<typeof common>>): Common {
  return {
    botId: values.WECOM_AIBOT_ID,
    botName: values.WECOM_AIBOT_NAME?.replace(/^@/, ''),
    fileHosts: values.WECOM_FILE_HOSTS,
    escapes: values.WECOM_AIBOT_ESCAPES === 'on',
  };
}

function read<T>(type: z.ZodType<T>, value: unknown): T {
  const parsed = type.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${String(issue?.path[0] ?? 'the AI bot')} ${issue?.message ?? 'is not valid'}`);
}
