/** Cards, pictures, files and group chats of the WeCom app, over the network with the platform's stand-in. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../../../bot/channels/channel.ts';
import { fileNameOf } from '../../../../bot/channels/wecom-app/api.ts';
import { drawCard } from '../../../../bot/channels/wecom-app/card.ts';
import { createWecomAppChannel } from '../../../../bot/channels/wecom-app/index.ts';
import type { Block, IncomingMessage } from '../../../../handlers/message.ts';
import { SIMULATED_APP, startWecomSimulator, type WecomSimulator } from '../../../simulators/wecom.ts';
import { startTestBot, type TestBot } from '../../../support/bot.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const CARD: readonly Block[] = [
  { type: 'text', text: '【转诊 ZZ20261121007】红池坝 → 县医院\n请在24小时内处理' },
  { type: 'fields', items: [{ label: '状态', value: '待接收' }] },
  {
    type: 'buttons',
    items: [
      { id: 'referral.accept', label: '接收', value: 'ZZ20261121007', version: 3 },
      { id: 'referral.reject', label: '拒绝', value: 'ZZ20261121007', version: 3 },
    ],
  },
];
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const clock = { now: () => new Date() };

function ignore(): void {}

describe('a card', () => {
  it('holds words, fields and buttons, or nothing at all', () => {
    expect(drawCard(CARD, 't1')).toEqual({
      card_type: 'button_interaction',
      main_title: { title: '【转诊 ZZ20261121007】红池坝 → 县医院' },
      sub_title_text: '请在24小时内处理',
      horizontal_content_list: [{ keyname: '状态', value: '待接收' }],
      button_list: [
        { text: '接收', style: 1, key: 'referral.accept|3|ZZ20261121007' },
        { text: '拒绝', style: 2, key: 'referral.reject|3|ZZ20261121007' },
      ],
      task_id: 't1',
    });
  });

  it.each<[string, readonly Block[]]>([
    ['no buttons', CARD.slice(0, 2)],
    ['a quote', [...CARD, { type: 'quote', text: '原文', source: '出处' }]],
    ['a long field', [...CARD, { type: 'fields', items: [{ label: '病情', value: '长'.repeat(31) }] }]],
    ['a long label', [...CARD, { type: 'fields', items: [{ label: '六个字的标签', value: '甲' }] }]],
    ['a title without end', [{ type: 'text', text: '长'.repeat(37) }, ...CARD.slice(1)]],
    ['too many words', [{ type: 'text', text: `短\n${'长'.repeat(161)}` }, ...CARD.slice(1)]],
    [
      'seven buttons',
      [
        ...CARD,
        {
          type: 'buttons',
          items: Array.from({ length: 5 }, (_, at) => ({ id: 'x', label: `第${at}`, value: String(at) })),
        },
      ],
    ],
    ['two equal buttons', [...CARD, ...CARD.slice(2)]],
    [
      'two buttons of one name',
      [...CARD, { type: 'buttons', items: [{ id: 'referral.accept', label: '接收', value: 'ZZ20261121008' }] }],
    ],
    [
      'a key over 1024 bytes',
      [...CARD.slice(0, 2), { type: 'buttons', items: [{ id: 'x', label: '好', value: '长'.repeat(400) }] }],
    ],
  ])('is not drawn for %s', (_, blocks) => {
    expect(drawCard(blocks, 't1')).toBeUndefined();
  });
});

describe('a long first line', () => {
  const headed = (text: string) => drawCard([{ type: 'text', text }, ...CARD.slice(2)], 't1');

  it.each([
    [
      '已接收待安排：【转诊 ZZ20261122004】巫溪县红池坝镇卫生院 → 巫溪县人民医院 · 心内科',
      '已接收待安排：【转诊 ZZ20261122004】',
      '巫溪县红池坝镇卫生院 → 巫溪县人民医院 · 心内科',
    ],
    [
      `ZZ20261122004 已由对方接收。${'请告知患者等候安排，'.repeat(3)}\n有变化马上告诉您`,
      'ZZ20261122004 已由对方接收。',
      `${'请告知患者等候安排，'.repeat(3)}\n有变化马上告诉您`,
    ],
    [`已安排：${'请带上资料，'.repeat(6)}`, '已安排：', '请带上资料，'.repeat(6)],
  ])('is divided where a reader pauses: %s', (text, title, rest) => {
    expect(headed(text)).toMatchObject({ main_title: { title }, sub_title_text: rest });
  });

  it('is not cut where nobody pauses within a title', () => {
    expect(headed(`${'长'.repeat(36)}。之后`)).toBeUndefined();
  });
});

describe('the names of files', () => {
  it.each([
    ["attachment; filename*=UTF-8''%E6%96%B9%E6%A1%88.docx", '方案.docx'],
    ['attachment; filename="plan.pdf"', 'plan.pdf'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['inline', undefined],
    [null, undefined],
  ])('%s', (header, name) => {
    expect(fileNameOf(header)).toBe(name);
  });
});

describe('the app', () => {
  let wecom: WecomSimulator;
  let channel: Channel;
  beforeEach(async () => {
    wecom = await startWecomSimulator();
    channel = createWecomAppChannel({ ...SIMULATED_APP, apiBase: wecom.base, cards: true }, { clock, log });
  });
  afterEach(() => wecom.close());
  const send = async (
    to: Record<string, string>,
    blocks: readonly Block[],
    key: string,
    answering?: IncomingMessage,
  ) => {
    for (const [at, part] of channel.render(blocks, answering).entries())
      await channel.send(to, part, `${key}-${at}`, answering);
  };
  const press = (more: Partial<IncomingMessage> = {}): IncomingMessage => ({
    channel: 'wecom-app',
    tenant: SIMULATED_APP.corpId,
    messageId: 'e1',
    conversation: { id: 'zhangsan', kind: 'direct' },
    sender: { platformUserId: 'zhangsan' },
    text: '',
    attachments: [],
    action: { id: 'referral.accept', value: 'ZZ20261121007', version: 3 },
    replyHandle: { responseCode: 'RC-1', taskId: 'task-1' },
    ...more,
  });

  it('pushes a card and updates the pressed one in its place; a card that is over gets its words as a message', async () => {
    await send({ touser: 'zhangsan' }, CARD, 'k1');
    expect(wecom.seenBy('zhangsan').at(-1)).toContain('（接收）（拒绝）');
    await send({ touser: 'zhangsan' }, [{ type: 'text', text: '已接收' }, ...CARD.slice(1)], 'k2', press());
    expect(wecom.api.count('/cgi-bin/message/update_template_card')).toBe(1);
    expect(wecom.seenBy('zhangsan').at(-1)).toContain('［已接收］');
    await send({ touser: 'zhangsan' }, [{ type: 'text', text: '已由曹协调接收' }, ...CARD.slice(1)], 'k3', press());
    expect(wecom.seenBy('zhangsan').at(-1)).toMatch(/^已由曹协调接收\n/);
  });

  it('greys the pressed button where the answer needs more than a card, and says the rest', async () => {
    await send({ touser: 'zhangsan' }, CARD, 'k1');
    const long: readonly Block[] = [{ type: 'text', text: '这一单已经办结。'.repeat(40) }];
    await send({ touser: 'zhangsan' }, long, 'k2', press());
    expect(wecom.seenBy('zhangsan').slice(1)).toEqual(['［按钮：已处理］', '这一单已经办结。'.repeat(40)]);
  });

  it.each<[string, readonly Block[], IncomingMessage]>([
    ['the answer changed nothing', [{ type: 'text', text: '没有重复操作' }], press({ action: undefined })],
    ['it fits, but changed nothing', [{ type: 'text', text: '请看' }, ...CARD.slice(2)], press({ action: undefined })],
    ['there is still something to choose', [{ type: 'list', ordered: true, items: ['资料不全'] }, ...CARD], press()],
  ])('leaves the card alone and says the words where %s', async (_, blocks, answering) => {
    await send({ touser: 'zhangsan' }, CARD, 'k1');
    await send({ touser: 'zhangsan' }, blocks, 'k2', answering);
    expect(wecom.api.count('/cgi-bin/message/update_template_card')).toBe(0);
    expect(wecom.seenBy('zhangsan')).toHaveLength(2);
    expect(wecom.seenBy('zhangsan')[1]).toMatch(/没有重复操作|请看|资料不全/);
  });

  it('shows pictures and files between the words, uploaded once for every try', async () => {
    const blocks: readonly Block[] = [
      { type: 'text', text: '今天的汇总' },
      { type: 'image', name: 'digest.png', alt: '走势图', base64: PNG.toString('base64') },
      { type: 'file', name: '明细.xlsx', base64: Buffer.from('PK0000000').toString('base64') },
      { type: 'buttons', items: [{ id: 'help', label: '帮助', value: '' }] },
    ];
    const parts = channel.render(blocks);
    expect(parts).toHaveLength(4);
    wecom.api.sendFaults.push({ kind: 'errcode', errcode: 0 });
    for (const [at, part] of parts.entries()) {
      await channel.send({ touser: 'zhangsan' }, part, `k-${at}`);
      await channel.send({ touser: 'zhangsan' }, part, `k-${at}`); // a second try is dropped by the guard
    }
    expect(wecom.seenBy('zhangsan')).toEqual(['今天的汇总', '［image：digest.png］', '［file：明细.xlsx］', '帮助']);
    expect(wecom.shown.find((one) => one.media?.name === 'digest.png')?.media?.bytes).toEqual(PNG);
    expect(wecom.api.count('/cgi-bin/media/upload')).toBe(2);
  });

  it('names in words what the platform does not take', () => {
    const [only] = channel.render([{ type: 'image', name: 'x.gif', alt: '动图', base64: '' }]);
    expect(JSON.parse(only ?? '')).toEqual({ kind: 'text', text: '〔图片：动图〕' });
  });

  it('fetches what a member sent, under its own name, within the limit', async () => {
    wecom.api.media.set('M1', { type: 'file', name: '方案.docx', bytes: Buffer.alloc(100_000, 7) });
    const file = { name: '文件', kind: 'file', mediaId: 'M1' } as const;
    expect(await channel.download?.(file, 200_000)).toEqual({ name: '方案.docx', bytes: Buffer.alloc(100_000, 7) });
    await expect(channel.download?.(file, 90_000)).rejects.toMatchObject({ platformCode: 'too-large' });
    await expect(channel.download?.({ ...file, mediaId: 'gone' }, 90_000)).rejects.toMatchObject({
      platformCode: '40007',
    });
    wecom.api.expireToken();
    expect((await channel.download?.(file, 200_000))?.bytes.length).toBe(100_000);
  });

  it('speaks into group chats of its own, in words where a card cannot go', async () => {
    wecom.api.chats.set('chat1', { name: '管理群', owner: 'zhangsan', members: ['zhangsan', 'lisi'] });
    const address = channel.groupAddress('chat1') ?? {};
    await send(address, CARD, 'k1');
    expect(wecom.seenBy('chat:chat1')[0]).toContain('接收 ZZ20261121007');
    await expect(
      channel.send(channel.groupAddress('chat9') ?? {}, channel.render(CARD)[0] ?? '', 'k2'),
    ).rejects.toMatchObject({
      reason: 'unreachable',
    });
    expect(channel.groupAddress('群')).toBeUndefined();
  });
});

describe('a referral in cards', () => {
  let wecom: WecomSimulator;
  let bot: TestBot;
  beforeAll(async () => {
    wecom = await startWecomSimulator();
    bot = await startTestBot({ clock: new Date().toISOString(), env: { ...wecom.env, WECOM_APP_CARDS: 'on' } });
    wecom.setBot(bot.url);
  });
  afterAll(async () => {
    await bot.stop();
    await wecom.close();
  });

  it('is accepted by a press, which changes the card; one that asks, and a second one, leave it', async () => {
    await wecom.sendText('wx-clinician-1', '上转 张某 男 67岁 反复胸闷3天 转县医院 心内科 已知情同意');
    await wecom.sendText('wx-clinician-1', '确认');
    await wecom.waitForTexts('wx-coordinator-1', 1);
    const card = wecom.shown.find((one) => one.to === 'wx-coordinator-1' && one.card)?.card;
    expect(card?.text).toMatch(/^［【转诊 ZZ\d{11}】］\n红池坝镇卫生院 → 县人民医院[\s\S]*（接收）（拒绝）（详情）$/);
    expect(card?.text).not.toContain('胸闷');
    const updates = () => wecom.api.count('/cgi-bin/message/update_template_card');
    // Nothing is done yet while a reason is asked for: the card can still be accepted.
    await wecom.press('wx-coordinator-1', '拒绝');
    const [, asked] = await wecom.waitForTexts('wx-coordinator-1', 2);
    expect(asked).toMatch(/^拒绝 ZZ\d{11} 需要原因。/);
    expect(updates()).toBe(0);
    await wecom.press('wx-coordinator-1', '接收');
    const [, , accepted] = await wecom.waitForTexts('wx-coordinator-1', 3);
    expect(accepted).toMatch(/^［已接收待安排：【转诊 ZZ\d{11}】］\n红池坝镇卫生院 → [\s\S]*（详情）$/);
    expect(accepted).not.toContain('胸闷');
    expect(updates()).toBe(1);
    const told = () =>
      wecom.seenBy('wx-clinician-1').filter((text) => text.includes('待安排') || text.includes('已接收'));
    const before = (await wecom.waitForTexts('wx-clinician-1', 3)).length;
    // The phone still shows the old card to who has it open.
    await wecom.press('wx-coordinator-1', '接收', { card, createTime: Math.floor(Date.now() / 1000) + 2 });
    const again = (await wecom.waitForTexts('wx-coordinator-1', 4))[3];
    expect(again).toMatch(/^这个按钮对应的状态已经变化，没有重复操作。/);
    expect(updates()).toBe(1);
    expect([told().length, wecom.seenBy('wx-clinician-1').length]).toEqual([1, before]);
  });
});
