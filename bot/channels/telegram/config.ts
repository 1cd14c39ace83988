/** What the Telegram bot needs from the environment. */
import { z } from 'zod';

/** Where the platform answers unless TELEGRAM_API_BASE says otherwise (an own Bot API server, the simulator). */
export const TELEGRAM_API = 'https://api.telegram.org';

/** Everything the channel needs, checked. Token and secret are never logged and never in an error. */
export interface TelegramConfig {
  /** Number of the bot: what stands before the colon of its token. */
  readonly botId: string;
  readonly token: string;
  /** What the platform repeats in a header of every callback. */
  readonly secret: string;
  /** Without a slash at the end. */
  readonly apiBase: string;
}

/** What people leave in a copied .env file. */
const PLACEHOLDER = /^(?:x+|your[-_].*|my[-_].*|change[-_]?(?:me|this|it).*|placeholder|secret|todo|none)$/i;

const schema = z.object({
  TELEGRAM_BOT_TOKEN: z
    .string()
    .trim()
    .regex(/^[1-9]\d{0,19}:[A-Za-z0-9_-]{1,256}$/, {
      error: 'must be the token from BotFather: a number, a colon, letters and digits',
    }),
  TELEGRAM_SECRET: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,256}$/, { error: 'must be 1 to 256 letters, digits, _ or - of your own choice' })
    .refine((value) => !PLACEHOLDER.test(value), { error: 'still holds a placeholder; choose a value of your own' }),
});

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
export function telegramConfig(env: Readonly<Record<string, string | undefined>>): TelegramConfig | undefined {
  const names = Object.keys(schema.shape);
  const given = Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]));
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} is missing: the Telegram bot needs both of ${names.join(', ')}`);
  }
  const values = read('', schema, given);
  return {
    botId: values.TELEGRAM_BOT_TOKEN.split(':', 1)[0] ?? '',
    token: values.TELEGRAM_BOT_TOKEN,
    secret: values.TELEGRAM_SECRET,
    apiBase: read('TELEGRAM_API_BASE', baseSchema, env.TELEGRAM_API_BASE?.trim() || TELEGRAM_API),
  };
}

function read<T>(name: string, type: z.ZodType<T>, value: unknown): T {
  const parsed = type.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${String(issue?.path[0] ?? name)} ${issue?.message ?? 'is not valid'}`);
}
