/** Ways out of the DingTalk channel: sessions and what replaces them, cards, pictures, files; and files coming in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../../../bot/channels/channel.ts';
import type { DingtalkConfig } from '../../../../bot/channels/dingtalk/config.ts';
import { createDingtalkChannel } from '../../../../bot/channels/dingtalk/index.ts';
import { createDingtalkRobotChannel } from '../../../../bot/channels/dingtalk-robot/index.ts';
import { securityReason } from '../../../../bot/channels/dingtalk-robot/send.ts';
import type { Block, IncomingMessage } from '../../../../handlers/message.ts';
import { dingtalkConfigFor } from '../../../contract/dingtalk-rig.ts';
import {
  type DingtalkSimulator,
  type SayOptions,
  SIMULATED_DING,
  startDingtalkSimulator,
} from '../../../simulators/dingtalk.ts';

const GROUP = 'cidGroup==';
let ding: DingtalkSimulator;
const logged: unknown[] = [];
const keep = (...line: unknown[]) => void logged.push(line);

beforeEach(async () => {
  ding = await startDingtalkSimulator({ members: ['042297'] });
  logged.length = 0;
});
afterEach(() => ding.close());

function open(change: Partial<DingtalkConfig> = {}, at?: () => Date): Channel {
  return createDingtalkChannel(dingtalkConfigFor(ding.base, change), {
    clock: { now: at ?? (() => new Date()) },
    log: { debug: keep, info: keep, warn: keep, error: keep },
    timeoutMs: 500,
  });
}

/** A message as the channel reads it. */
function heard(channel: Channel, user: string, how: SayOptions = {}): IncomingMessage {
  const { headers, body } = ding.sign(ding.body(user, '帮助', how));
  const request = { method: 'POST', path: '/channels/dingtalk', query: {}, headers, body: Buffer.from(body) };
  const received = channel.receive?.(request, new Date());
  if (received?.kind !== 'message') throw new Error('no message');
  return received.message;
}

async function answer(channel: Channel, message: IncomingMessage, blocks: readonly Block[], key = 'd1'): Promise<void> {
  const address = channel.replyAddress(message);
  if (!address) throw new Error('no way');
  for (const [at, part] of channel.render(blocks, message).entries()) {
    await channel.send(address, part, `${key}-${at}`, message);
  }
}

const WORDS: readonly Block[] = [{ type: 'text', text: '暂无待办' }];
const CARD = { templateId: SIMULATED_DING.cardTemplate, callbackUrl: undefined, routeKey: 'r', secret: 's3cret' };
const BUTTONS: Block = { type: 'buttons', items: [{ id: 'x.yes', label: '接收', value: 'ZZ1', version: 1 }] };

describe('an answer', () => {
  it('goes into the session of its message, in a group with a notice to who asked', async () => {
    const channel = open();
    await answer(channel, heard(channel, '042297'), WORDS);
    await answer(
      channel,
      heard(channel, '042297', { group: GROUP }),
      [{ type: 'quote', text: '原文', source: '出处' }],
      'd2',
    );
    expect(ding.shown.map(({ place, way, notified }) => ({ place, way, notified }))).toEqual([
      { place: { user: '042297' }, way: 'session', notified: [] },
      { place: { group: GROUP }, way: 'session', notified: ['042297'] },
    ]);
    expect(ding.api.count('/v1.0/oauth2/accessToken')).toBe(0); // a session needs no token
  });

  it('is shown once by a session when the first answer of the platform was lost', async () => {
    const channel = open();
    const message = heard(channel, '042297');
    ding.api.faults.push({ kind: 'lost' });
    await expect(answer(channel, message, WORDS)).rejects.toMatchObject({ retryable: true });
    await answer(channel, message, WORDS);
    await answer(channel, message, WORDS, 'd2');
    expect(ding.seenBy('042297')).toEqual(['暂无待办', '暂无待办']);
  });

  it('goes by the open API when the session is over, by its field or by the platform’s word', async () => {
    const late = open({}, () => new Date(Date.now() + 90 * 60_000));
    await answer(late, heard(late, '042297'), WORDS);
    const channel = open();
    const message = heard(channel, '042297', { group: GROUP });
    ding.api.endSessions();
    await answer(channel, message, WORDS);
    expect(ding.shown.map(({ place, way }) => ({ place, way }))).toEqual([
      { place: { user: '042297' }, way: 'push' },
      { place: { group: GROUP }, way: 'push' },
    ]);
  });

  it('reaches a stranger by the session only', async () => {
    const channel = open();
    const message = heard(channel, 'visitor', { external: true });
    await answer(channel, message, WORDS);
    expect(ding.seenBy('visitor')).toEqual(['暂无待办']);
    ding.api.endSessions();
    await expect(answer(channel, message, WORDS, 'd2')).rejects.toMatchObject({ reason: 'unreachable' });
    expect(channel.directAddress(message.sender.platformUserId)).toBeUndefined();
  });

  it('never goes to an address that the body made up', async () => {
    const channel = open();
    for (const sessionWebhook of [
      'https://evil.example.com/robot/sendBySession?session=x',
      `${ding.base}/robot/send?access_token=x`,
      `${ding.base.replace('//', '//user@')}/robot/sendBySession?session=x`,
      'not an address',
    ]) {
      const message = heard(channel, '042297', { change: { sessionWebhook } });
      expect(message.replyHandle).toBeUndefined();
      await answer(channel, message, WORDS, sessionWebhook);
    }
    expect(ding.shown.every((one) => one.way === 'push')).toBe(true);
    expect(ding.api.count('/robot/send')).toBe(0);
  });
});

