import { describe, expect, it } from 'vitest';
import { wecomAppConfig } from '../../../../bot/channels/wecom-app/config.ts';

const complete = {
  WECOM_CORP_ID: 'ww0000000000000001',
  WECOM_APP_AGENT_ID: '1000002',
  WECOM_APP_SECRET: 'app-secret-1',
  WECOM_APP_TOKEN: 'SimToken01',
  WECOM_APP_AES_KEY: 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU',
};

describe('configuration of the WeCom app', () => {
  it('is off without any of its variables; empty ones and the address alone do not count', () => {
    expect(wecomAppConfig({})).toBeUndefined();
    expect(
      wecomAppConfig({ WECOM_CORP_ID: ' ', WECOM_APP_SECRET: '', WECOM_API_BASE: 'http://127.0.0.1:1' }),
    ).toBeUndefined();
  });

  it('takes all five, spaces around them dropped, with the platform as address', () => {
    expect(wecomAppConfig({ ...complete, WECOM_APP_TOKEN: ' SimToken01\n' })).toEqual({
      corpId: 'ww0000000000000001',
      agentId: '1000002',
      secret: 'app-secret-1',
      token: 'SimToken01',
      cards: false,
      aesKey: complete.WECOM_APP_AES_KEY,
      apiBase: 'https://qyapi.weixin.qq.com',
    });
    expect(wecomAppConfig({ ...complete, WECOM_API_BASE: 'http://127.0.0.1:9000/' })?.apiBase).toBe(
      'http://127.0.0.1:9000',
    );
  });

  const wrong: readonly [string, Record<string, string>, RegExp][] = [
    ['names the one that is missing', { WECOM_APP_SECRET: '' }, /^WECOM_APP_SECRET is missing: /],
    [
      'names all that are missing',
      { WECOM_APP_TOKEN: '', WECOM_APP_AES_KEY: '' },
      /^WECOM_APP_TOKEN, WECOM_APP_AES_KEY are missing: /,
    ],
    [
      'an AES key of 42 characters',
      { WECOM_APP_AES_KEY: complete.WECOM_APP_AES_KEY.slice(1) },
      /^WECOM_APP_AES_KEY .*43/,
    ],
    ['an agent id that is no number', { WECOM_APP_AGENT_ID: 'agent' }, /^WECOM_APP_AGENT_ID /],
    ['a corp id with quotes left in', { WECOM_CORP_ID: '"ww01"' }, /^WECOM_CORP_ID /],
    ['a placeholder secret', { WECOM_APP_SECRET: 'your-secret-here' }, /^WECOM_APP_SECRET still holds a placeholder/],
    ['a token over 32 characters', { WECOM_APP_TOKEN: 'a'.repeat(33) }, /^WECOM_APP_TOKEN /],
    ['an address that is none', { WECOM_API_BASE: 'qyapi.weixin.qq.com' }, /^WECOM_API_BASE /],
    ['an address with a password', { WECOM_API_BASE: 'https://u:p@proxy.example' }, /^WECOM_API_BASE /],
  ];
  it.each(wrong)('stops on %s, in one line without the value', (_, change, expected) => {
    const read = () => wecomAppConfig({ ...complete, ...change });
    expect(read).toThrow(expected);
    try {
      read();
    } catch (error) {
      expect(String(error)).not.toContain('\n');
      for (const value of Object.values(change)) if (value.length > 8) expect(String(error)).not.toContain(value);
    }
  });
});
