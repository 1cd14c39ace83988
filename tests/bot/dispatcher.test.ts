/** What the dispatcher does when something is wrong: in order, answered with words, nobody held up, nothing given up too soon. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Committer } from '../../bot/committer.ts';
import { createVault } from '../../bot/vault.ts';
import type { Feature } from '../../handlers/feature.ts';
import { say } from '../../handlers/message.ts';
import type { Decision } from '../../handlers/outcome.ts';
import { databaseKinds } from '../support/databases.ts';
import { closeParts, letterbox, messageFrom, openParts, type Parts, until } from './parts.ts';

/** Answers every message with what `decide` says. */
const answering = (decide: (text: string) => Decision | Promise<Decision>): readonly Feature[] => [
  { name: 'any', commands: [], question: async (ctx) => decide(ctx.message.text) },
];
const echo = answering((text) => ({ replies: [say(`答 ${text}`)] }));
const EMERGENCY = '男67岁 突发胸痛2小时 大汗';

describe.each(databaseKinds())('the dispatcher on %s', (kind) => {
  let parts: Parts;
  beforeEach(async () => {
    parts = await openParts(kind);
  });
  afterEach(() => parts.drop());
  afterAll(closeParts);

  const texts = async (): Promise<string[]> => {
    const rows: { blocks_sealed: string }[] = await parts.database.reader('outbox').orderBy('n');
    return rows.map((row) =>
      (JSON.parse(parts.vault.open(row.blocks_sealed)) as { text: string }[]).map((one) => one.text).join('\n'),
    );
  };
  const states = async (): Promise<string[]> =>
    (await parts.database.reader('inbox').orderBy('id')).map((row: { state: string }) => row.state);

  it('tells the person and the operators of a fault in a handler, with a number and without a stack', async () => {
    const incidents: string[] = [];
    const node = parts.node({
      features: answering(() => {
        throw new TypeError('张三 13800138000');
      }),
      more: { onIncident: (incident) => incidents.push(incident) },
    });
    await (await node.dispatcher.take(messageFrom('a', '问'))).handled;
    const [text] = await texts();
    expect(text).toContain(`编号 ${incidents[0]}`);
    expect(incidents[0]).toMatch(/^1121-\d{4}$/);
    expect(text).not.toMatch(/TypeError|at /);
    expect(JSON.stringify(node.log.lines)).not.toContain('13800138000');
    expect(await states()).toEqual(['failed']);
  });

  it.each([
    ['a handler that fails', answering(() => Promise.reject(new Error('fault')))],
    [
      'a decision nobody can write',
      answering(() => ({ replies: [], writes: [{ kind: 'delete', table: 'nowhere', where: {} }] })),
    ],
    [
      'a person who may not',
      [
        {
          name: 'x',
          commands: [
            { id: 'x', name: '男67岁', aliases: [], allowed: ['manager'], run: async () => ({ replies: [] }) },
          ],
        },
      ],
    ],
  ] as [string, readonly Feature[]][])('says 120 first in an emergency, in spite of %s', async (_, features) => {
    const node = parts.node({ features });
    await (await node.dispatcher.take(messageFrom('a', EMERGENCY))).handled;
    const [text = ''] = await texts();
    expect(text.split('\n')[0]).toContain('120');
    expect(text.split('\n').length).toBeGreaterThan(1);
  });

  it('says 120 first to somebody who writes too fast', async () => {
    const node = parts.node({ features: echo });
    const many = Array.from({ length: 120 }, (_, index) => ({
      ...messageFrom('a', EMERGENCY),
      conversation: { id: `tab-${index}`, kind: 'direct' as const },
    }));
    const taken = await Promise.all(many.map((message) => node.dispatcher.take(message)));
    await Promise.all(taken.map((one) => one.handled));
    const fast = (await texts()).filter((text) => text.includes('有点快'));
    expect(fast.length).toBeGreaterThan(0);
    for (const text of fast) expect(text).toMatch(/^急危重症请立即拨打120/);
  });

  it.each([
    [
      'a statement the database refuses',
      () => ({ replies: [say('好')], writes: [{ kind: 'delete' as const, table: 'nowhere', where: {} }] }),
    ],
    [
      'a value the database refuses',
      () => ({ replies: [say('好')], writes: [{ kind: 'insert' as const, table: 'settings', row: { key: null } }] }),
    ],
    [
      'a decision that cannot be built',
      () => ({
        numbers: ['ZZ' as const],
        build: () => {
          throw new Error('fault');
        },
      }),
    ],
    ['a reply to nobody there is', () => ({ replies: [{ audience: undefined as unknown as 'here', blocks: [] }] })],
  ])('answers with a number, once, and goes on after %s', async (_, bad) => {
    const incidents: string[] = [];
    const node = parts.node({
      features: answering((text) => (text === '坏' ? bad() : { replies: [say(`答 ${text}`)] })),
      more: { onIncident: (incident) => incidents.push(incident) },
    });
    const first = await node.dispatcher.take(messageFrom('a', '坏'));
    const second = await node.dispatcher.take(messageFrom('a', '好吗'));
    await Promise.all([first.handled, second.handled]);
    const [apology, answer] = await texts();
    expect(apology).toMatch(/没有处理成功.*编号/);
    expect(answer).toBe('答 好吗');
    expect(await states()).toEqual(['failed', 'handled']);
    expect(incidents).toHaveLength(1);
    await node.dispatcher.sweep();
    await node.dispatcher.idle();
    expect(await texts()).toHaveLength(2);
  });

  it('keeps a message it could not write while the database was away, and handles it before the next one', async () => {
    let away = true;
    const node = parts.node({ features: echo });
    const committer: Committer = {
      idle: node.committer.idle,
      commit: (commit) =>
        away
          ? Promise.reject(Object.assign(new Error('away'), { code: 'SQLITE_BUSY' }))
          : node.committer.commit(commit),
    };
    const troubled = parts.node({ features: echo, more: { committer } });
    const first = await troubled.dispatcher.take(messageFrom('a', '一'));
    const second = await troubled.dispatcher.take(messageFrom('a', '二'));
    await expect(first.handled).rejects.toThrow('away');
    away = false;
    await second.handled;
    expect(await texts()).toEqual(['答 一', '答 二']);
    expect(await states()).toEqual(['handled', 'handled']);
  });

  it('takes up a message at once when the process that could not write it gave its conversation back', async () => {
    let away = true;
    const node = parts.node({ features: echo });
    const committer: Committer = {
      idle: node.committer.idle,
      commit: (commit) =>
        away
          ? Promise.reject(Object.assign(new Error('away'), { code: 'SQLITE_FULL' }))
          : node.committer.commit(commit),
    };
    const troubled = parts.node({ features: echo, more: { committer } });
    const { handled } = await troubled.dispatcher.take(messageFrom('a', '一'));
    await expect(handled).rejects.toThrow('away');
    away = false;
    await until(
      async () => {
        await node.dispatcher.sweep();
        return (await texts()).length > 0;
      },
      'the other process',
      3_000,
    );
    expect(await texts()).toEqual(['答 一']);
  });

  it('does not keep a conversation after a redelivery, so that another process may go on at once', async () => {
    let open = () => {};
    const gate = new Promise<void>((done) => {
      open = done;
    });
    const node = parts.node({
      features: answering(async (text) => {
        if (text === '慢') await gate;
        return { replies: [say(`答 ${text}`)] };
      }),
    });
    const other = parts.node({ features: echo });
    const message = messageFrom('a', '慢');
    const first = await node.dispatcher.take(message);
    // Redeliveries that are being looked up in the very moment the first one is committed.
    const again = Array.from({ length: 20 }, () => node.dispatcher.take(message));
    open();
    await first.handled;
    await Promise.all(again.map(async (one) => (await one).handled));
    const began = performance.now();
    await (await other.dispatcher.take(messageFrom('a', '快'))).handled;
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await texts()).toEqual(['答 慢', '答 快']);
  });

  it('gives back a conversation whose message somebody else finished meanwhile', async () => {
    const other = parts.node({ features: echo });
    const node = parts.node({
      features: answering(async (text) => {
        // As if this process had been asleep for long: another one took the conversation over.
        await parts.database.write((trx) => trx('inbox').update({ state: 'handled', handled_at: 'now' }));
        return { replies: [say(`晚 ${text}`)] };
      }),
    });
    await (await node.dispatcher.take(messageFrom('a', '一'))).handled;
    const began = performance.now();
    await (await other.dispatcher.take(messageFrom('a', '二'))).handled;
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await texts()).toEqual(['答 二']);
  });

  it('does not let a message whose data key is missing hold up its own or any other conversation', async () => {
    const stranger = createVault([Buffer.alloc(32, 99).toString('base64')]);
    await parts.database.write(async (trx) => {
      for (const person of ['a', 'b', 'c'])
        await trx('inbox').insert({
          id: `0-${person}`,
          channel: 'letterbox',
          tenant: 'corp-1',
          message_id: `lost-${person}`,
          conversation_key: `letterbox|corp-1|direct|${person}`,
          body_sealed: (person === 'c' ? parts.vault : stranger).seal(JSON.stringify(messageFrom(person, '旧'))),
          received_at: 'now',
          state: 'received',
        });
    });
    const node = parts.node({ features: echo });
    await node.dispatcher.sweep();
    await node.dispatcher.idle();
    expect(await texts()).toEqual(['答 旧']);
    await (await node.dispatcher.take(messageFrom('a', '新'))).handled;
    await node.dispatcher.sweep();
    expect(await texts()).toEqual(['答 旧', '答 新']);
    expect(await states()).toEqual(['received', 'received', 'handled', 'handled']);
    expect(node.log.lines.filter((line) => line.event === 'inbox.unreadable')).toHaveLength(2);
  });

  it('forgets what it cannot read of a conversation rather than fall silent in it', async () => {
    await parts.database.write((trx) =>
      trx('conversations').insert({
        conversation_key: 'letterbox|corp-1|direct|a',
        memory_sealed: createVault([Buffer.alloc(32, 99).toString('base64')]).seal('{}'),
        updated_at: 'now',
        expires_at: '2099',
      }),
    );
    const node = parts.node({ features: echo });
    await (await node.dispatcher.take(messageFrom('a', '问'))).handled;
    expect(await texts()).toEqual(['答 问']);
  });

  it('records the same messages from two processes at once without refusing any', async () => {
    const [one, two] = [parts.node({ features: echo }), parts.node({ features: echo })];
    const messages = Array.from({ length: 40 }, (_, index) =>
      messageFrom(`p${index}`, '同', { messageId: `same-${index}` }),
    );
    const taken = await Promise.all([
      ...messages.map((message) => one.dispatcher.take(message)),
      ...messages.toReversed().map((message) => two.dispatcher.take(message)),
    ]);
    expect(taken.filter((each) => each.fresh)).toHaveLength(40);
    await Promise.all(taken.map((each) => each.handled));
    expect(await texts()).toHaveLength(40);
  });

  it('handles one conversation in order when two processes hear it in turns', async () => {
    const [one, two] = [parts.node({ features: echo }), parts.node({ features: echo })];
    const wanted = Array.from({ length: 30 }, (_, index) => `第${index}句`);
    const handled: Promise<unknown>[] = [];
    for (const [index, text] of wanted.entries()) {
      const { handled: done } = await (index % 2 === 0 ? one : two).dispatcher.take(messageFrom('a', text));
      handled.push(done);
    }
    await Promise.all(handled);
    expect(await texts()).toEqual(wanted.map((text) => `答 ${text}`));
  });

  it('leaves the messages of another tenant alone', async () => {
    const other = parts.node({ features: echo, channels: [letterbox({ tenant: 'corp-2' })] });
    const node = parts.node({ features: echo });
    await node.inbox.accept(messageFrom('a', '一'), parts.clock.now());
    await parts.database.write((trx) => trx('conversation_leases').update({ owner: null }));
    await other.dispatcher.sweep();
    await other.dispatcher.idle();
    expect(await states()).toEqual(['received']);
    await node.dispatcher.sweep();
    await node.dispatcher.idle();
    expect(await states()).toEqual(['handled']);
  });
});
