/** Who is told of a case, and in which group its pointer card stands（通知对象）. */
import { listStaff, type StaffMember } from '../directory/institutions.ts';
import type { IncomingMessage } from '../message.ts';
import type { Reader } from '../ports.ts';

/**
 * Who is told of a new case（接收方）: duty coordinators, else coordinators, else clinicians and managers. Of an emergency
 * everybody on duty among clinicians and coordinators, too.
 */
export function chooseReceivers(staff: readonly StaffMember[], emergency: boolean): readonly StaffMember[] {
  const withRole = (...roles: readonly StaffMember['roles'][number][]): readonly StaffMember[] =>
    staff.filter((member) => member.roles.some((role) => roles.includes(role)));
  const coordinators = withRole('coordinator');
  const chain = [
    coordinators.filter((member) => member.duty),
    coordinators,
    withRole('clinician', 'village-doctor', 'manager'),
  ];
  const first = chain.find((members) => members.length > 0) ?? [];
  if (!emergency) return first;
  const duty = withRole('coordinator', 'clinician').filter((member) => member.duty);
  return [...first, ...duty.filter((member) => !first.includes(member))];
}

/** The staff who are told, read from the directory. */
export async function listReceivers(
  db: Reader,
  institutionId: string,
  emergency: boolean,
): Promise<readonly StaffMember[]> {
  return chooseReceivers(await listStaff(db, { institutionId }), emergency);
}

/** The known group a message came from. */
export async function findGroupId(db: Reader, message: IncomingMessage): Promise<string | undefined> {
  if (message.conversation.kind !== 'group') return undefined;
  const row: { id: string } | undefined = await db('groups')
    .where({ channel: message.channel, tenant: message.tenant, platform_conversation_id: message.conversation.id })
    .first('id');
  return row?.id;
}

/** The referral group in which both sides sit: of the receiving institution, else of an alliance both belong to. */
export async function findReferralGroup(db: Reader, fromId: string, toId: string): Promise<string | undefined> {
  const shared = db('alliance_members as a')
    .join('alliance_members as b', 'b.alliance_id', 'a.alliance_id')
    .where({ 'a.institution_id': fromId, 'b.institution_id': toId })
    .select('a.alliance_id');
  const rows: { id: string; institution_id: string | null }[] = await db('groups')
    .where({ purpose: 'referral' })
    .andWhere((which) => which.where('institution_id', toId).orWhereIn('alliance_id', shared))
    .orderBy('id')
    .select('id', 'institution_id');
  return (rows.find((row) => row.institution_id === toId) ?? rows[0])?.id;
}
