/** The stream connection against the platform's stand-in: acknowledged only when recorded, replaced before it is gone. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Deliver } from '../../../../bot/channels/channel.ts';
import { createDingtalkChannel } from '../../../../bot/channels/dingtalk/index.ts';
import type { IncomingMessage } from '../../../../handlers/message.ts';
import { dingtalkConfigFor } from '../../../contract/dingtalk-rig.ts';
import { type DingtalkSimulator, startDingtalkSimulator } from '../../../simulators/dingtalk.ts';

const TOPIC = '/v1.0/im/bot/messages/get';
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function connected(
  options: { readonly deliver?: Deliver; readonly wait?: boolean; readonly beatMs?: number } = {},
) {
  const ding = await startDingtalkSimulator({ mode: 'stream' });
  closers.push(() => ding.close());
  const taken: IncomingMessage[] = [];
  const logged: unknown[] = [];
  const keep = (...line: unknown[]) => void logged.push(line);
  const channel = createDingtalkChannel(dingtalkConfigFor(ding.base, { mode: 'stream' }), {
    clock: { now: () => new Date() },
    log: { debug: keep, info: keep, warn: keep, error: keep },
    timeoutMs: 500,
    firstRetryMs: 20,
    beatMs: options.beatMs,
  });
  closers.push(async () => channel.stop?.());
  const deliver: Deliver = options.deliver ?? (async ({ message }) => void taken.push(message));
  const start = () => channel.start?.(deliver);
  if (options.wait !== false) {
    await start();
    await ding.stream.waitForConnections(1);
  }
  return { ding, channel, taken, logged, start };
}

const push = (ding: DingtalkSimulator, text: string) => ding.stream.push('CALLBACK', TOPIC, ding.body('042297', text));

async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!done()) {
    if (performance.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a stream', () => {
  it('asks for robot messages, presses and events, and takes no callbacks over HTTP', async () => {
    const { ding, channel } = await connected();
    expect(ding.stream.opened[0]?.subscriptions).toEqual([
      { type: 'EVENT', topic: '*' },
      { type: 'CALLBACK', topic: TOPIC },
      { type: 'CALLBACK', topic: '/v1.0/card/instances/callback' },
    ]);
    expect([channel.callbackPath, channel.receive]).toEqual([undefined, undefined]);
  });

  it('acknowledges a message when it is recorded, with the id of its frame', async () => {
    let record: () => void = () => undefined;
    const recorded = new Promise<void>((resolve) => {
      record = resolve;
    });
    const { ding } = await connected({ deliver: () => recorded });
    const answer = push(ding, '帮助');
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve('nothing yet'), 60))])).toBe(
      'nothing yet',
    );
    record();
    expect(await answer).toMatchObject({ code: 200, data: '{"response":null}' });
  });

  it('does not acknowledge what could not be recorded, and goes on', async () => {
    let away = true;
    const { ding, logged } = await connected({
      deliver: async () => {
        if (away) throw Object.assign(new Error('张三的病情'), { code: 'SQLITE_BUSY' });
      },
    });
    void push(ding, '帮助');
    await until(() => JSON.stringify(logged).includes('stream.unrecorded'));
    expect(ding.stream.acks).toEqual([]);
    expect(JSON.stringify(logged)).not.toContain('张三');
    away = false;
    expect(await push(ding, '帮助')).toMatchObject({ code: 200 });
  });

  it('answers pings with their own data', async () => {
    const { ding } = await connected();
    expect(await ding.stream.push('SYSTEM', 'ping', '{"opaque":"95da"}')).toMatchObject({
      code: 200,
      data: '{"opaque":"95da"}',
    });
  });

  it('answers events, unknown topics and garbage without falling over', async () => {
    const { ding, logged, taken } = await connected();
    const event = await ding.stream.push('EVENT', '*', '{}', { eventType: 'chat_disband', eventId: 'e1' });
    expect(event).toMatchObject({ code: 200, data: '{"status":"SUCCESS"}' });
    expect(JSON.stringify(logged)).toContain('event chat_disband');
    expect(await ding.stream.push('CALLBACK', '/v1.0/graph/api/invoke', '{}')).toMatchObject({ code: 404 });
    ding.stream.garbage();
    expect(await ding.stream.push('CALLBACK', TOPIC, '<no json>')).toMatchObject({ code: 200 });
    expect(await ding.stream.push('CALLBACK', '/v1.0/card/instances/callback', '{"x":1}')).toMatchObject({ code: 200 });
    expect(taken).toEqual([]);
    expect(await push(ding, '还在')).toMatchObject({ code: 200 });
    expect(taken.map((message) => message.text)).toEqual(['还在']);
  });

  it('reads a press on a card', async () => {
    const { ding, taken } = await connected();
    const content = { cardPrivateData: { actionIds: ['button1'], params: { press: 'referral.accept|3|ZZ1' } } };
    const press = (outTrackId: string) =>
      ding.stream.push('CALLBACK', '/v1.0/card/instances/callback', {
        outTrackId,
        userId: '042297',
        content: JSON.stringify(content),
      });
    expect(await press('d1-0.cidGroup==')).toMatchObject({ code: 200, data: '{"response":{}}' });
    await press('d2-0');
    expect(taken.map(({ conversation, action, replyHandle }) => ({ conversation, action, replyHandle }))).toEqual([
      {
        conversation: { id: 'cidGroup==', kind: 'group' },
        action: { id: 'referral.accept', value: 'ZZ1', version: 3 },
        replyHandle: { card: 'd1-0.cidGroup==' },
      },
      {
        conversation: { id: '042297', kind: 'direct' },
        action: { id: 'referral.accept', value: 'ZZ1', version: 3 },
        replyHandle: { card: 'd2-0' },
      },
    ]);
  });

  it('opens the next connection as soon as the platform says that it ends one', async () => {
    const { ding, taken } = await connected();
    await ding.stream.sayDisconnect(10_000); // the platform would close it only then
    await ding.stream.waitForConnections(1);
    expect(ding.stream.opened.length).toBe(2);
    expect(await push(ding, '换线之后')).toMatchObject({ code: 200 });
    expect(taken.length).toBe(1);
  });

  it('comes back after a cut, with a fresh ticket, one connection at a time', async () => {
    const { ding } = await connected();
    for (let round = 1; round <= 3; round += 1) {
      ding.stream.drop();
      await until(() => ding.stream.opened.length === 1 + round && ding.stream.connections === 1);
    }
    expect(ding.stream.opened.length).toBe(4);
  });

  it('gives up a connection over which nothing comes, not even a pong', async () => {
    const { ding } = await connected({ beatMs: 40 });
    ding.stream.freeze();
    await until(() => ding.stream.opened.length >= 2);
  });

  it.each([
    ['refused credentials', { status: 401, body: { code: 'authFailed' } }],
    ['a robot that is not in stream mode', { status: 400, body: { code: 'invalidParameter.robotCode.invalid' } }],
    ['a gateway that is away', { status: 502, body: {} }],
    ['an answer that is none', { status: 200, body: { hello: 1 } }],
    ['a blocked address', { status: 200, body: { status: 1111, punish: 'deny' } }],
    ['an endpoint of another host', { status: 200, body: { endpoint: 'wss://evil.example.com/connect', ticket: 't' } }],
    ['an endpoint in plain', { status: 200, body: { endpoint: 'ws://wss.dingtalk.com/connect', ticket: 't' } }],
    ['a ticket nobody knows', { status: 200, body: { endpoint: 'SELF', ticket: 'used' } }],
  ])('keeps trying after %s', async (_, fault) => {
    const { ding, start, logged } = await connected({ wait: false });
    const own = {
      ...fault.body,
      ...('endpoint' in fault.body && fault.body.endpoint === 'SELF'
        ? { endpoint: `${ding.base.replace('http', 'ws')}/connect` }
        : {}),
    };
    ding.stream.gatewayFaults.push({ status: fault.status, body: own });
    await start();
    await ding.stream.waitForConnections(1);
    expect(ding.stream.opened.length).toBe(1);
    expect(JSON.stringify(logged)).not.toContain('simulated-client-secret');
  });

  it('stays closed once it is stopped, also while it waits to come back', async () => {
    const { ding, channel } = await connected();
    ding.stream.drop();
    await channel.stop?.();
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect([ding.stream.connections, ding.stream.opened.length]).toEqual([0, 1]);
  });
});
