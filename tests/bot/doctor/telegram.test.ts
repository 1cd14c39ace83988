import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkTelegramCallback, checkTelegramToken, checkTelegramWebhook } from '../../../bot/doctor/telegram.ts';
import { SIMULATED_BOT, startTelegramSimulator, type TelegramSimulator } from '../../simulators/telegram.ts';

const PUBLIC = 'https://bot.example.org';
const { token, secret } = SIMULATED_BOT;

let telegram: TelegramSimulator;
beforeEach(async () => {
  telegram = await startTelegramSimulator();
});
afterEach(() => telegram.close());

const config = () => ({ botId: '7000000001', token, secret, apiBase: telegram.base });

describe('the doctor asks Telegram', () => {
  it('who the bot is', async () => {
    expect(await checkTelegramToken(config())).toEqual({ state: 'ok', text: '机器人 @yigongti_bot' });
  });

  it.each([
    [
      'a revoked token',
      () => {
        telegram.api.revoked = true;
      },
      'TELEGRAM_BOT_TOKEN',
    ],
    [
      'a page of a proxy',
      () => void telegram.api.faults.push({ method: '*', fault: { kind: 'page', status: 403 } }),
      '代理或防火墙',
    ],
    ['a closed connection', () => void telegram.api.faults.push({ method: '*', fault: { kind: 'close' } }), '连不上'],
  ])('and names %s, with no secret in the line', async (_, arrange, words) => {
    arrange();
    const seen = await checkTelegramToken(config());
    expect(seen).toMatchObject({ state: 'wrong', text: expect.stringContaining(words) });
    expect(seen.text).not.toContain(token);
  });

  it('where callbacks go: nowhere, elsewhere, here, with what waits and what went wrong', async () => {
    expect(await checkTelegramWebhook(config(), PUBLIC)).toMatchObject({
      state: 'wrong',
      text: expect.stringContaining('PUBLIC_URL'),
    });
    telegram.api.webhook = { url: 'https://old.example.org/channels/telegram', secret, allowed: [] };
    expect(await checkTelegramWebhook(config(), PUBLIC)).toMatchObject({
      state: 'wrong',
      text: expect.stringContaining('old.example.org'),
    });
    telegram.api.webhook = { url: `${PUBLIC}/channels/telegram`, secret, allowed: [] };
    expect(await checkTelegramWebhook(config(), PUBLIC)).toEqual({
      state: 'ok',
      text: '回调地址 bot.example.org，积压 0 条',
    });
    telegram.api.lastError = 'Wrong response from the webhook: 502 Bad Gateway';
    expect((await checkTelegramWebhook(config(), PUBLIC)).state).toBe('note');
    telegram.api.pending = 300;
    expect(await checkTelegramWebhook(config(), PUBLIC)).toMatchObject({
      state: 'wrong',
      text: expect.stringContaining('积压 300 条'),
    });
  });
});

describe('the doctor knocks at our own door', () => {
  it.each([
    [200, 'note', '校验通过'],
    [401, 'wrong', 'TELEGRAM_SECRET'],
    [404, 'wrong', '/channels/telegram'],
  ])('and reads %i', async (status, state, words) => {
    const server = createServer((request, response) => {
      expect(request.headers['x-telegram-bot-api-secret-token']).toBe(secret);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await checkTelegramCallback(config(), { publicUrl: undefined, port })).toMatchObject({
      state,
      text: expect.stringContaining(words),
    });
    server.close();
    server.closeAllConnections();
  });

  it('and says when nobody opens', async () => {
    expect(await checkTelegramCallback(config(), { publicUrl: 'http://127.0.0.1:9', port: 9 })).toMatchObject({
      state: 'wrong',
      text: expect.stringContaining('没有应答'),
    });
  });
});
