/** A custom robot of a DingTalk group from its registration by the 信息科 to the group's phone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DingtalkSimulator, startDingtalkSimulator } from '../simulators/dingtalk.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const TOKEN = 'robottoken0123456789';
const SECRET = 'SECrobot0123456789';
const GROUP = 'cidRobotGroup==';
const ADMIN = 'wx-admin-1';

describe.each(databaseKinds())('a custom robot on %s', (kind) => {
  let ding: DingtalkSimulator;
  let bot: TestBot;

  beforeAll(async () => {
    ding = await startDingtalkSimulator({ now: () => new Date('2026-11-21T02:00:00Z') });
    ding.api.robots.set(TOKEN, { group: GROUP, secret: SECRET });
    bot = await startTestBot({ kind, env: ding.env });
  });
  afterAll(async () => {
    await bot.stop();
    await ding.close();
  });

  it('is registered in private, tried, and gets the news of its group; switched off it gets none', async () => {
    const address = `https://oapi.dingtalk.com/robot/send?access_token=${TOKEN}`;
    expect(await bot.text(ADMIN, `群机器人 添加 ${address} ${SECRET} 红池坝转诊群 转诊`)).toContain('红池坝转诊群');
    await bot.says(ADMIN, '群机器人 试发 1');
    const [first] = await ding.waitFor(GROUP, 1);
    expect(first).toContain('试发消息');

    await bot.says('wx-clinician-1', '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000');
    await bot.says('wx-clinician-1', '确认');
    const [, news = ''] = await ding.waitFor(GROUP, 2);
    expect(news).toContain('待接收');
    for (const secret of ['张铁蛋', '阑尾炎', '138']) expect(news).not.toContain(secret);

    await bot.says(ADMIN, '群机器人 停用 1');
    expect(await bot.text(ADMIN, '群机器人 试发 1')).toContain('已停用');
    const stored: { address_sealed: string }[] = await bot.running.database
      .reader('group_robots')
      .select('address_sealed');
    for (const row of stored) expect(row.address_sealed).not.toContain(TOKEN);
    const accounts = await bot.running.database.reader('accounts').where({ channel: 'dingtalk-robot' }).select('id');
    expect(accounts).toEqual([]);
  });
});
