/** What the doctor says of DingTalk, against the platform's stand-in and a bot that runs or does not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DingtalkConfig } from '../../../bot/channels/dingtalk/config.ts';
import { dingtalkChecks } from '../../../bot/doctor/dingtalk.ts';
import { dingtalkConfigFor } from '../../contract/dingtalk-rig.ts';
import { type DingtalkSimulator, SIMULATED_DING, startDingtalkSimulator } from '../../simulators/dingtalk.ts';
import { startTestBot } from '../../support/bot.ts';
import { freePort } from '../../support/services.ts';

const CARD = { templateId: SIMULATED_DING.cardTemplate, callbackUrl: undefined, routeKey: 'r', secret: 's3cret' };
let ding: DingtalkSimulator;

beforeEach(async () => {
  ding = await startDingtalkSimulator();
});
afterEach(() => ding.close());

async function seen(change: Partial<DingtalkConfig> = {}, publicUrl?: string, port = 1) {
  const results: Record<string, string> = {};
  for (const [name, check] of dingtalkChecks(dingtalkConfigFor(ding.base, change), { publicUrl, port })) {
    const { state, text } = await check();
    results[name] = `${state} ${text}`;
  }
  return results;
}

describe('the doctor on DingTalk', () => {
  it('finds nothing wrong over the stream with cards', async () => {
    const results = await seen({ mode: 'stream', card: CARD });
    expect(Object.keys(results)).toEqual(['钉钉凭证', '钉钉机器人', '钉钉卡片', '钉钉 Stream']);
    for (const text of Object.values(results)) expect(text).toMatch(/^ok /);
  });

  it('knocks at the running bot’s own door', async () => {
    const port = await freePort();
    const bot = await startTestBot({ clock: new Date().toISOString(), env: { ...ding.env, PORT: String(port) } });
    try {
      expect((await seen({}, undefined, port)).钉钉回调).toMatch(/^note 本机回调校验通过/);
      expect((await seen({}, bot.url, port)).钉钉回调).toMatch(/^ok /);
      expect((await seen({ clientSecret: 'another' }, bot.url, port)).钉钉回调).toContain('Client Secret');
    } finally {
      await bot.stop();
    }
  });

  it.each([
    ['a wrong secret', { clientSecret: 'wrong-secret-4711' }, '钉钉凭证', 'Client Secret'],
    ['a wrong robot code', { robotCode: 'dingwrong' }, '钉钉机器人', 'DINGTALK_ROBOT_CODE'],
    ['nobody at the door', {}, '钉钉回调', '没有应答'],
    ['refused at the gateway', { mode: 'stream', clientSecret: 'wrong-secret-4711' }, '钉钉 Stream', '凭证'],
  ] as const)('says what to do about %s', async (_, change, name, hint) => {
    const text = (await seen(change))[name];
    expect(text).toMatch(/^wrong /);
    expect(text).toContain(hint);
    expect(text).not.toContain('4711');
  });

  it('says which permission is missing', async () => {
    ding.api.permissions.clear();
    const results = await seen({ mode: 'stream', card: CARD });
    expect(results.钉钉机器人).toContain('qyapi_robot_sendmsg');
    expect(results.钉钉卡片).toContain('Card.Instance.Write');
  });

  it('says that the robot is not in stream mode', async () => {
    ding.stream.gatewayFaults.push({ status: 400, body: { code: 'param.error' } });
    expect((await seen({ mode: 'stream' }))['钉钉 Stream']).toContain('Stream');
  });

  it('says so when the platform cannot be reached', async () => {
    await ding.close();
    ding = await startDingtalkSimulator();
    const results = await seen({ apiBase: 'http://127.0.0.1:9' });
    expect(results.钉钉凭证).toContain('连不上');
  });
});
