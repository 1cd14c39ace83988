/**
 * Walks through the page of a running bot and takes the pictures of the README, by hand:
 * `node tests/page/screenshots.ts http://localhost:8080/ docs/screenshots`. It speaks and moves the clock: use fresh data.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';

const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
/** The digest comes on working days: over the longest holiday there is one within so many mornings. */
const MOST_MORNINGS = 10;

const CONFIRM = /^(确认|提交)/;
const REFERRAL = '上转 男 67岁 反复胸闷3天 转县医院 心内科';

const [address, folder] = process.argv.slice(2);
const program = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file) => file && existsSync(file),
);
if (!address || !folder || !program) {
  process.stderr.write(
    'usage: node tests/page/screenshots.ts URL FOLDER (needs Chromium; CHROMIUM names another one)\n',
  );
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const browser = await openBrowser(program);
try {
  await walk(browser, address, folder);
} finally {
  await browser.close();
}

async function walk(browser: Browser, url: string, into: string): Promise<void> {
  const group = await findGroup(url, 'wx-clinician-1', '转诊');
  const picture = async (page: Page, name: string): Promise<void> => {
    await page.locator('#toast').evaluate((toast) => toast.classList.remove('shown'));
    await page.locator('#chat-name').click(); // takes the cursor out of the field
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(into, `${name}.png`) });
    process.stdout.write(
      `${name}.png: ${(await page.locator('#log').innerText()).replaceAll(/\s+/g, ' ').slice(-100)}\n`,
    );
  };

  const page = await (await browser.newContext({ locale: 'zh-CN', ...DESKTOP })).newPage();
  await page.goto(url);
  await page.locator('.person').first().waitFor();
  await picture(page, '01-people');

  await goTo(page, url, 'wx-clinician-1');
  await say(page, '县聘乡用2027年目标是多少');
  await picture(page, '02-policy');

  await goTo(page, url, 'wx-clinician-1', group);
  await say(page, REFERRAL);
  await picture(page, '03-referral-group');
  await goTo(page, url, 'wx-clinician-1');
  // The draft of the group waits here; where words are still missing, say it whole.
  if ((await page.locator('.action', { hasText: CONFIRM }).count()) === 0) await say(page, REFERRAL);
  await picture(page, '04-referral-check');
  await press(page, CONFIRM);
  await picture(page, '05-referral-sent');
  await goTo(page, url, 'wx-coordinator-1');
  await picture(page, '06-referral-received');

  await goTo(page, url, 'wx-clinician-1');
  await say(page, '缺药 硝苯地平控释片 30mg 30盒');
  await press(page, CONFIRM);
  await goTo(page, url, 'wx-pharmacist-1');
  await say(page, '缺药清单');
  await picture(page, '07-shortages');

  await goTo(page, url, 'wx-manager-1');
  await waitForDigest(page);
  await picture(page, '08-digest');
  await goTo(page, url, 'wx-commission-1');
  await say(page, '里程碑');
  await picture(page, '09-milestones');

  const phone = await (await browser.newContext({ locale: 'zh-CN', ...PHONE })).newPage();
  await goTo(phone, url, 'wx-clinician-1');
  await say(phone, '预留号源是多少');
  await picture(phone, '10-phone-policy');
  await goTo(phone, url, 'wx-clinician-1', group);
  await say(phone, REFERRAL);
  await picture(phone, '11-phone-group');
  await phone.locator('#back').tap();
  await phone.waitForTimeout(300);
  await phone.screenshot({ path: join(into, '12-phone-list.png') });
}

async function findGroup(url: string, member: string, word: string): Promise<string> {
  const answer = await fetch(new URL('/playground/conversations', url));
  const all = (await answer.json()) as { id: string; kind: string; title: string; members: string[] }[];
  const group = all.find((one) => one.kind === 'group' && one.members.includes(member) && one.title.includes(word));
  if (!group) throw new Error(`no group of ${member} named ${word}`);
  return group.id;
}

/** Opens a conversation of a person, the private one unless told otherwise. */
async function goTo(page: Page, url: string, staff: string, conversation = `direct:${staff}`): Promise<void> {
  const target = new URL(`/#staff=${staff}&conversation=${conversation}`, url).href;
  await page.goto(target);
  await page.locator(`.conversation[data-conversation="${conversation}"][aria-current]`).waitFor({ state: 'attached' });
  await page.waitForTimeout(300);
}

/** Says something and waits until the bot has answered. */
async function say(page: Page, text: string): Promise<void> {
  await page.locator('#input').fill(text);
  await page.locator('#send').click();
  await settle(page);
}

/** Presses the newest button of that name; without one there is nothing to confirm. */
async function press(page: Page, label: RegExp): Promise<void> {
  const buttons = page.locator('.action', { hasText: label });
  if ((await buttons.count()) === 0) return;
  await buttons.last().click();
  await settle(page);
}

async function settle(page: Page): Promise<void> {
  const last = page.locator('.from-me').last();
  await last.and(page.locator(':not([data-state="sending"])')).waitFor({ timeout: 60_000 });
  const state = await last.getAttribute('data-state');
  if (state !== 'sent') throw new Error(`not answered: ${await last.innerText()}`);
  await page.waitForTimeout(300);
}

/** Moves the clock morning by morning until something new is in the open chat. */
async function waitForDigest(page: Page): Promise<void> {
  const said = page.locator('.from-bot .bubble:not(.dots)');
  const before = await said.count();
  for (let mornings = 0; mornings < MOST_MORNINGS; mornings += 1) {
    await page.locator('#clock-button').click();
    await page.getByRole('button', { name: '到明天08:00' }).click();
    await page.getByRole('button', { name: '确定' }).click();
    await page.locator('#clock-menu').waitFor({ state: 'hidden', timeout: 120_000 });
    await page.waitForTimeout(500);
    if ((await said.count()) > before) return;
  }
  throw new Error('no digest came');
}
