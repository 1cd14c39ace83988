import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createButtonStore } from '../../../../bot/button-store.ts';
import type { ButtonStore, Channel } from '../../../../bot/channels/channel.ts';
import { createTelegramChannel } from '../../../../bot/channels/telegram/index.ts';
import { moveGroup } from '../../../../bot/group-moves.ts';
import { createVault } from '../../../../bot/vault.ts';
import type { IncomingMessage } from '../../../../handlers/message.ts';
import { rememberedButtons } from '../../../contract/telegram-rig.ts';
import { rememberingLog, standingClock, until } from '../../../jobs/support.ts';
import { SIMULATED_BOT, startTelegramSimulator, type TelegramSimulator } from '../../../simulators/telegram.ts';
import { databaseKinds, freshDatabase } from '../../../support/databases.ts';

const { token, secret, username } = SIMULATED_BOT;
const PERSON = { chat: '420001' };
const GROUP = { chat: '-4200' };

let telegram: TelegramSimulator;
let channel: Channel;
let buttons: ButtonStore;
let log: ReturnType<typeof rememberingLog>;

beforeEach(async () => {
  telegram = await startTelegramSimulator({ chats: ['420001', '-4200', '-1001'] });
  buttons = rememberedButtons();
  log = rememberingLog();
  channel = open({ botName: username });
});
afterEach(async () => {
  await channel.stop?.();
  await telegram.close();
});

function open(more: { readonly botName?: string; readonly publicUrl?: string }): Channel {
  const config = { botId: '7000000001', token, secret, apiBase: telegram.base };
  return createTelegramChannel(config, { log, buttons, timeoutMs: 500, ...more });
}

function request(update: object) {
  const headers = { 'x-telegram-bot-api-secret-token': secret };
  return { method: 'POST', path: '/channels/telegram', query: {}, headers, body: Buffer.from(JSON.stringify(update)) };
}

async function sendAll(
  address: Record<string, string>,
  blocks: Parameters<Channel['render']>[0],
  answering?: IncomingMessage,
) {
  for (const [at, part] of channel.render(blocks, answering).entries())
    await channel.send(address, part, `k-${at}`, answering);
}

function pressed(card: number, version: number | undefined): IncomingMessage {
  return {
    channel: 'telegram',
    tenant: '7000000001',
    messageId: 'update:1',
    conversation: { id: '420001', kind: 'direct' },
    sender: { platformUserId: '420001' },
    text: '',
    attachments: [],
    action: { id: 'referral.accept', value: 'ZZ20261121001', version },
    replyHandle: { card: String(card) },
  };
}

describe('sending over Telegram', () => {
  it('uploads pictures and files with their names', async () => {
    const base64 = Buffer.alloc(2000, 1).toString('base64');
    await sendAll(PERSON, [
      { type: 'text', text: '汇总' },
      { type: 'image', name: '图.png', alt: '指标图', base64 },
      { type: 'file', name: '明细表.xlsx', base64 },
    ]);
    expect(telegram.seenBy('420001').map(({ kind, text, file }) => [kind, text, file])).toEqual([
      ['text', '汇总', undefined],
      ['photo', '指标图', { name: '图.png', bytes: 2000 }],
      ['document', '', { name: '明细表.xlsx', bytes: 2000 }],
    ]);
  });

  it('changes a pressed card in its place, twice the same is fine', async () => {
    await sendAll(PERSON, [
      { type: 'text', text: '待接收' },
      { type: 'buttons', items: [{ id: 'a.b', label: '接收', value: '' }] },
    ]);
    const id = telegram.seenBy('420001')[0]?.id ?? 0;
    for (let time = 0; time < 2; time += 1) await sendAll(PERSON, [{ type: 'text', text: '已接收' }], pressed(id, 1));
    expect(telegram.seenBy('420001').map(({ text, edits, buttons: rows }) => [text, edits, rows])).toEqual([
      ['已接收', 1, []],
    ]);
  });

  it('leaves what a press made of a card when it is pressed a second time', async () => {
    await sendAll(PERSON, [{ type: 'text', text: '待接收' }]);
    const id = telegram.seenBy('420001')[0]?.id ?? 0;
    const answer = async (text: string, key: string) => {
      const [part = ''] = channel.render([{ type: 'text', text }], pressed(id, 1));
      await channel.send(PERSON, part, key, pressed(id, 1));
    };
    await answer('已接收', 'd1-0');
    await answer('已接收', 'd1-0'); // the same delivery again, after a lost answer
    await answer('状态已经变化，没有重复操作', 'd2-0');
    expect(telegram.seenBy('420001').map(({ text }) => text)).toEqual(['已接收', '状态已经变化，没有重复操作']);
  });

  it('sends a new message where the card is gone', async () => {
    await sendAll(PERSON, [{ type: 'text', text: '已接收' }], pressed(4711, 1));
    expect(telegram.seenBy('420001').map(({ text }) => text)).toEqual(['已接收']);
  });

  it('writes to a group at its new place at once', async () => {
    telegram.api.moved.set('-4200', '-1001');
    await sendAll(GROUP, [{ type: 'text', text: '通知' }]);
    expect(telegram.seenBy('-1001').map(({ text }) => text)).toEqual(['通知']);
  });

  it('calls a group that removed the bot unreachable', async () => {
    telegram.api.closed.set('-4200', 'Forbidden: bot was kicked from the group chat');
    await expect(sendAll(GROUP, [{ type: 'text', text: '通知' }])).rejects.toMatchObject({
      reason: 'unreachable',
      retryable: false,
    });
  });

  it('keeps below the frequency of chats and groups', () => {
    expect(channel.paceOf?.(PERSON)).toEqual([{ count: 3, withinMs: 3_000 }]);
    expect(channel.paceOf?.(GROUP)).toContainEqual({ count: 20, withinMs: 60_000 });
  });

  it('fetches a file through getFile, up to the limit', async () => {
    telegram.api.files.set('doc', { path: 'documents/file_1.docx', bytes: Buffer.from('words') });
    telegram.api.files.set('huge', { path: 'documents/file_2.pdf', bytes: Buffer.from('x'), size: 21 * 1024 * 1024 });
    telegram.api.files.set('liar', { path: 'documents/file_3.pdf', bytes: Buffer.alloc(5000), size: 10 });
    const file = (mediaId: string) => ({ name: 'x', kind: 'file', mediaId }) as const;
    expect((await channel.download?.(file('doc'), 1000))?.bytes.toString()).toBe('words');
    for (const id of ['huge', 'liar']) {
      await expect(channel.download?.(file(id), 1000)).rejects.toMatchObject({ platformCode: 'too-large' });
    }
    await expect(channel.download?.(file('gone'), 1000)).rejects.toMatchObject({ reason: 'rejected' });
    telegram.api.faults.push({ method: 'file', fault: { kind: 'redirect', location: 'http://169.254.169.254/' } });
    telegram.api.faults.push({ method: 'documents/file_1.docx', fault: { kind: 'page', status: 502 } });
    const failed = await channel.download?.(file('doc'), 1000).catch((error: unknown) => error);
    expect(String(failed)).not.toContain(token);
  });
});

