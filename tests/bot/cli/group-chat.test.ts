import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWecomSimulator, type WecomSimulator } from '../../simulators/wecom.ts';
import { startTestBot, type TestBot } from '../../support/bot.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');

describe('a group chat of the app', () => {
  let wecom: WecomSimulator;
  let bot: TestBot;
  const empty = mkdtempSync(join(tmpdir(), 'yigongti-chat-'));
  beforeAll(async () => {
    wecom = await startWecomSimulator();
    bot = await startTestBot({ env: wecom.env });
  });
  afterAll(async () => {
    await bot.stop();
    await wecom.close();
    rmSync(empty, { recursive: true, force: true });
  });

  async function groupChat(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const variables = {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATA_DIR: bot.dataDir,
      ...wecom.env,
      ...env,
    };
    return run(process.execPath, ['bot/cli/group-chat.ts', ...args], { cwd: ROOT, env: variables }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stderr: string }) => ({ code: error.code, text: error.stderr }),
    );
  }

  it('is made by the app, known as a group of its owner’s unit, and gets the digest', async () => {
    const args = [
      '--name',
      '县医院管理群',
      '--owner',
      'wx-manager-1',
      '--members',
      'wx-manager-2,wx-coordinator-1',
      '--for',
      '管理',
      '--digest',
    ];
    const made = await groupChat(args);
    expect(made).toMatchObject({ code: 0, text: expect.stringContaining('已创建群“县医院管理群”（3人）') });
    const [[chatid, chat] = ['', undefined]] = [...wecom.api.chats];
    expect(chat?.members).toEqual(['wx-manager-1', 'wx-manager-2', 'wx-coordinator-1']);
    await bot.moveClock('2026-11-23T08:01:00+08:00');
    expect((await wecom.waitForTexts(`chat:${chatid}`, 1)).join('')).toContain('县人民医院');
  });

  it('is refused with the reason', async () => {
    const base = ['--name', '群', '--owner', 'wx-manager-1', '--members', 'wx-manager-2'];
    expect(await groupChat([])).toMatchObject({ code: 1, text: expect.stringContaining('用法') });
    expect(await groupChat(['--name', '群', '--owner', 'a', '--members', 'a'])).toMatchObject({
      text: expect.stringContaining('两个人'),
    });
    expect(await groupChat(['--name', '群', '--owner', 'nobody', '--members', 'b'])).toMatchObject({
      text: expect.stringContaining('花名册里没有群主'),
    });
    wecom.api.sendFaults.push({ kind: 'errcode', errcode: 48002 });
    expect(await groupChat(base)).toMatchObject({ code: 1, text: expect.stringContaining('没有创建') });
    const none = Object.fromEntries(Object.keys(wecom.env).map((name) => [name, '']));
    expect(await groupChat(base, { ...none, DATA_DIR: empty })).toMatchObject({
      text: expect.stringContaining('没有配置企业微信自建应用'),
    });
  });
});
