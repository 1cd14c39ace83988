/** The WeCom app from end to end: the platform's stand-in on one side, the real program in its own process on the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWecomAppChannel } from '../../../../bot/channels/wecom-app/index.ts';
import { realClock } from '../../../../bot/clock.ts';
import { createCommitter } from '../../../../bot/committer.ts';
import { type Database, openDatabase } from '../../../../bot/database/connect.ts';
import { createIds } from '../../../../bot/ids.ts';
import { createVault } from '../../../../bot/vault.ts';
import type { Reply } from '../../../../handlers/message.ts';
import { type BotProcess, startBotProcess } from '../../../simulators/bot-process.ts';
import { SIMULATED_APP, startWecomSimulator, type WecomSimulator } from '../../../simulators/wecom.ts';
import { platformCipher } from '../../../simulators/wecom-cipher.ts';
import { createPostgresDatabase, databaseKinds } from '../../../support/databases.ts';

/** A press of a button that no feature has: its answer cannot go back in the request, so it goes out actively. */
const UNKNOWN_BUTTON = 'nothing.known||x';

describe.each(databaseKinds())('the WeCom app on %s', (kind) => {
  let wecom: WecomSimulator;
  let bot: BotProcess;
  let database: Database;
  let env: Record<string, string>;
  const started: BotProcess[] = [];
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-wecom-'));

  beforeAll(async () => {
    wecom = await startWecomSimulator();
    const databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
    const dataKey = Buffer.alloc(32, 9).toString('base64');
    env = {
      ...wecom.env,
      DATA_DIR: dataDir,
      DEMO: 'on',
      DATA_KEY: dataKey,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    };
    await start();
    database = openDatabase({ dataDir, databaseUrl });
  });
  afterAll(async () => {
    await bot?.stop();
    await database?.close();
    await wecom?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    bot = await startBotProcess(env);
    started.push(bot);
    wecom.setBot(bot.url);
  }

  /** Another node is at work on the person's conversation, for as long as the test says. */
  async function holdConversation(userid: string): Promise<() => Promise<void>> {
    const conversation_key = ['wecom-app', SIMULATED_APP.corpId, 'direct', userid].join('|');
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    await database.write((trx) =>
      trx('conversation_leases')
        .insert({ conversation_key, owner: 'another node', expires_at })
        .onConflict('conversation_key')
        .merge(),
    );
    return () =>
      database.write(async (trx) => void (await trx('conversation_leases').where({ conversation_key }).del()));
  }

  async function post(query: Record<string, string>, body: string): Promise<number> {
    const response = await fetch(`${bot.url}/channels/wecom-app?${new URLSearchParams(query)}`, {
      method: 'POST',
      body,
    });
    await response.text();
    return response.status;
  }

  it('passes the check when the administrator saves the address', async () => {
    expect(await wecom.verifyUrl()).toEqual({ ok: true });
  });

  it('answers inside the request, and nothing goes out besides', async () => {
    const [attempt] = await wecom.sendText('wx-clinician-1', '帮助');
    expect(attempt).toMatchObject({ outcome: 'replied', status: 200 });
    expect(attempt?.text).toContain('帮助');
    expect(wecom.api.count('/cgi-bin/message/send')).toBe(0);
  });

  it('greets who opens the app, and answers what is no text', async () => {
    const [greeting] = await wecom.sendEvent('wx-clinician-2', 'enter_agent');
    expect(greeting).toMatchObject({ outcome: 'replied' });
    const [picture] = await wecom.sendMessage('wx-clinician-2', 'image', '<MediaId><![CDATA[M1]]></MediaId>');
    expect(picture).toMatchObject({ outcome: 'replied' });
    const [left] = await wecom.sendEvent('wx-clinician-2', 'unsubscribe');
    expect(left).toMatchObject({ outcome: 'acknowledged' });
  });

  it('knows a member whose userid begins with zeros, and ids over 2^53', async () => {
    const first = await wecom.sendText('0020203', '帮助', { msgId: '9007199254740993' });
    const second = await wecom.sendText('0020203', '绑定', { msgId: '9007199254740992' });
    expect([first[0]?.outcome, second[0]?.outcome]).toEqual(['replied', 'replied']);
    expect(wecom.seenBy('0020203')).toHaveLength(2);
    const recorded = await database.reader('inbox').whereLike('conversation_key', '%|0020203').orderBy('message_id');
    expect(recorded.map((row) => row.message_id)).toEqual(['9007199254740992', '9007199254740993']);
    expect(wecom.seenBy('20203')).toHaveLength(0);
  });

  it.each(['in turn', 'at once'] as const)('answers one callback delivered three times %s once', async (repeat) => {
    const user = `hz-clinician-${repeat === 'in turn' ? 1 : 2}`;
    const attempts = await wecom.sendText(user, '帮助', { repeat });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['replied', 'replied', 'replied']);
    expect(new Set(attempts.map(({ text }) => text)).size).toBe(1);
    expect(wecom.seenBy(user)).toHaveLength(1);
    const inbox = await database
      .reader('inbox')
      .where({ conversation_key: `wecom-app|${SIMULATED_APP.corpId}|direct|${user}` });
    expect(inbox).toHaveLength(1);
  });

  it('takes the same words with the same creation time under a new id for the same message', async () => {
    const createTime = Math.floor(Date.now() / 1000);
    const one = await wecom.sendText('jy-clinician-1', '确认', { createTime, msgId: 'CAIQa==' });
    const again = await wecom.sendText('jy-clinician-1', '确认', { createTime, msgId: 'CAIQb==' });
    const later = await wecom.sendText('jy-clinician-1', '确认', { createTime: createTime + 1, msgId: 'CAIQc==' });
    expect([one, again, later].map(([attempt]) => attempt?.text)).toEqual(Array(3).fill(one[0]?.text));
    expect(
      await database
        .reader('inbox')
        .where({ conversation_key: `wecom-app|${SIMULATED_APP.corpId}|direct|jy-clinician-1` }),
    ).toHaveLength(2);
  });

  it('says it once when its answer was lost on the way', async () => {
    await wecom.sendText('md-clinician-1', '帮助', {
      loseAnswer: true,
      attempts: 1,
      msgId: '7400000000000000001',
      createTime: 1_900_000_000,
    });
    await wecom.sendText('md-clinician-1', '帮助', { msgId: '7400000000000000001', createTime: 1_900_000_000 });
    const [text] = await wecom.waitForTexts('md-clinician-1', 1);
    expect(text).toContain('帮助');
    expect(wecom.seenBy('md-clinician-1')).toHaveLength(1);
  });

  it('acknowledges in time what takes longer, and answers actively, once', async () => {
    const release = await holdConversation('wx-pharmacist-1');
    const [attempt, ...more] = await wecom.sendText('wx-pharmacist-1', '帮助');
    expect([attempt?.outcome, more.length]).toEqual(['acknowledged', 0]);
    expect(attempt?.tookMs).toBeLessThan(4_950);
    expect(wecom.seenBy('wx-pharmacist-1')).toHaveLength(0);
    await release();
    await wecom.waitForTexts('wx-pharmacist-1', 1);
    const [again] = await wecom.sendText('wx-pharmacist-2', '帮助');
    expect(again?.outcome).toBe('replied');
    expect(wecom.shown.filter(({ to }) => to === 'wx-pharmacist-1')).toMatchObject([{ way: 'active' }]);
  });

  it('renews an expired token once, also when ten answers go out at that moment', async () => {
    await wecom.sendEvent('wx-manager-1', 'template_card_event', { key: UNKNOWN_BUTTON });
    await wecom.waitForTexts('wx-manager-1', 1);
    const before = wecom.api.count('/cgi-bin/gettoken');
    wecom.api.expireToken();
    const people = Array.from({ length: 10 }, (_, at) => `member-${at}`);
    await Promise.all(people.map((user) => wecom.sendEvent(user, 'template_card_event', { key: UNKNOWN_BUTTON })));
    await Promise.all(people.map((user) => wecom.waitForTexts(user, 1)));
    expect(wecom.api.count('/cgi-bin/gettoken') - before).toBe(1);
    expect(people.map((user) => wecom.seenBy(user).length)).toEqual(people.map(() => 1));
  });

  it('sends once when the answer of a send was lost', async () => {
    wecom.api.sendFaults.push({ kind: 'lost' });
    await wecom.sendEvent('wx-manager-2', 'template_card_event', { key: UNKNOWN_BUTTON });
    await wecom.waitForTexts('wx-manager-2', 1);
    const sends = () => wecom.api.calls.filter(({ body }) => body.includes('wx-manager-2')).length;
    await until(async () => {
      await hurry();
      return sends() === 2;
    });
    expect(wecom.seenBy('wx-manager-2')).toHaveLength(1);
    expect(wecom.api.dropped.filter(({ to }) => to === 'wx-manager-2')).toEqual([
      { to: 'wx-manager-2', why: 'duplicate' },
    ]);
  });

  it('waits out a frequency limit and delivers then', async () => {
    wecom.api.sendFaults.push({ kind: 'errcode', errcode: 45009 });
    await wecom.sendEvent('wx-commission-1', 'template_card_event', { key: UNKNOWN_BUTTON });
    await until(() => wecom.api.sendFaults.length === 0);
    await until(
      async () =>
        (await database.reader('deliveries').where({ reason: 'rate-limited', state: 'pending' })).length === 1,
    );
    expect(wecom.seenBy('wx-commission-1')).toHaveLength(0);
    await hurry();
    await wecom.waitForTexts('wx-commission-1', 1);
    expect(wecom.seenBy('wx-commission-1')).toHaveLength(1);
  });

  it('delivers 5,000 characters in ordered parts, each once, though one fails on the way', async () => {
    const text = Array.from({ length: 250 }, (_, at) => `第${at}条：转诊👨‍👩‍👧须在24小时内接收。`).join('');
    expect([...text].length).toBeGreaterThan(5000);
    await commitElsewhere({ audience: { staff: 'jy-manager-1' }, blocks: [{ type: 'text', text }] });
    wecom.api.sendFaults.push({ kind: 'lost' }, { kind: 'status', status: 500 }, { kind: 'html' });
    await until(async () => {
      await hurry();
      return wecom.seenBy('jy-manager-1').join('').length >= text.length;
    });
    expect(wecom.seenBy('jy-manager-1').join('')).toBe(text);
    expect(wecom.seenBy('jy-manager-1').every((part) => Buffer.byteLength(part) <= 2048)).toBe(true);
  });

  it('gives up on a member outside the visible range, and goes on with the others', async () => {
    wecom.api.sendFaults.push({ kind: 'errcode', errcode: 81013 });
    await commitElsewhere({ audience: { staff: 'jy-manager-2' }, blocks: [{ type: 'text', text: '一' }] });
    await until(
      async () => (await database.reader('deliveries').where({ reason: 'unreachable', state: 'dead' })).length === 1,
    );
    await commitElsewhere({ audience: { staff: 'jy-commission-1' }, blocks: [{ type: 'text', text: '二' }] });
    expect(await wecom.waitForTexts('jy-commission-1', 1)).toEqual(['二']);
    expect(wecom.seenBy('jy-manager-2')).toEqual([]);
  });

  it('refuses at the door what is not the platform’s, and lives on', async () => {
    const good = wecom.sign(wecom.textXml('wx-clinician-1', '帮助'));
    const { token, aesKey, corpId } = SIMULATED_APP;
    const other = platformCipher(token, aesKey, 'ww0000000000000002').encrypt('<xml></xml>');
    const foreign = {
      ...good.query,
      msg_signature: platformCipher(token, aesKey, corpId).sign(good.query.timestamp, good.query.nonce, other),
    };
    expect(await post({}, good.body)).toBe(401);
    expect(await post({ ...good.query, msg_signature: 'a'.repeat(40) }, good.body)).toBe(401);
    expect(await post(foreign, `<xml><Encrypt>${other}</Encrypt></xml>`)).toBe(401);
    const stale = wecom.sign(wecom.textXml('wx-clinician-1', '帮助'), String(Math.floor(Date.now() / 1000) - 1200));
    expect(await post(stale.query, stale.body)).toBe(401);
    expect(await post(good.query, '<xml><ToUserName>x</ToUserName></xml>')).toBe(400);
    expect(await post(good.query, 'junk')).toBe(400);
    expect(await post(good.query, 'x'.repeat(5 * 1024 * 1024)).catch(() => 413)).toBe(413);
    expect(await post(good.query, good.body)).toBe(200);
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
  });

  it('after a kill answers what it had acknowledged, once, and knows what it had answered', async () => {
    const answered = { msgId: '7400000000000000002', createTime: Math.floor(Date.now() / 1000) };
    const [first] = await wecom.sendText('hn-clinician-1', '帮助', answered);
    const release = await holdConversation('hn-clinician-2');
    const [acknowledged] = await wecom.sendText('hn-clinician-2', '帮助');
    expect(acknowledged?.outcome).toBe('acknowledged');
    await bot.kill();
    await release();
    await start();
    await wecom.waitForTexts('hn-clinician-2', 1);
    const sends = wecom.api.count('/cgi-bin/message/send');
    const again = await wecom.sendText('hn-clinician-1', '帮助', { ...answered, repeat: 'in turn' });
    expect(again.map(({ text }) => text)).toEqual([first?.text, first?.text, first?.text]);
    expect(wecom.api.count('/cgi-bin/message/send')).toBe(sends);
    expect(wecom.seenBy('hn-clinician-2')).toHaveLength(1);
  });

  it('prints no secret and no word of a message', () => {
    const printed = started.map((one) => one.output()).join('');
    expect(printed).toContain('"event":"callback.ignored"');
    const { secret, token, aesKey } = SIMULATED_APP;
    for (const word of [secret, token, aesKey, 'token-1-', 'access_token', '直接提问'])
      expect(printed).not.toContain(word);
  });

  /** Another node decides to say something; the running program finds it in the database. */
  async function commitElsewhere(reply: Reply): Promise<void> {
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const { corpId, agentId, secret, token, aesKey } = SIMULATED_APP;
    const config = { corpId, agentId, secret, token, aesKey, apiBase: wecom.base };
    const committer = createCommitter({
      database,
      clock: realClock,
      ids: createIds(realClock),
      vault: createVault([env.DATA_KEY ?? '']),
      log,
      owner: 'another node',
      channels: [createWecomAppChannel(config, { clock: realClock, log })],
    });
    await committer.commit({ kind: 'notice', decision: { replies: [reply] } });
  }

  /** Lets the bot's clock run to the instant when a failed delivery is due again, instead of waiting for it. */
  async function hurry(): Promise<void> {
    const [row]: { next_at: string }[] = await database
      .reader('deliveries')
      .where({ state: 'pending' })
      .andWhere('attempts', '>', 0)
      .orderBy('next_at')
      .limit(1);
    const { now } = (await (await fetch(`${bot.url}/playground/clock`)).json()) as { now: string };
    if (!row || row.next_at <= now) return;
    const response = await fetch(`${bot.url}/playground/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: row.next_at }),
    });
    expect(response.status).toBe(200);
  }
});

function ignore(): void {}

/** Looks again every few milliseconds; the test's own time limit ends a wait in vain. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
