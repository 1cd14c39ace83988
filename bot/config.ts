/** Environment → typed configuration; what is wrong becomes one readable line and stops the start. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { EmbeddingSettings, ModelSettings } from '../knowledge/index.ts';
import { type DingtalkConfig, dingtalkConfig } from './channels/dingtalk/config.ts';
import { type TelegramConfig, telegramConfig } from './channels/telegram/config.ts';
import { type WecomAibotConfig, wecomAibotConfig } from './channels/wecom-aibot/config.ts';
import { type WecomAppConfig, wecomAppConfig } from './channels/wecom-app/config.ts';

/** A configuration that cannot work; the message is the one line an operator reads. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

export interface Config {
  readonly nodeEnv: 'development' | 'test' | 'production';
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  readonly publicUrl: string | undefined;
  /** Hops of reverse proxies whose forwarding headers are believed. */
  readonly trustProxy: number;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly queuePrefix: string;
  readonly run: 'all' | 'web' | 'worker';
  readonly demo: boolean;
  readonly playground: boolean;
  /** Where the clock starts on an empty database. */
  readonly clock: string | undefined;
  /** Base64 keys, newest first; undefined: made and kept in `dataDir`. */
  readonly dataKeys: readonly string[] | undefined;
  readonly metricsToken: string | undefined;
  readonly holidayFile: string | undefined;
  readonly wecomApp: WecomAppConfig | undefined;
  readonly wecomAibot: WecomAibotConfig | undefined;
  readonly dingtalk: DingtalkConfig | undefined;
  readonly telegram: TelegramConfig | undefined;
  /** Undefined: no language model, nothing leaves the machine. */
  readonly model: ModelSettings | undefined;
  /** Undefined: questions are answered by words alone. */
  readonly embedding: EmbeddingSettings | undefined;
}

const onOff = z.enum(['on', 'off'], { error: 'must be on or off' });
const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: 'must be a whole number' })
    .transform(Number)
    .refine((value) => value <= max, { error: `must be at most ${max}` });
const key = z.string().refine((value) => Buffer.from(value, 'base64').length === 32, {
  error: 'must be 32 bytes in base64 (make one with: openssl rand -base64 32)',
});

/** Fields of a model's request that are not the operator's to change. */
const FIXED_FIELDS = ['model', 'messages', 'response_format', 'stream', 'tools'];

const schema = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'must be development, test or production' })
    .default('development'),
  PORT: wholeNumber(65535).default(8080),
  HOST: z.string().optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .default('info'),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  TRUST_PROXY: wholeNumber(16).default(0),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, { error: 'must begin with postgres://' })
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, { error: 'must begin with redis://' })
    .optional(),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]+$/, { error: 'may hold letters, digits, _ and - only' })
    .default('yigongti'),
  RUN: z.enum(['all', 'web', 'worker'], { error: 'must be all, web or worker' }).default('all'),
  DEMO: onOff.optional(),
  PLAYGROUND: onOff.optional(),
  CLOCK: z.iso.datetime({ offset: true, error: 'must be an ISO instant such as 2026-11-21T08:00:00+08:00' }).optional(),
  DATA_KEY: z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(key))
    .optional(),
  METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
  HOLIDAY_FILE: z.string().optional(),
  LLM_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  LLM_MODEL: z.string().optional(),
  LLM_API_KEY: z.string().optional(),
  EMBEDDING_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  EMBEDDING_MODEL: z.string().optional(),
  EMBEDDING_API_KEY: z.string().optional(),
  LLM_EXTRA_BODY: z
    .string()
    .transform(readFields)
    .pipe(z.record(z.string(), z.unknown(), { error: 'must be a JSON object' }))
    .refine((fields) => !FIXED_FIELDS.some((name) => name in fields), {
      error: `may not hold ${FIXED_FIELDS.join(', ')}`,
    })
    .optional(),
});

