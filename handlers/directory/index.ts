/** The directory feature（机构与人员）: members of the alliances, the own binding, invitations. */
import type { BoundContext, Feature, HandlerContext } from '../feature.ts';
import { answer } from '../outcome.ts';
import { bind, whoAmI } from './binding.ts';
import { showMembers } from './members.ts';
import { manageStaff } from './staff.ts';

/** Wired by handlers/index.ts. */
export const directory: Feature = {
  name: 'directory',
  commands: [
    {
      id: 'directory.members',
      name: '成员单位',
      aliases: ['机构', '医共体成员', '查机构'],
      summary: '看医共体有哪些单位，或查一家属于哪个医共体',
      example: '成员单位 红池坝',
      allowed: 'bound',
      run: showMembers,
    },
    {
      id: 'directory.who',
      name: '我是谁',
      aliases: ['我的身份', '我的绑定'],
      summary: '看自己绑定的单位和角色',
      example: '我是谁',
      allowed: 'anyone',
      run: async (ctx: HandlerContext) => answer(whoAmI(ctx)),
    },
    {
      id: 'directory.bind',
      name: '绑定',
      aliases: [],
      summary: '用邀请码绑定身份',
      example: '绑定 ABCDE-23456',
      allowed: 'anyone',
      run: bind,
    },
    {
      id: 'directory.invite',
      name: '邀请',
      aliases: [],
      summary: '给花名册里的人生成邀请码',
      example: '邀请 张三',
      allowed: ['admin'],
      run: (ctx: BoundContext, argument: string) => manageStaff(ctx, argument, 'invite'),
    },
    {
      id: 'directory.disable',
      name: '停用',
      aliases: [],
      summary: '停用一个人，立即生效',
      example: '停用 张三',
      allowed: ['admin'],
      run: (ctx: BoundContext, argument: string) => manageStaff(ctx, argument, 'disable'),
    },
    {
      id: 'directory.enable',
      name: '启用',
      aliases: [],
      summary: '重新启用停用的人',
      example: '启用 张三',
      allowed: ['admin'],
      run: (ctx: BoundContext, argument: string) => manageStaff(ctx, argument, 'enable'),
    },
  ],
};
