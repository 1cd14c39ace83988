/** The groups feature（群）: what a group is for, and webhook robots that send into groups the bot does not hear. */
import type { BoundContext, Feature } from '../feature.ts';
import { bindGroup, releaseGroup, showGroup } from './binding.ts';
import { manageRobots } from './robots.ts';

/** Wired by handlers/index.ts. */
export const groups: Feature = {
  name: 'groups',
  commands: [
    {
      id: 'group.bind',
      name: '绑定本群',
      aliases: ['登记本群'],
      summary: '在群里说：这个群用来收转诊、缺药或管理通知',
      example: '绑定本群 转诊',
      allowed: ['manager', 'coordinator', 'pharmacist', 'commission', 'admin'],
      accepts: () => true,
      run: (ctx: BoundContext, argument: string) => bindGroup(ctx, argument),
    },
    {
      id: 'group.release',
      name: '解绑本群',
      aliases: [],
      summary: '这个群不再收通知',
      allowed: ['manager', 'coordinator', 'pharmacist', 'commission', 'admin'],
      run: (ctx: BoundContext) => releaseGroup(ctx),
    },
    {
      id: 'group.show',
      name: '本群',
      aliases: ['群信息'],
      allowed: 'bound',
      accepts: (argument) => argument === '',
      run: (ctx: BoundContext) => showGroup(ctx),
    },
    {
      id: 'group.robots',
      name: '群机器人',
      aliases: [],
      summary: '登记企业微信、钉钉的群机器人地址，用来往群里推送',
      example: '群机器人',
      allowed: ['admin'],
      accepts: (argument) => argument === '' || /^(?:添加|停用|启用|试发|https?:)/.test(argument),
      run: (ctx: BoundContext, argument: string) => manageRobots(ctx, argument),
    },
  ],
};
