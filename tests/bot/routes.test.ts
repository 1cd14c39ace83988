import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConnections } from '../../bot/connections.ts';
import { QUIET_HOURS, quietUntil } from '../../bot/outbox/quiet-hours.ts';
import { reachableStaff } from '../../bot/outbox/routes.ts';
import { say, tell } from '../../handlers/message.ts';
import { databaseKinds } from '../support/databases.ts';
import { closeParts, letterbox, messageFrom, openParts, type Parts, refusal, settle, until } from './parts.ts';

const AT = '2026-11-21T02:00:00.000Z';

/** A nurse with accounts on two platforms, and a group on the second. */
async function people(parts: Parts): Promise<void> {
  await parts.database.write(async (trx) => {
    await trx('regions').insert({ id: 'r', name: '云岭县', short_name: '云岭', level: 'county', created_at: AT });
    await trx('institutions').insert({
      id: 'i',
      name: '云岭县医院',
      short_name: '县医院',
      kind: 'hospital',
      region_id: 'r',
    });
    await trx('staff').insert({ id: 's', name: '演示-赵', institution_id: 'i', created_at: AT });
    const account = (id: string, channel: string, priority: number) => ({
      id,
      staff_id: 's',
      channel,
      tenant: 'corp-1',
      platform_user_id: 'Zhao',
      platform_user_key: 'zhao',
      priority,
      created_at: AT,
    });
    await trx('accounts').insert([account('a1', 'first', 10), account('a2', 'second', 20)]);
    await trx('groups').insert({
      id: 'g',
      channel: 'first',
      tenant: 'corp-1',
      platform_conversation_id: 'chat-1',
      title: '转诊群',
      region_id: 'r',
    });
  });
}

