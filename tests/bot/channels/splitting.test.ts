import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../../bot/channels/plain-text.ts';
import { splitText } from '../../../bot/channels/splitting.ts';

const bytes = (text: string) => Buffer.byteLength(text);

describe('splitting long text', () => {
  it('leaves a text within the limit whole', () => {
    expect(splitText('', { maxBytes: 8 })).toEqual(['']);
    expect(splitText('你好', { maxBytes: 6 })).toEqual(['你好']);
    expect(splitText('你好', { maxCharacters: 4 })).toEqual(['你好']);
  });

  it('prefers the end of a line, then of a sentence, then a pause', () => {
    expect(splitText('第一行在此\n第二行也在此。后', { maxBytes: 24 })).toEqual(['第一行在此\n', '第二行也在此。后']);
    expect(splitText('一句话说完了。再说一句', { maxBytes: 27 })).toEqual(['一句话说完了。', '再说一句']);
    expect(splitText('他说“都知道了。”然后走', { maxBytes: 27 })).toEqual(['他说“都知道了。”', '然后走']);
    expect(splitText('一二三四五，六七八九', { maxBytes: 21 })).toEqual(['一二三四五，', '六七八九']);
  });

  it('never leaves half a character: surrogates, combining marks, families, line ends', () => {
    const family = '👨‍👩‍👧';
    const parts = splitText(`${family}${family}`, { maxBytes: bytes(family) + 4 });
    expect(parts).toEqual([family, family]);
    expect(splitText('aaaé́b', { maxCharacters: 4 })).toEqual(['aaa', 'é́b']);
    expect(splitText('aaa\r\nb', { maxCharacters: 4 })).toEqual(['aaa', '\r\nb']);
  });

  it('cuts one endless character between its code points rather than not at all', () => {
    const endless = `a${'\u0301'.repeat(40)}`;
    const parts = splitText(endless, { maxBytes: 16 });
    expect(parts.join('')).toBe(endless);
    expect(parts.every((part) => bytes(part) <= 16)).toBe(true);
  });

  it('keeps a quote with its source in one part when it fits one', () => {
    const quote = { type: 'quote', text: '到2027年底。基本建成。全部运行。', source: '湘卫发 三/（二）' } as const;
    const drawn = plainText([quote]);
    for (let lead = 1; lead < 60; lead += 1) {
      const parts = splitText(
        plainText([{ type: 'text', text: '答'.repeat(lead) }, quote, { type: 'text', text: '完'.repeat(50) }]),
        {
          maxBytes: 160,
        },
      );
      expect(parts.filter((part) => part.includes(drawn))).toHaveLength(1);
    }
  });

  it('splits a quote that is longer than a part like other text', () => {
    const parts = splitText(plainText([{ type: 'quote', text: '各县市。'.repeat(100), source: '三/（二）' }]), {
      maxBytes: 160,
    });
    expect(parts.length).toBeGreaterThan(7);
    expect(parts[0]?.endsWith('。')).toBe(true);
  });

  it('refuses a limit that cannot hold every character', () => {
    expect(() => splitText('x', { maxBytes: 3 })).toThrow(RangeError);
    expect(() => splitText('x', { maxCharacters: Number.NaN })).toThrow(RangeError);
  });

  const anyText = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('“', '”\n——', '\n', '。', '转诊', '\ud83d'),
      ),
    )
    .map((pieces) => pieces.join(''));

  it('joined, the parts are the input; none is empty or over the limit (any text, any limit)', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 60 }), (text, max) => {
        const byBytes = splitText(text, { maxBytes: max });
        const byCharacters = splitText(text, { maxCharacters: max });
        expect(byBytes.join('')).toBe(text);
        expect(byCharacters.join('')).toBe(text);
        expect(byBytes.every((part) => bytes(part) <= max)).toBe(true);
        expect(byCharacters.every((part) => part.length <= max)).toBe(true);
        if (text !== '') expect([...byBytes, ...byCharacters]).not.toContain('');
      }),
      { numRuns: 300 },
    );
  });

  it('never splits a surrogate pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 5, maxLength: 80 }), (text) => {
        expect(splitText(text, { maxBytes: 12 }).every((part) => part.isWellFormed())).toBe(true);
      }),
    );
  });
});
