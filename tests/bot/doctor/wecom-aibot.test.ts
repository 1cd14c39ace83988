import { afterEach, describe, expect, it } from 'vitest';
import { checkCallback, checkSocket } from '../../../bot/doctor/wecom-aibot.ts';
import { SIMULATED_AIBOT, startAibotSimulator } from '../../simulators/wecom-aibot.ts';
import { startAibotSocketSimulator } from '../../simulators/wecom-aibot-socket.ts';
import { startTestBot } from '../../support/bot.ts';

const { botId, token, aesKey, secret } = SIMULATED_AIBOT;
const common = { botId, fileHosts: [], botName: undefined, escapes: true } as const;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('the doctor knocks at the callback of the AI bot', () => {
  it('and tells a door that opens from another key, another clock and a closed one', async () => {
    const platform = await startAibotSimulator();
    closers.push(platform.close);
    const bot = await startTestBot({ env: platform.env });
    closers.push(bot.stop);
    const config = { ...common, way: 'callback', token, aesKey, apiBase: platform.base } as const;
    const at = new Date('2026-11-21T02:00:00Z');
    const here = { publicUrl: bot.url, port: 0 };
    expect(await checkCallback(config, here, at)).toMatchObject({ state: 'ok' });
    expect(await checkCallback(config, { publicUrl: undefined, port: bot.running.port ?? 0 }, at)).toMatchObject({
      state: 'note',
    });
    const otherKey = await checkCallback({ ...config, token: 'another' }, here, at);
    expect(otherKey).toMatchObject({ state: 'wrong', text: expect.stringContaining('EncodingAESKey') });
    const otherClock = await checkCallback(config, here, new Date('2026-11-21T03:00:00Z'));
    expect(otherClock).toMatchObject({ state: 'wrong', text: expect.stringContaining('时钟') });
    const closed = await checkCallback(config, { publicUrl: 'http://127.0.0.1:9', port: 0 }, at);
    expect(closed).toMatchObject({ state: 'wrong', text: expect.stringContaining('没有应答') });
    for (const seen of [otherKey, otherClock, closed]) expect(JSON.stringify(seen)).not.toContain(aesKey);
  });
});

describe('the doctor tries the long connection of the AI bot', () => {
  it.each([
    [853000, 'WECOM_AIBOT_SECRET'],
    [93019, 'WECOM_AIBOT_ID'],
    [45009, '十分钟'],
  ])('and says what %s means', async (errcode, words) => {
    const platform = await startAibotSocketSimulator();
    closers.push(platform.close);
    const config = { ...common, way: 'socket', secret, wsUrl: platform.wsUrl } as const;
    platform.refuseSubscriptions(errcode);
    const seen = await checkSocket(config, undefined);
    expect(seen).toMatchObject({ state: 'wrong', text: expect.stringContaining(words) });
    expect(seen.text).not.toContain(secret);
    platform.refuseSubscriptions(undefined);
    expect(await checkSocket(config, undefined)).toMatchObject({ state: 'ok' });
  });

  it('and leaves the connection to a bot that runs', async () => {
    const platform = await startAibotSocketSimulator();
    closers.push(platform.close);
    const bot = await startTestBot({ env: platform.env });
    closers.push(bot.stop);
    await platform.until(platform.isSubscribed);
    const config = { ...common, way: 'socket', secret, wsUrl: platform.wsUrl } as const;
    expect(await checkSocket(config, bot.running.database)).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('运行中的机器人'),
    });
    expect(platform.subscriptions()).toBe(1);
  });

  it('and says when nobody is there', async () => {
    const config = { ...common, way: 'socket', secret, wsUrl: 'ws://127.0.0.1:9' } as const;
    expect(await checkSocket(config, undefined)).toMatchObject({
      state: 'wrong',
      text: expect.stringContaining('连不上'),
    });
  });
});
