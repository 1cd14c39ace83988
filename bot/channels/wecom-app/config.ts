/** What the WeCom self-built app（企业微信自建应用）needs from the environment. */
import { z } from 'zod';

/** Where the platform answers unless WECOM_API_BASE says otherwise (a fixed-egress proxy, the simulator). */
export const WECOM_API = 'https://qyapi.weixin.qq.com';

/** Everything the channel needs, checked. All but the ids and the address are secrets: never logged, never in an error. */
export interface WecomAppConfig {
  readonly corpId: string;
  /** AgentId of the app, decimal digits. */
  readonly agentId: string;
  readonly secret: string;
  readonly token: string;
  /** EncodingAESKey, 43 characters. */
  readonly aesKey: string;
  /** Without a slash at the end. */
  readonly apiBase: string;
  /** Pushes with buttons go out as cards; the WeChat plugin cannot show them. */
  readonly cards?: boolean | undefined;
}

/** What people leave in a copied .env file. Matched against secrets only. */
const PLACEHOLDER =
  /^(?:x+|\*+|\.+|<.*>|(?:your|my)[-_ ].*|change[-_ ]?(?:me|this|it).*|placeholder|secret|todo|none)$/i;

const secret = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,512}$/, { error: 'must have no spaces or non-ASCII characters' })
  .refine((value) => !PLACEHOLDER.test(value), { error: 'still holds a placeholder; copy the real value' });

const schema = z.object({
  WECOM_CORP_ID: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{4,64}$/, { error: 'must be the corp id, such as ww0123456789abcdef' }),
  WECOM_APP_AGENT_ID: z
    .string()
    .trim()
    .regex(/^[1-9]\d{0,15}$/, { error: 'must be the AgentId of the app, such as 1000002' }),
  WECOM_APP_SECRET: secret,
  WECOM_APP_TOKEN: secret.refine((value) => value.length <= 32, { error: 'must have at most 32 characters' }),
  WECOM_APP_AES_KEY: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9+/]{43}$/, { error: 'must be the EncodingAESKey: exactly 43 letters and digits' }),
});

const onOff = z.enum(['on', 'off'], { error: 'must be on or off' });

const baseSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .refine((value) => /^https?:\/\/[^/?#@]+(?:\/[^?#@]*)?$/.test(value), {
    error: 'must be an address without query, fragment or user',
  })
  .transform((value) => value.replace(/\/+$/, ''));

/**
 * Reads the channel's part of the environment; an empty value counts as absent.
 * @returns undefined when none of its variables is set: the channel is off
 * @throws Error with one line that names what is missing or wrong, never a value
 */
export function wecomAppConfig(env: Readonly<Record<string, string | undefined>>): WecomAppConfig | undefined {
  const names = Object.keys(schema.shape);
  const given = Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]));
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: the WeCom app needs all of ${names.join(', ')}`,
    );
  }
  const values = read('', schema, given);
  return {
    corpId: values.WECOM_CORP_ID,
    agentId: values.WECOM_APP_AGENT_ID,
    secret: values.WECOM_APP_SECRET,
    token: values.WECOM_APP_TOKEN,
    aesKey: values.WECOM_APP_AES_KEY,
    cards: read('WECOM_APP_CARDS', onOff, env.WECOM_APP_CARDS?.trim() || 'off') === 'on',
    apiBase: read('WECOM_API_BASE', baseSchema, env.WECOM_API_BASE?.trim() || WECOM_API),
  };
}

function read<T>(name: string, type: z.ZodType<T>, value: unknown): T {
  const parsed = type.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${String(issue?.path[0] ?? name)} ${issue?.message ?? 'is not valid'}`);
}
