/** The real program with an embedding endpoint: vectors come by themselves, people ask, nothing is told that should not be. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BotProcess, startBotProcess } from '../../simulators/bot-process.ts';
import { type EmbeddingEndpoint, startEmbeddingEndpoint } from '../../simulators/embedding-endpoint.ts';
import { createPostgresDatabase, databaseKinds } from '../../support/databases.ts';

const PARAPHRASE = '葫芦瓢怎么安顿';
const WATCH = { NODE_OPTIONS: `--import ${join(import.meta.dirname, '../model/watch-loading.ts')}` };

async function say(bot: BotProcess, staff: string, text: string): Promise<string> {
  const response = await fetch(`${bot.url}/playground/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ staff, conversation: { kind: 'direct', id: `direct:${staff}` }, text }),
  });
  const { replies } = (await response.json()) as { replies: { text: string }[] };
  return replies.map((reply) => reply.text).join('\n');
}

/** Waits until the bot has printed a line that holds the words; `times` of them. */
async function printed(bot: BotProcess, words: string, times = 1): Promise<void> {
  await expect.poll(() => bot.output().split(words).length - 1, { timeout: 30_000 }).toBeGreaterThanOrEqual(times);
}

describe.each(databaseKinds())('a bot with embeddings on %s', (kind) => {
  let endpoint: EmbeddingEndpoint;
  let dataDir: string;
  let bot: BotProcess;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    endpoint = await startEmbeddingEndpoint();
    dataDir = mkdtempSync(join(tmpdir(), 'yigongti-embedding-'));
    env = {
      ...WATCH,
      DATA_DIR: dataDir,
      DEMO: 'on',
      EMBEDDING_BASE_URL: endpoint.baseUrl,
      EMBEDDING_MODEL: 'scripted',
      EMBEDDING_API_KEY: 'key-4711',
      ...(kind === 'pg'
        ? { DATABASE_URL: await createPostgresDatabase(), DATA_KEY: Buffer.alloc(32, 7).toString('base64') }
        : {}),
    };
    endpoint.behave({ kind: 'status', status: 503 });
    bot = await startBotProcess(env);
  });
  afterAll(async () => {
    await bot?.stop();
    await endpoint?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('starts and answers by words while the endpoint is down', async () => {
    await printed(bot, '"event":"embedding.failed"');
    expect(await say(bot, 'hz-clinician-1', '徽州的医保结余怎么分')).toContain('6:3:1');
    expect(await say(bot, 'hz-clinician-1', PARAPHRASE)).toContain('没有写这一点');
  });

  it('makes the vectors after the next start, through a kill in the middle', async () => {
    await bot.kill();
    endpoint.behave({ kind: 'embed' });
    const before = endpoint.heard.length;
    bot = await startBotProcess(env);
    await expect.poll(() => endpoint.heard.length - before, { interval: 1, timeout: 20_000 }).toBeGreaterThan(3);
    await bot.kill();
    const sent = endpoint.heard.length;
    bot = await startBotProcess(env);
    await printed(bot, '"event":"embedding.stored"');
    // What was kept before the kill is not asked for again, the request under way aside.
    const again = endpoint.heard.slice(sent).flatMap((one) => one.texts);
    const kept = new Set(endpoint.heard.slice(before, sent - 1).flatMap((one) => one.texts));
    expect(again.length).toBeGreaterThan(0);
    expect(again.filter((text) => kept.has(text)).length).toBeLessThanOrEqual(10);
  });

  it('finds by meaning', async () => {
    // On a busy machine a question may go without: what comes late is there for the next.
    await expect
      .poll(() => say(bot, 'hz-clinician-2', PARAPHRASE), { timeout: 20_000, interval: 300 })
      .toMatch(/意思最近的是：健全家庭医生首诊制度[\s\S]*徽办发〔2026〕2号/);
  });

  it('gives a document put in later its vectors without being told', async () => {
    const text = Array.from(
      { length: 24 },
      (_, at) =>
        `第${'一二三四五六七八九十'[at % 10]}${at >= 10 ? '章' : '条'} 第${at + 1}项工作由各单位分头落实到位。`,
    );
    const before = endpoint.heard.length;
    const file = Buffer.from(`徽州区医共体考核办法\n徽医〔2026〕9号\n\n${text.join('\n')}\n`).toString('base64');
    const response = await fetch(`${bot.url}/playground/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        staff: 'hz-commission-1',
        conversation: { kind: 'direct', id: 'direct:hz-commission-1' },
        text: '',
        attachments: [{ name: '考核办法.txt', base64: file }],
      }),
    });
    expect(response.ok).toBe(true);
    await say(bot, 'hz-commission-1', '确认');
    await expect.poll(() => endpoint.heard.length - before, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(
      endpoint.heard
        .slice(before)
        .flatMap((one) => one.texts)
        .join(),
    ).toContain('分头落实到位');
  });

  it('sends no patient data and logs neither words nor the key', async () => {
    const before = endpoint.heard.length;
    await say(bot, 'jy-clinician-1', `${PARAPHRASE}，患者张三身份证110105194912310021`);
    await say(bot, 'jy-clinician-2', `有个67岁老人高血压要转上去，${PARAPHRASE}`);
    expect(JSON.stringify(endpoint.heard.slice(before))).not.toMatch(/张三|110105|67岁/);
    expect(bot.output()).not.toMatch(/葫芦瓢|首诊制度|key-4711|110105/);
  });
});

describe('a bot without embeddings', () => {
  it('never loads a client and plans no run', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-no-embedding-'));
    const bot = await startBotProcess({ ...WATCH, DATA_DIR: dataDir, DEMO: 'on' });
    try {
      expect(await say(bot, 'hz-clinician-1', PARAPHRASE)).toContain('没有写这一点');
      expect(bot.output()).not.toMatch(/LANGCHAIN LOADED|embed/);
    } finally {
      await bot.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
