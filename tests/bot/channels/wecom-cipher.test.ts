import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WecomCipher, WecomCipherError, type WecomCipherFault } from '../../../bot/channels/wecom-cipher.ts';
import vectors from '../../fixtures/wecom-app/vectors.json' with { type: 'json' };

const own = { token: 'SimToken01', aesKey: 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU' };
const corp = new WecomCipher({ ...own, receiveId: 'ww0000000000000001' });
const bot = new WecomCipher({ ...own, receiveId: '' });

/** Seals any plaintext bytes, well formed or not, as the platform's cipher would. */
function sealRaw(plain: Buffer): string {
  const key = Buffer.from(`${own.aesKey}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

function frame(message: Buffer, receiveId: string, change: { length?: number; padding?: Buffer } = {}): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(change.length ?? message.length);
  const body = Buffer.concat([randomBytes(16), length, message, Buffer.from(receiveId)]);
  const size = 32 - (body.length % 32);
  return Buffer.concat([body, change.padding ?? Buffer.alloc(size, size)]);
}

function faultOf(run: () => unknown): WecomCipherFault | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof WecomCipherError) return error.fault;
    throw error;
  }
  return undefined;
}

describe('the WeCom cipher', () => {
  it.each(vectors)('$name', (vector) => {
    const cipher = new WecomCipher(vector);
    const { timestamp, nonce, signature, encrypted } = vector;
    expect(() => cipher.verify(signature, timestamp, nonce, encrypted)).not.toThrow();
    expect(() => cipher.verify(signature.toUpperCase(), timestamp, nonce, encrypted)).not.toThrow();
    expect(cipher.sign(timestamp, nonce, encrypted)).toBe(signature);
    if (vector.message !== undefined) expect(cipher.decrypt(encrypted)).toBe(vector.message);
    for (const part of vector.contains ?? []) expect(cipher.decrypt(encrypted)).toContain(part);
  });

  it('opens every padding length from 1 to 32', () => {
    const seen = new Set<number>();
    for (let length = 0; length < 32; length += 1) {
      const message = 'm'.repeat(length);
      const plain = frame(Buffer.from(message), 'ww0000000000000001');
      seen.add(plain[plain.length - 1] ?? 0);
      expect(corp.decrypt(sealRaw(plain))).toBe(message);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, at) => at + 1));
  });

  it('opens what it sealed, whatever the words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (message) => {
        expect(corp.decrypt(corp.encrypt(message))).toBe(message);
        expect(bot.decrypt(bot.encrypt(message))).toBe(message);
      }),
    );
  });

  it('seals the same words differently each time', () => expect(corp.encrypt('好')).not.toBe(corp.encrypt('好')));

  it('refuses a message for another corp, and one with anything behind an empty receiver', () => {
    const other = new WecomCipher({ ...own, receiveId: 'ww0000000000000002' });
    expect(faultOf(() => corp.decrypt(other.encrypt('x')))).toBe('receiver');
    expect(faultOf(() => corp.decrypt(bot.encrypt('x')))).toBe('receiver');
    expect(faultOf(() => bot.decrypt(corp.encrypt('x')))).toBe('receiver');
    expect(
      faultOf(() => corp.decrypt(new WecomCipher({ ...own, receiveId: 'ww00000000000000011' }).encrypt('x'))),
    ).toBe('receiver');
  });

  it('refuses every wrong padding: a byte that differs, zero, over 32', () => {
    const message = Buffer.from('m'.repeat(7));
    const size = 32 - ((20 + 7 + 18) % 32);
    for (let at = 0; at < size; at += 1) {
      const padding = Buffer.alloc(size, size);
      padding[at] = size ^ 1;
      expect(faultOf(() => corp.decrypt(sealRaw(frame(message, 'ww0000000000000001', { padding }))))).toBe('padding');
    }
    for (const byte of [0, 33, 255]) {
      const padding = Buffer.alloc(size, byte);
      expect(faultOf(() => corp.decrypt(sealRaw(frame(message, 'ww0000000000000001', { padding }))))).toBe('padding');
    }
    expect(faultOf(() => bot.decrypt(sealRaw(Buffer.alloc(32, 32))))).toBe('padding');
  });

  it('refuses a stated length that lies', () => {
    const message = Buffer.from('hello');
    for (const length of [6, 5000, 0xffffffff]) {
      expect(faultOf(() => bot.decrypt(sealRaw(frame(message, '', { length }))))).toBe('length');
    }
    expect(faultOf(() => bot.decrypt(sealRaw(frame(message, '', { length: 4 }))))).toBe('receiver');
    expect(faultOf(() => corp.decrypt(sealRaw(frame(message, 'ww0000000000000001', { length: 4 }))))).toBe('receiver');
  });

  it('refuses junk with its own error only', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.uint8Array({ maxLength: 256 }).map((b) => Buffer.from(b).toString('base64')),
        ),
        (junk) => {
          expect(faultOf(() => bot.decrypt(junk))).toBeDefined();
        },
      ),
    );
  });

  it('refuses a signature over anything else: a flipped bit, another time, another nonce, another length', () => {
    const encrypted = corp.encrypt('hello');
    const good = corp.sign('1700000000', 'n0nce', encrypted);
    const flipped = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
    expect(faultOf(() => corp.verify(flipped, '1700000000', 'n0nce', encrypted))).toBe('signature');
    expect(faultOf(() => corp.verify(good, '1700000001', 'n0nce', encrypted))).toBe('signature');
    expect(faultOf(() => corp.verify(good, '1700000000', 'n0ncf', encrypted))).toBe('signature');
    expect(faultOf(() => corp.verify(good, '1700000000', 'n0nce', `A${encrypted.slice(1)}=`))).toBe('signature');
    for (const odd of ['', 'ab', `${good}0`, '签'.repeat(40)]) {
      expect(faultOf(() => corp.verify(odd, '1700000000', 'n0nce', encrypted))).toBe('signature');
    }
  });

  it('cannot be made without a token or with a key of another length', () => {
    expect(() => new WecomCipher({ ...own, token: '', receiveId: 'ww01' })).toThrow(/token is empty/);
    expect(() => new WecomCipher({ ...own, aesKey: own.aesKey.slice(1), receiveId: 'ww01' })).toThrow(/43 characters/);
    expect(() => new WecomCipher({ ...own, aesKey: '', receiveId: 'ww01' })).toThrow(/43 characters/);
  });
});
