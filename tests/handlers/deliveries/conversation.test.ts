import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

describe.each(databaseKinds())('投递 on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());
  const db = () => bot.running.database;

  it('is for administrators, in private', async () => {
    expect(await bot.text('wx-clinician-1', '投递')).toContain('不能操作');
    expect(await bot.text('wx-admin-1', '投递')).toContain('近7天的消息都送出了');
  });

  it('names what was given up and whom nobody reaches, without a word of the messages, and sends again', async () => {
    await bot.says('wx-clinician-1', '帮助');
    const row = await db()
      .reader('deliveries')
      .join('outbox', 'outbox.id', 'deliveries.outbox_id')
      .where({ 'outbox.staff_id': 'wx-clinician-1' })
      .orderBy('deliveries.n', 'desc')
      .first('deliveries.id', 'deliveries.n');
    await db().write(async (trx) => {
      await trx('deliveries').where({ id: row.id }).update({ state: 'dead', reason: 'auth', attempts: 20 });
      await trx('accounts')
        .where({ staff_id: 'wx-clinician-1' })
        .update({ unreachable_since: '2026-11-20T01:00:00.000Z' });
    });
    const shown = await bot.text('wx-admin-1', '投递');
    expect(shown).toContain('1条没有送出');
    expect(shown).toContain('凭证无效或权限不足');
    expect(shown).toMatch(/李医生.*11-20起/);
    expect(shown).not.toContain('直接提问就能查');
    expect(await bot.text('hz-admin-1', '投递')).not.toContain('李医生');

    const one = await bot.text('wx-admin-1', `投递 ${row.n}`);
    expect(one).toContain('没有送出');
    expect(one).toContain('20次');
    expect(await bot.text('hz-admin-1', `重发 ${row.n}`)).toContain('不需要或不能重发');
    expect(await bot.text('wx-admin-1', '重发 全部')).toContain('已重新排队1条');
    expect(await db().reader('deliveries').where({ id: row.id }).first('state', 'attempts')).toEqual({
      state: 'pending',
      attempts: 0,
    });
    expect(await bot.text('wx-admin-1', '重发 全部')).toContain('没有需要重发');
    expect(await bot.text('wx-admin-1', '重发 一条')).not.toContain('已重新排队');
  });

  it('counts what arrived on another way as sent, and sends the last way again, never an earlier one', async () => {
    await bot.says('wx-clinician-2', '帮助');
    const row = await db()
      .reader('deliveries')
      .join('outbox', 'outbox.id', 'deliveries.outbox_id')
      .where({ 'outbox.staff_id': 'wx-clinician-2' })
      .orderBy('deliveries.n', 'desc')
      .first('deliveries.*');
    const second = { ...row, id: `${row.id}z`, channel: 'telegram', state: 'sent' };
    await db().write(async (trx) => {
      await trx('deliveries').where({ id: row.id }).update({ state: 'dead', reason: 'unreachable', attempts: 1 });
      await trx('deliveries').insert(second);
    });
    expect(await bot.text('wx-admin-1', '投递')).not.toContain(`${row.n} 给`);
    expect(await bot.text('wx-admin-1', '重发 全部')).toContain('没有需要重发');
    expect(await bot.text('wx-admin-1', `重发 ${row.n}`)).toContain('不需要或不能重发');
    expect(await db().reader('deliveries').where({ id: row.id }).first('state')).toEqual({ state: 'dead' });

    await db().write((trx) => trx('deliveries').where({ id: second.id }).update({ state: 'dead', reason: 'server' }));
    expect(await bot.text('wx-admin-1', '投递')).toContain('1条没有送出');
    expect(await bot.text('wx-admin-1', '重发 全部')).toContain('已重新排队1条');
    expect(await db().reader('deliveries').where({ outbox_id: row.outbox_id }).orderBy('id').pluck('state')).toEqual([
      'dead',
      'pending',
    ]);
    await db().write((trx) => trx('deliveries').where({ outbox_id: row.outbox_id }).update({ state: 'sent' }));
  });

  it('forgets that somebody could not be reached once they write', async () => {
    await db().write((trx) =>
      trx('accounts').where({ staff_id: 'wx-pharmacist-1' }).update({ unreachable_since: '2026-11-20T01:00:00.000Z' }),
    );
    expect(await bot.text('wx-admin-1', '投递')).toContain('华药师');
    await bot.says('wx-pharmacist-1', '帮助');
    expect(await bot.text('wx-admin-1', '投递')).not.toContain('华药师');
  });
});