describe('a push', () => {
  it('tells who left the organisation from who is only slow', async () => {
    const channel = open();
    const [part = ''] = channel.render(WORDS);
    await expect(channel.send({ user: 'gone' }, part, 'k')).rejects.toMatchObject({ reason: 'unreachable' });
    ding.api.faults.push({ kind: 'json', body: { flowControlledStaffIdList: ['042297'] } });
    await expect(channel.send({ user: '042297' }, part, 'k')).rejects.toMatchObject({ reason: 'rate-limited' });
  });

  it('counts against the limit of the app, an answer in a session does not', () => {
    const channel = open();
    expect(channel.paceOf?.({ user: '042297' })).toEqual([{ count: 20, withinMs: 1_000, shared: 'api' }]);
    expect(channel.paceOf?.({ user: '042297' }, heard(channel, '042297'))).toEqual([]);
  });

  it('uploads pictures and files with one token, also an ended one', async () => {
    const channel = open();
    const base64 = Buffer.from('picture').toString('base64');
    const [image = '', file = ''] = channel.render([
      { type: 'image', name: '图.png', alt: '图', base64 },
      { type: 'file', name: '报表.xlsx', base64 },
    ]);
    await channel.send({ user: '042297' }, image, 'k1');
    ding.api.revokeToken();
    await channel.send({ group: GROUP }, file, 'k2');
    expect(ding.seenBy('042297')).toEqual(['[图片 图.png]']);
    expect(ding.seenBy(GROUP)).toEqual(['[文件 报表.xlsx]']);
    expect([...ding.api.media.values()].map(({ type, name }) => [type, name])).toEqual([
      ['image', '图.png'],
      ['file', '报表.xlsx'],
    ]);
  });
});

