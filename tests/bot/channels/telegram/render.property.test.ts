import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buttonData, KEPT, keptData, parseButtonData } from '../../../../bot/channels/telegram/buttons.ts';
import { type Part, renderParts } from '../../../../bot/channels/telegram/render.ts';
import type { Block, IncomingMessage } from '../../../../handlers/message.ts';

const parts = (blocks: readonly Block[], answering?: IncomingMessage) =>
  renderParts(blocks, answering).map((part) => JSON.parse(part) as Part);
const PICTURE = Buffer.from('png').toString('base64');
const text = fc.string({ unit: 'grapheme', maxLength: 3000 });

function press(kind: 'direct' | 'group', version: number | undefined): IncomingMessage {
  return {
    channel: 'telegram',
    tenant: '7',
    messageId: 'update:1',
    conversation: { id: kind === 'group' ? '-4200' : '420001', kind },
    sender: { platformUserId: '420001' },
    text: '',
    attachments: [],
    action: { id: 'referral.accept', value: 'ZZ20261121001', version },
    replyHandle: { card: '900' },
  };
}

describe('a button of Telegram', () => {
  it('says the same before and after the 64 bytes, or does not fit them', () => {
    const action = fc.record({
      id: fc.stringMatching(/^[a-z]{2,12}\.[a-z-]{2,12}$/),
      value: fc.string({ unit: 'grapheme', maxLength: 30 }),
      version: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(action, ({ id, value, version }) => {
        const data = buttonData({ id, value, version });
        if (data === undefined) {
          expect(Buffer.byteLength(`${id}|${version ?? ''}|${value}`)).toBeGreaterThan(64);
          return;
        }
        expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
        expect(parseButtonData(data)).toEqual({ id, value, ...(version === undefined ? {} : { version }) });
      }),
    );
  });

  it.each([
    [
      'a number and a state',
      'referral.accept|3|ZZ20261121001',
      { id: 'referral.accept', value: 'ZZ20261121001', version: 3 },
    ],
    ['an empty value', 'help||', { id: 'help', value: '' }],
    ['a value with bars', 'a.b|1|x|y', { id: 'a.b', value: 'x|y', version: 1 }],
    ['kept words', keptData('abc', 7), { id: KEPT, value: 'abc', version: 7 }],
    ['nothing of ours', 'vote:1', undefined],
    ['a broken version', 'a.b|x|y', undefined],
  ])('is read back: %s', (_, data, action) => {
    expect(parseButtonData(data)).toEqual(action);
  });
});

describe('a reply drawn for Telegram', () => {
  it('keeps words and marks within the limits, and loses nothing but blanks and controls', () => {
    const block = fc.oneof(
      text.map((words): Block => ({ type: 'text', text: words })),
      fc.tuple(text, text).map(([quote, source]): Block => ({ type: 'quote', text: quote, source })),
      fc
        .array(fc.record({ label: text, value: text }), { maxLength: 3 })
        .map((items): Block => ({ type: 'fields', items })),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), (blocks) => {
        for (const part of parts(blocks)) {
          if (part.kind !== 'text') throw new Error('words only');
          expect(part.text.length).toBeLessThanOrEqual(4096);
          expect(part.text.trim()).not.toBe('');
          expect(part.text.isWellFormed()).toBe(true);
          for (const { offset, length } of part.marks) {
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(length).toBeGreaterThan(0);
            expect(offset + length).toBeLessThanOrEqual(part.text.length);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('marks exactly the quote and the labels, also after an emoji', () => {
    const [part] = parts([
      { type: 'text', text: '👨‍👩‍👧 依据' },
      { type: 'quote', text: '到2027年底', source: '湘卫发 三' },
      {
        type: 'fields',
        items: [
          { label: '转入', value: '县医院' },
          { label: '科室', value: '外科' },
        ],
      },
    ]);
    if (part?.kind !== 'text') throw new Error('one text');
    expect(part.marks.map(({ type, offset, length }) => [type, part.text.slice(offset, offset + length)])).toEqual([
      ['blockquote', '“到2027年底”\n——湘卫发 三'],
      ['bold', '转入'],
      ['bold', '科室'],
    ]);
  });

  it('sends a picture and a file as such, with the buttons under the last part', () => {
    const drawn = parts([
      { type: 'text', text: '汇总' },
      { type: 'image', name: '图.png', alt: '指标图', base64: PICTURE },
      { type: 'file', name: '表.xlsx', base64: PICTURE },
      { type: 'buttons', items: [{ id: 'help', label: '帮助', value: '' }] },
    ]);
    expect(drawn.map(({ kind }) => kind)).toEqual(['text', 'photo', 'document']);
    expect(drawn.map(({ buttons }) => buttons?.flat().map(({ label }) => label))).toEqual([
      undefined,
      undefined,
      ['帮助'],
    ]);
  });

  it.each([
    ['in the place of a card drawn for a state', press('direct', 3), '900'],
    ['as a message of its own after a button without a state', press('direct', undefined), undefined],
    ['as a message of its own in a group, whose card is everybody’s', press('group', 3), undefined],
  ])('is shown %s', (_, answering, card) => {
    const [part] = parts([{ type: 'text', text: '已接收' }], answering);
    expect(part?.kind === 'text' && part.card).toBe(card ?? (part?.kind === 'text' ? undefined : false));
  });

  it('leaves the card where the answer needs more than one message', () => {
    const drawn = parts([{ type: 'text', text: '长'.repeat(5000) }], press('direct', 3));
    expect(drawn.length).toBe(2);
    for (const part of drawn) expect(part.kind === 'text' && part.card).toBeUndefined();
  });

  it('names the case on buttons that read alike', () => {
    const item = (value: string) => ({ id: 'referral.progress', label: '进度', value });
    const [part] = parts([
      { type: 'text', text: '两单' },
      { type: 'buttons', items: [item('ZZ20261121001'), item('ZZ20261121002')] },
    ]);
    expect(part?.buttons?.flat().map(({ label }) => label)).toEqual(['进度 ZZ20261121001', '进度 ZZ20261121002']);
  });
});
