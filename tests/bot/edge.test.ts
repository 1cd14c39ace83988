/** The HTTP edge: what is not right gets its status at once, never a 500, never a stack, and the bot lives on. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startWecomSimulator, type WecomSimulator } from '../simulators/wecom.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { freePort } from '../support/services.ts';

const MIB = 1024 * 1024;
const TOKEN = 'a-metrics-token-of-this-test';
const CALLBACK = '/channels/wecom-app';

interface Answer {
  readonly status: number;
  readonly body: string;
}

describe('the edge', () => {
  let wecom: WecomSimulator;
  let bot: TestBot;
  beforeAll(async () => {
    wecom = await startWecomSimulator();
    bot = await startTestBot({ env: { ...wecom.env, METRICS_TOKEN: TOKEN, CLOCK: '' } });
    wecom.setBot(bot.url);
  });
  afterAll(async () => {
    await bot.stop();
    await wecom.close();
  });

  /** Node's own client: fetch sets its Host header itself. */
  function send(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${bot.url}${path}`, { method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }
  const json = { 'content-type': 'application/json' };
  const said = (text: string, more: object = {}) =>
    JSON.stringify({
      staff: 'wx-clinician-1',
      conversation: { kind: 'direct', id: 'direct:wx-clinician-1' },
      text,
      ...more,
    });
  const signed = (plain: string) => {
    const { query, body } = wecom.sign(plain);
    return { path: `${CALLBACK}?${new URLSearchParams(query)}`, body };
  };

  it('takes a callback of a mebibyte and refuses one byte more', async () => {
    expect((await send('POST', CALLBACK, { body: Buffer.alloc(MIB, 'x') })).status).toBe(400);
    const over = await send('POST', CALLBACK, { body: Buffer.alloc(MIB + 1, 'x') });
    expect(over).toEqual({ status: 413, body: 'too large' });
    const unannounced = { headers: { 'transfer-encoding': 'chunked' }, body: Buffer.alloc(MIB + 1, 'x') };
    expect((await send('POST', CALLBACK, unannounced)).status).toBe(413);
    expect((await send('POST', CALLBACK, { body: Buffer.alloc(5 * MIB, 'x') })).status).toBe(413);
  });

  it('takes a file of many megabytes in the playground and refuses more than 64 MiB', async () => {
    const base64 = Buffer.alloc(30 * MIB, 7).toString('base64');
    const big = await send('POST', '/playground/messages', {
      headers: json,
      body: said('', { attachments: [{ name: 'a.xlsx', base64 }] }),
    });
    expect(big.status, big.body.slice(0, 200)).toBe(200);
    const over = await send('POST', '/playground/messages', { headers: json, body: Buffer.alloc(64 * MIB + 1, ' ') });
    expect(over.status).toBe(413);
  });

  it.each([
    ['GET', '/nowhere'],
    ['POST', '/channels/dingtalk'],
    ['GET', '/channels'],
    ['GET', '/../package.json'],
    ['GET', '/%2e%2e/package.json'],
    ['GET', '/playground'],
    ['POST', '/healthz'],
    ['GET', '/%'],
    ['GET', '/%ff%00'],
  ])('knows no %s %s', async (method, path) => {
    const { status, body } = await send(method, path);
    expect([400, 404, 405]).toContain(status);
    expect(body).not.toMatch(/at .*\.ts|node_modules/);
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s on a callback', async (method) => {
    expect((await send(method, CALLBACK)).status).toBe(400);
  });

  const bomb = `<!DOCTYPE x [<!ENTITY a "${'ha'.repeat(50)}">${Array.from({ length: 9 }, (_, at) => `<!ENTITY a${at} "${`&a${at === 0 ? '' : at - 1};`.repeat(10)}">`).join('')}]><xml><Encrypt>&a8;</Encrypt></xml>`;
  it.each([
    ['an entity bomb', bomb],
    ['nothing', ''],
    ['NULs', Buffer.alloc(100)],
    ['a hundred thousand open elements', '<a>'.repeat(100_000)],
    ['a million opening brackets', '<'.repeat(1_000_000)],
    ['a thousand attributes', `<xml ${Array.from({ length: 1000 }, (_, at) => `a${at}="1"`).join(' ')}/>`],
    ['JSON', '{"Encrypt":"x"}'],
    ['no Encrypt', '<xml><ToUserName>x</ToUserName></xml>'],
    ['an unsigned Encrypt', '<xml><Encrypt>QUJD</Encrypt></xml>'],
    ['an Encrypt that is no base64', '<xml><Encrypt>§§§§</Encrypt></xml>'],
    ['a prototype', '<xml><constructor><prototype><Encrypt>x</Encrypt></prototype></constructor></xml>'],
    ['broken UTF-8', Buffer.from([0x3c, 0x78, 0xff, 0xfe, 0x3e])],
  ])('refuses %s, and quickly', async (_, body) => {
    const began = performance.now();
    const answer = await send('POST', CALLBACK, { body });
    expect([400, 401]).toContain(answer.status);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('refuses junk that is signed', async () => {
    const { body, path } = signed(bomb);
    expect((await send('POST', path, { body })).status).toBe(400);
    const { body: right } = signed(wecom.textXml('wx-clinician-1', '帮助'));
    expect((await send('POST', signed('<xml/>').path, { body: right })).status).toBe(401);
  });

  it('answers 401 outside the signature window and 200 inside it', async () => {
    const at = (secondsAgo: number) =>
      wecom.sendText('wx-clinician-2', `帮助`, {
        attempts: 1,
        timestamp: String(Math.floor(Date.now() / 1000) - secondsAgo),
      });
    expect((await at(11 * 60))[0]?.status).toBe(401);
    expect((await at(-11 * 60))[0]?.status).toBe(401);
    expect((await at(9 * 60))[0]?.status).toBe(200);
  });

  it('lives on when a body stops halfway, and records nothing of it', async () => {
    const count = async () => (await bot.running.database.reader('inbox')).length;
    const before = await count();
    const { path, body } = signed(wecom.textXml('wx-clinician-1', '帮助'));
    const { port } = new URL(bot.url);
    for (const kept of [0, 1, body.length >> 1, body.length - 1]) {
      const socket = connect(Number(port), '127.0.0.1');
      await new Promise<void>((done) => socket.once('connect', () => done()));
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, kept)}`,
      );
      await new Promise((done) => setTimeout(done, 20));
      socket.destroy();
    }
    expect((await send('GET', '/healthz')).status).toBe(200);
    expect(await count()).toBe(before);
    expect((await send('POST', path, { body })).status).toBe(200);
    expect(await count()).toBe(before + 1);
  });

  it('shows its numbers to this machine, and to others only with the token', async () => {
    expect((await send('GET', '/metrics')).status).toBe(200);
    for (const header of [
      'x-forwarded-for',
      'forwarded',
      'x-real-ip',
      'via',
      'x-forwarded-host',
      'x-forwarded-proto',
    ]) {
      const forwarded = { [header]: '203.0.113.9' };
      expect((await send('GET', '/metrics', { headers: forwarded })).status).toBe(401);
      for (const wrong of ['', 'Bearer', 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, TOKEN]) {
        const headers = { ...forwarded, authorization: wrong };
        expect((await send('GET', '/metrics', { headers })).status, wrong).toBe(401);
      }
      const headers = { ...forwarded, authorization: `Bearer ${TOKEN}` };
      const { status, body } = await send('GET', '/metrics', { headers });
      expect(status).toBe(200);
      expect(body).toContain('yigongti_inbox_messages{state="handled"}');
      expect(body).not.toMatch(/wx-clinician|演示/);
    }
  });

  it.each(['evil.example.org', 'localhost.evil.example.org', '127.0.0.1.nip.io', '10.0.0.1:8080', 'evil@localhost'])(
    'refuses the playground to the host %j',
    async (host) => {
      const answer = await send('POST', '/playground/messages', { headers: { ...json, host }, body: said('帮助') });
      expect([400, 403]).toContain(answer.status);
      expect((await send('GET', '/playground/staff', { headers: { host } })).status).toBe(answer.status);
    },
  );

  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:8080'])('lets the host %s in', async (host) => {
    expect((await send('GET', '/playground/clock', { headers: { host } })).status).toBe(200);
  });

  it.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, said('帮助'), 415],
    ['no type', {}, said('帮助'), 415],
    ['a type that only begins like JSON', { 'content-type': 'application/jsonp' }, said('帮助'), 415],
    ['an array', json, '[]', 400],
    ['null', json, 'null', 400],
    ['deep JSON', json, '['.repeat(100_000), 400],
    [
      'a body without text',
      json,
      JSON.stringify({ staff: 'wx-clinician-1', conversation: { kind: 'direct', id: 'x' } }),
      400,
    ],
    ['another kind of conversation', json, said('x').replace('"direct"', '"channel"'), 400],
    ['a file that is no base64', json, said('', { attachments: [{ name: 'a', base64: '§' }] }), 400],
    ['a NUL as staff', json, said('x').replace('wx-clinician-1"', 'wx\\u0000"'), 400],
  ])('refuses a message that is %s', async (_, headers, body, status) => {
    const answer = await send('POST', '/playground/messages', { headers: headers as Record<string, string>, body });
    expect(answer.status, answer.body).toBe(status);
  });

  it.each(['since=-1', 'since=x', 'since=1.5', 'since=9007199254740993', 'wait=-1', 'wait=x'])(
    'refuses an outbox question with %s',
    async (query) => {
      expect((await send('GET', `/playground/outbox?${query}`)).status).toBe(400);
    },
  );

  it('answers an outbox question that waits as soon as something is there', async () => {
    const last = await bot.lastN();
    const waiting = send('GET', `/playground/outbox?since=${last}&wait=10000`);
    await bot.says('wx-clinician-1', '帮助', { direct: 'waited-for' });
    const began = performance.now();
    const { messages } = JSON.parse((await waiting).body) as { messages: { to: { id: string } }[] };
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(messages.map((one) => one.to.id)).toEqual(['waited-for']);
    expect(JSON.parse((await send('GET', `/playground/outbox?since=${last + 1}&wait=50`)).body)).toEqual({
      last: last + 1,
      messages: [],
    });
  });
});

describe.skipIf(!inject('redisServer'))('readiness', () => {
  it('is refused with the reason while Redis is away, without its password', async () => {
    const port = await freePort();
    const bot = await startTestBot({ env: { REDIS_URL: `redis://:hidden4711@127.0.0.1:${port}` } });
    try {
      const response = await fetch(`${bot.url}/readyz`);
      const text = await response.text();
      expect(response.status).toBe(503);
      expect(JSON.parse(text)).toEqual({ status: 'not ready', reasons: [expect.stringMatching(/^queue: /)] });
      expect(text).not.toContain('hidden4711');
      expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
    } finally {
      await bot.stop();
    }
  });
});

describe('readiness of a bot whose database went away', () => {
  it('is refused with the reason, and the process lives', async () => {
    const bot = await startTestBot();
    try {
      await bot.running.database.reader.destroy();
      const response = await fetch(`${bot.url}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ status: 'not ready', reasons: ['database: cannot be read'] });
      expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
    } finally {
      await bot.stop();
    }
  });
});
