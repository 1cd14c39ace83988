import { describe, expect, it } from 'vitest';
import { TELEGRAM_API, telegramConfig } from '../../../../bot/channels/telegram/config.ts';
import { loadConfig } from '../../../../bot/config.ts';

const SET = { TELEGRAM_BOT_TOKEN: '7000000001:AAE-hidden4711', TELEGRAM_SECRET: 'Hidden-4711_x' } as const;

describe('the environment of Telegram', () => {
  it('is off without any of its variables, empty ones included', () => {
    expect(telegramConfig({})).toBeUndefined();
    expect(telegramConfig({ TELEGRAM_BOT_TOKEN: ' ', TELEGRAM_SECRET: '' })).toBeUndefined();
  });

  it('takes the number before the colon for the bot, and an address without its last slash', () => {
    expect(telegramConfig(SET)).toEqual({
      botId: '7000000001',
      token: SET.TELEGRAM_BOT_TOKEN,
      secret: SET.TELEGRAM_SECRET,
      apiBase: TELEGRAM_API,
    });
    expect(telegramConfig({ ...SET, TELEGRAM_API_BASE: 'http://127.0.0.1:8081/' })?.apiBase).toBe(
      'http://127.0.0.1:8081',
    );
  });

  it.each([
    ['half of it', { TELEGRAM_BOT_TOKEN: SET.TELEGRAM_BOT_TOKEN }, 'TELEGRAM_SECRET'],
    ['the other half', { TELEGRAM_SECRET: SET.TELEGRAM_SECRET }, 'TELEGRAM_BOT_TOKEN'],
    ['a token without a number', { ...SET, TELEGRAM_BOT_TOKEN: 'hidden4711' }, 'TELEGRAM_BOT_TOKEN'],
    ['a secret the platform would refuse', { ...SET, TELEGRAM_SECRET: 'hidden 4711!' }, 'TELEGRAM_SECRET'],
    ['a secret that is too long', { ...SET, TELEGRAM_SECRET: 'hidden4711'.repeat(26) }, 'TELEGRAM_SECRET'],
    ['a placeholder', { ...SET, TELEGRAM_SECRET: 'change-me' }, 'TELEGRAM_SECRET'],
    [
      'an address with a user in it',
      { ...SET, TELEGRAM_API_BASE: 'https://hidden4711@api.example.org' },
      'TELEGRAM_API_BASE',
    ],
  ])('refuses %s in one line without a value', (_, env, name) => {
    expect(() => loadConfig(env)).toThrow(expect.objectContaining({ message: expect.stringContaining(name) }));
    expect(() => loadConfig(env)).not.toThrow(/hidden4711|change-me/);
  });

  it('leaves the playground off beside the real platform, and on beside one on this machine', () => {
    expect(loadConfig(SET).playground).toBe(false);
    expect(loadConfig({ ...SET, TELEGRAM_API_BASE: 'http://127.0.0.1:9300' }).playground).toBe(true);
  });
});
