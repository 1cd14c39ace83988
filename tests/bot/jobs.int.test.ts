/** Digests through a whole bot, with both job engines: on working days, once, and after Redis was away. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { freePort } from '../support/services.ts';
import { until } from './parts.ts';
import { type Said, talkTo } from './talk.ts';

const redisServer = inject('redisServer');

/** A redis-server of this test's own, on one port for good. */
class OwnRedis {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'yigongti-own-redis-'));
  #child: ChildProcess | undefined;
  constructor(port: number) {
    this.port = port;
  }
  start(): void {
    const args = ['--port', String(this.port), '--save', '', '--appendonly', 'no', '--dir', this.#folder];
    this.#child = spawn(redisServer ?? '', args, { stdio: 'ignore' });
  }
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  async drop(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe.each(redisServer ? ['embedded', 'Redis'] : ['embedded'])('a bot whose jobs are %s', (engine) => {
  let bot: TestBot;
  let redis: OwnRedis | undefined;
  afterEach(async () => {
    await bot.stop();
    await redis?.drop();
    redis = undefined;
  });

  async function start(clock: string): Promise<void> {
    const env: Record<string, string> = {};
    if (engine === 'Redis') {
      redis = new OwnRedis(await freePort());
      redis.start();
      Object.assign(env, { REDIS_URL: `redis://127.0.0.1:${redis.port}`, QUEUE_PREFIX: 'jobs-test' });
    }
    bot = await startTestBot({ clock, env });
    if (engine === 'Redis') await until(async () => (await ready()).status === 200, 'the queue');
  }
  const ready = () => fetch(`${bot.url}/readyz`);
  const digests = async (since = 0): Promise<readonly Said[]> =>
    (await talkTo(bot.url).outboxSince(since)).filter((reply) => reply.text.includes('【每日汇总】'));
  const daysTold = async (staff: string) =>
    (await digests()).filter((one) => one.to.id === `direct:${staff}`).map((one) => /\d+月\d+日/.exec(one.text)?.[0]);
  const slots = async (): Promise<[string, string, string | null][]> => {
    const rows: { due_at: string; state: string; reason: string | null }[] = await bot.running.database
      .reader('scheduled_slots')
      .where({ job: 'daily-digest' })
      .orderBy('due_at');
    return rows.map((row) => [row.due_at, row.state, row.reason]);
  };

  it('sends each receiver one digest on Monday at eight, and says why there was none at the weekend', async () => {
    await start('2026-11-20T17:00:00+08:00'); // a Friday
    await bot.moveClock('2026-11-23T07:59:00+08:00');
    expect(await digests()).toEqual([]);
    await bot.moveClock('2026-11-23T08:00:00+08:00');
    const told = await digests();
    const receivers = told.map((reply) => reply.to.id);
    expect(receivers).toContain('direct:wx-manager-1');
    expect(receivers).toContain('wx-group-management');
    expect(new Set(receivers).size).toBe(receivers.length);
    await bot.moveClock('2026-11-23T12:00:00+08:00');
    expect(await digests()).toEqual(told);
    expect(await slots()).toEqual([
      ['2026-11-21T00:00:00.000Z', 'skipped', 'weekend'],
      ['2026-11-22T00:00:00.000Z', 'skipped', 'weekend'],
      ['2026-11-23T00:00:00.000Z', 'done', null],
    ]);
  });

  it('works on a make-up Saturday and rests on a holiday Monday', async () => {
    await start('2026-10-02T12:00:00+08:00'); // within the National Day holiday
    await bot.moveClock('2026-10-12T09:00:00+08:00');
    expect(await daysTold('wx-manager-1')).toEqual(['10月8日', '10月9日', '10月10日', '10月12日']);
    const states = new Map((await slots()).map(([due, state, reason]) => [due.slice(5, 10), [state, reason]]));
    expect(states.get('10-05')).toEqual(['skipped', 'holiday']); // a Monday
    expect(states.get('10-10')).toEqual(['done', null]); // a Saturday
    expect(states.get('10-11')).toEqual(['skipped', 'weekend']);
  });

  it('finds out by itself that it is eight', async () => {
    await start('2026-11-23T07:59:58+08:00');
    await until(async () => (await digests()).length > 0, 'the digest', 10_000);
    expect((await slots()).filter(([, state]) => state === 'done')).toHaveLength(1);
    expect(await daysTold('wx-manager-1')).toEqual(['11月23日']);
  });

  it.skipIf(engine !== 'Redis')(
    'answers while Redis is away, and sends what fell due meanwhile once it is back',
    async () => {
      await start('2026-11-23T07:59:55+08:00');
      await redis?.stop();
      await until(async () => (await ready()).status === 503, 'the bot to notice');
      expect(await (await ready()).json()).toMatchObject({ reasons: [expect.stringMatching(/^queue: redis/)] });
      expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
      const began = performance.now();
      expect(await bot.text('wx-clinician-1', '帮助')).toContain('直接提问');
      expect(performance.now() - began).toBeLessThan(1_000);
      await until(async () => (await slots()).some(([, state]) => state === 'pending'), 'the slot to fall due', 15_000);
      expect(await digests()).toEqual([]);
      redis?.start();
      await until(async () => (await digests()).length > 0, 'the digest after Redis came back', 15_000);
      await until(async () => (await ready()).status === 200, 'the bot to be ready again');
      expect(await daysTold('wx-manager-1')).toEqual(['11月23日']);
      expect((await slots()).map(([, state]) => state)).toEqual(['done']);
    },
  );

  it.skipIf(engine !== 'Redis')('starts and answers without Redis, and moves its clock', async () => {
    bot = await startTestBot({
      clock: '2026-11-22T17:00:00+08:00',
      env: { REDIS_URL: `redis://127.0.0.1:${await freePort()}` },
    });
    expect(await bot.text('wx-clinician-1', '帮助')).toContain('直接提问');
    expect((await ready()).status).toBe(503);
    await bot.moveClock('2026-11-23T08:30:00+08:00');
    expect(await daysTold('wx-manager-1')).toEqual(['11月23日']);
  });
});
