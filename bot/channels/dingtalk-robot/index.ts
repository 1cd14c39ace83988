/** Custom robots of DingTalk groups（钉钉自定义机器人）: they only send, each by its own webhook. */
import type { Block } from '../../../handlers/message.ts';
import type { Clock } from '../../../handlers/ports.ts';
import type { Channel } from '../channel.ts';
import { renderParts } from '../dingtalk/render.ts';
import { LIMITS } from '../dingtalk/types.ts';
import type { Robots } from '../robots.ts';
import { createRobotSender } from './send.ts';

export interface DingtalkRobotOptions {
  readonly clock: Clock;
  readonly robots: Robots;
  readonly fetch?: typeof fetch | undefined;
  /** For one exchange with the platform; 10 s unless told. */
  readonly timeoutMs?: number | undefined;
}

/** Makes the channel; `groupAddress` takes the id of a row of `group_robots`. */
export function createDingtalkRobotChannel(
  config: { readonly clientId: string; readonly oapiBase: string },
  options: DingtalkRobotOptions,
): Channel {
  const { clock, robots } = options;
  return {
    name: 'dingtalk-robot',
    tenant: config.clientId,
    deidentified: false,
    sendOnly: true,
    replyAddress: () => undefined,
    directAddress: () => undefined,
    groupAddress: (robotId) => (/^[\w-]{1,64}$/.test(robotId) ? { robot: robotId } : undefined),
    render: (blocks: readonly Block[]) => renderParts(blocks, { cards: false, media: false }),
    paceOf: () => [LIMITS.robotPerMinute],
    send: createRobotSender({
      oapiBase: config.oapiBase,
      robots,
      clock,
      fetch: options.fetch ?? globalThis.fetch,
      timeoutMs: options.timeoutMs ?? 10_000,
    }),
  };
}
