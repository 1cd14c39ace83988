/** What the DingTalk robot（钉钉企业机器人）needs from the environment. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { hostSuffixes, isLoopbackHost } from '../hosts.ts';
import { baseAddress, hasRequired, readVariable, secretValue, type Variables } from '../variables.ts';

/** Where the platform answers unless the environment says otherwise. */
export const DINGTALK_API = 'https://api.dingtalk.com';
export const DINGTALK_OAPI = 'https://oapi.dingtalk.com';
/** The stream gateway names a host of this suffix; files lie there or in the cloud storage behind it. */
const STREAM_HOSTS = 'dingtalk.com';
const FILE_HOSTS = 'dingtalk.com,aliyuncs.com,alicdn.com';

/** Everything the channel needs, checked. The secret is never logged and never in an error. */
export interface DingtalkConfig {
  /** Client ID, also called AppKey: the tenant of the channel's rows. */
  readonly clientId: string;
  /** Client Secret, also called AppSecret: signs callbacks and obtains tokens. */
  readonly clientSecret: string;
  readonly robotCode: string;
  /** `http`: the platform calls us; `stream`: we keep a connection to it, for hospitals without a public address. */
  readonly mode: 'http' | 'stream';
  /** The new API; without a slash at the end. */
  readonly apiBase: string;
  /** The old API: session webhooks, media, custom robots. */
  readonly oapiBase: string;
  /** Host names a stream endpoint may have or end with. */
  readonly streamHosts: readonly string[];
  /** The same for files. */
  readonly fileHosts: readonly string[];
  /** Only callbacks of this organisation are believed; undefined: of any that our robot code fits. */
  readonly corpId: string | undefined;
  /** Interactive cards（互动卡片）; undefined: buttons are words to say. */
  readonly card: CardConfig | undefined;
}

export interface CardConfig {
  readonly templateId: string;
  /** Where presses come to in HTTP mode; undefined: over the stream. */
  readonly callbackUrl: string | undefined;
  /** Names our callback address at the platform. */
  readonly routeKey: string;
  /** Signs presses in HTTP mode; derived from the client secret, so that nobody has to keep another one. */
  readonly secret: string;
}

const REQUIRED = ['DINGTALK_CLIENT_ID', 'DINGTALK_CLIENT_SECRET', 'DINGTALK_ROBOT_CODE'] as const;

const code = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{4,128}$/, { error: `must be ${what}` });

/**
 * Reads the channel's part of the environment; an empty value counts as absent.
 * @returns undefined when none of the required variables is set: the channel is off
 * @throws Error with one line that names what is missing or wrong, never a value
 */
export function dingtalkConfig(env: Variables): DingtalkConfig | undefined {
  if (!hasRequired(env, REQUIRED, 'the DingTalk robot')) {
    const lonely = Object.keys(env).find((name) => name.startsWith('DINGTALK_') && env[name]?.trim());
    if (lonely) throw new Error(`${REQUIRED.join(', ')} are missing: ${lonely} is set without them`);
    return undefined;
  }
  const clientSecret = readVariable(env, 'DINGTALK_CLIENT_SECRET', secretValue);
  const clientId = readVariable(
    env,
    'DINGTALK_CLIENT_ID',
    code('the Client ID (AppKey), such as dingabcdefghijklmnop'),
  );
  const modes = z.enum(['http', 'stream'], { error: 'must be http or stream' });
  const mode = readVariable(env, 'DINGTALK_MODE', modes, 'http');
  const corpId = code('the corp id, such as ding0123456789abcdef').optional();
  return {
    clientId,
    clientSecret,
    robotCode: readVariable(env, 'DINGTALK_ROBOT_CODE', code('the robotCode, usually the same as the Client ID')),
    mode,
    apiBase: readVariable(env, 'DINGTALK_API_BASE', baseAddress, DINGTALK_API),
    oapiBase: readVariable(env, 'DINGTALK_OAPI_BASE', baseAddress, DINGTALK_OAPI),
    streamHosts: readVariable(env, 'DINGTALK_STREAM_HOSTS', hostSuffixes, STREAM_HOSTS),
    fileHosts: readVariable(env, 'DINGTALK_FILE_HOSTS', hostSuffixes, FILE_HOSTS),
    corpId: readVariable(env, 'DINGTALK_CORP_ID', corpId),
    card: cardConfig(env, { clientId, clientSecret, mode }),
  };
}

function cardConfig(
  env: Variables,
  { clientId, clientSecret, mode }: Pick<DingtalkConfig, 'clientId' | 'clientSecret' | 'mode'>,
): CardConfig | undefined {
  const id = z
    .string()
    .regex(/^[\w.-]{4,128}$/, { error: 'must be the id of a published card template, such as 1f2e….schema' });
  const templateId = readVariable(env, 'DINGTALK_CARD_TEMPLATE_ID', id.optional());
  if (templateId === undefined) return undefined;
  const publicUrl = env.PUBLIC_URL?.trim();
  if (mode === 'http' && !publicUrl) {
    throw new Error('PUBLIC_URL is missing: with DINGTALK_MODE=http the presses on cards come to it');
  }
  return {
    templateId,
    callbackUrl: mode === 'http' ? new URL('/channels/dingtalk', publicUrl).href : undefined,
    routeKey: `yigongti-${clientId}`,
    secret: createHmac('sha256', clientSecret).update('card callbacks').digest('base64url').slice(0, 32),
  };
}

/** Whether a base is a simulator on this machine: then what it hands out may be there too. */
export function isLoopbackBase(base: string): boolean {
  return isLoopbackHost(new URL(base).hostname);
}
