/** The environment table of the design: what is the default, what stops the start, and that no secret is ever in the line. */
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, isLoopback, loadConfig } from '../../bot/config.ts';

type Env = Readonly<Record<string, string | undefined>>;

const KEY = Buffer.alloc(32, 1).toString('base64');
const OLDER_KEY = Buffer.alloc(32, 2).toString('base64');
const SECRETS = {
  WECOM_APP_SECRET: 'hidden-app-secret-4711',
  WECOM_APP_TOKEN: 'hiddenToken4711',
  WECOM_APP_AES_KEY: 'h1dd3nh1dd3nh1dd3nh1dd3nh1dd3nh1dd3nh1dd3nA',
} as const;
const WECOM = { WECOM_CORP_ID: 'ww0000000000000001', WECOM_APP_AGENT_ID: '1000002', ...SECRETS } as const;
const LOCAL_WECOM = { ...WECOM, WECOM_API_BASE: 'http://127.0.0.1:9100' } as const;

const AIBOT = {
  WECOM_AIBOT_ID: 'aibSIMULATED',
  WECOM_AIBOT_TOKEN: 'aibotToken4712',
  WECOM_AIBOT_AES_KEY: SECRETS.WECOM_APP_AES_KEY,
} as const;

/** The one line an operator reads. */
function lineOf(env: Env): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
  throw new Error('the configuration was accepted');
}

describe('the environment, when nothing is said', () => {
  it('is a development bot on this machine alone', () => {
    expect(loadConfig({})).toEqual({
      nodeEnv: 'development',
      port: 8080,
      host: '127.0.0.1',
      logLevel: 'info',
      publicUrl: undefined,
      trustProxy: 0,
      dataDir: resolve('./data'),
      databaseUrl: undefined,
      redisUrl: undefined,
      queuePrefix: 'yigongti',
      run: 'all',
      demo: true,
      playground: true,
      clock: undefined,
      dataKeys: undefined,
      metricsToken: undefined,
      holidayFile: undefined,
      wecomApp: undefined,
      wecomAibot: undefined,
      dingtalk: undefined,
      telegram: undefined,
      model: undefined,
      embedding: undefined,
    } satisfies Config);
  });

  it('counts empty and blank values as absent', () => {
    const names = [
      'NODE_ENV PORT HOST LOG_LEVEL PUBLIC_URL TRUST_PROXY DATA_DIR DATABASE_URL REDIS_URL QUEUE_PREFIX RUN DEMO PLAYGROUND',
      'CLOCK DATA_KEY METRICS_TOKEN WECOM_CORP_ID WECOM_APP_AGENT_ID WECOM_APP_SECRET WECOM_APP_TOKEN WECOM_APP_AES_KEY',
      'WECOM_API_BASE WECOM_AIBOT_ID DINGTALK_CLIENT_ID TELEGRAM_BOT_TOKEN LLM_BASE_URL LLM_MODEL LLM_API_KEY',
      'EMBEDDING_BASE_URL EMBEDDING_MODEL EMBEDDING_API_KEY',
    ].flatMap((line) => line.split(' '));
    const blank = Object.fromEntries(names.map((name, index) => [name, index % 2 === 0 ? '' : '  ']));
    expect(loadConfig(blank)).toEqual(loadConfig({}));
  });

  it.each([
    ['development', {}, { demo: true, playground: true, host: '127.0.0.1' }],
    ['test', {}, { demo: false, playground: true, host: '127.0.0.1' }],
    ['production', { DATA_KEY: KEY }, { demo: false, playground: false, host: '0.0.0.0' }],
  ] as const)('in %s fills, plays and listens as that place allows', (nodeEnv, more, expected) => {
    expect(loadConfig({ NODE_ENV: nodeEnv, ...more })).toMatchObject(expected);
  });
});