describe.each(databaseKinds())('ways to people on %s', (kind) => {
  let parts: Parts;
  beforeEach(async () => {
    parts = await openParts(kind);
    await people(parts);
  });
  afterEach(() => parts.drop());
  afterAll(() => closeParts());

  it('go on to the next account when a platform says that nobody is there, and come back with the next message', async () => {
    const first = letterbox({ name: 'first', before: () => Promise.reject(refusal('unreachable', false)) });
    const second = letterbox({ name: 'second' });
    const node = parts.node({ channels: [first, second] });
    await node.committer.commit({
      kind: 'notice',
      decision: { replies: [tell({ staff: 's' }, '一'), tell({ staff: 's' }, '二')] },
    });
    await node.outbox.flush();
    expect(second.letters.map((letter) => letter.part)).toEqual(['一', '二']);
    expect(node.dead).toEqual([]);
    const marked = () => parts.database.reader('accounts').whereNotNull('unreachable_since').pluck('id');
    expect(await marked()).toEqual(['a1']);

    // Not tried first any more.
    await node.committer.commit({ kind: 'notice', decision: { replies: [tell({ staff: 's' }, '三')] } });
    await node.outbox.flush();
    expect(await parts.database.reader('deliveries').where({ channel: 'first' }).count('* as n').first()).toMatchObject(
      kind === 'pg' ? { n: '2' } : { n: 2 },
    );

    const message = { ...messageFrom('ZHAO', '在吗'), channel: 'first' };
    const { handled } = await node.dispatcher.take(message);
    await handled;
    expect(await marked()).toEqual([]);
  });

  it('end with the operators when no account is left', async () => {
    const nobody = () => Promise.reject(refusal('unreachable', false));
    const node = parts.node({
      channels: [letterbox({ name: 'first', before: nobody }), letterbox({ name: 'second', before: nobody })],
    });
    await node.committer.commit({ kind: 'notice', decision: { replies: [tell({ staff: 's' }, '一')] } });
    await node.outbox.flush();
    await node.outbox.flush();
    expect(node.dead.map(({ channel, reason }) => [channel, reason])).toEqual([['second', 'unreachable']]);
  });

  it('that do not exist are said so at once, to the operators and to who asks', async () => {
    const mute = letterbox({ name: 'first', more: { directAddress: () => undefined } });
    const node = parts.node({ channels: [mute] });
    expect(await reachableStaff(['s', 'nobody'], { db: parts.database.reader, channels: [mute] })).toEqual(new Set());
    expect(
      await reachableStaff(['s', 'nobody'], { db: parts.database.reader, channels: [letterbox({ name: 'first' })] }),
    ).toEqual(new Set(['s']));
    await node.committer.commit({ kind: 'notice', decision: { replies: [tell({ staff: 's' }, '一')] } });
    expect(node.dead.map(({ channel, reason }) => [channel, reason])).toEqual([['none', 'no-way']]);
    expect(await parts.database.reader('deliveries').first('state', 'reason', 'channel')).toEqual({
      state: 'dead',
      reason: 'no-way',
      channel: 'none',
    });
  });

  it('of a confidential reply never lead over a de-identified channel', async () => {
    const first = letterbox({ name: 'first', before: () => Promise.reject(refusal('unreachable', false)) });
    const second = letterbox({ name: 'second', more: { deidentified: true } });
    const node = parts.node({ channels: [first, second] });
    const reply = { ...tell({ staff: 's' }, '患者'), confidential: true };
    await node.committer.commit({ kind: 'notice', decision: { replies: [reply] } });
    await node.outbox.flush();
    expect([second.letters, node.dead.length]).toEqual([[], 1]);
  });

  it('into a group lead over its robot where the bot itself cannot push, and a gone group is remembered', async () => {
    const first = letterbox({ name: 'first', more: { groupAddress: () => undefined } });
    const robot = letterbox({ name: 'robot', more: { groupAddress: (id) => ({ robot: id }) } });
    const node = parts.node({ channels: [first, robot] });
    const push = () => node.committer.commit({ kind: 'notice', decision: { replies: [tell({ group: 'g' }, '通知')] } });
    await push();
    await node.outbox.flush();
    expect(robot.letters).toEqual([]);
    await parts.database.write((trx) =>
      trx('group_robots').insert({
        id: 'rb',
        group_id: 'g',
        channel: 'robot',
        address_sealed: 'x',
        address_fingerprint: 'y',
        created_at: AT,
      }),
    );
    await push();
    await node.outbox.flush();
    expect(robot.letters.map((letter) => letter.part)).toEqual(['通知']);

    const gone = letterbox({ name: 'first', before: () => Promise.reject(refusal('unreachable', false)) });
    const other = parts.node({ channels: [gone] });
    await other.committer.commit({ kind: 'notice', decision: { replies: [tell({ group: 'g' }, '再通知')] } });
    await other.outbox.flush();
    expect(await parts.database.reader('groups').whereNotNull('unreachable_since').pluck('id')).toEqual(['g']);
  });

  it('wait for the frequency of the platform, lose nothing and count no failure', async () => {
    const slow = letterbox({ name: 'first', more: { paceOf: () => [{ count: 2, withinMs: 60_000 }] } });
    const nodes = [parts.node({ channels: [slow] }), parts.node({ channels: [slow] })];
    const replies = ['一', '二', '三', '四', '五'].map((text) => tell({ staff: 's' }, text));
    await nodes[0]?.committer.commit({ kind: 'notice', decision: { replies } });
    for (const node of nodes) await node.outbox.flush();
    expect(slow.letters.length).toBe(2);
    const [waiting] = await parts.database.reader('deliveries').where({ state: 'pending' }).orderBy('n');
    expect(waiting).toMatchObject({ attempts: 0, reason: 'rate-limited' });
    for (let minute = 0; minute < 4; minute += 1) {
      parts.clock.set(new Date(parts.clock.now().getTime() + 65_000));
      for (const node of nodes) await node.outbox.flush();
    }
    expect(slow.letters.map((letter) => letter.part)).toEqual(['一', '二', '三', '四', '五']);
  });

  it('are taken only by a process that can send', async () => {
    let connected = false;
    const socket = letterbox({ name: 'first', more: { canSend: () => connected } });
    const node = parts.node({ channels: [socket] });
    await node.committer.commit({ kind: 'notice', decision: { replies: [tell({ staff: 's' }, '一')] } });
    await node.outbox.flush();
    expect(socket.letters).toEqual([]);
    connected = true;
    await node.outbox.flush();
    expect(socket.letters.map((letter) => letter.part)).toEqual(['一']);
  });

  it('know which message they answer, so that its own way can be used', async () => {
    const seen: unknown[] = [];
    const channel = letterbox({
      name: 'first',
      more: { send: async (_address, part, _key, answering) => void seen.push([part, answering?.replyHandle]) },
    });
    const node = parts.node({ channels: [channel] });
    const message = { ...messageFrom('Zhao', '问'), channel: 'first', replyHandle: { url: 'once' } };
    await settle(node, message, { replies: [say('答'), tell({ staff: 's' }, '另')] }, new Date());
    await node.outbox.flush();
    expect(seen).toEqual([
      ['答', { url: 'once' }],
      ['另', undefined],
    ]);
  });

  it('hold a platform’s only connection in one process, and hand it over', async () => {
    const log: string[] = [];
    const opened = (name: string) => {
      const channel = letterbox({
        name: 'socket',
        more: {
          connection: 'exclusive',
          start: async () => void log.push(`${name} opens`),
          stop: async () => void log.push(`${name} closes`),
        },
      });
      const node = parts.node({ channels: [channel] });
      return openConnections({
        channels: [channel],
        inbox: node.inbox,
        dispatcher: node.dispatcher,
        outbox: node.outbox,
        log: node.log,
      });
    };
    const closeOne = await opened('one');
    await until(() => log.includes('one opens'), 'the first connection');
    const closeOther = await opened('other');
    await new Promise((done) => setTimeout(done, 50));
    expect(log).toEqual(['one opens']);
    await closeOne();
    await until(() => log.includes('other opens'), 'the second process', 8_000);
    expect(log).toEqual(['one opens', 'one closes', 'other opens']);
    await closeOther();
    expect(log.at(-1)).toBe('other closes');
  });
});

describe('quiet hours', () => {
  it.each([
    ['2026-11-21T20:59:00+08:00', '2026-11-21T20:59:00+08:00'],
    ['2026-11-21T21:00:00+08:00', '2026-11-22T07:30:00+08:00'],
    ['2026-11-22T03:10:00+08:00', '2026-11-22T07:30:00+08:00'],
    ['2026-11-22T07:30:00+08:00', '2026-11-22T07:30:00+08:00'],
  ])('put %s at %s', (at, until) => {
    expect(quietUntil(new Date(at), QUIET_HOURS)).toEqual(new Date(until));
  });

  it('may lie within a day', () => {
    expect(quietUntil(new Date('2026-11-21T13:00:00+08:00'), { from: '12:00', until: '14:00' })).toEqual(
      new Date('2026-11-21T14:00:00+08:00'),
    );
  });
});
