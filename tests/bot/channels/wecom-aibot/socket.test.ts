/** Our client of the long connection on the platform's stand-in: silence, refusals, being kicked, lost requests, windows. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channel } from '../../../../bot/channels/channel.ts';
import { createWecomAibotChannel } from '../../../../bot/channels/wecom-aibot/index.ts';
import type { Timing } from '../../../../bot/channels/wecom-aibot/socket.ts';
import type { Block, IncomingMessage } from '../../../../handlers/message.ts';
import { SIMULATED_AIBOT } from '../../../simulators/wecom-aibot.ts';
import { type AibotSocketSimulator, startAibotSocketSimulator } from '../../../simulators/wecom-aibot-socket.ts';

const PERSON = 'ZhangSan';
const GROUP = 'wrGROUP';
const TIMING: Partial<Timing> = {
  pingMs: 25,
  againMs: 5,
  refusedMs: 40,
  kickedMs: 60,
  answerMs: 200,
  patienceMs: 1_000,
};

describe('the long connection', () => {
  let platform: AibotSocketSimulator;
  let ahead = 0;
  const logged: { event?: string }[] = [];
  const channels: Channel[] = [];
  const heard: IncomingMessage[] = [];

  beforeEach(async () => {
    ahead = 0;
    logged.length = 0;
    heard.length = 0;
    platform = await startAibotSocketSimulator({ now });
  });
  afterEach(async () => {
    for (const channel of channels.splice(0)) await channel.stop?.();
    await platform.close();
  });

  function now(): Date {
    return new Date(Date.now() + ahead);
  }

  async function connect(secret: string = SIMULATED_AIBOT.secret): Promise<Channel> {
    const keep = (line: object) => void logged.push(line);
    const channel = createWecomAibotChannel(
      {
        way: 'socket',
        botId: SIMULATED_AIBOT.botId,
        secret,
        wsUrl: platform.wsUrl,
        fileHosts: ['files.example'],
        botName: undefined,
        escapes: true,
      },
      { clock: { now }, log: { debug: keep, info: keep, warn: keep, error: keep }, timing: TIMING },
    );
    channels.push(channel);
    await channel.start?.(async ({ message }) => void heard.push(message));
    return channel;
  }

  async function asked(channel: Channel, say: () => Promise<unknown>): Promise<IncomingMessage> {
    const before = heard.length;
    await say();
    await vi.waitFor(() => expect(heard.length).toBe(before + 1));
    expect(channel.canSend?.()).toBe(true);
    const message = heard[before];
    if (!message) throw new Error('nothing was heard');
    return message;
  }

  async function reply(
    channel: Channel,
    message: IncomingMessage,
    blocks: readonly Block[],
    key = 'd1',
  ): Promise<void> {
    const address = channel.replyAddress(message);
    if (!address) throw new Error('no address');
    for (const [at, part] of channel.render(blocks, message).entries()) {
      await channel.send(address, part, `${key}-${at}`, message);
    }
  }

  const text = (words: string): Block => ({ type: 'text', text: words });
  const seen = (chat: string) => platform.phone.seen(chat).map((bubble) => bubble.text);
  const commands = () => platform.heard.map((frame) => frame.cmd).filter((cmd) => cmd !== 'ping');

  it('sends only while it is subscribed, and hears what comes with the subscription', async () => {
    const channel = await connect();
    expect(channel.canSend?.()).toBe(false);
    const message = await asked(channel, () => platform.say(PERSON, '帮助'));
    await reply(channel, message, [text('好的')]);
    expect(platform.phone.seen(PERSON)).toMatchObject([{ kind: 'stream', text: '好的', open: false }]);
    await channel.stop?.();
    expect(channel.canSend?.()).toBe(false);
  });

  it('pings, and opens again after two without an answer', async () => {
    await connect();
    await platform.until(() => platform.heard.some((frame) => frame.cmd === 'ping'));
    platform.faults.set('ping', [{ kind: 'silent' }, { kind: 'silent' }, { kind: 'silent' }]);
    await platform.until(() => platform.subscriptions() === 2);
    expect(logged.some((line) => line.event === 'wecom-aibot.silent')).toBe(true);
  });

  it.each([853000, 93019, 45009])('waits longer after a refusal with %s, says so, and comes back', async (errcode) => {
    platform.refuseSubscriptions(errcode);
    const channel = await connect();
    await platform.until(() => platform.subscriptions() === 2);
    expect(channel.canSend?.()).toBe(false);
    expect(logged).toContainEqual(expect.objectContaining({ event: 'wecom-aibot.refused', code: String(errcode) }));
    platform.refuseSubscriptions(undefined);
    await platform.until(platform.isSubscribed);
    await vi.waitFor(() => expect(channel.canSend?.()).toBe(true));
  });

  it('stands back when another program takes the bot, then takes it again', async () => {
    const first = await connect();
    await platform.until(platform.isSubscribed);
    const second = await connect();
    await vi.waitFor(() => expect([first.canSend?.(), second.canSend?.()]).toEqual([false, true]));
    expect(logged.some((line) => line.event === 'wecom-aibot.kicked')).toBe(true);
    await second.stop?.();
    await vi.waitFor(() => expect(first.canSend?.()).toBe(true));
  });

  it('answers by a push what was asked over a connection that is gone', async () => {
    const channel = await connect();
    const message = await asked(channel, () => platform.say(PERSON, '帮助'));
    platform.drop();
    await platform.until(() => platform.subscriptions() === 2);
    await vi.waitFor(() => expect(channel.canSend?.()).toBe(true));
    await reply(channel, message, [
      text('好的'),
      { type: 'buttons', items: [{ id: 'help', label: '帮助', value: '' }] },
    ]);
    expect(seen(PERSON)).toEqual(['▣ 好的\n[帮助]']);
    expect(commands().at(-1)).toBe('aibot_send_msg');
  });

  it.each([846605, 846608])('answers by a push when the platform says %s', async (errcode) => {
    const channel = await connect();
    const message = await asked(channel, () => platform.say(PERSON, '帮助'));
    platform.faults.set('aibot_respond_msg', [{ kind: 'errcode', errcode }]);
    await reply(channel, message, [text('好的')]);
    expect(platform.phone.seen(PERSON)).toMatchObject([{ kind: 'markdown', text: '好的' }]);
  });

  it('subscribes again when the platform forgot it, and sends then', async () => {
    const channel = await connect();
    await asked(channel, () => platform.say(PERSON, '帮助'));
    platform.forget();
    await channel.send({ chat: PERSON, kind: 'direct' }, channel.render([text('早上好')])[0] ?? '', 'p-0');
    expect(seen(PERSON)).toEqual(['早上好']);
    expect(platform.subscriptions()).toBe(2);
  });

  it('repeats the last frame of a stream whose answer was lost, and shows it once', async () => {
    const channel = await connect();
    const message = await asked(channel, () => platform.say(PERSON, '帮助'));
    platform.faults.set('aibot_respond_msg', [{ kind: 'lost' }]);
    await expect(reply(channel, message, [text('好的')])).rejects.toMatchObject({ reason: 'timeout', retryable: true });
    await reply(channel, message, [text('好的')]);
    expect(seen(PERSON)).toEqual(['好的']);
  });

  it('keeps the case of ids, tells persons from groups, and leaves cards out of groups it pushes to', async () => {
    const channel = await connect();
    for (const chat of [PERSON, GROUP]) platform.know(chat);
    await platform.until(platform.isSubscribed);
    await vi.waitFor(() => expect(channel.canSend?.()).toBe(true));
    const blocks: Block[] = [text('待接收'), { type: 'buttons', items: [{ id: 'help', label: '接收', value: 'ZZ1' }] }];
    for (const address of [channel.directAddress(PERSON), channel.groupAddress(GROUP)]) {
      for (const part of channel.render(blocks)) await channel.send(address ?? {}, part, `${address?.chat}-0`);
    }
    expect(seen(PERSON)).toEqual(['▣ 待接收\n[接收]']);
    expect(seen(GROUP)).toEqual(['待接收\n\n接收']);
    expect(
      platform.heard.flatMap(({ body }) => (body.chatid === undefined ? [] : [[body.chatid, body.chat_type]])),
    ).toEqual([
      [PERSON, 1],
      [GROUP, 2],
    ]);
    expect(channel.directAddress('a|b')).toBeUndefined();
    expect(channel.groupAddress('有 空格')).toBeUndefined();
  });

  it('answers enter_chat and a pressed card within five seconds, later by a message', async () => {
    const channel = await connect();
    const buttons: Block = { type: 'buttons', items: [{ id: 'x.y', label: '接收', value: '1', version: 1 }] };
    const entered = await asked(channel, () => platform.enterChat(PERSON));
    await reply(channel, entered, [text('您好'), buttons], 'w1');
    const pressed = await asked(channel, () => platform.press(PERSON, '接收'));
    await reply(channel, pressed, [text('已接收'), buttons], 'u1');
    expect(seen(PERSON)).toEqual(['▣ 已接收\n[接收]']);
    const late = await asked(channel, () => platform.press(PERSON, '接收'));
    ahead += 6_000;
    await reply(channel, late, [text('已过期'), buttons], 'u2');
    expect(seen(PERSON)).toEqual(['▣ 已接收\n[接收]', '已过期\n接收']);
    expect(commands().filter((cmd) => cmd !== 'aibot_subscribe')).toEqual([
      'aibot_respond_welcome_msg',
      'aibot_respond_update_msg',
      'aibot_send_msg',
    ]);
  });

  it('uploads pictures and files in chunks, in their place among the words', async () => {
    const channel = await connect();
    const message = await asked(channel, () => platform.say(PERSON, '汇总'));
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(1_100_000, 5)]);
    await reply(channel, message, [
      text('今日汇总'),
      { type: 'image', name: '汇总.png', alt: '指标图', base64: png.toString('base64') },
      { type: 'file', name: '汇总.xlsx', base64: Buffer.alloc(600_000, 6).toString('base64') },
      text('请查收'),
      { type: 'file', name: '空.txt', base64: '' },
    ]);
    expect(seen(PERSON)).toEqual(['今日汇总', '〔图 汇总.png〕', '〔文件 汇总.xlsx〕', '请查收\n〔文件：空.txt〕']);
    expect(commands().filter((cmd) => cmd === 'aibot_upload_media_chunk')).toHaveLength(5);
  });

  it('leaves unknown frames alone and survives what is no JSON', async () => {
    const channel = await connect();
    await platform.raw('not json');
    await platform.raw({ cmd: 'ww_ai_robot_enter_event', headers: { req_id: 'x' }, body: {} });
    await platform.raw({
      cmd: 'aibot_event_callback',
      headers: { req_id: 'y' },
      body: { msgid: '1', msgtype: 'event', from: { userid: 'a' }, event: { eventtype: 'enter_check_update' } },
    });
    await platform.raw({ cmd: 'aibot_msg_callback', headers: { req_id: 'z' }, body: 7 });
    const message = await asked(channel, () => platform.say(PERSON, '帮助'));
    expect(message.text).toBe('帮助');
    expect(platform.subscriptions()).toBe(1);
  });
});
