/** The whole bot on Telegram's stand-in while things go wrong: nothing is lost, nothing done twice, nobody is let in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIMULATED_BOT, startTelegramSimulator, type TelegramSimulator } from '../simulators/telegram.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';

const PATH = '/channels/telegram';
const GROUP = '-4200';

describe('a bot on Telegram', () => {
  let telegram: TelegramSimulator;
  let bot: TestBot;

  beforeAll(async () => {
    telegram = await startTelegramSimulator();
    bot = await startTestBot({ env: telegram.env });
    telegram.setBot(bot.url);
  });
  afterAll(async () => {
    await bot.stop();
    await telegram.close();
  });

  function post(body: string, secret: string | undefined = SIMULATED_BOT.secret): Promise<number> {
    const headers: Record<string, string> = secret === '' ? {} : { 'x-telegram-bot-api-secret-token': secret };
    return fetch(`${bot.url}${PATH}`, { method: 'POST', body, headers }).then((response) => response.status);
  }

  const texts = (chat: string) => telegram.seenBy(chat).map(({ text }) => text);

  it('lets nobody in without the secret, and takes neither junk nor too much', async () => {
    const update = JSON.stringify(telegram.messageUpdate('wx-clinician-1', '帮助'));
    expect(await post(update, '')).toBe(401);
    expect(await post(update, 'wrong')).toBe(401);
    expect(await post('{')).toBe(400);
    expect(await post(`"${'x'.repeat(1024 * 1024)}"`)).toBe(413);
    expect(await post('{"update_id":3,"hologram":{}}')).toBe(200);
  });

  it('answers the same update once, however often it is brought', async () => {
    const update = telegram.messageUpdate('wx-village-doctor-1', '我是谁');
    const delivered = await Promise.all(Array.from({ length: 5 }, () => telegram.post(update)));
    await telegram.post(update);
    expect(delivered.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await telegram.say('wx-village-doctor-1', '目录');
    const seen = await telegram.waitFor('wx-village-doctor-1', (all) => all.length >= 2);
    expect(seen.filter(({ text }) => text.includes('演示村卫生室')).length).toBe(1);
  });

  it('delivers after 429, a page of a proxy and a closed connection', async () => {
    telegram.api.faults.push({
      method: 'sendMessage',
      fault: {
        kind: 'error',
        code: 429,
        description: 'Too Many Requests: retry after 1',
        parameters: { retry_after: 1 },
      },
    });
    await telegram.say('wx-manager-1', '我是谁');
    await telegram.waitFor('wx-manager-1', (all) => all.length === 1);
    for (const fault of [{ kind: 'page', status: 502 }, { kind: 'close' }] as const)
      telegram.api.faults.push({ method: 'sendMessage', fault });
    await telegram.say('wx-manager-1', '帮助');
    await telegram.waitFor('wx-manager-1', (all) => all.length === 2, 20_000);
    expect(texts('wx-manager-1').length).toBe(2);
  }, 30_000);

  it('delivers what waited once a revoked token is good again', async () => {
    telegram.api.revoked = true;
    await telegram.say('wx-commission-1', '我是谁');
    const failed = async () =>
      bot.running.database
        .reader('deliveries')
        .where({ channel: 'telegram', reason: 'auth', state: 'pending' })
        .first('id');
    while ((await failed()) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    telegram.api.revoked = false;
    await telegram.waitFor('wx-commission-1', (all) => all.length === 1, 20_000);
  }, 30_000);

  it('takes a step once, and tells a second press and an old card so', async () => {
    await telegram.say('wx-coordinator-1', '进度 ZZ20261121001');
    await telegram.waitFor('wx-coordinator-1', (all) => all.length === 1);
    await telegram.say('wx-coordinator-1', '进度 ZZ20261121001');
    const [old] = await telegram.waitFor('wx-coordinator-1', (all) => all.length === 2);
    const accept = old?.buttons.flat().find(({ text }) => text === '接收')?.callback_data ?? '';
    expect(accept).toContain('referral.accept');
    const before = telegram.api.answered.length;
    for (let time = 0; time < 2; time += 1)
      await telegram.pressData('wx-coordinator-1', accept, { ...(old ? { message: old } : {}) });
    await telegram.press('wx-coordinator-1', '接收');
    await telegram.waitFor(
      'wx-coordinator-1',
      (all) => all.filter(({ text }) => text.includes('没有重复操作')).length === 2,
    );
    expect(telegram.api.answered.length - before).toBe(3);
    expect(telegram.seenBy('wx-coordinator-1')[0]?.text).toContain('已接收待安排');
    const accepted = await bot.running.database.reader('audit').where({ action: 'referral.accept' }).select('id');
    expect(accepted.length).toBe(1);
    await telegram.pressData('wx-coordinator-1', 'vote:1');
    expect(telegram.api.answered.at(-1)?.text).toContain('已经失效');
  }, 30_000);

  it('gives up a group it was removed from, and says so to the operators', async () => {
    await telegram.say('wx-manager-1', '@yigongti_bot 绑定本群 转诊', { group: GROUP });
    await telegram.waitFor(GROUP, (all) => all.length === 1);
    telegram.api.closed.set(GROUP, 'Forbidden: bot was kicked from the group chat');
    await bot.says('wx-clinician-1', '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000');
    await bot.says('wx-clinician-1', '确认');
    const gone = async () =>
      bot.running.database
        .reader('groups')
        .where({ platform_conversation_id: GROUP })
        .whereNotNull('unreachable_since')
        .first('id');
    while ((await gone()) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await bot.text('wx-admin-1', '投递')).toContain('群');
  }, 30_000);

  it('keeps a group that became a supergroup', async () => {
    const rest = { group: '-4300' };
    await telegram.say('wx-manager-1', '@yigongti_bot 绑定本群 管理', rest);
    await telegram.waitFor('-4300', (all) => all.length === 1);
    await telegram.post(
      telegram.messageUpdate('wx-manager-1', undefined, { group: '-4300', more: { migrate_to_chat_id: -1001 } }),
    );
    await telegram.say('wx-manager-1', '@yigongti_bot 本群', { group: '-1001' });
    const [seen] = await telegram.waitFor('-1001', (all) => all.length === 1);
    expect(seen?.text).toContain('管理');
  });
});
