/** A group's robot from registration to the words in the group, over the network. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWecomRobotChannel } from '../../../../bot/channels/wecom-robot/index.ts';
import { SIMULATED_APP, startWecomSimulator, type WecomSimulator } from '../../../simulators/wecom.ts';
import { startWecomRobotSimulator, type WecomRobotSimulator } from '../../../simulators/wecom-robot.ts';
import { startTestBot, type TestBot } from '../../../support/bot.ts';
import { databaseKinds } from '../../../support/databases.ts';

const KEY = '693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('a robot', () => {
  it('draws tables and quotes as markdown, plain words as text, pictures and files natively', async () => {
    const simulator = await startWecomRobotSimulator();
    simulator.keys.add(KEY);
    const channel = createWecomRobotChannel({ apiBase: simulator.base, robots: { find: async () => ({ key: KEY }) } });
    const parts = channel.render([
      { type: 'text', text: '今天的汇总' },
      { type: 'table', columns: ['指标', '值'], rows: [['A1*', '9']] },
      { type: 'image', name: 'a.png', alt: '图', base64: PNG },
      { type: 'text', text: '1. 逾期 <b>' },
      { type: 'file', name: '明细.csv', base64: Buffer.from('甲,乙\n1,2\n').toString('base64') },
    ]);
    for (const [at, part] of parts.entries()) await channel.send({ robot: 'r1' }, part, `k-${at}`);
    expect(simulator.posts).toEqual([
      { key: KEY, type: 'markdown_v2', text: '今天的汇总\n\n| 指标 | 值 |\n| --- | --- |\n| A1\\* | 9 |' },
      { key: KEY, type: 'image', text: `［图片 ${Buffer.from(PNG, 'base64').length}］` },
      { key: KEY, type: 'text', text: '1. 逾期 <b>' },
      { key: KEY, type: 'file', text: `［文件 明细.csv ${Buffer.byteLength('甲,乙\n1,2\n')}］` },
    ]);
    await simulator.close();
  });
});

describe.each(databaseKinds())('robots in a whole bot on %s', (kind) => {
  let robots: WecomRobotSimulator;
  let app: WecomSimulator;
  let bot: TestBot;
  beforeAll(async () => {
    app = await startWecomSimulator();
    robots = await startWecomRobotSimulator();
    // One base for both, as on the platform: what the app's stand-in does not know goes to the robots'.
    bot = await startTestBot({
      kind,
      env: { ...app.env, WECOM_API_BASE: robots.base, WECOM_APP_SECRET: SIMULATED_APP.secret },
    });
  });
  afterAll(async () => {
    await bot.stop();
    await robots.close();
    await app.close();
  });

  it('are registered in private chat and bring the digest into their group; a removed one is told to the administrator', async () => {
    robots.keys.add(KEY);
    const url = `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${KEY}`;
    expect(await bot.text('wx-admin-1', `群机器人 添加 ${url} 县医院管理群 管理 日报`)).toContain('已登记');
    await bot.says('wx-admin-1', '群机器人 试发 1');
    await settled(() => robots.posts.length === 1);
    expect(robots.posts[0]?.text).toContain('试发');
    await bot.moveClock('2026-11-23T08:01:00+08:00');
    await settled(() => robots.posts.length > 1);
    expect(robots.posts[1]?.text).toContain('县人民医院');

    robots.keys.delete(KEY);
    await bot.says('wx-admin-1', '群机器人 试发 1');
    const gone = () => bot.running.database.reader('groups').whereNotNull('unreachable_since').pluck('title');
    await settled(async () => (await gone()).length > 0);
    expect(await gone()).toEqual(['县医院管理群']);
    expect(await bot.text('wx-admin-1', '投递')).toContain('县医院管理群 · 企业微信群机器人');
  });
});

async function settled(so: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await so()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('waited in vain');
}
