/** 确认: a complete form becomes a case with a number, and everybody who has to know is told（提交）. */
import { listInstitutions } from '../directory/institutions.ts';
import { type Draft, endDraft } from '../drafts.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, type Reply, say, tell } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { EMERGENCY_NOTICE } from '../safety/emergency.ts';
import { findReferralGroup, listReceivers } from './audience.ts';
import { formButtons, pointerLine } from './cards.ts';
import { readLimits, spokenMinutes } from './limits.ts';
import * as replies from './replies.ts';
import { decideStep } from './rules.ts';
import { missingSlots, type ReferralForm } from './slots.ts';
import { isEmergencyPath, URGENCIES } from './states.ts';
import { findDuplicate, findReferral, insertReferral, patientFingerprint } from './store.ts';
import { isSensitive, publicDepartment, readEntry } from './visibility.ts';
import { type DraftData, formReply, urgencyOf, writeDraft } from './waiting.ts';

/** 确认: the number is given inside the commit, then everybody who has to know is told. */
export async function submit(ctx: BoundContext, draft: Draft, data: DraftData, form: ReferralForm): Promise<Decision> {
  const { db, actor, clock, ids, vault } = ctx;
  const urgency = urgencyOf(form);
  const emergency = isEmergencyPath(urgency);
  const missing = missingSlots(form, emergency);
  const [target] = form.target ? await listInstitutions(db, [form.target.id]) : [];
  if (missing.length > 0 || !target || target.id === actor.institution.id) {
    return answer(formReply(ctx, target ? form : { ...form, target: undefined }, draft.version));
  }
  const fingerprint = patientFingerprint(vault, form);
  const same =
    fingerprint && !data.duplicateSeen && !emergency
      ? await findDuplicate(ctx, actor, { fingerprint, direction: form.direction })
      : undefined;
  if (same) {
    const buttons = formButtons(draft.version + 1, form, true);
    return {
      replies: [say(replies.duplicateFound(pointerLine(same)), buttons)],
      writes: writeDraft(ctx, draft, { ...data, duplicateSeen: true }),
    };
  }
  const step = decideStep(
    emergency ? 'submit-emergency' : 'submit',
    {
      state: 'draft',
      direction: form.direction,
      urgency,
      fromInstitutionId: actor.institution.id,
      toInstitutionId: target.id,
      initiatorId: actor.id,
      ownerId: undefined,
      acknowledgedAt: undefined,
    },
    actor,
    { now: clock.now(), missing },
  );
  if (!step.ok) throw new Error(`a complete form was refused: ${step.why}`);
  const sensitive = isSensitive(form);
  const receivers = await listReceivers(db, target.id, emergency);
  const reached = (await ctx.reachable(receivers.map((one) => one.id))).size;
  const groupId = data.groupId ?? (await findReferralGroup(db, actor.institution.id, target.id));
  const linked = form.linkedNumber ? await findReferral(db, actor, form.linkedNumber) : undefined;
  const limits = await readLimits(db, { institutionId: target.id, regionPath: actor.regionPath });
  const limit = emergency
    ? limits.emergencyAcknowledge
    : form.direction === 'D'
      ? limits.downResponse
      : urgency === 'urgent'
        ? limits.urgentAccept
        : limits.upUnclaimed;
  const referralId = ids.next();
  const eventId = ids.next();
  const demo = await isDemoStaff(ctx);
  const reason = data.reason;
  return {
    numbers: [emergency ? 'EM' : 'ZZ'],
    build: ([number = '']) => {
      const facts = {
        number,
        direction: form.direction,
        urgency,
        level: form.level,
        state: step.to,
        department: form.department,
        sensitive,
        from: actor.institution,
        to: target,
        demo,
      };
      const pointer = pointerLine({ ...facts, department: publicDepartment(form.department, sensitive) });
      const waiting = limit === undefined ? '' : `本单位设定${spokenMinutes(limit)}内${emergency ? '知悉' : '受理'}。`;
      const mine = say(
        [
          ...(emergency ? [EMERGENCY_NOTICE] : []),
          `已提交，单号 ${number}。`,
          pointer,
          reached > 0
            ? `已通知接收方${reached}人，有变化马上告诉您。`
            : '接收方还没有能收到通知的人员，请现在电话联系对方。',
        ].join('\n'),
        {
          type: 'buttons',
          items: [
            { id: 'referral.progress', label: '进度', value: number },
            { id: 'referral.withdraw', label: '撤销', value: number, version: 1 },
          ],
        },
      );
      return {
        writes: [
          ...(reason ? writeDraft(ctx, draft, { reason }) : endDraft(draft)),
          ...insertReferral(ctx, {
            id: referralId,
            eventId,
            number,
            form,
            urgency,
            step,
            fromInstitutionId: actor.institution.id,
            toInstitutionId: target.id,
            initiatorId: actor.id,
            groupId,
            linkedId: linked?.id,
            sensitive,
            department: publicDepartment(form.department, sensitive),
            demo,
          }),
        ],
        replies: [
          mine,
          ...receivers
            .filter((member) => member.id !== actor.id)
            .flatMap((member) => receiverReplies(member.id, { pointer, waiting, number, emergency, form, actor })),
          ...(groupId
            ? [
                tell(
                  { group: groupId },
                  emergency && receivers.length > 0
                    ? `${pointer}\n${reached > 0 ? '已通知接收方值班人员。' : '接收方没有能收到通知的人员，请电话联系。'}`
                    : `${pointer}\n${receivers.length > 0 ? waiting : ''}`.trim(),
                ),
              ]
            : []),
        ],
        audit: [
          {
            action: 'referral.submit',
            objectType: 'referral',
            objectId: referralId,
            details: {
              direction: form.direction,
              urgency,
              to: target.id,
              receivers: receivers.length,
              duplicate: data.duplicateSeen ?? false,
            },
          },
          ...(emergency ? receivers.map((member) => readEntry(referralId, `notice:${member.id}`, 'problem')) : []),
        ],
        memory: { ...ctx.memory, number },
      };
    },
  };
}

