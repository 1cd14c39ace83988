/** The list of channels; nothing else names them all, and the contract suite runs for every one of it. */
import type { Clock, Log } from '../../handlers/ports.ts';
import type { Config } from '../config.ts';
import type { ButtonStore, Channel } from './channel.ts';
import { createDingtalkChannel } from './dingtalk/index.ts';
import { createDingtalkRobotChannel } from './dingtalk-robot/index.ts';
import { createPlaygroundChannel } from './playground/index.ts';
import type { Robots } from './robots.ts';
import { createTelegramChannel } from './telegram/index.ts';
import { createWecomAibotChannel } from './wecom-aibot/index.ts';
import { createWecomAppChannel } from './wecom-app/index.ts';
import { createWecomRobotChannel } from './wecom-robot/index.ts';

/** What a channel may need of its process. */
export interface ChannelPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly buttons: ButtonStore;
  readonly robots: Robots;
}

export interface ChannelFactory {
  readonly name: string;
  /** The channel, or undefined where the configuration leaves it off. */
  create(config: Config, ports: ChannelPorts): Channel | undefined;
}

export const channelFactories: readonly ChannelFactory[] = [
  { name: 'playground', create: (config) => (config.playground ? createPlaygroundChannel() : undefined) },
  {
    name: 'wecom-app',
    create: ({ wecomApp }, ports) => (wecomApp ? createWecomAppChannel(wecomApp, ports) : undefined),
  },
  {
    name: 'wecom-aibot',
    create: ({ wecomAibot }, { clock, log }) =>
      wecomAibot ? createWecomAibotChannel(wecomAibot, { clock, log }) : undefined,
  },
  {
    name: 'wecom-robot',
    create: ({ wecomApp }, { robots }) =>
      wecomApp ? createWecomRobotChannel({ apiBase: wecomApp.apiBase, robots }) : undefined,
  },
  {
    name: 'dingtalk',
    create: ({ dingtalk }, ports) => (dingtalk ? createDingtalkChannel(dingtalk, ports) : undefined),
  },
  {
    name: 'dingtalk-robot',
    create: ({ dingtalk }, ports) => (dingtalk ? createDingtalkRobotChannel(dingtalk, ports) : undefined),
  },
  {
    name: 'telegram',
    create: ({ telegram, publicUrl }, { log, buttons }) =>
      telegram ? createTelegramChannel(telegram, { log, buttons, publicUrl }) : undefined,
  },
];

/** The channels this deployment speaks. */
export function createChannels(config: Config, ports: ChannelPorts): readonly Channel[] {
  return channelFactories.flatMap((factory) => factory.create(config, ports) ?? []);
}
