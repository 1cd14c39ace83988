/** What waits, hangs or has another way to go takes nothing from others, and says nothing where it must not. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveGroup } from '../../bot/group-moves.ts';
import { type Reply, say, tell } from '../../handlers/message.ts';
import { databaseKinds } from '../support/databases.ts';
import {
  closeParts,
  type Letterbox,
  letterbox,
  messageFrom,
  type Node,
  openParts,
  type Parts,
  refusal,
  settle,
  until,
} from './parts.ts';

const AT = '2026-11-21T02:00:00.000Z';
const words = (box: Letterbox) => box.letters.map((letter) => letter.part);

/** A nurse with accounts on two platforms, and a group on the first. */
async function people({ database }: Parts): Promise<void> {
  await database.write(async (trx) => {
    await trx('regions').insert({ id: 'r', name: '云岭县', short_name: '云岭', level: 'county', created_at: AT });
    const hospital = { id: 'i', name: '云岭县医院', short_name: '县医院', kind: 'hospital', region_id: 'r' };
    await trx('institutions').insert(hospital);
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

describe.each(databaseKinds())('deliveries beside each other on %s', (kind) => {
  let parts: Parts;
  beforeEach(async () => {
    parts = await openParts(kind);
    await people(parts);
  });
  afterEach(() => parts.drop());
  afterAll(closeParts);

  const later = (ms: number) => parts.clock.set(new Date(parts.clock.now().getTime() + ms));
  const asks = (node: Node, person: string, channel: string, text: string) =>
    settle(node, { ...messageFrom(person, '问'), channel }, { replies: [say(text)] }, parts.clock.now());
  const push = (node: Node, ...replies: Reply[]) => node.committer.commit({ kind: 'notice', decision: { replies } });
  const slotSays = async (node: Node, slotId: string, reply: Reply) => {
    await parts.database.write((trx) =>
      trx('scheduled_slots').insert({
        id: slotId,
        job: slotId,
        due_at: AT,
        data: '{}',
        state: 'pending',
        created_at: AT,
      }),
    );
    await node.committer.commit({ kind: 'slot', slotId, decision: { replies: [reply] } });
  };

  it('let answers and urgent words pass at night while a push waits for the morning', async () => {
    const first = letterbox({ name: 'first' });
    const node = parts.node({ channels: [first] });
    parts.clock.set('2026-11-21T22:00:00+08:00');
    await slotSays(node, 'digest', tell({ staff: 's' }, '日报'));
    await asks(node, 'Zhao', 'first', '答');
    await slotSays(node, 'alarm', { ...tell({ staff: 's' }, '急'), urgent: true });
    await node.outbox.flush();
    expect(words(first)).toEqual(['答', '急']);
    parts.clock.set('2026-11-22T07:29:59+08:00');
    await node.outbox.flush();
    expect(words(first)).toHaveLength(2);
    parts.clock.set('2026-11-22T07:30:00+08:00');
    await asks(node, 'Zhao', 'first', '早');
    await node.outbox.flush();
    expect(words(first)).toEqual(['答', '急', '日报', '早']);
  });

  it('of one platform that hangs leave the others their way', async () => {
    let open = () => {};
    const silence = new Promise<void>((done) => {
      open = done;
    });
    const hung = letterbox({ name: 'first', before: () => silence });
    const well = letterbox({ name: 'second' });
    const node = parts.node({ channels: [hung, well] });
    for (let at = 0; at < 70; at += 1) await asks(node, `p${at}`, 'first', '等');
    node.outbox.start();
    const claimed = () => parts.database.reader('deliveries').whereNotNull('owner').pluck('id');
    await until(async () => (await claimed()).length === 64, 'all of its room to be taken');
    await asks(node, 'b', 'second', '答');
    node.outbox.nudge();
    await until(() => well.letters.length === 1, 'the other platform', 3_000);
    expect(hung.letters).toEqual([]);
    open();
    await until(() => hung.letters.length === 70, 'the rest');
  });

  it('that wait for what all share use up nothing of their own', async () => {
    const limits = [
      { count: 2, withinMs: 3_600_000 },
      { count: 1, withinMs: 10_000, shared: 'all' },
    ];
    const first = letterbox({ name: 'first', more: { paceOf: () => limits } });
    const node = parts.node({ channels: [first] });
    for (const person of ['a', 'b', 'c', 'd', 'e', 'f']) await asks(node, person, 'first', person);
    for (let round = 0; round < 8; round += 1) {
      await node.outbox.flush();
      later(11_000);
    }
    expect(words(first)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('to who has left are not sent, on no way, and operators are not called', async () => {
    let away = true;
    const before = () => {
      if (away) throw refusal('server', true);
    };
    const [first, second] = [letterbox({ name: 'first', before }), letterbox({ name: 'second', before })];
    const node = parts.node({ channels: [first, second] });
    await push(node, tell({ staff: 's' }, '一'), tell({ group: 'g' }, '群'));
    await node.outbox.flush();
    away = false;
    await parts.database.write((trx) => trx('staff').where({ id: 's' }).update({ status: 'left' }));
    later(60_000);
    await node.outbox.flush();
    expect([words(first), words(second), node.dead]).toEqual([['群'], [], []]);
    expect(await parts.database.reader('deliveries').where({ reason: 'left' }).pluck('state')).toEqual(['dead']);
  });

  it('that were meant for another way show no patient abroad, and an answer never goes there', async () => {
    const gone = () => Promise.reject(refusal('unreachable', false));
    const abroad = letterbox({ name: 'second', more: { deidentified: true } });
    const node = parts.node({ channels: [letterbox({ name: 'first', before: gone }), abroad] });
    await push(node, tell({ staff: 's' }, '患者电话13912345678'), tell({ staff: 's' }, '日报已出'));
    await node.outbox.flush();
    expect(abroad.letters).toHaveLength(2);
    expect(abroad.letters[0]?.part).toContain('这个平台不显示');
    expect(abroad.letters[1]?.part).toBe('日报已出');

    const message = { ...messageFrom('Zhao', '问'), channel: 'first' };
    const { inboxId } = await node.inbox.accept(message, parts.clock.now());
    await node.committer.commit({
      kind: 'message',
      inboxId,
      message,
      actor: { id: 's' } as Parameters<typeof node.committer.commit>[0] extends { actor: infer A } ? A : never,
      decision: { replies: [say('病情说明')] },
      passive: undefined,
      last: () => true,
    });
    await node.outbox.flush();
    expect(abroad.letters).toHaveLength(2);
    expect(node.dead).toHaveLength(1);
  });

  it('that only a request could carry go to the person’s next account when it never finished', async () => {
    const deaf = letterbox({ name: 'first', more: { replyAddress: () => undefined } });
    const second = letterbox({ name: 'second' });
    const node = parts.node({ channels: [deaf, second] });
    const message = { ...messageFrom('Zhao', '帮助'), channel: 'first' };
    const { handled } = await node.dispatcher.take(message, {
      way: { deadlineMs: 1_000, render: () => '被动', wrap: (body) => ({ status: 200, type: 'text/plain', body }) },
      isOpen: () => true,
    });
    const { deliveryId } = await handled;
    expect(deliveryId).toBeDefined();
    await node.outbox.passiveFailed(deliveryId ?? '');
    await node.outbox.flush();
    expect([deaf.letters.length, second.letters.length]).toEqual([0, 1]);
    expect(await parts.database.reader('accounts').whereNotNull('unreachable_since').pluck('id')).toEqual([]);
  });

  it('to a group that moved go to its new place, in order', async () => {
    const first = letterbox({ name: 'first', more: { groupAddress: (to) => ({ to }) } });
    const node = parts.node({ channels: [first] });
    await push(node, tell({ group: 'g' }, '一'));
    await moveGroup(parts.database, first, { from: 'chat-1', to: 'chat-2' }, node.log);
    await push(node, tell({ group: 'g' }, '二'));
    await node.outbox.flush();
    expect(first.letters.map(({ to, part }) => [to, part])).toEqual([
      ['chat-2', '一'],
      ['chat-2', '二'],
    ]);
  });

  it('are found by their message, not by reading all that was sent', async () => {
    const node = parts.node();
    const asked: { sql: string; bindings: readonly unknown[] }[] = [];
    const listen = (query: { sql: string; bindings: readonly unknown[] }) => void asked.push(query);
    parts.database.reader.on('query', listen);
    await node.outbox.passivePayload('some');
    parts.database.reader.off('query', listen);
    const [query] = asked.filter(({ sql }) => sql.startsWith('select'));
    expect(query?.sql).not.toMatch(/"?`?state"?`? (?:in|=)/);
    if (kind === 'pg') return;
    const plan: { detail: string }[] = await parts.database.reader.raw(`explain query plan ${query?.sql}`, ['some']);
    expect(plan.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('SEARCH outbox USING INDEX outbox_inbox_id_index'),
      expect.stringContaining('SEARCH deliveries USING INDEX deliveries_outbox_id_index'),
    ]);
  });
});
