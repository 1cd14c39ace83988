import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWish } from '../../../handlers/groups/purposes.ts';
import { readAddress } from '../../../handlers/groups/robots.ts';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
const DINGTALK = 'https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec42';

describe('what a group is for', () => {
  it.each([
    ['转诊', { purpose: 'referral', digest: false, alliance: false, rest: '' }],
    ['管理 日报 医共体', { purpose: 'management', digest: true, alliance: true, rest: '' }],
    ['', { purpose: 'general', digest: false, alliance: false, rest: '' }],
    ['红池坝转诊群 转诊', { purpose: 'referral', digest: false, alliance: false, rest: '红池坝转诊群' }],
  ])('%s', (words, wish) => {
    expect(readWish(words)).toEqual(wish);
  });
});

describe('a robot’s address', () => {
  it('is read as its platform writes it', () => {
    expect(readAddress(WECOM, undefined)).toMatchObject({
      channel: 'wecom-robot',
      address: { key: expect.stringMatching(/^693a/) },
    });
    expect(readAddress(DINGTALK, 'SECabcd1234')).toMatchObject({
      channel: 'dingtalk-robot',
      address: { accessToken: '566cc69da782ec42', secret: 'SECabcd1234' },
    });
  });
  it.each([
    '',
    '红池坝',
    'https://example.com/',
    'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=',
    `${WECOM}<script>`,
  ])('is refused with the way: %s', (text) => {
    expect(readAddress(text, undefined)).toContain('群机器人 添加');
  });
});

describe.each(databaseKinds())('groups on %s', (kind) => {
  let bot: TestBot;
  let id = '';
  beforeAll(async () => {
    bot = await startTestBot({ kind });
    const row = await bot.running.database
      .reader('groups')
      .where({ region_id: 'wuxi', purpose: 'referral' })
      .first('platform_conversation_id');
    id = row.platform_conversation_id;
  });
  afterAll(() => bot.stop());

  it('say what they are for, to who may, and only the own region', async () => {
    expect(await bot.text('wx-village-doctor-1', '绑定本群 转诊', { group: id })).toContain('不能操作');
    expect(await bot.text('wx-coordinator-1', '绑定本群 转诊')).toContain('请在要绑定的群里');
    expect(await bot.text('wx-coordinator-1', '绑定本群 聊天', { group: id })).toContain('没有看懂');
    expect(await bot.text('wx-coordinator-1', '绑定本群 转诊 日报', { group: id })).toContain('收转诊通知，收日报');
    expect(await bot.text('wx-clinician-1', '本群', { group: id })).toContain('收转诊通知');
    expect(await bot.text('wx-coordinator-1', '绑定本群', { group: id })).toContain('收转诊通知，收日报');
    expect(await bot.text('hz-manager-1', '绑定本群 管理', { group: id })).toContain('其他地区');
    expect(await bot.text('wx-coordinator-1', '解绑本群', { group: id })).toContain('已解绑');
    expect(await bot.text('wx-clinician-1', '本群', { group: id })).toContain('没有绑定用途');
    // Nobody's any more: another region may take it, and has to give it back.
    expect(await bot.text('hz-manager-1', '绑定本群 管理', { group: id })).toContain('收管理通知');
    expect(await bot.text('wx-coordinator-1', '绑定本群 转诊', { group: id })).toContain('其他地区');
    expect(await bot.text('hz-manager-1', '解绑本群', { group: id })).toContain('已解绑');
  });

  it('are reached by robots, whose address nobody reads again', async () => {
    expect(await bot.text('wx-admin-1', `群机器人 添加 ${WECOM} 县医院管理群 管理 日报`, { group: id })).toContain(
      '撤回',
    );
    expect(await bot.text('wx-admin-1', `群机器人 添加 ${WECOM}`)).toContain('写上群名');
    expect(await bot.text('wx-admin-1', `群机器人 添加 ${WECOM} 县医院管理群 管理 日报`)).toContain(
      '已登记群机器人：县医院管理群',
    );
    expect(await bot.text('wx-admin-1', `群机器人 添加 ${WECOM} 别的群`)).toContain('已经登记过：县医院管理群');
    const shown = await bot.text('wx-admin-1', '群机器人');
    expect(shown).toContain('1. 县医院管理群 · 企业微信');
    expect(shown).not.toContain('693a91f6');
    expect(await bot.text('wx-admin-1', '群机器人 停用 1')).toContain('已停用');
    expect(await bot.text('wx-admin-1', '群机器人 试发 1')).toContain('已停用');
    expect(await bot.text('wx-admin-1', '群机器人 启用 1')).toContain('已启用');
    expect(await bot.text('wx-admin-1', '群机器人 停用 7')).toContain('没有第“7”个');
    expect(await bot.text('hz-admin-1', '群机器人')).toContain('还没有登记');
    const stored = JSON.stringify(await bot.running.database.reader('group_robots'));
    expect(stored).not.toContain('693a91f6');
  });
});