/** What a receiver gets in private: the pointer with its buttons; of an emergency also the problem, never the name. */
function receiverReplies(
  staffId: string,
  told: {
    readonly pointer: string;
    readonly waiting: string;
    readonly number: string;
    readonly emergency: boolean;
    readonly form: ReferralForm;
    readonly actor: BoundContext['actor'];
  },
): readonly Reply[] {
  const { number, emergency, form, actor } = told;
  const detail = { id: 'referral.detail', label: '详情', value: number };
  const buttons: Block = {
    type: 'buttons',
    items: emergency
      ? [{ id: 'referral.accept', label: '已知悉', value: number, version: 1 }, detail]
      : [
          { id: 'referral.accept', label: '接收', value: number, version: 1 },
          { id: 'referral.reject', label: '拒绝', value: number, version: 1 },
          detail,
        ],
  };
  const notice = tell(
    { staff: staffId },
    [...(emergency ? [EMERGENCY_NOTICE] : []), told.pointer, told.waiting].filter(Boolean).join('\n'),
    buttons,
  );
  if (!emergency) return [notice];
  const who = [form.sex, form.age].filter(Boolean).join(' ');
  const problem = tell(
    { staff: staffId },
    `${number} ${URGENCIES[form.urgency ?? 'emergency']}${form.level ?? ''}：${[who, form.problem].filter(Boolean).join('，')}。转出：${actor.institution.shortName} ${actor.name}。`,
  );
  return [notice, { ...problem, confidential: true }];
}

/** Whatever demonstration staff do is marked 演示. */
async function isDemoStaff(ctx: BoundContext): Promise<boolean> {
  const row: { demo: boolean | number } | undefined = await ctx.db('staff').where({ id: ctx.actor.id }).first('demo');
  return Boolean(row?.demo);
}
