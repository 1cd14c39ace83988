/** The WeCom callback cipher: @wecom/crypto with the checks it leaves out（签名、填充、长度、receiveid）. */
import { createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { decrypt, encrypt, getSignature } from '@wecom/crypto';

/** What was wrong, in the order of the checks. */
export type WecomCipherFault = 'signature' | 'ciphertext' | 'padding' | 'length' | 'receiver';

/** A callback that is not from the platform for us. Carries the fault only, no key and no text. */
export class WecomCipherError extends Error {
  readonly fault: WecomCipherFault;
  constructor(fault: WecomCipherFault, options?: ErrorOptions) {
    super(`callback refused: ${fault}`, options);
    this.name = 'WecomCipherError';
    this.fault = fault;
  }
}

export interface WecomCipherOptions {
  readonly token: string;
  /** EncodingAESKey, 43 characters. */
  readonly aesKey: string;
  /** The corp id for an app; the empty string for an AI bot of the own enterprise. */
  readonly receiveId: string;
}

/** The platform pads to this, not to AES's 16: Node's own unpadding fails on every second message. */
const PADDED_TO = 32;
const AES_BLOCK = 16;
/** 16 random bytes, then the length as four bytes. */
const HEAD = 20;

/** Signs, verifies, encrypts and decrypts for one token and key（加解密）. */
export class WecomCipher {
  readonly #token: string;
  readonly #aesKey: string;
  readonly #key: Buffer;
  readonly #receiveId: string;
  readonly #receiveIdBytes: number;

  /** @throws Error when the token is empty or the key is not 43 characters */
  constructor({ token, aesKey, receiveId }: WecomCipherOptions) {
    if (token === '') throw new Error('the callback token is empty');
    if (!/^[A-Za-z0-9+/]{43}$/.test(aesKey)) throw new Error('the EncodingAESKey must have 43 characters');
    this.#token = token;
    this.#aesKey = aesKey;
    this.#key = Buffer.from(`${aesKey}=`, 'base64');
    this.#receiveId = receiveId;
    this.#receiveIdBytes = Buffer.byteLength(receiveId);
  }

  /** The msg_signature over one ciphertext; timestamp and nonce exactly as they travel. */
  sign(timestamp: string, nonce: string, encrypted: string): string {
    return getSignature(this.#token, timestamp, nonce, encrypted);
  }

  /**
   * Compares a signature in constant time.
   * @throws WecomCipherError `signature`
   */
  verify(signature: string, timestamp: string, nonce: string, encrypted: string): void {
    const expected = Buffer.from(this.sign(timestamp, nonce, encrypted));
    const given = Buffer.from(signature.toLowerCase());
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new WecomCipherError('signature');
  }

  /**
   * Opens a ciphertext and checks every padding byte, the stated length and the receiver. Verify the signature first.
   * @throws WecomCipherError
   */
  decrypt(encrypted: string): string {
    const raw = Buffer.from(encrypted, 'base64');
    if (raw.length < PADDED_TO || raw.length % PADDED_TO !== 0) throw new WecomCipherError('ciphertext');
    const { head, tail } = this.#ends(raw);
    const afterHead = raw.length - paddingOf(tail) - HEAD;
    if (afterHead < 0) throw new WecomCipherError('padding');
    const statedBytes = head.readUInt32BE(16);
    const { message, id } = decrypt(this.#aesKey, encrypted);
    if (statedBytes > afterHead) throw new WecomCipherError('length');
    if (id !== this.#receiveId || afterHead - statedBytes !== this.#receiveIdBytes)
      throw new WecomCipherError('receiver');
    return message;
  }

  /** Seals a reply, with fresh random bytes, for the receive id of this cipher. */
  encrypt(message: string): string {
    return encrypt(this.#aesKey, message, this.#receiveId, randomBytes(16));
  }

  /**
   * The first and last 32 bytes of the plain text, which the package does not show. In CBC a block opens with the one before
   * it, so one pass over the first blocks, the block before the last, and the last ones is enough.
   */
  #ends(raw: Buffer): { readonly head: Buffer; readonly tail: Buffer } {
    const decipher = createDecipheriv('aes-256-cbc', this.#key, this.#key.subarray(0, AES_BLOCK)).setAutoPadding(false);
    const middle = raw.length > PADDED_TO ? raw.subarray(-PADDED_TO - AES_BLOCK) : Buffer.alloc(0);
    const opened = decipher.update(Buffer.concat([raw.subarray(0, PADDED_TO), middle]));
    return { head: opened.subarray(0, PADDED_TO), tail: opened.subarray(-PADDED_TO) };
  }
}

/** How many bytes of padding the plain text ends with; every one of them is checked. */
function paddingOf(tail: Buffer): number {
  const size = tail[PADDED_TO - 1] ?? 0;
  const right = size >= 1 && size <= PADDED_TO && tail.subarray(PADDED_TO - size).every((byte) => byte === size);
  if (!right) throw new WecomCipherError('padding');
  return size;
}
