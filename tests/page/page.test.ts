/** The page in a real browser, against a stand-in that speaks the playground's interface. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { openBrowser } from './browser.ts';
import { type FakePlayground, startFakePlayground } from './fake-playground.ts';

const program = inject('chromium');
const CLINICIAN = '#staff=wx-clinician-1&conversation=direct:wx-clinician-1';
const GROUP = '#staff=wx-clinician-1&conversation=wx-group-1';

/** Asks again until it is so: a page takes its time, more on a busy machine. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 8000 });

describe.skipIf(!program)('the playground page', () => {
  let browser: Browser;
  let fake: FakePlayground;
  /** What the browser complained about: script errors, refused by the policy, failed requests. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await openBrowser(program ?? '');
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    complaints = [];
    fake = await startFakePlayground();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await fake.stop();
  });

  async function open(
    hash = '',
    options: BrowserContextOptions = { viewport: { width: 1280, height: 800 } },
  ): Promise<Page> {
    const context = await browser.newContext({ locale: 'zh-CN', ...options });
    context.setDefaultTimeout(8000);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(`${fake.url}${hash}`);
    await page.locator('.person, #input').first().waitFor({ state: 'attached' });
    return page;
  }
  async function say(page: Page, text: string): Promise<void> {
    await page.locator('#input').fill(text);
    await page.locator('#input').press('Enter');
  }
  const lastBubble = (page: Page) => page.locator('.from-bot .bubble').last();
  const textOf = (page: Page, selector: string) => page.locator(selector).allInnerTexts();

  it('lists people by region and institution, finds them by a word, and opens the private chat of the one picked', async () => {
    const page = await open();
    expect(await textOf(page, '#people .region')).toEqual(['巫溪', '徽州', '湖南', '未绑定人员']);
    expect(await textOf(page, '#people .institution')).toContain('巫溪县红池坝镇卫生院');
    await page.locator('#people-search').fill('徽州 村医');
    await soon(() => textOf(page, '.person .row-title')).toEqual(['程村医']);
    await page.locator('#people-search').fill('没有这个人');
    await soon(() => textOf(page, '#people .empty')).toEqual(['没有找到，换个词试试']);
    await page.locator('#people-search').fill('药师');
    await page.locator('#people').getByRole('button', { name: '郑药师' }).click();
    await soon(() => textOf(page, '.me-name')).toEqual(['郑药师\n药师']);
    expect(await textOf(page, '.conversation .row-title')).toEqual(['医共体助手', '巫溪缺药群（演示）']);
    expect(page.url()).toContain('#staff=wx-pharmacist-1&conversation=direct:wx-pharmacist-1');
    expect(complaints).toEqual([]);
  });

  it('lets the unbound person speak, too', async () => {
    const page = await open('#staff=unbound-1&conversation=direct:unbound-1');
    expect(await textOf(page, '.me-name')).toEqual(['新来的人\n未绑定']);
    await say(page, '帮助');
    await soon(() => lastBubble(page).innerText()).toContain('您可以这样说');
  });

  it('draws every kind of block, and keeps what looks like HTML as the words it is', async () => {
    const page = await open(CLINICIAN);
    await say(page, '全部');
    const bubble = lastBubble(page);
    await bubble.locator('.actions').waitFor();
    expect(await bubble.locator('.text').innerText()).toBe('第一行 <b>不是粗体</b> & "引号"\n第二行');
    expect(await bubble.locator('.markdown strong').innerText()).toBe('要点');
    expect(await bubble.locator('.markdown ol li').allInnerTexts()).toEqual(['先看 附件2', '再看原文']);
    expect(await bubble.locator('.markdown a').getAttribute('href')).toBe('https://example.org/plan');
    expect(await bubble.locator('.markdown').innerText()).toContain('<img src=x onerror=alert(1)>');
    expect(await bubble.locator('.quote blockquote').innerText()).toContain('预留不少于20%的门诊号源');
    expect(await bubble.locator('.quote figcaption').innerText()).toBe('《示范县实施方案》三/（二）/5');
    expect(await bubble.locator('.fields dt').allInnerTexts()).toEqual(['单号', '去向', '状态']);
    expect(await bubble.locator('.fields dd').last().innerText()).toBe('待接收');
    expect(await bubble.locator('.table th').count()).toBe(7);
    expect(await bubble.locator('.table tbody tr').first().locator('td').allInnerTexts()).toContain('58.9%');
    expect(await bubble.locator('ol.items li').allInnerTexts()).toEqual(['打开私聊', '补充患者信息', '确认']);
    expect(await bubble.locator('ul.items li').allInnerTexts()).toEqual(['号源', '床位']);
    const picture = bubble.getByRole('img', { name: '指标进度图' });
    await soon(() => picture.evaluate((node) => node.complete && node.naturalWidth)).toBe(520);
    const download = page.waitForEvent('download');
    await bubble.locator('.file').click();
    expect((await download).suggestedFilename()).toBe('缺药清单.csv');
    expect(await bubble.locator('.action').allInnerTexts()).toEqual(['接收', '拒绝']);
    await bubble.locator('.picture').click();
    await page.getByRole('dialog', { name: '查看图片' }).getByRole('button', { name: '关闭' }).click();
    expect(complaints).toEqual([]);
  });

  it('brings Chinese text with < & and " there and back literally', async () => {
    const page = await open(CLINICIAN);
    const words = '血压<140 & 心率"正常" <script>alert(1)</script> 体温>37℃';
    await say(page, `回声 ${words}`);
    await soon(() => lastBubble(page).innerText()).toBe(words);
    expect(await page.locator('.from-me .bubble').innerText()).toBe(`回声 ${words}`);
    expect(fake.posted[0]?.text).toBe(`回声 ${words}`);
    expect(complaints).toEqual([]);
  });

  it('sends a pressed button as its action and holds the buttons while it is on its way', async () => {
    const page = await open(CLINICIAN);
    await say(page, '全部');
    const accept = page.locator('.action', { hasText: '接收' });
    await accept.waitFor();
    const release = fake.hold();
    await accept.click();
    await soon(() => accept.isDisabled()).toBe(true);
    expect(await page.locator('.action', { hasText: '拒绝' }).isDisabled()).toBe(true);
    release();
    await soon(() => lastBubble(page).innerText()).toBe('已办：referral.accept ZZ20261121007');
    await soon(() => accept.isDisabled()).toBe(false);
    expect(await page.locator('.from-me .pressed').innerText()).toContain('接收');
    expect(fake.posted.at(-1)).toMatchObject({
      text: '',
      action: { id: 'referral.accept', value: 'ZZ20261121007', version: 3 },
      conversation: { kind: 'direct', id: 'direct:wx-clinician-1' },
    });
  });

  it('shows a push without a reload, and an unread count where it is not being looked at', async () => {
    const page = await open(CLINICIAN);
    fake.push('direct:wx-clinician-1', { type: 'text', text: '您的转诊单已接收。' });
    await soon(() => lastBubble(page).innerText()).toBe('您的转诊单已接收。');
    fake.push('wx-group-2', { type: 'text', text: '缺药群里的话' });
    fake.push('wx-group-2', { type: 'text', text: '再来一句' });
    fake.push('hz-group-1', { type: 'text', text: '别的群' });
    const row = page.locator('[data-conversation="wx-group-2"]');
    await soon(() => row.locator('.badge').innerText()).toMatch(/^2/);
    expect(await row.locator('.row-note').innerText()).toBe('再来一句');
    expect(await page.title()).toMatch(/^\(2\) /);
    await row.click();
    await soon(() => row.locator('.badge').count()).toBe(0);
    expect(await textOf(page, '.from-bot .bubble')).toEqual(['缺药群里的话', '再来一句']);
    expect(complaints).toEqual([]);
  });

  it('points from the group to the private chat when the answer went there', async () => {
    const page = await open(GROUP);
    await say(page, '上转 男 67岁 胸闷 转县医院 心内科');
    await soon(() => lastBubble(page).innerText()).toContain('已受理，请在私聊中补充');
    expect(await page.locator('.log .fields').count()).toBe(0);
    await soon(() => page.locator('[data-conversation="direct:wx-clinician-1"] .badge').innerText()).toMatch(/^1/);
    await page.getByRole('button', { name: '私聊里有 1 条新消息' }).click();
    await soon(() => page.locator('.log .fields dd').allInnerTexts()).toContain('男 67岁');
    await page.getByRole('button', { name: '确认' }).click();
    await soon(() => lastBubble(page).innerText()).toContain('单号 ZZ20261121007');
    await page.goBack();
    await soon(() => lastBubble(page).innerText()).toContain('【转诊 ZZ20261121007】');
    expect(await page.locator('.notice-button').count()).toBe(0);
  });

  it('retries a message whose answer was lost under the same id, and shows the answer once', async () => {
    const page = await open(CLINICIAN);
    fake.loseAnswers(1);
    await say(page, '回声 只办一次');
    const failed = page.locator('.from-me[data-state="failed"]');
    await soon(() => failed.innerText()).toContain('未送达');
    await failed.getByRole('button', { name: '重试' }).click();
    await soon(() => page.locator('.from-me').getAttribute('data-state')).toBe('sent');
    expect(await textOf(page, '.from-bot .bubble')).toEqual(['只办一次']);
    expect(fake.posted.map((one) => one.text)).toEqual(['回声 只办一次', '回声 只办一次']);
    expect(new Set(fake.posted.map((one) => one.messageId)).size).toBe(1);
  });

  it('says that the connection is lost, comes back by itself and shows what was sent meanwhile', async () => {
    const page = await open(CLINICIAN);
    await fake.goAway();
    await soon(() => page.locator('#banner').innerText()).toBe('连接中断，正在重连…');
    await say(page, '回声 断线时说的');
    await soon(() => page.locator('.from-me .failed').innerText()).toContain('连接中断');
    fake.push('direct:wx-clinician-1', { type: 'text', text: '断线期间的提醒' });
    await fake.comeBack();
    await soon(() => lastBubble(page).innerText()).toBe('断线期间的提醒');
    expect(await page.locator('#banner').innerText()).toBe('');
    await page.getByRole('button', { name: '重试' }).click();
    await soon(() => textOf(page, '.from-bot .bubble')).toContain('断线时说的');
  });

  it('forgets what it knew when the bot comes back with other data', async () => {
    const page = await open(CLINICIAN);
    await say(page, '回声 从前的话');
    await soon(() => lastBubble(page).innerText()).toBe('从前的话');
    await fake.goAway();
    await soon(() => page.locator('#banner').innerText()).toContain('重连');
    fake.forget();
    fake.push('direct:wx-clinician-1', { type: 'text', text: '新的开始' });
    fake.push('direct:wx-clinician-1', { type: 'text', text: '又一句' });
    await fake.comeBack();
    await soon(() => textOf(page, '.log .bubble')).toEqual(['新的开始', '又一句']);
  });

  it('is the same after a reload: person, conversation, own words among the answers, unread counts', async () => {
    const page = await open(GROUP);
    await say(page, '回声 第一句');
    await soon(() => lastBubble(page).innerText()).toBe('第一句');
    await say(page, '回声 第二句');
    await soon(() => lastBubble(page).innerText()).toBe('第二句');
    fake.push('direct:wx-clinician-1', { type: 'text', text: '没看过的' });
    const badge = page.locator('[data-conversation="direct:wx-clinician-1"] .badge');
    await soon(() => badge.count()).toBe(1);
    const before = await textOf(page, '.log .bubble');
    await page.reload();
    await soon(() => textOf(page, '.log .bubble')).toEqual(before);
    expect(before).toEqual(['回声 第一句', '第一句', '回声 第二句', '第二句']);
    expect(await badge.innerText()).toMatch(/^1/);
  });

  it('shows words of another person in the same group at the left, with the name', async () => {
    const page = await open(GROUP);
    await say(page, '回声 我先说');
    await soon(() => lastBubble(page).innerText()).toBe('我先说');
    await page.getByRole('button', { name: '换人' }).click();
    await page.locator('#people').getByRole('button', { name: '李主任' }).click();
    await page.locator('[data-conversation="wx-group-1"]').click();
    await soon(() => textOf(page, '.from-other .author')).toEqual(['陈医生']);
    expect(await page.locator('.from-me').count()).toBe(0);
  });

  it('moves the clock forward after a confirmation, in Shanghai time wherever one sits, and the pushes appear', async () => {
    const page = await open('#staff=wx-manager-1&conversation=direct:wx-manager-1', {
      timezoneId: 'America/New_York',
    });
    const clock = page.locator('#clock-button');
    await soon(() => clock.innerText()).toContain('11月21日 周六 16:2');
    await clock.click();
    await page.getByRole('button', { name: '到明天08:00' }).click();
    expect(await page.locator('#clock-title').innerText()).toBe('拨到 11月22日 周日 08:00？');
    expect(await page.locator('.log .bubble').count()).toBe(0);
    await page.getByRole('button', { name: '确定' }).click();
    await soon(() => lastBubble(page).innerText()).toContain('每日汇总');
    expect(await clock.innerText()).toContain('11月22日 周日 08:00');
    await soon(() => page.locator('#toast').innerText()).toContain('发出 1 条推送');
    await clock.click();
    await page.locator('#clock-field').fill('2026-11-22T07:00');
    await page.getByRole('button', { name: '拨到', exact: true }).click();
    expect(await page.locator('#clock-hint').innerText()).toContain('只能往前拨');
    await page.keyboard.press('Escape');
    expect(await page.locator('#clock-menu').isHidden()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('sends with enter, breaks the line with shift and enter, fills the field from an example without sending', async () => {
    const page = await open(CLINICIAN);
    await page.getByRole('button', { name: /^上转/ }).click();
    expect(await page.locator('#input').inputValue()).toMatch(/^上转 男 67岁/);
    expect(fake.posted).toEqual([]);
    await page.locator('#input').fill('回声 一');
    await page.locator('#input').press('Shift+Enter');
    await page.locator('#input').pressSequentially('二');
    await page.locator('#input').press('Enter');
    await soon(() => lastBubble(page).innerText()).toBe('一\n二');
    expect(await page.locator('#input').inputValue()).toBe('');
  });

  it('fits a phone: one column, the way back, a button to send, nothing wider than the screen', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
    const page = await open('', phone);
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    expect(await width()).toBe(390);
    expect(await page.locator('.chat').isHidden()).toBe(true);
    await page.locator('#people').getByRole('button', { name: '陈医生' }).tap();
    await page.locator('#input').fill('全部');
    await page.locator('#send').tap();
    await page.locator('.from-bot .actions').waitFor();
    expect(await page.locator('.sidebar').isHidden()).toBe(true);
    expect(await width()).toBe(390);
    const log = page.locator('#log');
    expect(await log.evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
    expect(await page.locator('.table').evaluate((node) => node.scrollWidth > node.clientWidth)).toBe(true);
    fake.push('wx-group-1', { type: 'text', text: '群里有新消息' });
    const back = page.getByRole('button', { name: '返回会话列表，1 条未读' });
    await back.tap();
    await page.locator('[data-conversation="wx-group-1"]').tap();
    await soon(() => lastBubble(page).innerText()).toBe('群里有新消息');
    expect(complaints).toEqual([]);
  });

  it('can be used by keyboard alone, and every control has a name', async () => {
    const page = await open();
    await page.locator('#people-search').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon(() => page.locator('#input:focus').count()).toBe(1);
    await page.keyboard.type('全部');
    await page.keyboard.press('Enter');
    await page.locator('.from-bot .actions').waitFor();
    const nameless = await page.evaluate(
      `[...document.querySelectorAll('button, a, input, textarea')].filter((node) => node.checkVisibility()
        && !node.innerText.trim() && !node.ariaLabel && !(node.labels && node.labels.length)).map((node) => node.outerHTML)`,
    );
    expect(nameless).toEqual([]);
    await soon(() => page.getByRole('log', { name: '消息' }).getAttribute('aria-live')).toBe('polite');
    expect(await page.locator('footer').innerText()).toBe('演示环境，仅供试用，请勿输入真实患者信息');
  });

  it('is served under a policy that forbids anything inline', async () => {
    const policy = (await fetch(fake.url)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    const page = await open(CLINICIAN);
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="document.title=1">')`,
    );
    await soon(() => complaints.join(' ')).toContain('Content Security Policy');
  });
});
