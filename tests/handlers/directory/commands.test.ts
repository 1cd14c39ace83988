/** Conversations about institutions and bindings: members, who I am, invitations, the first administrator, disabling. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { offerFirstAdmin } from '../../../bot/first-admin.ts';
import { directory } from '../../../handlers/directory/index.ts';
import { databaseKinds } from '../../support/databases.ts';
import { startTalk, type Talk } from '../indicators/talk.ts';

describe.each(databaseKinds())('directory on %s', (kind) => {
  let talk: Talk;
  beforeEach(async () => {
    talk = await startTalk(kind, [directory]);
  });
  afterEach(() => talk.db.drop());
  const says = async (text: string, who = 'wx-admin-1') => (await talk.says(who, text)).text;
  const codeIn = (text: string) => /绑定 (\S+)/.exec(text)?.[1] ?? '';

  test('the members of both alliances of Wuxi, counted as the plan does', async () => {
    const text = await says('成员单位', 'wx-clinician-1');
    expect(text).toMatch(
      /巫溪县综合医疗医共体[\s\S]*牵头单位：县人民医院[\s\S]*成员单位18家：柏杨街道社区卫生服务中心、凤凰中心卫生院/,
    );
    expect(text).toMatch(/巫溪县中医医共体[\s\S]*成员单位14家：宁河街道/);
    expect(text).toContain('巫溪府办发〔2025〕31号 附件4一');
    expect(text).not.toContain('牡丹');
  });
  test('one institution: its alliance and who leads it; a shared one names both', async () => {
    expect(await says('成员单位 红池坝')).toContain(
      '巫溪县红池坝镇卫生院：巫溪县综合医疗医共体的成员单位，牵头单位巫溪县人民医院。',
    );
    expect(await says('机构 县疾控')).toMatch(/综合医疗医共体的配合单位[\s\S]*中医医共体的配合单位/);
    expect(await says('成员单位 中医医共体')).toContain('成员单位14家');
    expect(await says('机构 月球医院')).toContain('没有找到“月球医院”');
    expect(await says('机构编制部门管什么')).toContain('没有听懂');
  });
  test('我是谁 tells the binding, or how to get one', async () => {
    expect(await says('我是谁', 'wx-coordinator-1')).toMatch(/演示-[\s\S]*巫溪县人民医院[\s\S]*转诊协调人（值班）/);
    expect(await says('我是谁', 'unbound-1')).toMatch(/还没有绑定[\s\S]*unbound-1/);
    expect((await talk.says('unbound-1', '我是谁', { group: 'wx-group-referral' })).text).not.toContain('unbound-1');
  });

  test('an invitation binds once, in private, however it is typed', async () => {
    const name: { name: string } | undefined = await talk.db.database
      .reader('staff')
      .where({ id: 'wx-clinician-2' })
      .first('name');
    const code = codeIn(await says(`邀请 ${name?.name}`));
    expect(code).toMatch(/^[2-9A-Z]{5}-[2-9A-Z]{5}$/);
    const stored: { code_fingerprint: string }[] = await talk.db.database.reader('binding_codes');
    expect(JSON.stringify(stored)).not.toContain(code.replace('-', ''));
    expect((await talk.says('newcomer', `绑定 ${code}`, { group: 'wx-group-referral' })).text).toContain('只能在私聊');
    expect(await says(`绑定 ${code.toLowerCase().replace('-', ' ')}`, 'newcomer')).toContain(
      `已绑定：${name?.name}（巫溪县人民医院）`,
    );
    expect(await says('我是谁', 'NewComer')).toContain(name?.name);
    expect(await says(`绑定 ${code}`, 'another')).toContain('已经用过');
    expect(await says('我是谁', 'wx-clinician-2')).toContain('还没有绑定');
  });
  test('a wrong, an expired and an empty code get a clear answer each', async () => {
    expect(await says('绑定', 'newcomer')).toContain('绑定 邀请码');
    expect(await says('绑定 22222-33333', 'newcomer')).toContain('这个码不对');
    const code = codeIn(await says('邀请 演示-罗医生'));
    talk.at('2026-11-25T10:00:00+08:00');
    expect(await says(`绑定 ${code}`, 'newcomer')).toContain('已经过期');
    expect(await says('绑定 22222-33333', 'wx-admin-1')).toContain('您已绑定为');
  });
  test('a new invitation ends the one before', async () => {
    const first = codeIn(await says('邀请 演示-罗医生'));
    const second = codeIn(await says('邀请 演示-罗医生'));
    expect(await says(`绑定 ${first}`, 'newcomer')).toContain('这个码不对');
    expect(await says(`绑定 ${second}`, 'newcomer')).toContain('已绑定：演示-罗医生');
  });
  test('begun in a group, the code goes to the administrator in private', async () => {
    const said = await talk.says('wx-admin-1', '邀请 演示-罗医生', { group: 'wx-group-management' });
    expect(said.replies.map((reply) => reply.audience)).toEqual(['sender']);
  });

  test('who is disabled has no access from that moment, and enabling brings it back', async () => {
    const code = codeIn(await says('邀请 演示-罗医生'));
    expect(await says('停用 演示-罗医生')).toContain('已停用');
    expect(await says('我是谁', 'wx-clinician-3')).toContain('还没有绑定');
    expect(await says(`绑定 ${code}`, 'newcomer')).toContain('这个码不对');
    expect(await says('停用 演示-罗医生')).toContain('已经是停用状态');
    expect(await says('邀请 演示-罗医生')).toContain('已停用，没有生成邀请码');
    expect(await says('启用 演示-罗医生')).toContain('已启用');
    expect(await says('我是谁', 'wx-clinician-3')).toContain('演示-罗医生');
  });
  test('only the own region, only administrators, never oneself', async () => {
    const md: { name: string } | undefined = await talk.db.database
      .reader('staff')
      .where({ id: 'md-clinician-1' })
      .first('name');
    expect(await says(`停用 ${md?.name}`)).toContain('花名册里没有');
    expect(await says('停用 演示-罗医生', 'wx-manager-1')).toContain('您的角色不能操作');
    const own: { name: string } | undefined = await talk.db.database
      .reader('staff')
      .where({ id: 'wx-admin-1' })
      .first('name');
    expect(await says(`停用 ${own?.name}`)).toContain('不能停用自己');
  });
  test('namesakes are told apart by their unit', async () => {
    await talk.db.database.writer('staff').where({ id: 'wx-clinician-2' }).update({ name: '演示-罗医生' });
    expect(await says('停用 演示-罗医生')).toContain('有2个“演示-罗医生”');
    expect(await says('停用 演示-罗医生 中医院')).toContain('已停用演示-罗医生（巫溪县中医院）');
  });
});

describe.each(databaseKinds())('the first administrator on %s', (kind) => {
  let talk: Talk;
  beforeEach(async () => {
    talk = await startTalk(kind, [directory], { demo: false });
  });
  afterEach(() => talk.db.drop());
  const offer = () =>
    offerFirstAdmin({ database: talk.db.database, clock: talk.clock, vault: talk.vault, print: () => undefined });

  test('types the code from the terminal in private and may invite from then on', async () => {
    const code = (await offer()) ?? '';
    const said = await talk.says('boss', `绑定 ${code}`, { channel: 'wecom-app', tenant: 'ww', displayName: '王工' });
    expect(said.text).toContain('您是第一位管理员');
    expect((await talk.says('boss', '我是谁', { channel: 'wecom-app', tenant: 'ww' })).text).toMatch(
      /王工[\s\S]*信息科/,
    );
    expect((await talk.says('boss', '邀请 张三', { channel: 'wecom-app', tenant: 'ww' })).text).toContain(
      '花名册里没有',
    );
    expect((await talk.says('second', `绑定 ${code}`, { channel: 'wecom-app', tenant: 'ww' })).text).toContain(
      '已经用过',
    );
    expect(await offer()).toBeUndefined();
  });
  test('an expired code makes nobody administrator', async () => {
    const code = (await offer()) ?? '';
    talk.at('2026-11-23T10:00:00+08:00');
    expect((await talk.says('boss', `绑定 ${code}`)).text).toContain('已经过期');
    expect(await talk.db.database.reader('staff')).toEqual([]);
  });
});
