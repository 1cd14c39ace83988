/** Files sent to the AI bot: fetched, opened with the right key and read; groups quote them; what is gone is said so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startAibotSimulator } from '../simulators/wecom-aibot.ts';
import { startAibotSocketSimulator } from '../simulators/wecom-aibot-socket.ts';
import { startTestBot } from '../support/bot.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../fixtures/documents/yunling.txt'));
const PERSON = 'wx-commission-1';
const GROUP = 'wrCOMMISSION';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('a file sent to the AI bot', () => {
  it('by callback is opened with the bot’s key; too late, it is said to be gone', async () => {
    let ahead = 0;
    const now = () => new Date(Date.now() + ahead);
    const platform = await startAibotSimulator({ now });
    closers.push(platform.close);
    const bot = await startTestBot({ env: { ...platform.env, PLAYGROUND: 'on' } });
    closers.push(bot.stop);
    const clock = (await (await fetch(`${bot.url}/playground/clock`)).json()) as { now: string };
    ahead = Date.parse(clock.now) - Date.now();
    platform.setBot(bot.url);
    const url = platform.files.put('云岭办法.txt', DOCUMENT, platform.fileKey);
    const file = { msgtype: 'file', text: undefined, file: { url } };
    await (await platform.say(PERSON, '', { more: file })).ended;
    expect(platform.phone.seen(PERSON)[0]?.text).toContain('《云岭县紧密型县域医共体管理办法（试行）》');
    const gone = { msgtype: 'file', text: undefined, file: { url: `${platform.base}/files/00` } };
    await (await platform.say(PERSON, '', { more: gone })).ended;
    expect(platform.phone.seen(PERSON).at(-1)?.text).toMatch(/再发|重新发/);
    const quoted = { text: { content: '@医共体助手 ' }, quote: { msgtype: 'file', file: { url } } };
    await (await platform.say(PERSON, '', { group: GROUP, more: quoted })).ended;
    expect(platform.phone.seen(GROUP).at(-1)?.text).toContain('私聊');
  }, 60_000);

  it('over the long connection is opened with its own key', async () => {
    const platform = await startAibotSocketSimulator();
    closers.push(platform.close);
    const bot = await startTestBot({ env: { ...platform.env, PLAYGROUND: 'on' } });
    closers.push(bot.stop);
    const key = Buffer.alloc(32, 11);
    const url = platform.files.put('云岭办法.txt', DOCUMENT, key);
    const aeskey = key.toString('base64').replace(/=+$/, '');
    await platform.say(PERSON, '', { more: { msgtype: 'file', file: { url, aeskey } } });
    const seen = await platform.phone.waitFor(PERSON, (all) => all.some((bubble) => !bubble.open));
    expect(seen[0]?.text).toContain('《云岭县紧密型县域医共体管理办法（试行）》');
  }, 60_000);
});