describe('a card', () => {
  it('is made once however often it is tried, and changed in its place for everybody', async () => {
    const channel = open({ card: CARD });
    const [part = ''] = channel.render([{ type: 'text', text: '待接收' }, BUTTONS]);
    ding.api.faults.push({ kind: 'lost' });
    ding.api.tokenFaults.length = 0;
    await expect(channel.send({ group: GROUP }, part, 'd9-0')).rejects.toMatchObject({ retryable: true });
    await channel.send({ group: GROUP }, part, 'd9-0');
    const id = `d9-0.${GROUP}`;
    expect([...ding.api.cards.keys()]).toEqual([id]);
    const pressed: IncomingMessage = {
      ...heard(channel, '042297', { group: GROUP }),
      action: { id: 'x.yes', value: 'ZZ1', version: 1 },
      replyHandle: { card: id },
    };
    await answer(channel, pressed, [{ type: 'text', text: '已接收' }], 'd10');
    expect(ding.seenBy(GROUP)).toEqual(['待接收\n[接收]', '已接收']);
    expect(ding.api.cards.get(id)?.updates).toBe(1);
  });

  it('is made anew when the pressed one is gone', async () => {
    const channel = open({ card: CARD });
    const pressed: IncomingMessage = {
      ...heard(channel, '042297'),
      action: { id: 'x.yes', value: 'ZZ1', version: 1 },
      replyHandle: { card: 'long-gone' },
    };
    await answer(channel, pressed, [{ type: 'text', text: '已接收' }], 'd11');
    expect([...ding.api.cards.keys()]).toEqual(['d11-0']);
  });

  it.each([
    ['a template that is not published', () => ding.api.publishedTemplates.clear(), 'param.templateNotExist'],
    [
      'a missing permission',
      () => ding.api.permissions.delete('Card.Instance.Write'),
      'Forbidden.AccessDenied.AccessTokenPermissionDenied',
    ],
  ])('gives way to words for %s, and says so once to the operator', async (_, spoil, code) => {
    const channel = open({ card: CARD });
    spoil();
    for (const key of ['d1', 'd2']) await answer(channel, heard(channel, '042297'), [...WORDS, BUTTONS], key);
    expect(ding.seenBy('042297')).toEqual(['暂无待办\n接收', '暂无待办\n接收']);
    expect(logged.filter((line) => JSON.stringify(line).includes(code)).length).toBe(1);
  });

  it('that is not delivered to anybody is unreachable', async () => {
    const channel = open({ card: CARD });
    const [part = ''] = channel.render([...WORDS, BUTTONS]);
    await expect(channel.send({ user: 'gone' }, part, 'd1-0')).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('in HTTP mode has its address registered, and its press signed', async () => {
    const callbackUrl = 'http://127.0.0.1:9/channels/dingtalk';
    const channel = open({ card: { ...CARD, callbackUrl, routeKey: 'route' } });
    await channel.start?.(async () => undefined);
    expect(ding.api.routes.get('route')).toEqual({ url: callbackUrl, secret: CARD.secret });
    await answer(channel, heard(channel, '042297'), [...WORDS, BUTTONS]);
    expect(ding.api.cards.get('d1-0')).toMatchObject({ callbackType: 'HTTP', routeKey: 'route' });
  });
});

describe('a file that came with a message', () => {
  it('is fetched by its code, without credentials for the file host', async () => {
    ding.api.files.set('dc1', Buffer.from('内容'));
    const channel = open();
    const file = { name: '方案.pdf', kind: 'file', mediaId: 'dc1' } as const;
    const fetched = await channel.download?.(file, 1_000);
    expect(fetched?.bytes.toString()).toBe('内容');
    await expect(channel.download?.(file, 3)).rejects.toMatchObject({ platformCode: 'too-large' });
    await expect(channel.download?.({ ...file, mediaId: 'dc9' }, 1_000)).rejects.toMatchObject({ reason: 'rejected' });
  });

  it.each(['https://evil.example.com/x', 'http://static.dingtalk.com/x', 'https://127.0.0.1.dingtalk.com.evil.cn/x'])(
    'is not fetched from %s',
    async (downloadUrl) => {
      const channel = open();
      ding.api.faults.push({ kind: 'json', body: { downloadUrl } });
      await expect(channel.download?.({ name: 'x', kind: 'file', mediaId: 'dc1' }, 10)).rejects.toMatchObject({
        platformCode: 'file of another host',
      });
    },
  );
});

describe('a custom robot', () => {
  const robotOf = (address: unknown, at?: () => Date) =>
    createDingtalkRobotChannel(
      { clientId: 'ding1', oapiBase: ding.base },
      { clock: { now: at ?? (() => new Date()) }, robots: { find: async () => address as never }, timeoutMs: 500 },
    );
  const send = (channel: Channel, key = 'k') => channel.send({ robot: 'r1' }, channel.render(WORDS)[0] ?? '', key);

  it('signs where it has a secret, and is found by its whole address too', async () => {
    ding.api.robots.set('token1', { group: GROUP, secret: 'SEC1' });
    await send(robotOf({ accessToken: 'token1', secret: 'SEC1' }));
    await send(robotOf({ url: `${ding.base}/robot/send?access_token=token1`, secret: 'SEC1' }), 'k2');
    expect(ding.seenBy(GROUP)).toEqual(['暂无待办', '暂无待办']);
    await expect(send(robotOf({ url: 'https://evil.example.com/robot/send?access_token=t' }))).rejects.toMatchObject({
      platformCode: 'robot of another host',
    });
  });

  it('that was switched off reaches nobody', async () => {
    await expect(send(robotOf(undefined))).rejects.toMatchObject({ reason: 'unreachable', platformCode: 'robot gone' });
  });

  it('says in the log which security setting refused it', async () => {
    ding.api.robots.set('token1', { group: GROUP, secret: 'SEC1' });
    ding.api.robots.set('token2', { group: GROUP, keyword: '医共体' });
    await expect(send(robotOf({ accessToken: 'token1', secret: 'SEC2' }))).rejects.toThrow('310000 signature wrong');
    await expect(send(robotOf({ accessToken: 'token2' }))).rejects.toThrow('310000 keyword missing');
    const late = () => new Date(Date.now() + 3_700_000);
    await expect(send(robotOf({ accessToken: 'token1', secret: 'SEC1' }, late))).rejects.toThrow('310000 time wrong');
    expect(securityReason('ip 1.2.3.4 not in whitelist')).toContain('address not allowed');
  });

  it('waits ten minutes when it was too fast', async () => {
    ding.api.robots.set('token1', { group: GROUP });
    const channel = robotOf({ accessToken: 'token1' });
    for (let at = 0; at < 20; at += 1) await send(channel, `k${at}`);
    await expect(send(channel, 'k20')).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 600_000 });
    expect(channel.paceOf?.({ robot: 'r1' })).toEqual([{ count: 20, withinMs: 60_000 }]);
  });
});
