/** What the 信息科 does with people in chat: invite, disable, enable（人员管理）. */
import type { BoundContext } from '../feature.ts';
import { answer, type Decision } from '../outcome.ts';
import { invitation, privately, UNASSIGNED } from './binding.ts';

interface StaffRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly version: number;
  readonly institution: string;
}

type Action = 'invite' | 'disable' | 'enable';
const WORDS: Readonly<Record<Action, string>> = { invite: '邀请', disable: '停用', enable: '启用' };
/** Most namesakes shown. */
const MAX_CHOICES = 5;

/** 邀请, 停用, 启用 <姓名> [单位]. */
export async function manageStaff(ctx: BoundContext, argument: string, action: Action): Promise<Decision> {
  const word = WORDS[action];
  const [name = '', ...unit] = argument.trim().split(/\s+/);
  if (name === '') return answer(privately(ctx, `请写上姓名，例如“${word} 张三”。`));
  const found = (await findStaff(ctx, name)).filter((person) => person.institution.includes(unit.join('')));
  const [person] = found;
  if (!person) return answer(privately(ctx, `花名册里没有“${argument.trim()}”。请先导入花名册，或核对姓名。`));
  if (found.length > 1) {
    const names = found.slice(0, MAX_CHOICES).map((each) => `${each.name}（${each.institution}）`);
    return answer(
      privately(
        ctx,
        `有${found.length}个“${name}”：${names.join('、')}。请写上单位，例如“${word} ${name} ${person.institution}”。`,
      ),
    );
  }
  if (action === 'invite') {
    return person.status === 'active'
      ? invitation(ctx, person)
      : answer(
          privately(
            ctx,
            `${person.name}（${person.institution}）已停用，没有生成邀请码。需要时先发“启用 ${person.name}”。`,
          ),
        );
  }
  return setStatus(ctx, person, action);
}

function setStatus(ctx: BoundContext, person: StaffRow, action: 'disable' | 'enable'): Decision {
  const status = action === 'disable' ? 'disabled' : 'active';
  const shown = `${person.name}（${person.institution}）`;
  if (person.id === ctx.actor.id) return answer(privately(ctx, '不能停用自己，请由另一位管理员操作。'));
  if (person.status === status)
    return answer(privately(ctx, `${shown}${action === 'disable' ? '已经是停用状态' : '没有停用'}，不用再操作。`));
  const text =
    action === 'disable'
      ? `已停用${shown}，从现在起不能再使用。误操作请发“启用 ${person.name}”。`
      : `已启用${shown}，原来的账号和角色继续有效。`;
  return {
    replies: [privately(ctx, text)],
    writes: [
      { kind: 'update', table: 'staff', where: { id: person.id }, version: Number(person.version), set: { status } },
      ...(action === 'disable'
        ? [{ kind: 'delete', table: 'binding_codes', where: { staff_id: person.id, used_at: null } } as const]
        : []),
    ],
    audit: [{ action: `staff.${action}`, objectType: 'staff', objectId: person.id }],
  };
}

/** People of that name in the administrator's region; before a roster says where the administrator works, everywhere. */
async function findStaff(ctx: BoundContext, name: string): Promise<readonly StaffRow[]> {
  const query = ctx
    .db('staff')
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .where({ 'staff.name': name })
    .orderBy('staff.id')
    .select('staff.id', 'staff.name', 'staff.status', 'staff.version', 'institutions.name as institution');
  const { region } = ctx.actor;
  return region.id === UNASSIGNED ? query : query.where({ 'institutions.region_id': region.id });
}
