/** What is sealed stays sealed: rotation, the wrong key, a changed character, and fingerprints that outlive a rotation. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVault, DATA_KEY_FILE, dataKeys } from '../../bot/vault.ts';

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const [OLD, NEW, OTHER] = [keyOf(1), keyOf(2), keyOf(3)];

describe('the vault', () => {
  it('gives back every text, and never the same ciphertext twice', () => {
    const vault = createVault([OLD]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = Buffer.from(text, 'utf8').toString('utf8'); // half surrogates have no UTF-8
        const sealed = vault.seal(plain);
        expect(vault.open(sealed)).toBe(plain);
        expect(vault.seal(plain)).not.toBe(sealed);
        expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{22,}$/);
      }),
    );
  });

  it('seals with the newest key and opens what an older one sealed', () => {
    const before = createVault([OLD]).seal('张三');
    const rotated = createVault([NEW, OLD]);
    expect(rotated.open(before)).toBe('张三');
    const after = rotated.seal('李四');
    expect(createVault([NEW]).open(after)).toBe('李四');
    expect(() => createVault([OLD]).open(after)).toThrow(/not among DATA_KEY/);
  });

  it('says which key is missing, and neither the text nor a key', () => {
    const sealed = createVault([OLD]).seal('张三');
    const id = sealed.split('.')[1] ?? '';
    try {
      createVault([OTHER]).open(sealed);
      expect.unreachable();
    } catch (error) {
      const words = String(error);
      expect(words).toContain(id);
      for (const secret of [OLD, OTHER, '张三']) expect(words).not.toContain(secret);
    }
  });

  it('refuses a text in which any character was changed', () => {
    const vault = createVault([OLD]);
    const sealed = vault.seal('张三，男，67岁');
    fc.assert(
      fc.property(fc.nat({ max: sealed.length - 1 }), fc.constantFrom('A', 'z', '7', '_', '.'), (at, letter) => {
        const changed = `${sealed.slice(0, at)}${letter}${sealed.slice(at + 1)}`;
        // The last letter of base64url may carry unused bits: another spelling of the same bytes is no change.
        fc.pre(changed !== sealed && !sameBytes(changed, sealed));
        expect(() => vault.open(changed)).toThrow();
      }),
    );
  });

  it('refuses a text whose tag was cut short', () => {
    const [version, id, nonce, body] = createVault([OLD]).seal('').split('.');
    for (const bytes of [4, 8, 12, 15]) {
      const cut = Buffer.from(body ?? '', 'base64url').subarray(0, bytes);
      expect(() => createVault([OLD]).open([version, id, nonce, cut.toString('base64url')].join('.'))).toThrow();
    }
  });

  it.each(['', 'v1', 'v1.00000000', 'v2.a.b.c', '张三', 'v1....'])('refuses %j, which is no sealed text', (text) => {
    expect(() => createVault([OLD]).open(text)).toThrow();
  });

  it('needs a key, and a key of the right length', () => {
    expect(() => createVault([])).toThrow(/key/);
    expect(() => createVault([Buffer.alloc(16).toString('base64')])).toThrow(/32 bytes/);
  });
});

describe('fingerprints', () => {
  it('are equal for equal text only, and say nothing of it', () => {
    const vault = createVault([OLD]);
    expect(vault.fingerprint('id|11010519491231002X')).toBe(vault.fingerprint('id|11010519491231002X'));
    expect(vault.fingerprint('id|11010519491231002X')).not.toBe(vault.fingerprint('id|110105194912310020'));
    expect(vault.fingerprint('张三')).not.toContain('张三');
    expect(vault.fingerprint('张三')).not.toBe(createVault([OTHER]).fingerprint('张三'));
  });

  it('stay as they are while a new key is added: invitations and equal patients are found after a rotation', () => {
    const before = createVault([OLD]).fingerprint('张三');
    expect(createVault([NEW, OLD]).fingerprint('张三')).toBe(before);
    expect(createVault([OTHER, NEW, OLD]).fingerprint('张三')).toBe(before);
  });
});

describe('the key of a first start in development', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yigongti-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made once, kept, and readable by its owner only', () => {
    const dataDir = join(folder, 'new');
    const made = dataKeys(undefined, dataDir);
    expect(made).toHaveLength(1);
    expect(Buffer.from(made[0] ?? '', 'base64')).toHaveLength(32);
    expect(dataKeys(undefined, dataDir)).toEqual(made);
    expect(statSync(join(dataDir, DATA_KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(dataKeys([OLD], dataDir)).toEqual([OLD]);
  });

  it('may be several keys in the file, newest first', () => {
    writeFileSync(join(folder, DATA_KEY_FILE), `${NEW}, ${OLD}\n`);
    expect(dataKeys(undefined, folder)).toEqual([NEW, OLD]);
  });

  it('is refused with a readable line when the file holds something else', () => {
    writeFileSync(join(folder, DATA_KEY_FILE), 'oops\n');
    expect(() => dataKeys(undefined, folder)).toThrow(/data\.key/);
    expect(() => dataKeys(undefined, folder)).not.toThrow(/oops/);
    expect(readFileSync(join(folder, DATA_KEY_FILE), 'utf8')).toBe('oops\n');
  });
});

function sameBytes(one: string, other: string): boolean {
  const [a, b] = [one.split('.'), other.split('.')];
  return (
    a.length === b.length &&
    a[0] === b[0] &&
    a[1] === b[1] &&
    [2, 3].every((at) => Buffer.from(a[at] ?? '', 'base64url').equals(Buffer.from(b[at] ?? '', 'base64url')))
  );
}
