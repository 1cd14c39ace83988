/** Seals texts with AES-256-GCM under DATA_KEY; several keys may be given, the newest seals, every one opens. */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../handlers/ports.ts';

const VERSION = 'v1';
const KEY_BYTES = 32;
/** A shorter tag would be easier to forge, and Node takes one unless it is told. */
const TAG_BYTES = 16;

/**
 * The vault over base64 keys of 32 bytes, newest first.
 * Sealed form: `v1.<key id>.<nonce>.<tag and ciphertext>`, base64url.
 */
export function createVault(base64Keys: readonly string[]): Vault {
  const keys = base64Keys.map((text) => {
    const key = Buffer.from(text, 'base64');
    if (key.length !== KEY_BYTES) throw new Error('a data key must be 32 bytes in base64');
    return { id: createHash('sha256').update('id').update(key).digest('hex').slice(0, 8), key };
  });
  const newest = keys[0];
  const oldest = keys.at(-1);
  if (!newest || !oldest) throw new Error('at least one data key is needed');
  // From the oldest: a key added in front leaves equal patients, invitations and redeliveries equal.
  const fingerprintKey = Buffer.from(hkdfSync('sha256', oldest.key, '', 'fingerprint', 32));
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
      const decipher = createDecipheriv('aes-256-gcm', entry.key, Buffer.from(nonce, 'base64url'), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(`${VERSION}.${id}`));
      decipher.setAuthTag(bytes.subarray(0, TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(TAG_BYTES)), decipher.final()]).toString('utf8');
    },
    fingerprint(plain) {
      return createHmac('sha256', fingerprintKey).update(plain).digest('base64url');
    },
  };
}

/** File in DATA_DIR that holds the key made on the first start in development. */
export const DATA_KEY_FILE = 'data.key';

/**
 * The configured keys, or those kept in `dataDir`, made there on first use, readable by their owner only.
 * @throws Error when the file holds something else
 */
export function dataKeys(configured: readonly string[] | undefined, dataDir: string): readonly string[] {
  if (configured) return configured;
  const file = join(dataDir, DATA_KEY_FILE);
  if (!existsSync(file)) makeKeyFile(file, dataDir);
  const keys = readFileSync(file, 'utf8')
    .trim()
    .split(',')
    .map((key) => key.trim());
  if (keys.some((key) => Buffer.from(key, 'base64').length !== KEY_BYTES)) {
    throw new Error(
      `${file} does not hold data keys: 32 bytes in base64, several by comma; restore it from your backup`,
    );
  }
  return keys;
}

/** Appears whole or not at all: another process that starts at the same moment must not read half a key. */
function makeKeyFile(file: string, dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  try {
    chmodSync(draft, 0o600);
    linkSync(draft, file);
  } catch (error) {
    // EEXIST: another process made it first. Else a file system without links, where copying is the next best.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') copyFileSync(draft, file, constants.COPYFILE_EXCL);
  } finally {
    rmSync(draft, { force: true });
  }
}
