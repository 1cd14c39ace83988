/** What a phone shows of a reply: literal words, cards within their limits, mentions taken out, files opened. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelError } from '../../../../bot/channels/channel.ts';
import { updatedCard, wholeCard } from '../../../../bot/channels/wecom-aibot/card.ts';
import { feedbackId, readFeedbackId } from '../../../../bot/channels/wecom-aibot/feedback.ts';
import { downloadFile, fileKey, fileName } from '../../../../bot/channels/wecom-aibot/files.ts';
import { withoutMention } from '../../../../bot/channels/wecom-aibot/mention.ts';
import { escapeMarkdown, markdownParts } from '../../../../bot/channels/wecom-markdown.ts';
import type { Block } from '../../../../handlers/message.ts';
import { AibotFiles } from '../../../simulators/wecom-aibot-files.ts';
import { AibotPhone } from '../../../simulators/wecom-aibot-phone.ts';
import { viewMarkdown } from '../../../simulators/wecom-markdown.ts';

const buttons = (...labels: readonly string[]): Block => ({
  type: 'buttons',
  items: labels.map((label) => ({ id: 'x.y', label, value: label, version: 1 })),
});
const text = (words: string): Block => ({ type: 'text', text: words });

describe('markdown', () => {
  it.each([
    '阿莫西林 0.25g*24片，头孢 0.5g*12片',
    '≥90%、<7天、1~2次、3~4盒',
    '<@zhangsan> <think>不</think> <b>粗</b>',
    '# 一\n> 二\n- 三\n1. 四\n---',
    '[原文](https://a.example) ![图](b)',
    '`code` _强调_ a_b_c ~~删~~ &amp; &lt;',
    '\\* \\\\ \\n 末尾\\',
    '| 甲 | 乙 |\n| --- | --- |',
  ])('shows %j as it is', (words) => {
    expect(viewMarkdown(escapeMarkdown(words))).toBe(words);
  });

  it('never changes a word, whatever was typed', () => {
    const typed = fc
      .array(fc.constantFrom(...'甲乙 ab12*_`~[]()<>#-+.!|&;\\@/=\n'), { maxLength: 30 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(typed, (words) => viewMarkdown(escapeMarkdown(words)) === words),
      { numRuns: 3_000 },
    );
  });

  it('splits without cutting an escape or a table without its head', () => {
    const rows = Array.from({ length: 40 }, (_, at) => [`药${at}`, '0.25g*24片']);
    const blocks: Block[] = [text('*'.repeat(300)), { type: 'table', columns: ['药品', '规格'], rows }];
    const parts = markdownParts(blocks, { maxBytes: 400, escapes: true, buttons: 'words', media: 'named' });
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(400);
    const shown = parts.map(viewMarkdown);
    expect(shown.join('')).toContain('*'.repeat(290));
    const tables = shown.filter((part) => part.includes('0.25g'));
    expect(tables.length).toBeGreaterThan(1);
    for (const table of tables) expect(table.split('\n')[0]).toBe('药品 ｜ 规格');
    expect(shown.join('\n').match(/0\.25g\*24片/g)).toHaveLength(40);
  });

  it('ends a quote before what follows it', () => {
    const [part = ''] = markdownParts([{ type: 'quote', text: '原文\n第二行', source: '出处' }, text('以后')], {
      maxBytes: 2000,
      escapes: true,
      buttons: 'words',
      media: 'named',
    });
    expect(viewMarkdown(part)).toBe('│ 原文\n│ 第二行\n│ ——出处\n\n以后');
  });
});

describe('cards', () => {
  const shown = (card: object) => new AibotPhone().card('a', { ...card, task_id: 't' }).text;

  it('hold a whole reply that fits, and say so', () => {
    const whole = wholeCard([
      text('已接收。'),
      { type: 'fields', items: [{ label: '患者', value: '张**' }] },
      buttons('安排'),
    ]);
    expect(whole?.complete).toBe(true);
    expect(shown(whole?.card ?? {})).toBe('▣ 已接收。\n患者：张**\n[安排]');
  });

  it('name the case where several buttons would be called the same', () => {
    const progress = (value: string): Block => ({
      type: 'buttons',
      items: [{ id: 'referral.progress', label: '进度', value }],
    });
    const list = [text('我的转诊'), progress('ZZ20261122001'), progress('ZZ20261122002'), buttons('帮助')];
    expect(shown(wholeCard(list)?.card ?? {})).toBe('▣ 我的转诊\n[进度 ZZ20261122001] [进度 ZZ20261122002] [帮助]');
    expect(shown(wholeCard([text('一单'), progress('ZZ20261122001')])?.card ?? {})).toBe('▣ 一单\n[进度]');
  });

  it('are always what the platform takes, and complete only when nothing is missing', () => {
    const blocks = fc.array(
      fc.oneof(
        fc.string({ maxLength: 200 }).map(text),
        fc
          .array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 9 })
          .map((labels) => buttons(...labels.map((one) => `按${one}`))),
        fc
          .record({ label: fc.string({ maxLength: 8 }).map((one) => `字${one}`), value: fc.string({ maxLength: 40 }) })
          .map((item): Block => ({ type: 'fields', items: [item] })),
        fc.constant<Block>({ type: 'quote', text: '原文', source: '' }),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(blocks, (all) => {
        const whole = wholeCard(all);
        if (!whole) return;
        const view = shown(whole.card);
        if (!whole.complete) return;
        for (const block of all) {
          if (block.type === 'buttons') for (const { label } of block.items) expect(view).toContain(`[${label}]`);
          if (block.type === 'fields')
            for (const { label, value } of block.items) expect(view).toContain(`${label}：${value}`);
          expect(block.type).not.toBe('quote');
        }
      }),
    );
  });

  it.each([
    [
      'a reply with buttons takes its place',
      [text('已接收'), buttons('安排')],
      { stateful: true, inGroup: true },
      '▣ 已接收\n[安排]',
    ],
    [
      'in private a state that is over offers help',
      [text('已提交')],
      { stateful: true, inGroup: false },
      '▣ 已提交\n[帮助]',
    ],
    ['in a group others still need it', [text('只有转诊中心能接收')], { stateful: true, inGroup: true }, undefined],
    ['reading on is no state', [text('谢谢，记下了。')], { stateful: false, inGroup: false }, undefined],
  ] as const)('when pressed: %s', (_, blocks, pressed, expected) => {
    const updated = updatedCard(blocks, pressed);
    expect(updated && shown(updated.card)).toBe(expected);
  });
});

describe('a mention', () => {
  it.each([
    ['@医共体助手 缺药 阿莫西林', undefined, '缺药 阿莫西林'],
    ['@医共体助手\u2005缺药', undefined, '缺药'],
    ['缺药 @医共体助手', undefined, '缺药'],
    ['帮我 @医共体助手 查一下', undefined, '帮我 查一下'],
    ['@医共体 助手 缺药 阿莫西林', '医共体 助手', '缺药 阿莫西林'],
    ['@李四 @医共体助手 看看', '医共体助手', '@李四 看看'],
    ['@医共体助手 问 @李四 和 @王五', undefined, '问 @李四 和 @王五'],
    ['发到 a@b.example 吗', undefined, '发到 a@b.example 吗'],
    ['@医共体助手', undefined, ''],
    ['@助手(测试) 帮助', '助手(测试)', '帮助'],
    ['没有提到谁', undefined, '没有提到谁'],
  ])('%j with the name %j leaves %j', (words, name, expected) => {
    expect(withoutMention(words, name)).toBe(expected);
  });
});

describe('feedback', () => {
  it('comes back as the button it stands for', () => {
    const rated: Block[] = [
      { type: 'buttons', items: [{ id: 'policy.useful', label: '有用', value: 'wuxi 附件2/7' }] },
    ];
    const id = feedbackId(rated) ?? '';
    expect(readFeedbackId(id, 1)).toEqual({ id: 'policy.useful', value: 'wuxi 附件2/7' });
    expect(readFeedbackId(id, 2)).toEqual({ id: 'policy.useless', value: 'wuxi 附件2/7' });
    expect(readFeedbackId(id, 3)).toBeUndefined();
    expect(feedbackId([buttons('接收')])).toBeUndefined();
    const long: Block[] = [
      { type: 'buttons', items: [{ id: 'policy.useful', label: '有用', value: '长'.repeat(200) }] },
    ];
    expect(Buffer.byteLength(feedbackId(long) ?? '')).toBeLessThanOrEqual(256);
  });
});

describe('a file', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, at) => 251 - at));
  const bytes = Buffer.from('%PDF-1.7 方案');
  const base64 = key.toString('base64');

  it.each([
    ['with its padding', base64],
    ['without', base64.replace(/=+$/, '')],
    ['in the URL alphabet', base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
    ['in hex', key.toString('hex')],
  ])('key arrives in base64 %s', (_, written) => {
    expect(fileKey(written)).toEqual(key);
  });

  it('has no key in anything else', () => {
    for (const written of ['', 'short', 'A'.repeat(42), 'g'.repeat(64)]) expect(fileKey(written)).toBeUndefined();
  });

  it.each([
    ["attachment; filename*=UTF-8''%E6%96%B9%E6%A1%88.pdf; filename=x", '方案.pdf'],
    ['attachment; filename="a b.docx"', 'a b.docx'],
    ['attachment; filename=../../etc/passwd', 'passwd'],
    [Buffer.from('attachment; filename="方案.doc"').toString('latin1'), '方案.doc'],
    ["attachment; filename*=UTF-8''%FF%FE", '%FF%FE'],
    ['inline', undefined],
  ])('is named by %j', (disposition, expected) => {
    expect(fileName(disposition)).toBe(expected);
  });

  const at = new Date('2026-11-21T02:00:00Z');
  async function served(work: (url: string, files: AibotFiles, late: () => void) => Promise<void>): Promise<void> {
    let now = at;
    const files = new AibotFiles(() => now);
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => void files.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    files.base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    try {
      const late = () => {
        now = new Date(at.getTime() + 5 * 60_000 + 1);
      };
      await work(files.put('实施 方案.pdf', bytes, key), files, late);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
  const file = (url: string, own?: string) => ({
    name: '文件',
    kind: 'file' as const,
    mediaId: JSON.stringify({ url, key: own }),
  });
  const source = { fetch, timeoutMs: 2_000, hosts: ['files.example'], loopbackBase: true, key };
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      (error: unknown) => (error instanceof ChannelError ? error.platformCode : 'other'),
    );

  it('is fetched without credentials, opened, named', async () => {
    await served(async (url, files) => {
      expect(await downloadFile(file(url), 1_000, source)).toEqual({ name: '实施 方案.pdf', bytes });
      expect(await downloadFile(file(url, key.toString('hex')), 1_000, { ...source, key: undefined })).toMatchObject({
        bytes,
      });
      for (const headers of files.asked)
        expect([headers.authorization, headers.cookie]).toEqual([undefined, undefined]);
    });
  });

  it('is refused when it is too large, too late, sealed otherwise or elsewhere', async () => {
    await served(async (url, _, late) => {
      expect(await refusal(downloadFile(file(url), 10, source))).toBe('too-large');
      expect(await refusal(downloadFile(file(url), 1_000, { ...source, key: Buffer.alloc(32, 1) }))).toBe(
        'sealed otherwise',
      );
      expect(await refusal(downloadFile(file(url), 1_000, { ...source, loopbackBase: false }))).toBe('foreign host');
      for (const foreign of [
        'http://files.example/a',
        'https://files.example.evil.example/a',
        'https://169.254.169.254/a',
        'file:///etc/passwd',
      ]) {
        expect(await refusal(downloadFile(file(foreign), 1_000, source)), foreign).toBe('foreign host');
      }
      expect(await refusal(downloadFile({ name: 'x', kind: 'file', mediaId: 'junk' }, 1_000, source))).toBe('gone');
      late();
      expect(await refusal(downloadFile(file(url), 1_000, source))).toBe('gone');
    });
  });
});
