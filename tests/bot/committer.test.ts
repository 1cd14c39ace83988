/** Decisions are written whole or not at all, once, numbered without a gap, and in an order every reader can follow. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConflictError } from '../../bot/commit.ts';
import { openDatabase } from '../../bot/database/connect.ts';
import type { BoundContext, Feature } from '../../handlers/feature.ts';
import { say } from '../../handlers/message.ts';
import type { Decision, NumberPrefix, Write } from '../../handlers/outcome.ts';
import { databaseKinds } from '../support/databases.ts';
import { closeParts, letterbox, messageFrom, type Node, openParts, type Parts, settle } from './parts.ts';

const SETTING = { key: 'k', scope: 'all' } as const;
const change = (value: string, version: number): Write => ({
  kind: 'update',
  table: 'settings',
  where: SETTING,
  version,
  set: { value, updated_at: 'now' },
});

describe.each(databaseKinds())('the committer on %s', (kind) => {
  let parts: Parts;
  let node: Node;
  beforeEach(async () => {
    parts = await openParts(kind);
    node = parts.node();
    await parts.database.write((trx) =>
      trx('settings').insert({ ...SETTING, value: '"first"', updated_at: 'now', version: 1 }),
    );
  });
  afterEach(() => parts.drop());
  afterAll(closeParts);

  const at = new Date('2026-11-21T02:00:00.000Z');
  const setting = async () => (await parts.database.reader('settings').where(SETTING).first()) as object;
  const countOf = async (table: string) => (await parts.database.reader(table)).length;
  /** Another process with connections of its own. */
  async function withOther(work: (other: Node) => Promise<void>): Promise<void> {
    const database = openDatabase({ dataDir: parts.fresh.dataDir, databaseUrl: parts.fresh.databaseUrl });
    try {
      await work(parts.node({ database }));
    } finally {
      await database.close();
    }
  }

  it('stores nothing of a decision that was made on an old version', async () => {
    await settle(node, messageFrom('a', '1'), { replies: [], writes: [change('"second"', 1)] }, at);
    const stale: Decision = {
      replies: [say('办好了')],
      writes: [
        { kind: 'insert', table: 'settings', row: { key: 'new', scope: 'all', value: '1', updated_at: 'now' } },
        change('"third"', 1),
      ],
      audit: [{ action: 'x', objectType: 'y', objectId: 'z' }],
      timers: [{ job: 'j', dueAt: at, data: {} }],
      memory: { questions: ['问'] },
    };
    await expect(settle(node, messageFrom('a', '2', { messageId: 'stale' }), stale, at)).rejects.toThrow(ConflictError);
    expect(await setting()).toMatchObject({ value: '"second"', version: 2 });
    for (const table of ['outbox', 'deliveries', 'audit', 'scheduled_slots', 'conversations'])
      expect(await countOf(table), table).toBe(0);
    expect(await parts.database.reader('settings').where({ key: 'new' })).toEqual([]);
    expect(await parts.database.reader('inbox').where({ message_id: 'stale' }).first('state')).toEqual({
      state: 'received',
    });
  });

  it('lets the handler decide again on fresh reads', async () => {
    let runs = 0;
    const box = letterbox();
    const busy = parts.node({
      channels: [box],
      features: [
        featureOf('改', async (ctx) => {
          runs += 1;
          const row: { version: number } = await ctx.db('settings').where(SETTING).first('version');
          // Somebody else is faster, the first time.
          if (runs === 1) await settle(node, messageFrom('b', '快'), { replies: [], writes: [change('"b"', 1)] }, at);
          return { replies: [say(`第${runs}次`)], writes: [change('"a"', Number(row.version))] };
        }),
      ],
    });
    const { handled } = await busy.dispatcher.take(messageFrom('a', '改'));
    await handled;
    expect(runs).toBe(2);
    expect(await setting()).toMatchObject({ value: '"a"', version: 3 });
    await busy.outbox.flush();
    expect(box.letters.map((letter) => letter.part)).toEqual(['第2次']);
  });

  it('does not let one bad decision of a batch hurt the others', async () => {
    const bad: Record<string, Decision> = {
      conflict: { replies: [say('no')], writes: [change('"x"', 99)] },
      table: { replies: [say('no')], writes: [{ kind: 'insert', table: 'nowhere', row: { a: 1 } }] },
      build: {
        numbers: ['ZZ'],
        build: () => {
          throw new TypeError('a fault of ours');
        },
      },
    };
    const wanted = ['good-1', 'conflict', 'good-2', 'table', 'good-3', 'build', 'good-4'];
    const settled = await Promise.allSettled(
      wanted.map((name) =>
        settle(
          node,
          messageFrom(name, name),
          bad[name] ?? { numbers: ['ZZ'], build: ([no]) => ({ replies: [say(no ?? '')] }) },
          at,
        ),
      ),
    );
    expect(settled.map((one) => one.status === 'fulfilled')).toEqual(wanted.map((name) => name.startsWith('good')));
    expect(await countOf('outbox')).toBe(4);
    expect(await countOf('deliveries')).toBe(4);
    const counter = await parts.database.reader('counters').where({ name: 'referral:2026-11-21' }).first('value');
    expect(Number(counter.value)).toBe(4);
  });

  it('lets one of two processes commit the same message, and tells the other', async () => {
    await withOther(async (other) => {
      for (let round = 0; round < 10; round += 1) {
        const message = messageFrom('a', `同一条 ${round}`);
        const { inboxId } = await node.inbox.accept(message, at);
        const commit = (by: Node, word: string) =>
          by.committer.commit({
            kind: 'message',
            inboxId,
            message,
            actor: undefined,
            decision: {
              replies: [say(word)],
              audit: [{ action: 'did', objectType: 'm', objectId: message.messageId }],
            },
            passive: undefined,
            last: () => true,
          });
        const results = await Promise.all([commit(node, '甲'), commit(other, '乙')]);
        expect(results.map((one) => one.done).sort()).toEqual([false, true]);
      }
      expect(await countOf('outbox')).toBe(10);
      expect(await countOf('audit')).toBe(10);
    });
  });

  it('gives numbers without a gap and without a double to fifty at once in two processes, failures between them', async () => {
    await withOther(async (other) => {
      const given: string[] = [];
      const numbered = (prefix: NumberPrefix): Decision => ({
        numbers: [prefix],
        build: ([number = '']) => ({
          replies: [],
          audit: [{ action: 'numbered', objectType: 'number', objectId: number }],
        }),
      });
      const failing: Decision = {
        numbers: ['ZZ'],
        build: () => ({ replies: [], writes: [change('"x"', 99)] }),
      };
      const work = Array.from({ length: 60 }, (_, index) => {
        const by = index % 2 === 0 ? node : other;
        const prefix = index % 3 === 0 ? 'EM' : 'ZZ';
        const decision = index % 6 === 5 ? failing : numbered(prefix);
        return settle(by, messageFrom(`p${index}`, '确认'), decision, at);
      });
      const settled = await Promise.allSettled(work);
      expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(50);
      const rows: { object_id: string }[] = await parts.database.reader('audit').select('object_id');
      given.push(...rows.map((row) => row.object_id));
      const sequence = given
        .map((number) => Number(/^(?:ZZ|EM)20261121(\d{3,})$/.exec(number)?.[1]))
        .sort((a, b) => a - b);
      expect(sequence).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });
  });

  it('counts each day and each series from one, in three digits that grow', async () => {
    const numbers: string[] = [];
    const take = (...prefixes: NumberPrefix[]) =>
      settle(
        node,
        messageFrom('a', '号'),
        {
          numbers: prefixes,
          build: (given) => {
            numbers.push(...given);
            return { replies: [] };
          },
        },
        at,
      );
    await take('ZZ', 'QY', 'EM');
    parts.clock.set('2026-11-21T16:00:00.000Z'); // midnight in Shanghai
    await take('ZZ', 'ZZ');
    await parts.database.write((trx) => trx('counters').where({ name: 'referral:2026-11-22' }).update({ value: 999 }));
    await take('EM');
    expect(numbers).toEqual([
      'ZZ20261121001',
      'QY20261121001',
      'EM20261121002',
      'ZZ20261122001',
      'ZZ20261122002',
      'EM202611221000',
    ]);
  });

  it('does not deadlock two processes that take from both series in opposite order', async () => {
    await withOther(async (other) => {
      const work = Array.from({ length: 40 }, (_, index) => {
        const prefixes: NumberPrefix[] = index % 2 === 0 ? ['ZZ', 'QY'] : ['QY', 'ZZ'];
        const by = index % 2 === 0 ? node : other;
        return settle(by, messageFrom(`p${index}`, '号'), { numbers: prefixes, build: () => ({ replies: [] }) }, at);
      });
      const settled = await Promise.allSettled(work);
      expect(settled.filter((one) => one.status === 'rejected')).toEqual([]);
    });
  });

  it('never lets a reader of the outbox miss a row, however many processes write', async () => {
    await withOther(async (other) => {
      let writing = true;
      const seen: number[] = [];
      const reading = (async () => {
        for (let last = 0, more = true; more; ) {
          more = writing;
          const rows: { n: number }[] = await parts.database
            .reader('outbox')
            .where('n', '>', last)
            .orderBy('n')
            .limit(7);
          seen.push(...rows.map((row) => Number(row.n)));
          last = seen.at(-1) ?? 0;
          more ||= rows.length > 0;
        }
      })();
      const talk = async (by: Node, person: string) => {
        for (let round = 0; round < 15; round += 1)
          await settle(by, messageFrom(person, '话'), { replies: [say('一'), say('二')] }, at);
      };
      await Promise.all(['a', 'b', 'c'].flatMap((name) => [talk(node, name), talk(other, `${name}2`)]));
      writing = false;
      await reading;
      expect(seen).toEqual(Array.from({ length: 180 }, (_, index) => index + 1));
    });
  });

  it('keeps the audit as it was written', async () => {
    const audit = [{ action: 'referral.accept', objectType: 'referral', objectId: 'r1' }];
    await settle(node, messageFrom('a', '接收'), { replies: [], audit }, at);
    const { database } = parts;
    await expect(database.write((trx) => trx('audit').update({ action: 'other' }))).rejects.toThrow(/append-only/);
    await expect(database.write((trx) => trx('audit').update({ details: '{"a":1}' }))).rejects.toThrow(/append-only/);
    await expect(database.write((trx) => trx('audit').update({ actor_id: 'x' }))).rejects.toThrow(/append-only/);
    await expect(database.write((trx) => trx('audit').del())).rejects.toThrow(/append-only/);
    await database.write((trx) => trx('audit').update({ sealed_n: 1, previous_hash: '', hash: 'h' }));
    await expect(database.write((trx) => trx('audit').update({ hash: 'i' }))).rejects.toThrow(/append-only/);
    expect(await database.reader('audit').first('action', 'hash')).toEqual({ action: 'referral.accept', hash: 'h' });
  });

  it('takes a NUL wherever a message may carry one', async () => {
    const message = {
      ...messageFrom('n\0obody', '缺药\0 阿莫西林', { messageId: 'nu\0l' }),
      sender: { platformUserId: 'n\0obody', displayName: '\0' },
      action: { id: 'a\0', value: '\0' },
    };
    const row = { key: 'nul', scope: 'all', value: 'a\0b', updated_at: 'now' };
    const decision: Decision = {
      replies: [say('回\0答')],
      writes: [{ kind: 'insert', table: 'settings', row }],
      memory: { questions: ['\0'] },
      audit: [{ action: 'x', objectType: 'y', objectId: 'z', details: { a: '\0' } }],
    };
    const talking = parts.node({ features: [{ name: 'any', commands: [], question: async () => decision }] });
    const { handled } = await talking.dispatcher.take({ ...message, action: undefined });
    await handled;
    expect(await parts.database.reader('settings').where({ key: 'nul' }).first('value')).toEqual({ value: 'ab' });
    const again = await talking.dispatcher.take({ ...message, action: undefined });
    expect(again.fresh).toBe(false);
    const pressed = await talking.dispatcher.take({ ...message, messageId: 'press\0ed' });
    await pressed.handled;
    const states: { state: string }[] = await parts.database.reader('inbox').select('state');
    expect(states.map((one) => one.state)).toEqual(['handled', 'handled']);
  });

  it('does not repeat in an error what was to be stored', async () => {
    const write: Write = {
      kind: 'insert',
      table: 'settings',
      row: { ...SETTING, value: '张三 13800138000', updated_at: 'now' },
    };
    const failed = await settle(node, messageFrom('a', '重'), { replies: [], writes: [write] }, at).then(
      () => '',
      (error: unknown) => `${String(error)} ${JSON.stringify(error)}`,
    );
    expect(failed).not.toBe('');
    expect(failed).not.toContain('13800138000');
  });
});

function featureOf(name: string, run: (ctx: Pick<BoundContext, 'db'>) => Promise<Decision>): Feature {
  return { name, commands: [{ id: name, name, aliases: [], allowed: 'anyone', run }] };
}
