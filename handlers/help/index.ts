/** 帮助 and the welcome: made from the commands' own table, so that nothing is promised that is not there. */
import type { Command, Feature, HandlerContext } from '../feature.ts';
import type { Reply } from '../message.ts';
import { answer } from '../outcome.ts';

/** Features in the order and under the words of the help. */
const TITLES: readonly (readonly [feature: string, title: string])[] = [
  ['referrals', '转诊'],
  ['shortages', '缺药'],
  ['indicators', '指标'],
  ['milestones', '里程碑'],
  ['policy', '查文件'],
  ['documents', '文件版本'],
  ['questions', '问题清单'],
  ['directory', '单位与身份'],
  ['groups', '群'],
  ['deliveries', '运维'],
];

/** The help as a feature of its own; it is given the features it speaks of. */
export function helpFeature(features: readonly Feature[]): Feature {
  return {
    name: 'help',
    commands: [
      {
        id: 'help',
        name: '帮助',
        aliases: ['help', '？', '?', '菜单', '功能', '怎么用', '使用说明'],
        allowed: 'anyone',
        run: async (ctx, argument) => answer({ audience: 'here', blocks: helpBlocks(ctx, features, argument) }),
      },
    ],
  };
}

/** The first words to somebody who opens the chat. */
export function welcome(ctx: HandlerContext, features: readonly Feature[]): Reply {
  const name = ctx.actor ? `${ctx.actor.name}，您好！` : '您好！';
  const lead = ctx.deidentified
    ? `${name}我是医共体助手：查实施方案条款、指标和里程碑。这里不收患者信息；转诊、缺药只看编号和状态，办理请用企业微信或钉钉。`
    : `${name}我是医共体助手：查实施方案条款、办双向转诊、登记缺药。`;
  const bind = ctx.actor
    ? []
    : [{ type: 'text' as const, text: '您还没有绑定身份：现在可以查政策；发送“绑定 邀请码”后可办业务。' }];
  const groups = groupsFor(ctx, features).map(({ title }) => title);
  return {
    audience: 'here',
    blocks: [
      { type: 'text', text: lead },
      ...bind,
      {
        type: 'buttons',
        items: [
          { id: 'help', label: '帮助', value: '' },
          ...groups.slice(0, 4).map((title) => ({ id: 'help', label: `帮助 ${title}`, value: title })),
        ],
      },
    ],
  };
}

interface Group {
  readonly title: string;
  readonly commands: readonly Command[];
}

function groupsFor(ctx: HandlerContext, features: readonly Feature[]): readonly Group[] {
  return TITLES.map(([name, title]) => ({
    title,
    commands: (features.find((feature) => feature.name === name)?.commands ?? []).filter(
      (command) => command.summary !== undefined && mayUse(command, ctx),
    ),
  })).filter((group) => group.commands.length > 0);
}

function mayUse(command: Command, { actor, deidentified }: HandlerContext): boolean {
  if (deidentified && command.deidentifiedReply !== undefined) return false;
  if (command.allowed === 'anyone') return true;
  if (!actor) return false;
  return command.allowed === 'bound' || command.allowed.some((role) => actor.roles.includes(role));
}

function helpBlocks(ctx: HandlerContext, features: readonly Feature[], topic: string): Reply['blocks'] {
  const groups = groupsFor(ctx, features);
  const wanted =
    topic === ''
      ? undefined
      : groups.find(
          ({ title, commands }) => matches(title, topic) || commands.some((command) => command.name === topic),
        );
  if (wanted) {
    return [
      { type: 'text', text: `【${wanted.title}】` },
      {
        type: 'list',
        ordered: false,
        items: wanted.commands.map(
          ({ name, summary, example }) => `${name}：${summary}${example ? `\n  例：${example}` : ''}`,
        ),
      },
    ];
  }
  const lines = groups.map(({ title, commands }) => `${title}：${commands.map((command) => command.name).join('、')}`);
  return [
    { type: 'text', text: '直接提问就能查实施方案，例如：医共体由谁牵头？' },
    { type: 'list', ordered: false, items: lines },
    {
      type: 'text',
      text: ctx.actor ? '发送“帮助 转诊”看具体说法。' : '绑定身份后可办转诊、缺药等业务：私聊发送“绑定 邀请码”。',
    },
  ];
}

function matches(title: string, topic: string): boolean {
  return title.includes(topic) || topic.includes(title);
}
