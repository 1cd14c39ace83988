/** Deliveries go out in order, each part once as far as anybody can tell, and what fails does not hold up the others. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOperatorAlerts } from '../../bot/operator-alerts.ts';
import { backoffMs } from '../../bot/outbox/deliver.ts';
import type { Outbox } from '../../bot/outbox/index.ts';
import { PASSIVE_GRACE_MS } from '../../bot/reply-rows.ts';
import { type Reply, say } from '../../handlers/message.ts';
import { databaseKinds } from '../support/databases.ts';
import {
  closeParts,
  type Letter,
  letterbox,
  messageFrom,
  type Node,
  openParts,
  type Parts,
  refusal,
  settle,
  until,
} from './parts.ts';

describe('the wait after a failure', () => {
  it('doubles from two seconds up to four hours', () => {
    expect([1, 2, 3, 4].map(backoffMs)).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(backoffMs(14)).toBe(4 * 60 * 60 * 1000);
    expect(backoffMs(20)).toBe(4 * 60 * 60 * 1000);
  });
});

describe.each(databaseKinds())('the outbox on %s', (kind) => {
  let parts: Parts;
  beforeEach(async () => {
    parts = await openParts(kind);
  });
  afterEach(() => parts.drop());
  afterAll(closeParts);

  const tell = (node: Node, person: string, ...texts: string[]) =>
    settle(node, messageFrom(person, '问'), { replies: texts.map((text) => say(text)) }, parts.clock.now());
  const later = (ms: number) => parts.clock.set(new Date(parts.clock.now().getTime() + ms));
  const deliveries = async (): Promise<Record<string, unknown>[]> => parts.database.reader('deliveries').orderBy('n');
  const states = async () => (await deliveries()).map((row) => row.state);

  it('sends to each address in order, and to different ones side by side', async () => {
    const box = letterbox({ before: ({ to }) => new Promise((done) => setTimeout(done, to === 'a' ? 3 : 1)) });
    const node = parts.node({ channels: [box] });
    for (let round = 0; round < 8; round += 1) {
      for (const person of ['a', 'b', 'c']) await tell(node, person, `${person}${round}-1`, `${person}${round}-2`);
    }
    await node.outbox.flush();
    expect(box.letters).toHaveLength(48);
    for (const person of ['a', 'b', 'c']) {
      const got = box.letters.filter((letter) => letter.to === person).map((letter) => letter.part);
      expect(got).toEqual(Array.from({ length: 16 }, (_, at) => `${person}${Math.floor(at / 2)}-${(at % 2) + 1}`));
    }
  });

  it('goes on after a failure with the part that failed, under the same key, without repeating the earlier ones', async () => {
    let fail = 1;
    const tried: Letter[] = [];
    const box = letterbox({
      partLength: 2,
      before(letter) {
        tried.push(letter);
        if (letter.part === '三三' && fail-- > 0) throw refusal('network', true);
      },
    });
    const node = parts.node({ channels: [box] });
    await tell(node, 'a', '一一二二三三四四', '五五');
    await node.outbox.flush();
    expect(box.letters.map((letter) => letter.part)).toEqual(['一一', '二二']);
    later(2_000);
    await node.outbox.flush();
    expect(box.letters.map((letter) => letter.part)).toEqual(['一一', '二二', '三三', '四四', '五五']);
    expect(new Set(tried.filter((letter) => letter.part === '三三').map((letter) => letter.key)).size).toBe(1);
    expect(new Set(box.letters.map((letter) => letter.key)).size).toBe(5);
  });

  it('tries again later and later, then gives up, tells once, and goes on with the next', async () => {
    const box = letterbox({
      before({ part }) {
        if (part === '坏') throw refusal('server', true);
      },
    });
    const node = parts.node({ channels: [box] });
    await tell(node, 'a', '坏', '好');
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 20; attempt += 1) {
      await node.outbox.flush();
      const [bad] = await deliveries();
      expect(bad).toMatchObject({ attempts: attempt, state: attempt < 20 ? 'pending' : 'dead', reason: 'server' });
      if (attempt < 20) waits.push(Date.parse(String(bad?.next_at)) - parts.clock.now().getTime());
      expect(node.dead).toHaveLength(attempt < 20 ? 0 : 1);
      if (attempt < 20) {
        later(backoffMs(attempt) - 1);
        await node.outbox.flush();
        expect((await deliveries())[0]?.attempts).toBe(attempt);
        later(1);
      }
    }
    expect(waits).toEqual(Array.from({ length: 19 }, (_, at) => backoffMs(at + 1)));
    await node.outbox.flush();
    expect(box.letters.map((letter) => letter.part)).toEqual(['好']);
    expect(await states()).toEqual(['dead', 'sent']);
    expect(node.dead[0]).toMatchObject({ channel: 'letterbox', reason: 'server' });
  });

  it('waits as long as the platform asks', async () => {
    let limited = true;
    const box = letterbox({
      before() {
        if (limited) throw refusal('rate-limited', true, 60_000);
      },
    });
    const node = parts.node({ channels: [box] });
    await tell(node, 'a', '等');
    await node.outbox.flush();
    limited = false;
    later(59_999);
    await node.outbox.flush();
    expect(box.letters).toEqual([]);
    later(1);
    await node.outbox.flush();
    expect(box.letters).toHaveLength(1);
  });

  it('gives up at once what the platform refuses for good, and sends what comes after', async () => {
    const box = letterbox({
      before({ part }) {
        if (part === '坏') throw refusal('rejected', false);
      },
    });
    const node = parts.node({ channels: [box] });
    await tell(node, 'a', '坏', '好');
    await node.outbox.flush();
    expect(await states()).toEqual(['dead', 'sent']);
    expect(node.dead).toHaveLength(1);
    expect(box.letters.map((letter) => letter.part)).toEqual(['好']);
  });

  it('gives up what cannot be read or drawn instead of holding up the person for days', async () => {
    const box = letterbox();
    const drawing = {
      ...box,
      render: (blocks: Parameters<typeof box.render>[0]) => {
        const [part = ''] = box.render(blocks);
        if (part === '画不出') throw new TypeError('a fault of ours');
        return [part];
      },
    };
    const node = parts.node({ channels: [drawing] });
    await tell(node, 'a', '画不出', '读不出', '好');
    await parts.database.write((trx) =>
      trx('outbox').where({ n: 2 }).update({ blocks_sealed: 'v1.00000000.AAAA.AAAA' }),
    );
    await node.outbox.flush();
    expect(await states()).toEqual(['dead', 'dead', 'sent']);
    expect(box.letters.map((letter) => letter.part)).toEqual(['好']);
  });

  it('does not let one silent address hold up the others', async () => {
    let open = () => {};
    const silence = new Promise<void>((done) => {
      open = done;
    });
    const box = letterbox({ before: ({ to }) => (to === 'silent' ? silence : undefined) });
    const node = parts.node({ channels: [box] });
    node.outbox.start();
    await tell(node, 'silent', '一');
    node.outbox.nudge();
    await until(async () => (await deliveries())[0]?.owner !== null, 'the silent one to be tried');
    await tell(node, 'b', '二');
    node.outbox.nudge();
    await until(() => box.letters.length > 0, 'the other one', 3_000);
    expect(box.letters.map((letter) => letter.to)).toEqual(['b']);
    await tell(node, 'silent', '三');
    open();
    await until(() => box.letters.length === 3, 'the rest');
    expect(box.letters.map((letter) => letter.part)).toEqual(['二', '一', '三']);
  });

  it('leaves the deliveries of another corp alone', async () => {
    const ours = letterbox();
    const theirs = letterbox({ tenant: 'corp-2' });
    const node = parts.node({ channels: [ours] });
    const other = parts.node({ channels: [theirs] });
    await settle(other, messageFrom('a', '问', { tenant: 'corp-2' }), { replies: [say('别家的')] }, parts.clock.now());
    await tell(node, 'a', '我家的');
    await node.outbox.flush();
    expect(ours.letters.map((letter) => letter.part)).toEqual(['我家的']);
    expect(await parts.database.reader('deliveries').where({ tenant: 'corp-2' }).first()).toMatchObject({
      state: 'pending',
      owner: null,
      attempts: 0,
    });
    await other.outbox.flush();
    expect(theirs.letters.map((letter) => letter.part)).toEqual(['别家的']);
  });

  it('sends each letter once when two processes work on the same outbox', async () => {
    const slow = () => new Promise<void>((done) => setTimeout(done, 2));
    const [one, two] = [letterbox({ before: slow }), letterbox({ before: slow })];
    const [first, second] = [parts.node({ channels: [one] }), parts.node({ channels: [two] })];
    for (let index = 0; index < 40; index += 1) await tell(first, `p${index % 10}`, `第${index}封`);
    await Promise.all([first.outbox.flush(), second.outbox.flush()]);
    await Promise.all([first.outbox.flush(), second.outbox.flush()]);
    const sent = [...one.letters, ...two.letters].map((letter) => letter.part);
    expect(sent.toSorted()).toEqual(Array.from({ length: 40 }, (_, index) => `第${index}封`).toSorted());
  });

  it('does not bring back what another process has sent after it lost its claim', async () => {
    const box = letterbox({
      partLength: 2,
      async before({ part }) {
        if (part !== '二二') return;
        // As if this process had slept for long: another one took the delivery over and finished it.
        await parts.database.write((trx) =>
          trx('deliveries').update({ owner: 'other', state: 'sent', lease_until: null }),
        );
        throw refusal('timeout', true);
      },
    });
    const node = parts.node({ channels: [box] });
    await tell(node, 'a', '一一二二三三');
    await node.outbox.flush();
    later(60_000);
    await node.outbox.flush();
    expect(await states()).toEqual(['sent']);
    expect(box.letters.map((letter) => letter.part)).toEqual(['一一']);
  });

  describe('a passive reply', () => {
    const way = {
      deadlineMs: 4_500,
      render: () => '被动',
      wrap: (body: string) => ({ status: 200, type: 'text/plain', body }),
    };
    async function passive(node: Node, reply: Reply = say('回')): Promise<{ inboxId: string; deliveryId: string }> {
      const message = messageFrom('a', '问');
      const { inboxId } = await node.inbox.accept(message, parts.clock.now());
      const result = await node.committer.commit({
        kind: 'message',
        inboxId,
        message,
        actor: undefined,
        decision: { replies: [reply] },
        passive: { way, isOpen: () => true },
        last: () => true,
      });
      const [committed] = result.done ? result.replies : [];
      expect(committed?.passive).toBe('被动');
      return { inboxId, deliveryId: committed?.deliveryId ?? '' };
    }
    const seen = async (outbox: Outbox, inboxId: string) => (await outbox.passivePayload(inboxId))?.payload;

    it('stays passive once its socket finished, and is what a redelivery gets', async () => {
      const box = letterbox();
      const node = parts.node({ channels: [box] });
      const { inboxId, deliveryId } = await passive(node);
      expect(await seen(node.outbox, inboxId)).toBe('被动');
      await node.outbox.passiveFinished(deliveryId);
      later(60 * 60 * 1000);
      await node.outbox.flush();
      expect(box.letters).toEqual([]);
      expect(await seen(node.outbox, inboxId)).toBe('被动');
      await node.outbox.passiveFailed(deliveryId); // too late to change anything
      await node.outbox.flush();
      expect(box.letters).toEqual([]);
    });

    it('goes out actively at once when its socket was lost, and once', async () => {
      const box = letterbox();
      const node = parts.node({ channels: [box] });
      const { inboxId, deliveryId } = await passive(node);
      await node.outbox.passiveFailed(deliveryId);
      await node.outbox.passiveFailed(deliveryId);
      await node.outbox.flush();
      await node.outbox.flush();
      expect(box.letters.map((letter) => letter.part)).toEqual(['回']);
      expect(await seen(node.outbox, inboxId)).toBeUndefined();
    });

    it('goes out actively after the grace when nobody knows what became of it, and once', async () => {
      const box = letterbox();
      const node = parts.node({ channels: [box] });
      const other = parts.node({ channels: [box] });
      const { inboxId } = await passive(node);
      await node.outbox.flush();
      later(PASSIVE_GRACE_MS - 1);
      await node.outbox.flush();
      expect(box.letters).toEqual([]);
      later(1);
      await Promise.all([node.outbox.flush(), other.outbox.flush()]);
      await Promise.all([node.outbox.flush(), other.outbox.flush()]);
      expect(box.letters.map((letter) => letter.part)).toEqual(['回']);
      expect(await seen(node.outbox, inboxId)).toBeUndefined();
    });

    it('comes before what is sent actively to the same person afterwards', async () => {
      const box = letterbox();
      const node = parts.node({ channels: [box] });
      const { deliveryId } = await passive(node);
      await tell(node, 'a', '后来的');
      await node.outbox.flush();
      expect(box.letters).toEqual([]);
      await node.outbox.passiveFinished(deliveryId);
      await node.outbox.flush();
      expect(box.letters.map((letter) => letter.part)).toEqual(['后来的']);
    });
  });

  it('tells the operators once an hour of the same trouble, and again when telling them failed', async () => {
    await addAdmin(parts);
    const box = letterbox();
    const node = parts.node({ channels: [box] });
    const { database, clock } = parts;
    let broken = true;
    const committer: typeof node.committer = {
      idle: node.committer.idle,
      commit: (commit) => (broken ? Promise.reject(new Error('away')) : node.committer.commit(commit)),
    };
    const alerts = createOperatorAlerts({ database, committer, clock, log: node.log });
    const died = (reason: string) => alerts.deliveryDied({ id: 'd', channel: 'letterbox', reason });
    const told = async () => {
      await node.outbox.flush();
      return box.letters.filter((letter) => letter.to === 'admin-account' && letter.part.includes('运维')).length;
    };
    await expect(died('auth')).rejects.toThrow('away');
    broken = false;
    await died('auth');
    await Promise.all([died('auth'), died('auth'), died('auth')]);
    expect(await told()).toBe(1);
    await died('server');
    await alerts.slotFailed({ id: 's', job: 'daily-digest' });
    await alerts.messageFailed('1121-0001');
    await alerts.messageFailed('1121-0002');
    expect(await told()).toBe(4);
    later(60 * 60 * 1000 - 1);
    await died('auth');
    expect(await told()).toBe(4);
    later(1);
    await died('auth');
    expect(await told()).toBe(5);
  });
});

async function addAdmin({ database }: Parts): Promise<void> {
  await database.write(async (trx) => {
    const add = (table: string, row: object) => trx(table).insert(row).onConflict().ignore();
    await add('regions', { id: 'r', name: '某县', short_name: '某', level: 'county', created_at: 'now' });
    await add('institutions', { id: 'i', name: '某院', short_name: '某院', kind: 'hospital', region_id: 'r' });
    await add('staff', { id: 'admin', name: '管理', institution_id: 'i', created_at: 'now' });
    await add('staff_roles', { staff_id: 'admin', role: 'admin' });
    await add('accounts', {
      id: 'acc',
      staff_id: 'admin',
      channel: 'letterbox',
      tenant: 'corp-1',
      platform_user_id: 'admin-account',
      platform_user_key: 'admin-account',
      created_at: 'now',
    });
  });
}
