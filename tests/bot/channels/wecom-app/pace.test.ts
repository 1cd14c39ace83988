import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../../../bot/channels/channel.ts';
import { createWecomAppChannel } from '../../../../bot/channels/wecom-app/index.ts';
import { SIMULATED_APP, startWecomSimulator, type WecomSimulator } from '../../../simulators/wecom.ts';

describe('sends to one member', () => {
  let now = Date.parse('2026-11-21T08:00:00Z');
  const clock = { now: () => new Date(now) };
  const ignore = () => undefined;
  let wecom: WecomSimulator;
  let channel: Channel;
  beforeEach(async () => {
    wecom = await startWecomSimulator({ now: clock.now });
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    channel = createWecomAppChannel({ ...SIMULATED_APP, apiBase: wecom.base }, { clock, log });
  });
  afterEach(() => wecom.close());

  const send = (touser: string, key: string) => channel.send({ touser }, `第${key}条`, key);

  it('wait where the platform would drop them without a word, and lose none', async () => {
    for (let at = 0; at < 30; at += 1) {
      await send('zhangsan', `a${at}`);
      now += 1_000;
    }
    const limited = { reason: 'rate-limited', retryable: true, retryAfterMs: 30_000, platformCode: 'member limit' };
    await expect(send('ZhangSan', 'b')).rejects.toMatchObject(limited);
    await send('lisi', 'c');
    now += 29_999;
    await expect(send('zhangsan', 'b')).rejects.toMatchObject({ ...limited, retryAfterMs: 1 });
    now += 1;
    await send('zhangsan', 'b');
    expect(wecom.seenBy('zhangsan')).toHaveLength(31);
    expect(wecom.api.dropped).toEqual([]);
  });

  it('do not count when the platform refused them', async () => {
    for (let at = 0; at < 40; at += 1) {
      wecom.api.sendFaults.push({ kind: 'errcode', errcode: -1 });
      await expect(send('zhangsan', `r${at}`)).rejects.toMatchObject({ reason: 'server' });
    }
    await send('zhangsan', 'ok');
    expect(wecom.seenBy('zhangsan')).toEqual(['第ok条']);
  });

  it('keep below a thousand an hour too', async () => {
    for (let at = 0; at < 1000; at += 1) {
      await send('zhangsan', `h${at}`);
      now += 3_000;
    }
    await expect(send('zhangsan', 'over')).rejects.toMatchObject({ retryAfterMs: 600_000 });
    now += 600_000;
    await send('zhangsan', 'over');
    expect(wecom.seenBy('zhangsan')).toHaveLength(1001);
  });
});
