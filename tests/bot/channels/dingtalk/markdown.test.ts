/** Words arrive literally through DingTalk's markdown, and every reply fits the platform's limits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from '../../../../bot/channels/dingtalk/markdown.ts';
import { type Part, renderParts } from '../../../../bot/channels/dingtalk/render.ts';
import type { Block, IncomingMessage } from '../../../../handlers/message.ts';
import { asShown } from '../../../contract/dingtalk-rig.ts';
import { markdownAsShown } from '../../../simulators/dingtalk-phone.ts';

const render = (blocks: readonly Block[], cards = false, answering?: IncomingMessage) =>
  renderParts(blocks, { cards, media: true, answering });
const parts = (drawn: readonly string[]) => drawn.map((one) => JSON.parse(one) as Part);

describe('escaped words', () => {
  it.each([
    '**不是粗体** __也不是__ *x* _y_ ~z~ `code`',
    '# 不是标题',
    '> 不是引用',
    '- 不是列表',
    '1. 不是编号',
    '2027. 年',
    '[不是链接](https://example.com) ![也不是](@lADP1)',
    '<font color=red>不是颜色</font> &amp; &nbsp; &#42;',
    '  前面有两个空格',
    '第一行\n第二行\n\n隔一行',
    'a|b|c \\ \\* 反斜杠',
    '---',
    '+1 分\n=等号',
  ])('are shown as they are: %s', (text) => {
    expect(markdownAsShown(escapeMarkdown(text)).replace(/\n+/g, '\n')).toBe(text.replace(/\n+/g, '\n'));
  });

  it('hold for any words on one line', () => {
    const line = fc
      .array(fc.constantFrom(...'a1#*_-+>[]()!<&`~\\|.= 字，'), { maxLength: 20 })
      .map((signs) => signs.join(''))
      .filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(line, (text) => {
        expect(markdownAsShown(escapeMarkdown(text))).toBe(text);
      }),
    );
  });
});

describe('a drawn reply', () => {
  it('has a title from its first line, short enough for the list of chats', () => {
    const [part] = parts(render([{ type: 'quote', text: '长'.repeat(80), source: '湘卫发' }]));
    expect(part).toMatchObject({ kind: 'markdown' });
    expect(part?.kind === 'markdown' && [...part.title].length).toBeLessThanOrEqual(24);
  });

  it('fits the limit of msgParam whatever stands in it', () => {
    const block = fc.oneof(
      fc.record({ type: fc.constant('text' as const), text: fc.string({ maxLength: 6_000, unit: 'binary' }) }),
      fc.record({
        type: fc.constant('table' as const),
        columns: fc.constant(['甲', '乙', '丙', '丁']),
        rows: fc.array(fc.array(fc.string({ maxLength: 60 }), { minLength: 4, maxLength: 4 }), { maxLength: 120 }),
      }),
      fc.record({
        type: fc.constant('list' as const),
        ordered: fc.boolean(),
        items: fc.array(fc.constant('"\\*<&'.repeat(40)), { maxLength: 60 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 3 }), (blocks) => {
        for (const part of render(blocks)) {
          const { kind: _, ...param } = JSON.parse(part) as Record<string, unknown>;
          expect(Buffer.byteLength(JSON.stringify(param))).toBeLessThanOrEqual(15_000);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('breaks a long table between rows', () => {
    const rows = Array.from({ length: 400 }, (_, at) => [`第${at}行`, '乡镇卫生院中医馆建设比例', '100%', '2027年底']);
    const shown = render([{ type: 'table', columns: ['序', '名', '值', '时限'], rows }]).map(asShown);
    expect(shown.length).toBeGreaterThan(1);
    const lines = shown.flatMap((part) => part.split('\n')).filter((line) => line !== '');
    expect(lines.length).toBe(400);
    expect(lines.every((line) => /^第\d+行 .*100%.*2027年底$/.test(line))).toBe(true);
  });

  it('sends pictures and files it can send, and names the others', () => {
    const base64 = Buffer.from('x').toString('base64');
    const drawn = parts(
      render([
        { type: 'text', text: '指标图' },
        { type: 'image', name: '图.png', alt: '指标', base64 },
        { type: 'file', name: '表.xlsx', base64 },
        { type: 'file', name: '日历.ics', base64 },
      ]),
    );
    expect(drawn.map((part) => part.kind)).toEqual(['text', 'image', 'file', 'markdown']);
    expect(asShown(JSON.stringify(drawn[3]))).toBe('〔文件：日历.ics〕');
  });
});

describe('a card', () => {
  const buttons: Block = {
    type: 'buttons',
    items: [
      { id: 'referral.accept', label: '接收', value: 'ZZ20261121001', version: 3 },
      { id: 'referral.reject', label: '拒绝', value: 'ZZ20261121001', version: 3 },
    ],
  };
  const pressed = (version: number | undefined): IncomingMessage => ({
    channel: 'dingtalk',
    tenant: 't',
    messageId: 'm',
    conversation: { id: 'u', kind: 'direct' },
    sender: { platformUserId: 'u' },
    text: '',
    attachments: [],
    action: { id: 'referral.accept', value: 'ZZ20261121001', version },
    replyHandle: { card: 'card-1' },
  });

  it('carries words, buttons, and words to say instead', () => {
    const [part, ...more] = parts(render([{ type: 'text', text: '【转诊】待接收' }, buttons], true));
    expect(more).toEqual([]);
    expect(part).toMatchObject({
      kind: 'card',
      face: {
        title: '【转诊】待接收',
        bodies: ['【转诊】待接收'],
        buttons: [
          { label: '接收', press: 'referral.accept|3|ZZ20261121001' },
          { label: '拒绝', press: 'referral.reject|3|ZZ20261121001' },
        ],
      },
      instead: '【转诊】待接收\n\n接收 ZZ20261121001 · 拒绝 ZZ20261121001',
    });
  });

  it('is changed in its place when its state was pressed, also when nothing is left to press', () => {
    const [part] = parts(render([{ type: 'text', text: '已接收' }], true, pressed(3)));
    expect(part).toMatchObject({ kind: 'card', update: 'card-1', face: { bodies: ['已接收'], buttons: [] } });
  });

  it('stays as it is when only something was asked by it', () => {
    const [part] = parts(render([{ type: 'text', text: '原文' }], true, pressed(undefined)));
    expect(part).toMatchObject({ kind: 'text' });
  });

  it('comes after words that are too long for it', () => {
    const drawn = parts(render([{ type: 'text', text: '长'.repeat(3_000) }, buttons], true));
    expect(drawn.map((part) => part.kind)).toEqual(['text', 'card']);
  });

  it('keeps each value below the limit of a variable', () => {
    const text = '转诊须在24小时内接收。'.repeat(80);
    const [part] = parts(render([{ type: 'text', text }, buttons], true));
    if (part?.kind !== 'card') throw new Error('no card');
    expect(part.face.bodies.length).toBeGreaterThan(1);
    for (const body of part.face.bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1_000);
    expect(part.face.bodies.map(markdownAsShown).join('')).toBe(text);
  });

  it('leaves buttons it has no room for as words', () => {
    const many: Block = {
      type: 'buttons',
      items: Array.from({ length: 8 }, (_, at) => ({ id: 'x.y', label: `选${at}`, value: String(at) })),
    };
    const [part] = parts(render([{ type: 'text', text: '选一个' }, many], true));
    expect(part).toMatchObject({ kind: 'card', face: { bodies: ['选一个\n\n选6 · 选7'] } });
  });
});
