/** Seals texts with AES-256-GCM under DATA_KEY; several keys may be given, the newest seals, every one opens. */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../handlers/ports.ts';

const VERSION = 'v1';

/**
 * The vault over base64 keys of 32 bytes, newest first.
 * Sealed form: `v1.<key id>.<nonce>.<tag and ciphertext>`, base64url.
 */
export function createVault(base64Keys: readonly string[]): Vault {
  const keys = base64Keys.map((text) => {
    const key = Buffer.from(text, 'base64');
    return { id: createHash('sha256').update('id').update(key).digest('hex').slice(0, 8), key };
  });
  const [newest] = keys;
  if (!newest) throw new Error('at least one data key is needed');
  const fingerprintKey = Buffer.from(hkdfSync('sha256', newest.key, '', 'fingerprint', 32));
  return {
    seal(plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce);
      cipher.setAAD(Buffer.from(`${VERSION}.${newest.id}`));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [
        VERSION,
        newest.id,
        nonce.toString('base64url'),
        Buffer.concat([cipher.getAuthTag(), body]).toString('base64url'),
      ].join('.');
    },
    open(sealed) {
      const [version, id, nonce, body] = sealed.split('.');
      const entry = keys.find((candidate) => candidate.id === id);
      if (version !== VERSION || !nonce || !body) throw new Error('sealed text has an unknown form');
      if (!entry) throw new Error(`sealed text needs data key ${id}, which is not among DATA_KEY`);
      const bytes = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', entry.key, Buffer.from(nonce, 'base64url'));
      decipher.setAAD(Buffer.from(`${VERSION}.${id}`));
      decipher.setAuthTag(bytes.subarray(0, 16));
      return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
    },
    fingerprint(plain) {
      return createHmac('sha256', fingerprintKey).update(plain).digest('base64url');
    },
  };
}

/** File in DATA_DIR that holds the key made on the first start in development. */
export const DATA_KEY_FILE = 'data.key';

/** The configured keys, or the one kept in `dataDir`, made there on first use, readable by its owner only. */
export function dataKeys(configured: readonly string[] | undefined, dataDir: string): readonly string[] {
  if (configured) return configured;
  const file = join(dataDir, DATA_KEY_FILE);
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    try {
      writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
      chmodSync(file, 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process made it first
    }
  }
  return readFileSync(file, 'utf8')
    .trim()
    .split(',')
    .map((key) => key.trim());
}
