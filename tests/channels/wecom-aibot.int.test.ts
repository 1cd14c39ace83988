/**
 * The whole bot on the AI bot's stand-ins: one scripted conversation, by callback (beside the app, which pushes) and over the
 * long connection (which pushes itself). Read tests/golden/channels/wecom-aibot-*.txt as a clinician on a phone would.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startWecomSimulator } from '../simulators/wecom.ts';
import { startAibotSimulator } from '../simulators/wecom-aibot.ts';
import type { AibotPhone, Bubble } from '../simulators/wecom-aibot-phone.ts';
import { startAibotSocketSimulator } from '../simulators/wecom-aibot-socket.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const GROUP = 'wrREFERRALS';
const PEOPLE: Readonly<Record<string, string>> = {
  'wx-clinician-1': '乡镇医生',
  'wx-coordinator-1': '转诊中心',
  'wx-pharmacist-1': '中心药房',
  'wx-manager-1': '院长',
  [GROUP]: '群',
};
const CLOCK = '2026-11-21T10:00:00+08:00';

/** A card that is gone by now. */
interface Pressed {
  readonly task: string;
  readonly key: string;
}

/** What a person can do, whichever way the bot is connected. */
interface Surface {
  readonly env: Readonly<Record<string, string>>;
  readonly phone: AibotPhone;
  /** Texts that came by another surface of the same platform. */
  elsewhere(person: string): readonly string[];
  connect(bot: TestBot): Promise<void>;
  says(person: string, text: string, group?: string): Promise<void>;
  presses(person: string, label: string, pressed?: Pressed): Promise<void>;
  enters(person: string): Promise<void>;
  rates(person: string, bubble: Bubble): Promise<void>;
  close(): Promise<void>;
}

/** The platform's clock goes with the bot's: callbacks are signed with their time. */
function platformClock() {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    /** Two presses in one second are one. */
    tick() {
      ahead += 1_000;
    },
    async follow(bot: TestBot) {
      const { now } = (await (await fetch(`${bot.url}/playground/clock`)).json()) as { now: string };
      ahead = Date.parse(now) - Date.now();
    },
  };
}
type PlatformClock = ReturnType<typeof platformClock>;

async function byCallback({ now }: PlatformClock): Promise<Surface> {
  const app = await startWecomSimulator({ now });
  const aibot = await startAibotSimulator({ now, rest: app.api });
  return {
    env: { ...app.env, ...aibot.env },
    phone: aibot.phone,
    elsewhere: (person) => app.seenBy(person),
    async connect(bot) {
      aibot.setBot(bot.url);
      expect(await aibot.verifyUrl()).toBe(true);
    },
    async says(person, text, group) {
      const told = await aibot.say(person, text, { group });
      expect(told.why ?? 'taken').toBe('taken');
      await told.ended;
    },
    async presses(person, label, pressed) {
      expect((await aibot.press(person, label, pressed ? { pressed } : {})).status).toBe(200);
    },
    async enters(person) {
      expect((await aibot.enterChat(person)).status).toBe(200);
    },
    async rates(person, bubble) {
      expect((await aibot.rate(person, bubble, 1)).status).toBe(200);
    },
    async close() {
      await aibot.close();
      await app.close();
    },
  };
}

async function overSocket({ now }: PlatformClock): Promise<Surface> {
  const platform = await startAibotSocketSimulator({ now });
  for (const chat of Object.keys(PEOPLE)) platform.know(chat);
  return {
    env: platform.env,
    phone: platform.phone,
    elsewhere: () => [],
    connect: () => platform.until(platform.isSubscribed),
    says: async (person, text, group) => void (await platform.say(person, text, group ? { group } : {})),
    presses: async (person, label, pressed) => void (await platform.press(person, label, pressed ? { pressed } : {})),
    enters: async (person) => void (await platform.enterChat(person)),
    rates: async (person, bubble) => void (await platform.rate(person, bubble, 1)),
    close: () => platform.close(),
  };
}