describe('what the platform is told at start', () => {
  it('is our address with the secret, once it can be reached, and who we are is asked', async () => {
    telegram.api.faults.push({ method: 'getMe', fault: { kind: 'page', status: 502 } });
    channel = open({ publicUrl: 'https://bot.example.org' });
    const group = telegram.messageUpdate('420001', '@yigongti_bot 帮助', { group: '-4200' });
    expect(() => channel.receive?.(request(group), new Date())).toThrow(expect.objectContaining({ status: 503 }));
    await channel.start?.(async () => undefined);
    await until(() => telegram.api.count('setMyCommands') > 0, 'the webhook');
    expect(telegram.api.webhook).toEqual({
      url: 'https://bot.example.org/channels/telegram',
      secret,
      allowed: ['message', 'callback_query', 'my_chat_member'],
    });
    expect(channel.receive?.(request(group), new Date())).toMatchObject({ kind: 'message', message: { text: '帮助' } });
    expect(log.lines.map(({ event }) => event)).toEqual(['telegram.announce-failed', 'telegram.webhook']);
    expect(JSON.stringify(log.lines)).not.toContain(secret);
  });

  it('is nothing where our address is not https', async () => {
    channel = open({ publicUrl: 'http://bot.example.org' });
    await channel.start?.(async () => undefined);
    await until(() => telegram.api.count('getMe') > 0, 'getMe');
    expect(telegram.api.count('setWebhook')).toBe(0);
  });
});

describe.each(databaseKinds())('on %s', (kind) => {
  it('long words of a button come back on another node, after a restart, until their time is over', async () => {
    const fresh = await freshDatabase(kind);
    try {
      const clock = standingClock('2026-11-21T02:00:00.000Z');
      const vault = createVault([Buffer.alloc(32, 5).toString('base64')]);
      const action = { id: 'policy.choose', value: `徽州：${'结余留用怎么分'.repeat(20)}`, version: 3 };
      const store = () => createButtonStore({ database: fresh.database, vault, clock });
      buttons = store();
      channel = open({ botName: username });
      await sendAll(PERSON, [
        { type: 'text', text: '您问的是哪里？' },
        { type: 'buttons', items: [{ ...action, label: '徽州' }] },
      ]);
      const data = telegram.seenBy('420001')[0]?.buttons[0]?.[0]?.callback_data ?? '';
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
      const rows = JSON.stringify(await fresh.database.reader('button_values'));
      expect(rows).not.toContain('结余');

      buttons = store();
      const other = open({ botName: username });
      const update = {
        update_id: 7,
        callback_query: {
          id: 'c',
          from: { id: 420001 },
          data,
          message: { message_id: 5, chat: { id: 420001, type: 'private' } },
        },
      };
      const received = other.receive?.(request(update), clock.now());
      if (received?.kind !== 'message') throw new Error('a press is a message');
      expect((await other.complete?.(received.message))?.action).toEqual(action);
      clock.set('2026-11-29T02:00:00.000Z');
      expect((await other.complete?.(received.message))?.action?.id).toBe('telegram.kept');
    } finally {
      await fresh.drop();
    }
  });

  it('a group that became a supergroup keeps what it is for', async () => {
    const fresh = await freshDatabase(kind);
    try {
      const row = { channel: 'telegram', tenant: '7000000001', title: '转诊群', purpose: 'referral', demo: true };
      await fresh.database.write((trx) =>
        trx('groups').insert({ id: 'g1', platform_conversation_id: '-4200', ...row }),
      );
      const update = telegram.messageUpdate('420001', undefined, {
        group: '-4200',
        more: { migrate_to_chat_id: -1001 },
      });
      const moved = channel.receive?.(request(update), new Date());
      if (moved?.kind !== 'moved') throw new Error('the group moved');
      for (let time = 0; time < 2; time += 1) await moveGroup(fresh.database, channel, moved, log);
      expect(await fresh.database.reader('groups').select('id', 'platform_conversation_id')).toEqual([
        { id: 'g1', platform_conversation_id: '-1001' },
      ]);
    } finally {
      await fresh.drop();
    }
  });
});
