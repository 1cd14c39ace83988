/** Webhook robots of groups（群机器人）: registered by the 信息科 in private chat; their address is a secret. */
import type { BoundContext } from '../feature.ts';
import { type Reply, say, tell } from '../message.ts';
import { answer, type Decision, type Write } from '../outcome.ts';
import { type GroupWish, PURPOSE_LABELS, readWish } from './purposes.ts';

/** What a robot's channel needs to send（`group_robots.address_sealed`, as JSON）. */
export type RobotAddress =
  | { readonly key: string }
  | { readonly accessToken: string; readonly secret?: string | undefined };

interface RobotRow {
  readonly id: string;
  readonly channel: string;
  readonly active: number | boolean;
  readonly version: number;
  readonly group_id: string;
  readonly title: string;
}

const WHERE: Readonly<Record<string, string>> = { 'wecom-robot': '企业微信', 'dingtalk-robot': '钉钉' };
const HOW =
  '登记：群机器人 添加 地址 群名 用途。例如“群机器人 添加 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=… 红池坝转诊群 转诊”；钉钉在地址后面加SEC开头的密钥。';

/** 群机器人 [添加 …|停用 N|启用 N|试发 N]. */
export async function manageRobots(ctx: BoundContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') {
    const recall = /https?:/.test(argument) ? '地址是密钥，请撤回刚才的消息，并在群里重新生成机器人地址。' : '';
    return answer(say(`${recall}群机器人请在私聊中登记。`));
  }
  const [, verb = '', rest = ''] = /^(添加|停用|启用|试发)?\s*([\s\S]*)$/.exec(argument.trim()) ?? [];
  if (verb === '添加' || /^https?:/.test(rest)) return add(ctx, rest);
  if (verb === '') return answer(await list(ctx));
  const robots = await listRobots(ctx);
  const robot = robots[Number(rest.replace(/^[#＃]/, '')) - 1];
  if (!robot) return answer(say(`没有第“${rest}”个群机器人。发送“群机器人”看编号。`));
  if (verb === '试发') {
    if (!robot.active) return answer(say('这个群机器人已停用，没有试发。先发“启用”。'));
    return {
      replies: [
        tell({ group: robot.group_id }, '这是一条试发消息：医共体助手的推送会发到本群。'),
        say(`已向“${robot.title}”试发一条，请到群里看。没有收到时发送“投递”看原因。`),
      ],
    };
  }
  const active = verb === '启用';
  return {
    replies: [say(`已${verb}群机器人：${robot.title}。`)],
    writes: [
      {
        kind: 'update',
        table: 'group_robots',
        where: { id: robot.id },
        version: Number(robot.version),
        set: { active },
      },
    ],
    audit: [{ action: active ? 'robot.enable' : 'robot.disable', objectType: 'robot', objectId: robot.id }],
  };
}

async function list(ctx: BoundContext): Promise<Reply> {
  const robots = await listRobots(ctx);
  if (robots.length === 0) return say(`还没有登记群机器人。\n${HOW}`);
  const lines = robots.map(
    (robot) => `${robot.title} · ${WHERE[robot.channel] ?? robot.channel}${robot.active ? '' : ' · 已停用'}`,
  );
  return say(
    '群机器人：',
    { type: 'list', ordered: true, items: lines },
    { type: 'text', text: `可发：试发 1、停用 1，前面加“群机器人”。\n${HOW}` },
  );
}

async function add(ctx: BoundContext, words: string): Promise<Decision> {
  const [url = '', ...more] = words.trim().split(/\s+/);
  const secret = more.find((word) => /^SEC\w{4,128}$/.test(word));
  const read = readAddress(url, secret);
  if (typeof read === 'string') return answer(say(read));
  const wish = readWish(more.filter((word) => word !== secret).join(' '));
  if (wish.rest === '') return answer(say('请在地址后面写上群名，例如“红池坝转诊群 转诊”。'));
  const fingerprint = ctx.vault.fingerprint(`robot ${read.identity}`);
  const known: { title: string } | undefined = await ctx
    .db('group_robots')
    .join('groups', 'groups.id', 'group_robots.group_id')
    .where({ 'group_robots.channel': read.channel, address_fingerprint: fingerprint })
    .first('groups.title');
  if (known) return answer(say(`这个地址已经登记过：${known.title}。`));
  const group = await groupFor(ctx, read.channel, wish);
  const id = ctx.ids.next();
  return {
    replies: [
      say(
        `已登记群机器人：${wish.rest}（${WHERE[read.channel]}，${PURPOSE_LABELS[wish.purpose]}${wish.digest ? '，收日报' : ''}）。地址已加密保存，请撤回上一条。发“群机器人 试发 ${(await listRobots(ctx)).length + 1}”试一下。`,
      ),
    ],
    writes: [
      ...group.writes,
      {
        kind: 'insert',
        table: 'group_robots',
        row: {
          id,
          group_id: group.id,
          channel: read.channel,
          address_sealed: ctx.vault.seal(JSON.stringify(read.address)),
          address_fingerprint: fingerprint,
          active: true,
          created_at: ctx.clock.now().toISOString(),
        },
      },
    ],
    audit: [{ action: 'robot.add', objectType: 'robot', objectId: id, details: { channel: read.channel } }],
  };
}

/** A robot's webhook address as its platform writes it; otherwise the words for the person. Pure. */
export function readAddress(
  text: string,
  secret: string | undefined,
): { readonly channel: string; readonly address: RobotAddress; readonly identity: string } | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `没有看懂地址。${HOW}`;
  }
  const key = url.searchParams.get('key');
  if (url.pathname.endsWith('/cgi-bin/webhook/send') && key && /^[\w-]{8,128}$/.test(key)) {
    return { channel: 'wecom-robot', address: { key }, identity: key };
  }
  const accessToken = url.searchParams.get('access_token');
  if (url.pathname.endsWith('/robot/send') && accessToken && /^\w{8,256}$/.test(accessToken)) {
    return { channel: 'dingtalk-robot', address: { accessToken, secret }, identity: accessToken };
  }
  return `这不是企业微信或钉钉群机器人的地址，没有登记。${HOW}`;
}

/** The group of that name in the region, also one the bot hears itself; else a new one that only the robot reaches. */
async function groupFor(
  ctx: BoundContext,
  channel: string,
  wish: GroupWish,
): Promise<{ readonly id: string; readonly writes: readonly Write[] }> {
  const known: { id: string } | undefined = await ctx
    .db('groups')
    .where({ title: wish.rest, region_id: ctx.actor.region.id })
    .orderBy('id')
    .first('id');
  if (known) return { id: known.id, writes: [] };
  const id = ctx.ids.next();
  const [alliance] = ctx.actor.alliances;
  const row = {
    id,
    channel,
    tenant: '',
    platform_conversation_id: id,
    title: wish.rest,
    region_id: ctx.actor.region.id,
    institution_id: wish.alliance ? null : ctx.actor.institution.id,
    alliance_id: wish.alliance ? (alliance?.id ?? null) : null,
    purpose: wish.purpose,
    digest: wish.digest,
    demo: false,
  };
  return { id, writes: [{ kind: 'insert', table: 'groups', row }] };
}

/** In the order of registration, so that the numbers people read stay. */
async function listRobots({ db, actor }: BoundContext): Promise<readonly RobotRow[]> {
  return db('group_robots')
    .join('groups', 'groups.id', 'group_robots.group_id')
    .where({ 'groups.region_id': actor.region.id })
    .orderBy(['group_robots.created_at', 'group_robots.id'])
    .select(
      'group_robots.id',
      'group_robots.channel',
      'group_robots.active',
      'group_robots.version',
      'group_robots.group_id',
      'groups.title',
    );
}