const WAYS = [
  ['callback', byCallback],
  ['socket', overSocket],
] as const;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe.each(databaseKinds())('a conversation with the AI bot on %s', (kind) => {
  it.each(WAYS)(
    'by %s: question, referral, shortage, digest',
    async (way, open) => {
      const clock = platformClock();
      const surface = await open(clock);
      closers.push(surface.close);
      const bot = await startTestBot({ kind, clock: CLOCK, env: { ...surface.env, PLAYGROUND: 'on' } });
      closers.push(bot.stop);
      await clock.follow(bot);
      await surface.connect(bot);
      const talk = recorder(surface, bot);
      const [doctor, coordinator, pharmacist, manager] = Object.keys(PEOPLE) as [string, string, string, string];

      await talk.enters(doctor);
      await talk.says(doctor, '县域内基层诊疗人次占比2027年要达到多少？');
      await talk.presses(doctor, '有用');
      await talk.presses(doctor, '原文');
      await talk.thumbsUp(doctor);
      await talk.says(doctor, '县域内基层诊疗人次占比2027年要达到多少？', GROUP);
      await talk.says(doctor, '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000', GROUP);
      await talk.says(doctor, '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000');
      const draft = surface.phone.button(doctor, '确认');
      await talk.presses(doctor, '确认');
      const number =
        /ZZ\d+/.exec(
          surface.phone
            .seen(doctor)
            .map(({ text }) => text)
            .join('\n'),
        )?.[0] ?? '';
      expect(number).not.toBe('');
      clock.tick();
      await talk.presses(doctor, '确认', { task: draft.card.task, key: draft.key });
      if (way === 'socket') await talk.presses(coordinator, '接收');
      else await talk.says(coordinator, `接收 ${number}`);
      await talk.says(doctor, `进度 ${number}`);

      await talk.says(doctor, '缺药 阿莫西林胶囊 20盒');
      await talk.presses(doctor, '确认');
      await talk.says(pharmacist, '缺药清单');

      talk.note('（11月23日 08:00）');
      await bot.moveClock('2026-11-23T08:00:00+08:00');
      await clock.follow(bot);
      await talk.hears([manager]);

      for (const bubble of surface.phone.seen(GROUP)) {
        for (const secret of ['张铁蛋', '13800138000', '阑尾炎']) expect(bubble.text).not.toContain(secret);
      }
      expect(surface.phone.bubbles.filter((bubble) => bubble.open)).toEqual([]);
      // The platform lets nobody be pushed to who never wrote; whoever speaks here is reached.
      const dead: { address: string }[] = await bot.running.database.reader('deliveries').where({ state: 'dead' });
      expect(dead.filter(({ address }) => Object.keys(PEOPLE).some((one) => address.includes(`"${one}"`)))).toEqual([]);
      await expect(`${talk.written.join('\n\n')}\n`).toMatchFileSnapshot(`../golden/channels/wecom-aibot-${way}.txt`);
    },
    120_000,
  );
});

/** Writes down what was said and what the phones then showed anew. */
function recorder(surface: Surface, bot: TestBot) {
  const written: string[] = [];
  const noted = new Map<object, number>();
  const read = new Map<string, number>();

  /** Nothing is under way any more. */
  async function settled(): Promise<void> {
    const { reader } = bot.running.database;
    const until = performance.now() + 30_000;
    let calm = 0;
    while (calm < 2) {
      if (performance.now() > until) throw new Error(`not settled: ${written.at(-1)}`);
      await sleep(30);
      const open = await reader('inbox').where({ state: 'received' }).first('id');
      const unsent = await reader('deliveries')
        .whereIn('state', ['pending', 'passive'])
        .whereNot({ channel: 'playground' })
        .first('id');
      calm = open || unsent || surface.phone.bubbles.some((bubble) => bubble.open) ? 0 : calm + 1;
    }
  }

  async function hears(chats: readonly string[] = Object.keys(PEOPLE)): Promise<void> {
    await settled();
    for (const chat of chats) {
      for (const bubble of surface.phone.seen(chat)) {
        if (noted.get(bubble) === bubble.changes) continue;
        const changed = noted.has(bubble) && bubble.kind === 'card' ? '（原卡片改为）' : '';
        noted.set(bubble, bubble.changes);
        written.push(`→ ${PEOPLE[chat]}${changed}：\n${bubble.text}`);
      }
      const texts = surface.elsewhere(chat);
      for (const text of texts.slice(read.get(chat) ?? 0)) written.push(`→ ${PEOPLE[chat]}（企业微信应用）：\n${text}`);
      read.set(chat, texts.length);
    }
  }

  /** Until something changed on the phones: what was said reached the bot. */
  async function afterwards(act: () => Promise<void>): Promise<void> {
    const { reader } = bot.running.database;
    const rows = async () => Number((await reader('inbox').count('* as count').first())?.count ?? 0);
    const before = await rows();
    await act();
    const until = performance.now() + 15_000;
    while ((await rows()) === before) {
      if (performance.now() > until) throw new Error(`not heard: ${written.at(-1)}`);
      await sleep(20);
    }
    await hears();
  }

  return {
    written,
    hears,
    note: (text: string) => void written.push(text),
    async says(person: string, text: string, group?: string) {
      written.push(`【${PEOPLE[person]}】${group ? '（群里）' : ''}${text}`);
      await afterwards(() => surface.says(person, text, group));
    },
    async presses(person: string, label: string, pressed?: Pressed) {
      written.push(`【${PEOPLE[person]}】${pressed ? '又按旧卡片上的' : '按'}“${label}”`);
      await afterwards(() => surface.presses(person, label, pressed));
    },
    async thumbsUp(person: string) {
      const rated = surface.phone.seen(person).findLast((bubble) => bubble.feedback !== undefined);
      if (!rated) throw new Error('nothing to rate');
      written.push(`【${PEOPLE[person]}】点赞`);
      await afterwards(() => surface.rates(person, rated));
    },
    async enters(person: string) {
      written.push(`【${PEOPLE[person]}】打开对话`);
      await afterwards(() => surface.enters(person));
    },
  };
}
