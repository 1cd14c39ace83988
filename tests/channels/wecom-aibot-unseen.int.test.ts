/**
 * The AI bot by callback alone cannot push: what was begun in a group is shown with the next private answer, and nothing is
 * submitted that its maker has not seen.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { startAibotSimulator } from '../simulators/wecom-aibot.ts';
import { startTestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const GROUP = 'wrREFERRALS';
const CLOCK = '2026-11-21T10:00:00+08:00';
const DOCTOR = 'wx-clinician-1';
const SAID = '上转 张三丰 男 67岁 阑尾炎 县医院 外科 13800138000';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe.each(databaseKinds())('a draft begun in a group, where nothing can be pushed, on %s', (kind) => {
  async function open() {
    const ahead = Date.parse(CLOCK) - Date.now();
    const aibot = await startAibotSimulator({ now: () => new Date(Date.now() + ahead) });
    closers.push(aibot.close);
    const bot = await startTestBot({ kind, clock: CLOCK, env: aibot.env });
    closers.push(bot.stop);
    aibot.setBot(bot.url);
    const seen = () =>
      aibot.phone
        .seen(DOCTOR)
        .map(({ text }) => text)
        .join('\n');
    return {
      enters: () => aibot.enterChat(DOCTOR),
      async says(text: string, group?: string): Promise<string> {
        const before = seen().length;
        await (await aibot.say(DOCTOR, text, { group })).ended;
        return seen().slice(before);
      },
    };
  }

  it.each(['你好', '补充', '确认', '转诊', '六统一是什么'])(
    'comes with the answer to %s, and is submitted after it was seen',
    async (words) => {
      const chat = await open();
      await chat.says(SAID, GROUP);
      const shown = await chat.says(words);
      expect(shown).toContain('您在群里发起的这一份还没有提交');
      expect(shown).toContain('请核对');
      expect(shown).toContain('67岁');
      expect(shown).not.toContain('已提交');
      expect(await chat.says('你好')).not.toContain('67岁');
      expect(await chat.says('补充')).toContain('67岁');
      expect(await chat.says('确认')).toMatch(/已提交，单号 ZZ\d{11}/);
    },
    30_000,
  );

  it('is the same for a shortage', async () => {
    const chat = await open();
    await chat.says('缺药 阿莫西林胶囊 0.25g*24粒 20盒', GROUP);
    const shown = await chat.says('确认');
    expect(shown).toContain('您在群里发起的这一份还没有提交');
    expect(shown).toContain('阿莫西林');
    expect(await chat.says('确认')).toMatch(/QY\d{11}/);
  }, 30_000);

  it('is replaced by what is said anew, which is shown at once', async () => {
    const chat = await open();
    await chat.says(SAID, GROUP);
    const shown = await chat.says('上转 女 52岁 胆囊炎 县医院 外科');
    expect(shown).toContain('52岁');
    expect(shown).not.toContain('67岁');
    expect(await chat.says('确认')).toMatch(/已提交，单号 ZZ\d{11}/);
  }, 30_000);
});
