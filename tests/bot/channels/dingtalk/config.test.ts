/** The DingTalk part of the environment: all or none, addresses only where they belong, no secret in a line. */
import { describe, expect, it } from 'vitest';
import { DINGTALK_API, DINGTALK_OAPI, dingtalkConfig } from '../../../../bot/channels/dingtalk/config.ts';
import { loadConfig } from '../../../../bot/config.ts';

const REQUIRED = {
  DINGTALK_CLIENT_ID: 'dingabc12345',
  DINGTALK_CLIENT_SECRET: 'hidden-secret-4711',
  DINGTALK_ROBOT_CODE: 'dingabc12345',
};

describe('the DingTalk robot', () => {
  it('is off without variables, and on with the three required ones', () => {
    expect(dingtalkConfig({})).toBeUndefined();
    expect(dingtalkConfig({ DINGTALK_CLIENT_ID: ' ', DINGTALK_MODE: '' })).toBeUndefined();
    expect(dingtalkConfig(REQUIRED)).toEqual({
      clientId: 'dingabc12345',
      clientSecret: 'hidden-secret-4711',
      robotCode: 'dingabc12345',
      mode: 'http',
      apiBase: DINGTALK_API,
      oapiBase: DINGTALK_OAPI,
      streamHosts: ['dingtalk.com'],
      fileHosts: ['dingtalk.com', 'aliyuncs.com', 'alicdn.com'],
      corpId: undefined,
      card: undefined,
    });
  });

  it('has a card secret of its own, the same on every node and not the client secret', () => {
    const cards = { ...REQUIRED, DINGTALK_CARD_TEMPLATE_ID: '1f2e.schema', PUBLIC_URL: 'https://bot.example.org' };
    const [one, other] = [dingtalkConfig(cards)?.card, dingtalkConfig(cards)?.card];
    expect(one).toEqual(other);
    expect(one).toMatchObject({ callbackUrl: 'https://bot.example.org/channels/dingtalk' });
    expect(one?.secret).toMatch(/^[\w-]{32}$/);
    expect(one?.secret).not.toContain('hidden');
    expect(dingtalkConfig({ ...cards, DINGTALK_MODE: 'stream', PUBLIC_URL: '' })?.card?.callbackUrl).toBeUndefined();
  });

  it.each([
    ['one of three', { DINGTALK_CLIENT_ID: 'dingabc12345' }, 'DINGTALK_CLIENT_SECRET, DINGTALK_ROBOT_CODE are missing'],
    ['a mode without a robot', { DINGTALK_MODE: 'stream' }, 'DINGTALK_CLIENT_ID'],
    ['another mode', { ...REQUIRED, DINGTALK_MODE: 'websocket' }, 'DINGTALK_MODE must be http or stream'],
    ['a placeholder', { ...REQUIRED, DINGTALK_CLIENT_SECRET: 'your-secret' }, 'DINGTALK_CLIENT_SECRET still holds'],
    ['an address that is none', { ...REQUIRED, DINGTALK_API_BASE: 'api.dingtalk.com' }, 'DINGTALK_API_BASE must be'],
    ['an address with a query', { ...REQUIRED, DINGTALK_OAPI_BASE: 'https://a.cn/?x=1' }, 'DINGTALK_OAPI_BASE must be'],
    ['hosts with a protocol', { ...REQUIRED, DINGTALK_FILE_HOSTS: 'https://a.cn' }, 'DINGTALK_FILE_HOSTS must be'],
    ['every host', { ...REQUIRED, DINGTALK_STREAM_HOSTS: 'com' }, 'DINGTALK_STREAM_HOSTS must be'],
    [
      'cards over HTTP without an address of ours',
      { ...REQUIRED, DINGTALK_CARD_TEMPLATE_ID: '1f2e.schema' },
      'PUBLIC_URL is missing',
    ],
  ])('refuses %s in one line without values', (_, env, line) => {
    expect(() => dingtalkConfig(env)).toThrow(line);
    expect(() => dingtalkConfig(env)).not.toThrow('4711');
  });

  it('leaves the playground on only when both addresses are on this machine', () => {
    const local = { DINGTALK_API_BASE: 'http://127.0.0.1:9200', DINGTALK_OAPI_BASE: 'http://127.0.0.1:9200' };
    expect(loadConfig({ ...REQUIRED, ...local }).playground).toBe(true);
    expect(loadConfig({ ...REQUIRED, DINGTALK_API_BASE: local.DINGTALK_API_BASE }).playground).toBe(false);
    expect(() => loadConfig({ ...REQUIRED, DINGTALK_OAPI_BASE: local.DINGTALK_OAPI_BASE, PLAYGROUND: 'on' })).toThrow(
      'PLAYGROUND',
    );
  });
});
