import { describe, expect, it } from 'vitest';
import { channelFactories } from '../../bot/channels/index.ts';
import { type ChannelRig, describeChannel } from './channel-cases.ts';
import { dingtalkRig } from './dingtalk-rig.ts';
import { dingtalkRobotRig } from './dingtalk-robot-rig.ts';
import { playgroundRig } from './playground-rig.ts';
import { telegramRig } from './telegram-rig.ts';
import { wecomAibotRig, wecomAibotSocketRig } from './wecom-aibot-rig.ts';
import { wecomAppRig } from './wecom-app-rig.ts';
import { wecomRobotRig } from './wecom-robot-rig.ts';

const rigs: readonly ChannelRig[] = [
  playgroundRig,
  wecomAppRig,
  wecomAibotRig,
  wecomAibotSocketRig,
  wecomRobotRig,
  dingtalkRig,
  dingtalkRobotRig,
  telegramRig,
];

describe('the list of channels', () => {
  it('has a rig for every channel, so that none opts out of the contract', () => {
    expect([...new Set(rigs.map((rig) => rig.name))].sort()).toEqual(
      channelFactories.map((factory) => factory.name).sort(),
    );
  });
});

for (const rig of rigs) describeChannel(rig);
