/** Binds a platform account to a staff record by a one-time code, also the first administrator's（绑定）. */
import type { BoundContext, HandlerContext } from '../feature.ts';
import { type Reply, say } from '../message.ts';
import { answer, type Decision, type Write } from '../outcome.ts';
import { ROLE_LABELS } from '../people.ts';

/** How long an invitation is good for (ms). */
const INVITATION_TTL_MS = 72 * 60 * 60 * 1000;
/** Letters of an invitation: none that is read for another (0 O, 1 I L, U V). */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTWXYZ';
const CODE_LENGTH = 10;
/** Accounts bound in chat come before imported ones. */
const BOUND_PRIORITY = 50;
/** Where the first administrator stands until the roster says where; nobody else does. */
export const UNASSIGNED = 'unassigned';

interface CodeRow {
  readonly code_fingerprint: string;
  readonly staff_id: string | null;
  readonly purpose: string;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly version: number;
}

/** 绑定 <码>. */
export async function bind(ctx: HandlerContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') {
    return answer(say('绑定只能在私聊中进行。如果码已发到群里，请撤回，并请信息科换一个。'));
  }
  if (ctx.actor) return answer(say(`您已绑定为${ctx.actor.name}（${ctx.actor.institution.shortName}），不用再绑定。`));
  const code = normaliseCode(argument);
  if (code === '') return answer(say('请发送“绑定 邀请码”，例如“绑定 ABCDE-23456”。邀请码向本单位信息科索取。'));
  const row: CodeRow | undefined = await ctx
    .db('binding_codes')
    .where({ code_fingerprint: ctx.vault.fingerprint(code) })
    .first();
  if (!row) return answer(say('这个码不对，没有绑定。请核对后再发一次，或向本单位信息科要新的邀请码。'));
  if (row.used_at !== null) return answer(say('这个码已经用过，没有绑定。请向本单位信息科要新的邀请码。'));
  if (row.expires_at <= ctx.clock.now().toISOString()) {
    return answer(say('这个码已经过期，没有绑定。请向本单位信息科要新的邀请码。'));
  }
  return row.purpose === 'first-admin' ? bindFirstAdmin(ctx, row) : bindStaff(ctx, row);
}

async function bindStaff(ctx: HandlerContext, code: CodeRow): Promise<Decision> {
  const staff: { id: string; name: string; institution: string } | undefined = await ctx
    .db('staff')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .where({ 'staff.id': code.staff_id, 'staff.status': 'active' })
    .first('staff.id', 'staff.name', 'institutions.name as institution');
  if (!staff) return answer(say('这个码对应的人员已停用，没有绑定。请联系本单位信息科。'));
  return {
    replies: [say(`已绑定：${staff.name}（${staff.institution}）。发“帮助”看您能办什么。`)],
    writes: [spend(ctx, code), ...accountWrites(ctx, staff.id)],
    audit: [{ action: 'binding.bind', objectType: 'staff', objectId: staff.id }],
  };
}

async function bindFirstAdmin(ctx: HandlerContext, code: CodeRow): Promise<Decision> {
  const admin: unknown = await ctx
    .db('staff_roles')
    .join('staff', 'staff.id', 'staff_roles.staff_id')
    .where({ role: 'admin', status: 'active' })
    .first('staff_id');
  if (admin) return answer(say('已经有管理员了，这个码不再有效。请向管理员要邀请码。'));
  const id = ctx.ids.next();
  const now = ctx.clock.now().toISOString();
  const name = (ctx.message.sender.displayName ?? '').trim() || '管理员';
  return {
    replies: [
      say(
        '已绑定，您是第一位管理员。下一步：在服务器上用 npm run import 导入花名册（写上您自己的账号和单位），或发“帮助”。',
      ),
    ],
    writes: [
      spend(ctx, code),
      {
        kind: 'upsert',
        table: 'regions',
        key: { id: UNASSIGNED },
        set: { name: '未设置地区', short_name: '未设置', level: 'county', parent_id: null, created_at: now },
      },
      {
        kind: 'upsert',
        table: 'institutions',
        key: { id: UNASSIGNED },
        set: { name: '待设置单位', short_name: '待设置单位', kind: 'authority', region_id: UNASSIGNED },
      },
      {
        kind: 'insert',
        table: 'staff',
        row: {
          id,
          name,
          institution_id: UNASSIGNED,
          duty: false,
          status: 'active',
          demo: false,
          version: 1,
          created_at: now,
        },
      },
      { kind: 'insert', table: 'staff_roles', row: { staff_id: id, role: 'admin' } },
      ...accountWrites(ctx, id),
    ],
    audit: [{ action: 'binding.first-admin', objectType: 'staff', objectId: id }],
  };
}