/**
 * Reads and checks the environment.
 * @throws ConfigError with one line that names the variable and what is expected
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  // An empty value counts as absent: compose files and .env templates leave empty lines.
  const env = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== ''),
  );
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`${String(issue?.path[0] ?? 'environment')} ${issue?.message ?? 'is not valid'}`);
  }
  const v = parsed.data;
  const production = v.NODE_ENV === 'production';
  const wecomApp = readChannel(() => wecomAppConfig(env));
  const wecomAibot = readChannel(() => wecomAibotConfig(env));
  const dingtalk = readChannel(() => dingtalkConfig(env));
  const telegram = readChannel(() => telegramConfig(env));
  if (Boolean(v.LLM_BASE_URL) !== Boolean(v.LLM_MODEL)) {
    throw new ConfigError(`${v.LLM_BASE_URL ? 'LLM_MODEL' : 'LLM_BASE_URL'} is missing: a model needs both`);
  }
  for (const name of ['LLM_API_KEY', 'LLM_EXTRA_BODY'] as const) {
    if (v[name] && !v.LLM_BASE_URL) throw new ConfigError(`LLM_BASE_URL is missing: ${name} is set without it`);
  }
  if (Boolean(v.EMBEDDING_BASE_URL) !== Boolean(v.EMBEDDING_MODEL)) {
    const missing = v.EMBEDDING_BASE_URL ? 'EMBEDDING_MODEL' : 'EMBEDDING_BASE_URL';
    throw new ConfigError(`${missing} is missing: embeddings need both`);
  }
  if (v.EMBEDDING_API_KEY && !v.EMBEDDING_BASE_URL) {
    throw new ConfigError('EMBEDDING_BASE_URL is missing: EMBEDDING_API_KEY is set without it');
  }

  const bases = [wecomApp, dingtalk, telegram].flatMap((channel) => channel?.apiBase ?? []);
  if (wecomAibot) bases.push(wecomAibot.way === 'socket' ? wecomAibot.wsUrl : wecomAibot.apiBase);
  if (dingtalk) bases.push(dingtalk.oapiBase);
  const realChannel = bases.some((base) => !isLoopback(base));
  if (v.DEMO === 'on' && production) throw new ConfigError('DEMO=on is not allowed in production: remove it');
  if (v.PLAYGROUND === 'on' && production) {
    throw new ConfigError('PLAYGROUND=on is not allowed in production: it lets anybody speak as anybody');
  }
  if (v.PLAYGROUND === 'on' && realChannel) {
    throw new ConfigError('PLAYGROUND=on is not allowed beside a real channel: it lets anybody speak as anybody');
  }
  if (v.CLOCK && production) throw new ConfigError('CLOCK is not allowed in production: remove it');
  if (!v.DATA_KEY && (production || v.DATABASE_URL)) {
    throw new ConfigError(
      `DATA_KEY is missing: ${production ? 'production' : 'DATABASE_URL'} needs it (make one with: openssl rand -base64 32)`,
    );
  }
  return {
    nodeEnv: v.NODE_ENV,
    port: v.PORT,
    host: v.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    logLevel: v.LOG_LEVEL,
    publicUrl: v.PUBLIC_URL,
    trustProxy: v.TRUST_PROXY,
    dataDir: resolve(v.DATA_DIR),
    databaseUrl: v.DATABASE_URL,
    redisUrl: v.REDIS_URL,
    queuePrefix: v.QUEUE_PREFIX,
    run: v.RUN,
    demo: v.DEMO ? v.DEMO === 'on' : v.NODE_ENV === 'development',
    playground: v.PLAYGROUND ? v.PLAYGROUND === 'on' : !production && !realChannel,
    clock: v.CLOCK,
    dataKeys: v.DATA_KEY,
    metricsToken: v.METRICS_TOKEN,
    holidayFile: v.HOLIDAY_FILE,
    wecomApp,
    wecomAibot,
    dingtalk,
    telegram,
    model:
      v.LLM_BASE_URL && v.LLM_MODEL
        ? {
            baseUrl: v.LLM_BASE_URL.trim(),
            name: v.LLM_MODEL.trim(),
            apiKey: v.LLM_API_KEY?.trim(),
            extraBody: v.LLM_EXTRA_BODY,
          }
        : undefined,
    embedding:
      v.EMBEDDING_BASE_URL && v.EMBEDDING_MODEL
        ? {
            baseUrl: v.EMBEDDING_BASE_URL.trim(),
            model: v.EMBEDDING_MODEL.trim(),
            apiKey: v.EMBEDDING_API_KEY?.trim(),
          }
        : undefined,
  };
}

function readFields(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readChannel<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** Whether an address stays on this machine. */
export function isLoopback(address: string): boolean {
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
