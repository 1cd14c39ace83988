/** Says what the group is for in which it is said（绑定本群）: pushes to groups find it from then on. */
import type { BoundContext } from '../feature.ts';
import { type Reply, say } from '../message.ts';
import { answer, type Decision, type Row } from '../outcome.ts';
import type { Actor } from '../people.ts';
import { type GroupPurpose, type GroupWish, PURPOSE_LABELS, readWish } from './purposes.ts';

interface GroupRow {
  readonly id: string;
  readonly title: string;
  readonly purpose: GroupPurpose;
  readonly digest: number | boolean;
  readonly region_id: string | null;
  readonly owner: string | null;
  readonly owner_region: string | null;
}

const ONLY_IN_GROUPS = '请在要绑定的群里对我说，例如“@我 绑定本群 转诊”。';

/** 绑定本群 [转诊|缺药|管理] [日报] [医共体]. */
export async function bindGroup(ctx: BoundContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind !== 'group') return answer(say(ONLY_IN_GROUPS));
  const wish = readWish(argument);
  if (wish.rest !== '') {
    return answer(say(`没有看懂“${wish.rest}”。可以说：绑定本群 转诊（或 缺药、管理），要收日报再加“日报”。`));
  }
  const before = await findGroup(ctx);
  const foreign = foreignTo(before, ctx.actor);
  if (foreign) return answer(foreign);
  // Said alone it binds nothing, and takes nothing away.
  if (argument.trim() === '') {
    return before && (before.purpose !== 'general' || before.digest)
      ? showGroup(ctx)
      : answer(say('这个群用来做什么？请说“绑定本群 转诊”（或 缺药、管理），要收日报再加“日报”。'));
  }
  const { channel, tenant, conversation } = ctx.message;
  const key: Row = { channel, tenant, platform_conversation_id: conversation.id };
  const owner = ownerOf(wish, ctx.actor);
  const set: Row = {
    title: conversation.title ?? before?.title ?? `${owner.label}${PURPOSE_LABELS[wish.purpose]}群`,
    region_id: ctx.actor.region.id,
    institution_id: owner.institution,
    alliance_id: owner.alliance,
    purpose: wish.purpose,
    digest: wish.digest,
    unreachable_since: null,
  };
  const id = before?.id ?? ctx.ids.next();
  return {
    replies: [
      say(
        `已绑定本群：${owner.label}，${describe(wish.purpose, wish.digest)}。群里不会出现患者信息。不需要时说“解绑本群”。`,
      ),
    ],
    writes: [
      before
        ? { kind: 'update', table: 'groups', where: { id }, set }
        : { kind: 'insert', table: 'groups', row: { id, ...key, ...set, demo: false } },
    ],
    audit: [{ action: 'group.bind', objectType: 'group', objectId: id, details: { purpose: wish.purpose } }],
  };
}

/** 解绑本群: the row stays, because deliveries and cases name it. */
export async function releaseGroup(ctx: BoundContext): Promise<Decision> {
  if (ctx.message.conversation.kind !== 'group') return answer(say(ONLY_IN_GROUPS));
  const group = await findGroup(ctx);
  if (!group) return answer(say('这个群没有绑定过，不用解绑。'));
  const foreign = foreignTo(group, ctx.actor);
  if (foreign) return answer(foreign);
  return {
    replies: [say('已解绑本群，不再往这里推送。要恢复请说“绑定本群 转诊”。')],
    writes: [
      {
        kind: 'update',
        table: 'groups',
        where: { id: group.id },
        set: { purpose: 'general', digest: false, institution_id: null, alliance_id: null },
      },
    ],
    audit: [{ action: 'group.release', objectType: 'group', objectId: group.id }],
  };
}

/** 本群. */
export async function showGroup(ctx: BoundContext): Promise<Decision> {
  if (ctx.message.conversation.kind !== 'group') return answer(say(ONLY_IN_GROUPS));
  const group = await findGroup(ctx);
  if (!group || (group.purpose === 'general' && !group.digest)) {
    return answer(say('这个群没有绑定用途，不往这里推送。绑定请说“绑定本群 转诊”（或 缺药、管理）。'));
  }
  return answer(say(`本群：${group.owner ?? '本地区'}，${describe(group.purpose, Boolean(group.digest))}。`));
}

async function findGroup({ db, message }: BoundContext): Promise<GroupRow | undefined> {
  return db('groups')
    .leftJoin('institutions', 'institutions.id', 'groups.institution_id')
    .leftJoin('alliances', 'alliances.id', 'groups.alliance_id')
    .where({
      'groups.channel': message.channel,
      'groups.tenant': message.tenant,
      'groups.platform_conversation_id': message.conversation.id,
    })
    .first(
      'groups.id',
      'groups.title',
      'groups.purpose',
      'groups.digest',
      'groups.region_id',
      db.raw('coalesce(institutions.short_name, alliances.name) as owner'),
      db.raw('coalesce(institutions.region_id, alliances.region_id, groups.region_id) as owner_region'),
    );
}

/** A group of another region is not taken over. */
function foreignTo(group: GroupRow | undefined, actor: Actor): Reply | undefined {
  if (!group?.owner_region || group.owner_region === actor.region.id || isReleased(group)) return undefined;
  return say('这个群已由其他地区绑定，没有改动。请由绑定的单位先说“解绑本群”。');
}

/** 解绑本群 was said there: nobody's any more. */
function isReleased(group: GroupRow): boolean {
  return group.owner === null && group.purpose === 'general' && !group.digest;
}

function ownerOf(
  wish: GroupWish,
  actor: Actor,
): { readonly institution: string | null; readonly alliance: string | null; readonly label: string } {
  const [alliance] = actor.alliances;
  if (wish.alliance && alliance) return { institution: null, alliance: alliance.id, label: alliance.name };
  if (actor.institution.kind === 'authority') return { institution: null, alliance: null, label: actor.region.name };
  return { institution: actor.institution.id, alliance: null, label: actor.institution.shortName };
}

function describe(purpose: GroupPurpose, digest: boolean): string {
  const what = purpose === 'general' ? '不收业务通知' : `收${PURPOSE_LABELS[purpose]}通知`;
  return digest ? `${what}，收日报` : what;
}