/** Marks the code as used; guarded, so that two who type it at once do not both get in. */
function spend(ctx: HandlerContext, code: CodeRow): Write {
  return {
    kind: 'update',
    table: 'binding_codes',
    where: { code_fingerprint: code.code_fingerprint },
    version: Number(code.version),
    set: { used_at: ctx.clock.now().toISOString() },
  };
}

/** This account speaks for the person from now on, an earlier one on the same platform no longer. */
function accountWrites(ctx: HandlerContext, staffId: string): readonly Write[] {
  const { channel, tenant, sender } = ctx.message;
  const key = sender.platformUserId.toLowerCase();
  return [
    { kind: 'delete', table: 'accounts', where: { channel, tenant, platform_user_key: key } },
    { kind: 'delete', table: 'accounts', where: { channel, tenant, staff_id: staffId } },
    {
      kind: 'insert',
      table: 'accounts',
      row: {
        id: ctx.ids.next(),
        staff_id: staffId,
        channel,
        tenant,
        platform_user_id: sender.platformUserId,
        platform_user_key: key,
        priority: BOUND_PRIORITY,
        created_at: ctx.clock.now().toISOString(),
      },
    },
  ];
}

/** A new invitation for a person; earlier unused ones end. */
export function invitation(
  ctx: BoundContext,
  staff: { readonly id: string; readonly name: string; readonly institution: string },
): Decision {
  const code = makeCode(ctx);
  const shown = `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
  return {
    replies: [
      privately(
        ctx,
        `给${staff.name}（${staff.institution}）的邀请码，72小时内有效，只能用一次。请本人在与机器人的私聊中发送：\n绑定 ${shown}`,
      ),
    ],
    writes: [
      { kind: 'delete', table: 'binding_codes', where: { staff_id: staff.id, used_at: null } },
      {
        kind: 'insert',
        table: 'binding_codes',
        row: {
          code_fingerprint: ctx.vault.fingerprint(code),
          staff_id: staff.id,
          purpose: 'invitation',
          expires_at: new Date(ctx.clock.now().getTime() + INVITATION_TTL_MS).toISOString(),
          used_at: null,
          version: 1,
        },
      },
    ],
    audit: [{ action: 'binding.invite', objectType: 'staff', objectId: staff.id }],
  };
}

/** Unguessable without the data key, whatever the source of ids is. */
function makeCode(ctx: BoundContext): string {
  const bytes = Buffer.from(ctx.vault.fingerprint(`invitation ${ctx.ids.next()}`), 'base64url');
  return Array.from({ length: CODE_LENGTH }, (_, at) => LETTERS.charAt((bytes[at] ?? 0) % LETTERS.length)).join('');
}

/** Blanks, dashes, full width and case do not matter. */
function normaliseCode(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[^0-9A-Za-z]/g, '')
    .toUpperCase();
}

/** 我是谁. */
export function whoAmI(ctx: HandlerContext): Reply {
  const { actor } = ctx;
  if (!actor) {
    const account =
      ctx.message.conversation.kind === 'direct'
        ? `您的账号是 ${ctx.message.sender.platformUserId}，请告诉信息科登记；`
        : '';
    return say(`您还没有绑定员工身份，只能咨询政策。${account}拿到邀请码后，在私聊中发送“绑定 邀请码”。`);
  }
  return say(`您是${actor.name}。`, {
    type: 'fields',
    items: [
      { label: '单位', value: actor.institution.name },
      {
        label: '角色',
        value: `${actor.roles.map((role) => ROLE_LABELS[role]).join('、')}${actor.duty ? '（值班）' : ''}`,
      },
      { label: '医共体', value: actor.alliances.map((alliance) => alliance.name).join('、') || '未登记' },
      { label: '地区', value: actor.region.name },
    ],
  });
}

/** To the person in private, wherever it was asked. */
export function privately(ctx: HandlerContext, text: string): Reply {
  return {
    audience: ctx.message.conversation.kind === 'group' ? 'sender' : 'here',
    blocks: [{ type: 'text', text }],
  };
}
