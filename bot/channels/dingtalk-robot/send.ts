/** Posts one part to a custom robot's webhook, signed where the robot asks for it（加签）. */
import { z } from 'zod';
import type { Clock } from '../../../handlers/ports.ts';
import { type Address, ChannelError } from '../channel.ts';
import { postOapi } from '../dingtalk/api.ts';
import { oapiFailure } from '../dingtalk/failures.ts';
import type { Part } from '../dingtalk/render.ts';
import { webhookBody } from '../dingtalk/send.ts';
import { signTime } from '../dingtalk/verify.ts';
import { isOnBase } from '../hosts.ts';
import type { Robots } from '../robots.ts';

export interface RobotSenderOptions {
  readonly oapiBase: string;
  readonly robots: Robots;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

const addressSchema = z
  .looseObject({ url: z.string().optional(), accessToken: z.string().optional(), secret: z.string().nullish() })
  .refine(({ url, accessToken }) => url !== undefined || accessToken !== undefined);

/** Makes the channel's `send`. A repeated part is recognised by the platform by its `msgUuid`. */
export function createRobotSender({ oapiBase, robots, clock, fetch, timeoutMs }: RobotSenderOptions) {
  return async function send({ robot }: Address, drawn: string, key: string): Promise<void> {
    const found = addressSchema.safeParse(await robots.find(robot ?? ''));
    if (!found.success) throw new ChannelError('unreachable', { retryable: false, platformCode: 'robot gone' });
    const part = JSON.parse(drawn) as Part;
    if (part.kind !== 'text' && part.kind !== 'markdown') {
      throw new ChannelError('rejected', { retryable: false, platformCode: `no ${part.kind} by a webhook` });
    }
    const { url, accessToken, secret } = found.data;
    const token = accessToken ?? tokenOf(url ?? '', oapiBase);
    const query = new URLSearchParams({ access_token: token });
    if (secret) {
      const timestamp = String(clock.now().getTime());
      query.set('timestamp', timestamp);
      query.set('sign', signTime(timestamp, secret));
    }
    const target = `${oapiBase}/robot/send?${query}`;
    const { errcode, errmsg } = await postOapi({ fetch, url: target, body: webhookBody(part, key), timeoutMs });
    if (errcode === 310000) {
      throw new ChannelError('rejected', { retryable: false, platformCode: `310000 ${securityReason(errmsg)}` });
    }
    if (errcode !== 0) throw oapiFailure(errcode);
  };
}

/** A whole address was stored: only what lies on the configured host is believed. */
function tokenOf(url: string, oapiBase: string): string {
  const token = isOnBase(url, oapiBase) ? new URL(url).searchParams.get('access_token') : null;
  if (!token) throw new ChannelError('rejected', { retryable: false, platformCode: 'robot of another host' });
  return token;
}

/** Which security setting（安全设置）of the robot refused it; for the operator's log only, nothing is decided by it. */
export function securityReason(errmsg: string): string {
  if (/keywords?/i.test(errmsg)) return 'keyword missing: use a signature instead of keywords';
  if (/timestamp/i.test(errmsg)) return 'time wrong: check the clock of this machine';
  if (/sign/i.test(errmsg)) return 'signature wrong: register the robot again with its SEC secret';
  if (/whitelist/i.test(errmsg)) return 'address not allowed: add the outgoing address of this machine';
  return 'security settings of the robot';
}