describe('the environment, value by value', () => {
  it.each([
    ['PORT', '0', { port: 0 }],
    ['PORT', '65535', { port: 65535 }],
    ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
    ['PUBLIC_URL', 'https://bot.example.org', { publicUrl: 'https://bot.example.org' }],
    ['TRUST_PROXY', '2', { trustProxy: 2 }],
    ['DATA_DIR', '/srv/bot', { dataDir: '/srv/bot' }],
    ['REDIS_URL', 'redis://127.0.0.1:6379/1', { redisUrl: 'redis://127.0.0.1:6379/1' }],
    ['REDIS_URL', 'rediss://cache.example.org', { redisUrl: 'rediss://cache.example.org' }],
    ['QUEUE_PREFIX', 'county-2', { queuePrefix: 'county-2' }],
    ['RUN', 'web', { run: 'web' }],
    ['RUN', 'worker', { run: 'worker' }],
    ['DEMO', 'off', { demo: false }],
    ['PLAYGROUND', 'off', { playground: false }],
    ['CLOCK', '2026-11-21T08:00:00+08:00', { clock: '2026-11-21T08:00:00+08:00' }],
    ['CLOCK', '2026-11-21T00:00:00Z', { clock: '2026-11-21T00:00:00Z' }],
    ['DATA_KEY', KEY, { dataKeys: [KEY] }],
    ['DATA_KEY', `${KEY}, ${OLDER_KEY}`, { dataKeys: [KEY, OLDER_KEY] }],
    ['METRICS_TOKEN', 'sixteen-letters-', { metricsToken: 'sixteen-letters-' }],
  ] as const)('takes %s=%s', (name, value, expected) => {
    expect(loadConfig({ [name]: value })).toMatchObject(expected);
  });

  it.each([
    ['NODE_ENV', 'prod'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80a'],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'bot.example.org'],
    ['PUBLIC_URL', 'ftp://bot.example.org'],
    ['TRUST_PROXY', 'yes'],
    ['DATABASE_URL', 'mysql://hidden4711@db/x'],
    ['REDIS_URL', 'http://hidden4711@cache'],
    ['QUEUE_PREFIX', 'a:b'],
    ['RUN', 'both'],
    ['DEMO', 'true'],
    ['PLAYGROUND', '1'],
    ['CLOCK', 'tomorrow'],
    ['CLOCK', '2026-11-21'],
    ['DATA_KEY', 'hidden4711'],
    ['DATA_KEY', `${KEY},hidden4711`],
    ['DATA_KEY', `${KEY},`],
    ['DATA_KEY', Buffer.alloc(31, 1).toString('base64')],
    ['DATA_KEY', Buffer.alloc(33, 1).toString('base64')],
    ['METRICS_TOKEN', 'hidden4711'],
    ['LLM_BASE_URL', 'hidden4711'],
    ['EMBEDDING_BASE_URL', 'hidden4711'],
    ['LLM_EXTRA_BODY', 'hidden4711'],
    ['LLM_EXTRA_BODY', '["hidden4711"]'],
    ['LLM_EXTRA_BODY', '{"messages":"hidden4711"}'],
  ])('refuses %s=%s with one line that names it and does not repeat it', (name, value) => {
    const line = lineOf({ [name]: value });
    expect(line.startsWith(name)).toBe(true);
    expect(line.split('\n')).toHaveLength(1);
    expect(line).not.toContain('hidden4711');
    for (const part of value.split(',').filter((one) => one.length > 20)) expect(line).not.toContain(part);
  });

  it('never repeats a secret, whatever is wrong with it', () => {
    const names = ['DATA_KEY', 'METRICS_TOKEN', 'DATABASE_URL', 'REDIS_URL', ...Object.keys(SECRETS)];
    const junk = fc.string({ minLength: 12, maxLength: 60 }).map((text) => `§${text}§`);
    fc.assert(
      fc.property(fc.constantFrom(...names), junk, (name, value) => {
        let line = '';
        try {
          loadConfig({ ...LOCAL_WECOM, [name]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          line = (error as Error).message;
        }
        expect(line).not.toContain(value);
      }),
    );
  });
});

describe('the AI bot', () => {
  it('goes one of two ways, with the platform’s own addresses unless told', () => {
    expect(loadConfig(AIBOT).wecomAibot).toMatchObject({
      way: 'callback',
      botId: 'aibSIMULATED',
      apiBase: 'https://qyapi.weixin.qq.com',
      escapes: true,
      botName: undefined,
    });
    const socket = { WECOM_AIBOT_ID: 'aibSIMULATED', WECOM_AIBOT_SECRET: 'aibot-secret-4713' };
    expect(
      loadConfig({ ...socket, WECOM_AIBOT_NAME: '@医共体 助手', WECOM_AIBOT_ESCAPES: 'off' }).wecomAibot,
    ).toMatchObject({
      way: 'socket',
      wsUrl: 'wss://openws.work.weixin.qq.com',
      botName: '医共体 助手',
      escapes: false,
    });
    const hosts = { ...socket, WECOM_FILE_HOSTS: 'files.county.example, .other.example' };
    expect(loadConfig(hosts).wecomAibot?.fileHosts).toEqual(['files.county.example', 'other.example']);
  });
});

describe('the environment, what does not go together', () => {
  it.each([
    ['DEMO=on in production', { NODE_ENV: 'production', DATA_KEY: KEY, DEMO: 'on' }, 'DEMO'],
    ['PLAYGROUND=on in production', { NODE_ENV: 'production', DATA_KEY: KEY, PLAYGROUND: 'on' }, 'PLAYGROUND'],
    ['CLOCK in production', { NODE_ENV: 'production', DATA_KEY: KEY, CLOCK: '2026-11-21T08:00:00Z' }, 'CLOCK'],
    ['production without DATA_KEY', { NODE_ENV: 'production' }, 'DATA_KEY'],
    ['production with an empty DATA_KEY', { NODE_ENV: 'production', DATA_KEY: ' ' }, 'DATA_KEY'],
    ['DATABASE_URL without DATA_KEY', { DATABASE_URL: 'postgres://u:hidden4711@db/x' }, 'DATA_KEY'],
    ['PLAYGROUND=on beside a real channel', { ...WECOM, PLAYGROUND: 'on' }, 'PLAYGROUND'],
    ['a model address without a model', { LLM_BASE_URL: 'http://127.0.0.1:11434/v1' }, 'LLM_MODEL'],
    ['a model without its address', { LLM_MODEL: 'qwen3' }, 'LLM_BASE_URL'],
    ['fields for a model that has no address', { LLM_EXTRA_BODY: '{"a":"hidden4711"}' }, 'LLM_BASE_URL'],
    ['a key for a model that has no address', { LLM_API_KEY: 'hidden4711' }, 'LLM_BASE_URL'],
    ['an embedding address without a model', { EMBEDDING_BASE_URL: 'http://127.0.0.1:11434/v1' }, 'EMBEDDING_MODEL'],
    ['an embedding model without its address', { EMBEDDING_MODEL: 'bge-m3' }, 'EMBEDDING_BASE_URL'],
    ['a key for embeddings that have no address', { EMBEDDING_API_KEY: 'hidden4711' }, 'EMBEDDING_BASE_URL'],
    ['a DingTalk robot by half', { DINGTALK_CLIENT_ID: 'hidden4711' }, 'DINGTALK_CLIENT_SECRET'],
    ['a DingTalk variable without the robot', { DINGTALK_MODE: 'hidden4711' }, 'DINGTALK_CLIENT_ID'],
    ['an AI bot without a way in', { WECOM_AIBOT_ID: 'aib-hidden4711' }, 'WECOM_AIBOT_TOKEN'],
    ['an AI bot without its id', { WECOM_AIBOT_SECRET: 'hidden4711' }, 'WECOM_AIBOT_ID'],
    [
      'half a callback of an AI bot',
      { WECOM_AIBOT_ID: 'aib1', WECOM_AIBOT_TOKEN: 'hidden4711' },
      'WECOM_AIBOT_AES_KEY',
    ],
    ['an AI bot with two ways in', { ...AIBOT, WECOM_AIBOT_SECRET: 'hidden4711' }, 'WECOM_AIBOT_SECRET'],
    ['an AES key of another length', { ...AIBOT, WECOM_AIBOT_AES_KEY: 'hidden4711' }, 'WECOM_AIBOT_AES_KEY'],
    [
      'a placeholder as the secret',
      { WECOM_AIBOT_ID: 'aib1', WECOM_AIBOT_SECRET: 'your-secret' },
      'WECOM_AIBOT_SECRET',
    ],
    ['file hosts with a protocol', { ...AIBOT, WECOM_FILE_HOSTS: 'https://hidden4711.example' }, 'WECOM_FILE_HOSTS'],
    [
      'a long connection to a web page',
      { WECOM_AIBOT_ID: 'aib1', WECOM_AIBOT_SECRET: 's3cret-s3cret', WECOM_AIBOT_WS_URL: 'https://hidden4711.example' },
      'WECOM_AIBOT_WS_URL',
    ],
    ['a Telegram bot without its token', { TELEGRAM_SECRET: 'hidden4711' }, 'TELEGRAM_BOT_TOKEN'],
  ])('refuses %s', (_, env, name) => {
    const line = lineOf(env);
    expect(line).toContain(name);
    expect(line).not.toContain('hidden4711');
    expect(line.split('\n')).toHaveLength(1);
  });

  it('refuses half a channel and names everything that is missing, and only that', () => {
    const names = Object.keys(WECOM);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1, maxLength: names.length - 1 }), (given) => {
        const line = lineOf(Object.fromEntries(given.map((name) => [name, (WECOM as Env)[name]])));
        const missing = line.split(' missing')[0] ?? '';
        for (const name of names) expect(missing.includes(name), `${name} in: ${missing}`).toBe(!given.includes(name));
        for (const secret of Object.values(SECRETS)) expect(line).not.toContain(secret);
      }),
    );
  });

  it('takes a model with its address, key and fields of its own', () => {
    const env = {
      LLM_BASE_URL: 'http://127.0.0.1:8000/v1',
      LLM_MODEL: 'qwen',
      LLM_API_KEY: 'k',
      LLM_EXTRA_BODY: '{"a":1}',
    };
    expect(loadConfig(env).model).toEqual({
      baseUrl: 'http://127.0.0.1:8000/v1',
      name: 'qwen',
      apiKey: 'k',
      extraBody: { a: 1 },
    });
  });

  it('takes an embedding endpoint with its address and key', () => {
    const env = {
      EMBEDDING_BASE_URL: 'http://127.0.0.1:11434/v1',
      EMBEDDING_MODEL: 'bge-m3',
      EMBEDDING_API_KEY: ' k ',
    };
    const embedding = { baseUrl: 'http://127.0.0.1:11434/v1', model: 'bge-m3', apiKey: 'k' };
    expect(loadConfig(env)).toMatchObject({ embedding, model: undefined });
  });

  it('leaves the playground off beside a real channel and on beside one that stays on this machine', () => {
    expect(loadConfig(WECOM).playground).toBe(false);
    expect(loadConfig(LOCAL_WECOM).playground).toBe(true);
    expect(loadConfig({ ...LOCAL_WECOM, PLAYGROUND: 'on' }).playground).toBe(true);
    expect(loadConfig({ ...WECOM, WECOM_API_BASE: 'http://127.0.0.1.example.org' }).playground).toBe(false);
    const socket = { WECOM_AIBOT_ID: 'aibSIMULATED', WECOM_AIBOT_SECRET: 'aibot-secret-4713' };
    expect(loadConfig(AIBOT).playground).toBe(false);
    expect(loadConfig({ ...AIBOT, WECOM_API_BASE: 'http://127.0.0.1:9100' }).playground).toBe(true);
    expect(loadConfig(socket).playground).toBe(false);
    expect(loadConfig({ ...socket, WECOM_AIBOT_WS_URL: 'ws://127.0.0.1:9101' }).playground).toBe(true);
  });

  it.each([
    ['http://localhost:1', true],
    ['http://127.9.9.9', true],
    ['http://[::1]:9100', true],
    ['http://localhost.example.org', false],
    ['http://10.0.0.1', false],
    ['http://0.0.0.0', false],
    ['https://qyapi.weixin.qq.com', false],
  ])('takes %s for this machine: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
