/** Webhook robots of WeCom groups（企业微信群机器人）: they only send, into the group they were made in. */
import type { Channel } from '../channel.ts';
import type { Robots } from '../robots.ts';
import { renderParts } from './render.ts';
import { createSender } from './send.ts';
import { LIMITS } from './types.ts';

export const CHANNEL = 'wecom-robot';
/** Robots belong to groups, not to a corp of ours. */
export const ROBOTS_TENANT = 'robots';

export interface WecomRobotOptions {
  readonly apiBase: string;
  readonly robots: Robots;
  readonly fetch?: typeof fetch | undefined;
  /** For one exchange with the platform; 10 s unless told. */
  readonly timeoutMs?: number | undefined;
}

/** The channel for all robots; which one is the address. */
export function createWecomRobotChannel(options: WecomRobotOptions): Channel {
  const { apiBase, robots, fetch = globalThis.fetch, timeoutMs = 10_000 } = options;
  return {
    name: CHANNEL,
    tenant: ROBOTS_TENANT,
    deidentified: false,
    sendOnly: true,
    replyAddress: () => undefined,
    directAddress: () => undefined,
    groupAddress: (robot) => ({ robot }),
    render: (blocks) => renderParts(blocks),
    paceOf: () => LIMITS.perRobot,
    send: createSender({ apiBase, robots, fetch, timeoutMs }),
  };
}
