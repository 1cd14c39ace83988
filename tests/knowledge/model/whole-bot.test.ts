/** The real program with a model configured: how long people wait, what leaves the machine, what is loaded. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BotProcess, startBotProcess } from '../../simulators/bot-process.ts';
import { type ModelEndpoint, startModelEndpoint } from '../../simulators/model-endpoint.ts';

const WOVEN = '湖南、徽州和牡丹给家庭医生转诊预留多少号源';
const OTHER_WOVEN = '徽州和揭阳的医保结余怎么分';
const WATCH = { NODE_OPTIONS: `--import ${join(import.meta.dirname, 'watch-loading.ts')}` };

/** Somebody who should never be called: counts whoever calls. */
async function startListener() {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    request.resume();
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    calls,
    /** Every variable by which the client libraries would call it. */
    env: {
      LANGSMITH_TRACING: 'true',
      LANGSMITH_TRACING_V2: 'true',
      LANGSMITH_ENDPOINT: url,
      LANGSMITH_API_KEY: 'trace-4711',
      LANGSMITH_GATEWAY: url,
      LANGCHAIN_TRACING_V2: 'true',
      LANGCHAIN_TRACING: 'true',
      LANGCHAIN_ENDPOINT: url,
      LANGCHAIN_API_KEY: 'trace-4711',
      LANGCHAIN_CALLBACKS_BACKGROUND: 'false',
      OPENAI_BASE_URL: url,
      OPENAI_API_BASE: url,
      OPENAI_API_KEY: 'other-4711',
      OPENAI_LOG: 'debug',
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function say(bot: BotProcess, staff: string, text: string): Promise<{ text: string; ms: number }> {
  const began = performance.now();
  const response = await fetch(`${bot.url}/playground/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ staff, conversation: { kind: 'direct', id: `direct:${staff}` }, text }),
  });
  const { replies } = (await response.json()) as { replies: { text: string }[] };
  return { text: replies.map((reply) => reply.text).join('\n'), ms: performance.now() - began };
}

describe('a bot with a model', () => {
  let endpoint: ModelEndpoint;
  let listener: Awaited<ReturnType<typeof startListener>>;
  let dataDir: string;
  let bot: BotProcess;
  beforeAll(async () => {
    endpoint = await startModelEndpoint();
    listener = await startListener();
    dataDir = mkdtempSync(join(tmpdir(), 'yigongti-model-'));
    bot = await startBotProcess({
      ...WATCH,
      ...listener.env,
      DATA_DIR: dataDir,
      DEMO: 'on',
      LLM_BASE_URL: endpoint.baseUrl,
      LLM_MODEL: 'scripted',
      LLM_API_KEY: 'key-4711',
    });
  });
  afterAll(async () => {
    await bot?.stop();
    await endpoint.stop();
    await listener.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('loads no client before a question needs it', async () => {
    expect((await say(bot, 'hz-clinician-1', '徽州的医保结余怎么分')).text).toContain('6:3:1');
    expect(bot.output()).not.toContain('LANGCHAIN LOADED');
    expect(endpoint.heard).toEqual([]);
  });

  it('answers in time with the extracted answer while the model stalls, the first time too', async () => {
    endpoint.behave({ kind: 'stall', ms: 10_000 });
    const { text, ms } = await say(bot, 'hn-clinician-1', WOVEN);
    expect(text).toContain('牡丹 ｜ 方案没有写这一点');
    expect(text).not.toContain('由语言模型');
    expect(ms).toBeLessThan(4_500);
    expect(endpoint.heard).toHaveLength(1);
    expect(bot.output()).toContain('LANGCHAIN LOADED');
  });

  it('shows what the model wove, with the words of the plans', async () => {
    endpoint.behave({
      kind: 'answer',
      answer: ({ clauses }) => {
        const quotes = ['徽州', '揭阳'].flatMap((region) => {
          const clause = clauses.find((one) => one.where.startsWith(region) && /结余/.test(one.text));
          const quote = /[^。；，\n]*结余[^。；\n]*/.exec(clause?.text ?? '')?.[0];
          return clause && quote ? [{ clauseId: clause.id, quote }] : [];
        });
        return { lead: quotes.map((one, at) => `${['徽州', '揭阳'][at]}：${one.quote}`).join('\n'), quotes };
      },
    });
    const { text } = await say(bot, 'hz-clinician-2', OTHER_WOVEN);
    expect(text).toContain('由语言模型按下列条款归纳');
    expect(text).toContain('以主管部门解释为准');
  });

  it('lets no patient data leave', async () => {
    const before = endpoint.heard.length;
    await say(bot, 'jy-clinician-1', `${WOVEN}，患者张三身份证110105194912310021`);
    await say(bot, 'jy-clinician-2', `有个67岁老人高血压要转上去，${WOVEN}`);
    expect(endpoint.heard.length).toBe(before);
  });

  it('talks to nobody but the endpoint, and logs neither words nor keys', async () => {
    expect(endpoint.heard.length).toBeGreaterThanOrEqual(2);
    expect(listener.calls).toEqual([]);
    expect(bot.output()).not.toMatch(/号源|结余|key-4711|trace-4711|other-4711|110105/);
  });

  it('would have been copied to the tracing service without that care', async () => {
    endpoint.behave({ kind: 'status', status: 500 });
    const child = spawn(process.execPath, [join(import.meta.dirname, 'ask-once.ts')], {
      env: { PATH: process.env.PATH, ...listener.env, LLM_BASE_URL: endpoint.baseUrl },
      stdio: 'ignore',
    });
    await once(child, 'exit');
    expect(listener.calls.length).toBeGreaterThan(0);
  });
});

describe('a bot without a model', () => {
  it('never loads a client', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-no-model-'));
    const bot = await startBotProcess({ ...WATCH, DATA_DIR: dataDir, DEMO: 'on' });
    try {
      expect((await say(bot, 'hn-clinician-1', WOVEN)).text).toContain('牡丹 ｜ 方案没有写这一点');
      expect(bot.output()).not.toContain('LANGCHAIN LOADED');
    } finally {
      await bot.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
