/**
 * A model that takes its time: the first byte is there before the model has answered, the answer follows in the same bubble, and
 * on any node. Order is measured, not time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { type ModelEndpoint, startModelEndpoint } from '../simulators/model-endpoint.ts';
import { startAibotSimulator } from '../simulators/wecom-aibot.ts';
import { startAibotSocketSimulator } from '../simulators/wecom-aibot-socket.ts';

const DOCTOR = 'hn-clinician-1';
/** Two regions to weave: the model is asked. */
const WOVEN = '湖南、徽州和牡丹给家庭医生转诊预留多少号源';
const LOOKING = '正在查阅…';

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function household(platform: Readonly<Record<string, string>>) {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-slow-'));
  closers.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const model = await startModelEndpoint();
  closers.push(() => model.stop());
  model.behave({ kind: 'stall', ms: 60_000 }); // longer than anybody waits for it
  const env = {
    ...platform,
    DATA_DIR: dataDir,
    DEMO: 'on',
    DATA_KEY: Buffer.alloc(32, 3).toString('base64'),
    LLM_BASE_URL: model.baseUrl,
    LLM_MODEL: 'slow',
  };
  return {
    model,
    async start(): Promise<BotProcess> {
      const bot = await startBotProcess(env);
      closers.push(() => bot.kill());
      return bot;
    },
  };
}

/** The bubble first looked, while the model was being asked; then, in its place, the answer. */
function expectInOrder(model: ModelEndpoint, first: string | undefined, last: string | undefined): void {
  expect(first).toBe(LOOKING);
  expect(model.heard.length).toBeGreaterThan(0);
  expect(last).toContain('牡丹');
  expect(last).not.toContain(LOOKING);
}

describe('by callback, with a slow model', () => {
  it('the first byte is a placeholder, polls fetch the answer into its place', async () => {
    const platform = await startAibotSimulator();
    closers.push(() => platform.close());
    const house = await household(platform.env);
    platform.setBot((await house.start()).url);
    const told = await platform.say(DOCTOR, WOVEN);
    const before = platform.phone.seen(DOCTOR).map((bubble) => bubble.open);
    await told.ended;
    const [bubble] = platform.phone.seen(DOCTOR);
    expectInOrder(house.model, told.first, bubble?.text);
    expect(before).toEqual([true]);
    expect(bubble?.open).toBe(false);
    expect(platform.urlCalls()).toBe(0);
    // Rated, though its clause was not known yet when the placeholder went out.
    expect(bubble?.feedback).toBe('clause|');
  }, 60_000);

  it('another process answers the polls of the one that was asked', async () => {
    const platform = await startAibotSimulator();
    closers.push(() => platform.close());
    const house = await household(platform.env);
    const [first, second] = [await house.start(), await house.start()];
    platform.setBot(first.url);
    const told = await platform.say(DOCTOR, WOVEN);
    platform.setBot(second.url);
    await told.ended;
    expectInOrder(house.model, told.first, platform.phone.seen(DOCTOR)[0]?.text);
    expect(platform.urlCalls()).toBe(0);
  }, 60_000);

  it('a placeholder left by a killed process is ended, and the answer comes by its own address, once', async () => {
    const platform = await startAibotSimulator();
    closers.push(() => platform.close());
    const house = await household(platform.env);
    const doomed = await house.start();
    platform.setBot(doomed.url);
    const told = await platform.say(DOCTOR, WOVEN);
    expect(told.first).toBe(LOOKING);
    await doomed.kill();
    platform.setBot((await house.start()).url);
    await told.ended;
    await platform.phone.waitFor(
      DOCTOR,
      (all) => all.some(({ kind }) => kind === 'markdown' || kind === 'card'),
      30_000,
    );
    const [placeholder, ...answers] = platform.phone.seen(DOCTOR);
    expect(placeholder?.text).toBe('答复已另发，请看新消息。');
    expect(answers.map(({ text }) => text.includes('牡丹'))).toEqual([true]);
    expect(platform.urlCalls()).toBe(1);
  }, 90_000);
});

describe('over the long connection, with a slow model', () => {
  it('a placeholder stands until the answer takes its place', async () => {
    const platform = await startAibotSocketSimulator();
    closers.push(() => platform.close());
    const house = await household(platform.env);
    await house.start();
    await platform.say(DOCTOR, WOVEN);
    const first = (await platform.phone.waitFor(DOCTOR, (all) => all.length > 0))[0]?.text;
    await platform.phone.waitFor(DOCTOR, (all) => all[0]?.open === false);
    expectInOrder(house.model, first, platform.phone.seen(DOCTOR)[0]?.text);
  }, 60_000);
});
