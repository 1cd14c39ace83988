import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_TEXTS, type ErrorCode, UserFacingError } from '../../handlers/errors.ts';

const codes = Object.keys(ERROR_TEXTS) as ErrorCode[];
const listed = [
  ...readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm),
].map((match) => match[1]);

describe('the error catalogue', () => {
  it('is listed in docs/errors.md, and nothing is listed that does not exist', () => {
    expect([...listed].sort()).toEqual([...codes].sort());
  });

  it.each(codes)('%s speaks Chinese, in two sentences at most, and leaves no blank unfilled', (code) => {
    const values = { roles: '药师', command: '有货', number: 'ZZ20261121001', incident: '1121-0001' };
    const { replyText } = new UserFacingError(code, { values });
    expect(replyText).toMatch(/\p{Script=Han}{4,}/u);
    expect(replyText).not.toMatch(/[{}]/);
    expect(replyText.split(/[。！？]/).filter(Boolean).length).toBeLessThanOrEqual(2);
  });
});
