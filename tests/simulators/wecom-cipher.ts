/** The platform's own side of the callback cipher, written apart from ours so that one checks the other. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export interface PlatformCipher {
  sign(timestamp: string, nonce: string, encrypted: string): string;
  encrypt(message: string): string;
  /** @throws Error when padding, length or receiver is wrong */
  decrypt(encrypted: string): string;
}

export function platformCipher(token: string, aesKey: string, receiveId: string): PlatformCipher {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const iv = key.subarray(0, 16);
  return {
    sign: (timestamp, nonce, encrypted) =>
      createHash('sha1').update([token, timestamp, nonce, encrypted].sort().join('')).digest('hex'),
    encrypt(message) {
      const text = Buffer.from(message);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      const plain = Buffer.concat([randomBytes(16), length, text, Buffer.from(receiveId)]);
      const pad = 32 - (plain.length % 32);
      const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
      return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
        'base64',
      );
    },
    decrypt(encrypted) {
      const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
      const padded = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
      const pad = padded.at(-1) ?? 0;
      if (pad < 1 || pad > 32 || padded.length % 32 !== 0) throw new Error('reply: bad padding');
      const plain = padded.subarray(0, padded.length - pad);
      const end = 20 + plain.readUInt32BE(16);
      if (end > plain.length) throw new Error('reply: bad length');
      if (plain.toString('utf8', end) !== receiveId) throw new Error('reply: bad receiver');
      return plain.toString('utf8', 20, end);
    },
  };
}
