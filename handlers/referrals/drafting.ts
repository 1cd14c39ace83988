/** From the first words to 确认: a referral while it waits, sealed, in its maker's private chat（起草与提交）. */
import {
  type Directory,
  type Institution,
  listInstitutions,
  loadDirectory,
  matchInstitution,
} from '../directory/institutions.ts';
import { beginDraft, changeDraft, type Draft, endDraft, listDrafts } from '../drafts.ts';
import { UserFacingError } from '../errors.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, type Reply, say, tell } from '../message.ts';
import { type AuditEntry, answer, type Decision, type Outcome, type Write } from '../outcome.ts';
import { hasRole, type InstitutionKind, ROLE_LABELS } from '../people.ts';
import { EMERGENCY_NOTICE, isEmergency } from '../safety/emergency.ts';
import { findPatientData, foldWidth, isClinical, mentionsPatient } from '../safety/privacy.ts';
import { formButtons, formFields, missingLine, pointerLine } from './cards.ts';
import { readLimits, spokenMinutes } from './limits.ts';
import * as replies from './replies.ts';
import { decideStep } from './rules.ts';
import {
  type FormDirection,
  hasFields,
  mergeSlots,
  missingSlots,
  type ReferralForm,
  readSlots,
  type Slots,
} from './slots.ts';
import { DIRECTIONS, isEmergencyPath, URGENCIES, type Urgency } from './states.ts';
import {
  findDuplicate,
  findGroupId,
  findReferral,
  findReferralGroup,
  insertReferral,
  listReceivers,
  openCase,
  patientFingerprint,
} from './store.ts';
import { detailLevel, isSensitive, publicDepartment } from './visibility.ts';

/** Kind of this feature's drafts: its name. */
export const DRAFT_KIND = 'referrals';

/** A negative move that waits for its reason. */
export interface PendingReason {
  readonly move: 'reject' | 'withdraw';
  readonly number: string;
  readonly version: number;
}

/** What waits in the sealed draft. */
export interface DraftData {
  readonly form?: ReferralForm | undefined;
  /** The group in which it was begun: gets the pointer card. */
  readonly groupId?: string | undefined;
  /** The maker was told of a case of the same patient. */
  readonly duplicateSeen?: boolean | undefined;
  readonly reason?: PendingReason | undefined;
}

/** The draft's fields, typed. */
export function draftData(draft: Draft): DraftData {
  return draft.data as DraftData;
}

/** The person's waiting referral draft. */
export async function findDraft(ctx: BoundContext): Promise<Draft | undefined> {
  return (await listDrafts(ctx, ctx.actor.id)).find((draft) => draft.kind === DRAFT_KIND);
}

/** Writes new data over the draft, or begins one. */
export function writeDraft(ctx: BoundContext, draft: Draft | undefined, data: DraftData): readonly Write[] {
  const fields = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
  return draft
    ? [changeDraft(ctx, draft, fields)]
    : beginDraft(ctx, { staffId: ctx.actor.id, kind: DRAFT_KIND, data: fields });
}

/** 上转, 下转 or 转诊 with whatever was said: prefills a form, asks once for what is missing. */
export async function startReferral(
  ctx: BoundContext,
  argument: string,
  wanted: FormDirection | undefined,
): Promise<Decision> {
  if (ctx.deidentified) return answer(say(replies.DEIDENTIFIED));
  const direction = wanted ?? directionOf(ctx, argument);
  if (direction === 'D' && !hasRole(ctx.actor, 'clinician', 'coordinator')) {
    throw new UserFacingError('not-allowed', {
      values: { command: DIRECTIONS.D, roles: `${ROLE_LABELS.clinician}、${ROLE_LABELS.coordinator}` },
    });
  }
  const directory = await loadDirectory(ctx.db, ctx.actor);
  const slots = readSlots(argument, { directory, direction });
  const linked = await continueCase(ctx, mergeSlots({ direction }, slots), directory);
  const form = withTarget(ctx, directory, withUrgency(linked.form, argument));
  const audit = linked.audit;
  const old = await findDraft(ctx);
  const replaced = old !== undefined && draftData(old).form !== undefined;
  const inGroup = ctx.message.conversation.kind === 'group';
  const groupId = inGroup ? await findGroupId(ctx.db, ctx.message) : undefined;
  const writes = writeDraft(ctx, old, { form, groupId, reason: old && draftData(old).reason });
  const notes = [
    ...(slots.asksForBed ? [replies.BED_ANSWER] : []),
    ...(replaced ? [replies.REPLACED] : []),
    ...linked.notes,
  ];
  const card = formReply(ctx, form, (old?.version ?? 0) + 1, notes);
  if (!inGroup) return { replies: [card], writes, audit };
  const told = findPatientData(argument).kinds.length > 0 || mentionsPatient(argument) || slots.problem !== undefined;
  const words = replies.acceptedInGroup(told || form.name !== undefined || form.age !== undefined);
  const here = say(isEmergencyPath(form.urgency ?? 'routine') ? `${EMERGENCY_NOTICE}\n${words}` : words);
  return { replies: [here, { ...card, audience: 'sender' }], writes, audit };
}

function directionOf(ctx: BoundContext, text: string): FormDirection {
  if (/往下转|转下去|转回|下转|回去了/.test(text)) return 'D';
  if (/往上转|转上去|上转/.test(text)) return 'U';
  return ctx.actor.institution.kind === 'lead-hospital' ? 'D' : 'U';
}

/** 急 said or seen takes the emergency path, unless somebody said 普通. */
function withUrgency(form: ReferralForm, text: string): ReferralForm {
  if (form.urgency !== undefined || form.direction === 'D') return form;
  return isEmergency(`${DIRECTIONS.U} ${text}`) ? { ...form, urgency: 'emergency' } : form;
}

/** The urgency that holds: down and unsaid are ordinary. */
function urgencyOf(form: ReferralForm): Urgency {
  const said = form.urgency ?? 'routine';
  return form.direction === 'D' && isEmergencyPath(said) ? 'routine' : said;
}

const RANK: Readonly<Record<InstitutionKind, number>> = {
  'village-clinic': 0,
  township: 1,
  'community-centre': 1,
  hospital: 2,
  'public-health': 2,
  'lead-hospital': 2,
  authority: Number.NaN,
};

/** Up leads to a higher level, down to a lower one. */
export function directionFits(direction: FormDirection, from: InstitutionKind, to: InstitutionKind): boolean {
  return direction === 'U' ? RANK[to] > RANK[from] : RANK[to] < RANK[from];
}

/** Fills in the only lead hospital, and takes out a place that is the own one or on the wrong level. */
function withTarget(ctx: BoundContext, directory: Directory, form: ReferralForm): ReferralForm {
  const fits = (institution: Institution): boolean =>
    institution.id !== directory.ownId && directionFits(form.direction, ctx.actor.institution.kind, institution.kind);
  const place = directory.institutions.find((institution) => institution.id === form.target?.id);
  if (place && !fits(place)) {
    const { target: _target, ...rest } = form;
    return { ...rest, unknownTarget: `${place.shortName}（不是${form.direction === 'U' ? '上级' : '基层'}机构）` };
  }
  if (form.targetChoices) {
    const choices = form.targetChoices.filter((choice) =>
      directory.institutions.some((institution) => institution.id === choice.id && fits(institution)),
    );
    const { targetChoices: _choices, ...rest } = form;
    return choices.length === 1 && choices[0] ? { ...rest, target: choices[0] } : { ...form, targetChoices: choices };
  }
  if (form.target || form.unknownTarget || form.direction === 'D') return form;
  const leads = directory.institutions
    .filter((institution) => institution.leads.some((id) => directory.allianceIds.includes(id)) && fits(institution))
    .map((institution) => ({ id: institution.id, name: institution.shortName }));
  if (leads.length === 1 && leads[0]) return { ...form, target: leads[0] };
  return leads.length > 1 ? { ...form, targetChoices: leads } : form;
}

interface Continued {
  readonly form: ReferralForm;
  readonly audit: readonly AuditEntry[];
  readonly notes: readonly string[];
}

/** 转回 ZZ…那边: the patient and the destination come from the case it continues, as far as the person may read it. */
async function continueCase(ctx: BoundContext, form: ReferralForm, directory: Directory): Promise<Continued> {
  if (form.linkedNumber === undefined) return { form, audit: [], notes: [] };
  const linked = await findReferral(ctx.db, ctx.actor, form.linkedNumber);
  if (!linked) {
    const { linkedNumber: _number, ...rest } = form;
    return { form: rest, audit: [], notes: [replies.notFound(form.linkedNumber)] };
  }
  const other = linked.from.id === ctx.actor.institution.id ? linked.to : linked.from;
  const target = form.target ?? (other.id === directory.ownId ? undefined : { id: other.id, name: other.shortName });
  const level = detailLevel(ctx.actor, linked);
  if (level !== 'full') return { form: { ...form, target }, audit: [], notes: [] };
  const { patient, clinical } = openCase(ctx.vault, linked);
  const { bed: _bed, ...known } = patient;
  return {
    form: { ...known, ...form, problem: form.problem ?? clinical.problem, target },
    audit: [readEntry(linked.id, 'continue', level)],
    notes: [],
  };
}

/** The audit line of a look at a patient（查看留痕）. */
export function readEntry(referralId: string, purpose: string, level: string): AuditEntry {
  return { action: 'referral.read', objectType: 'referral', objectId: referralId, details: { purpose, level } };
}

/** The form as its maker sees it: what is missing first, else the words to say. For private chat only. */
function formReply(ctx: BoundContext, form: ReferralForm, version: number, notes: readonly string[] = []): Reply {
  const urgency = urgencyOf(form);
  const missing = missingLine(form, urgency);
  const lines = [
    ...(isEmergencyPath(urgency) ? [EMERGENCY_NOTICE] : []),
    ...notes,
    missing ?? replies.SUBMIT_FIRST,
    ...(missing === undefined && !(form.name && form.phone) ? [replies.OPTIONAL_FIELDS] : []),
  ];
  const blocks: readonly Block[] = [
    { type: 'text', text: lines.join('\n') },
    formFields(form, urgency, ctx.actor.institution.shortName),
    formButtons(version, form),
  ];
  return { audience: 'here', blocks, confidential: true };
}

const CONFIRM = /^(确认|提交|确定|确认提交|是|是的|好|好的|对|对的)$/;
const CANCEL = /^(取消|不要了|算了|不提交|取消提交|不转了)$/;
const QUESTION = /[?？]$|吗$|什么|哪些|哪几|怎么|如何|为什么|多少|几个|是谁|由谁|规定|政策|文件|条款|指标|目标/;
const CORRECTION = /^(更正|改成|改为|改|诊断|病情|主诉|计划|方案|不是|应该是)[:：, ，]*/;

/** More words for a waiting form, or 确认 and 取消. `undefined`: not meant for it. */
export async function resumeForm(ctx: BoundContext, draft: Draft, words: string): Promise<Decision | undefined> {
  const data = draftData(draft);
  const { form } = data;
  if (!form) return undefined;
  const pressed = ctx.message.action?.version;
  if (CANCEL.test(words)) return { replies: [say(replies.CANCELLED)], writes: endDraft(draft) };
  if (CONFIRM.test(words)) {
    if (pressed !== undefined && pressed !== draft.version) {
      return answer(formReply(ctx, form, draft.version, [replies.OUTDATED_CARD]));
    }
    return submit(ctx, draft, data, form);
  }
  const directory = await loadDirectory(ctx.db, ctx.actor);
  const slots = readSlots(words.replace(CORRECTION, ''), { directory, direction: form.direction });
  if (!belongsToForm(form, slots, words)) return undefined;
  return changeForm(ctx, draft, mergeSlots(form, slots, CORRECTION.test(words)), directory, words);
}

/** 转入 县中医院: names another place for the waiting form. */
export async function chooseTarget(ctx: BoundContext, name: string): Promise<Decision> {
  const draft = await findDraft(ctx);
  const form = draft && draftData(draft).form;
  if (!draft || !form) return answer(say('现在没有待提交的转诊。发起请说“上转 …”或“下转 …”。'));
  const directory = await loadDirectory(ctx.db, ctx.actor);
  const found = matchInstitution(directory, name).map((one) => ({ id: one.id, name: one.shortName }));
  const { target: _target, targetChoices: _choices, unknownTarget: _unknown, ...rest } = form;
  const chosen: ReferralForm =
    found.length === 1 && found[0]
      ? { ...rest, target: found[0] }
      : found.length > 1
        ? { ...rest, targetChoices: found }
        : { ...rest, unknownTarget: name };
  const decision = changeForm(ctx, draft, chosen, directory, '');
  if (ctx.message.conversation.kind !== 'group') return decision;
  const card = decision.replies.map((reply) => ({ ...reply, audience: 'sender' as const }));
  return { ...decision, replies: [say(replies.acceptedInGroup(false)), ...card] };
}

function changeForm(ctx: BoundContext, draft: Draft, form: ReferralForm, directory: Directory, words: string): Outcome {
  const number = /^\D{0,2}(\d)\D{0,2}$/.exec(words)?.[1];
  const choice = number === undefined ? undefined : form.targetChoices?.[Number(number) - 1];
  const { targetChoices: _choices, ...rest } = form;
  const next = withTarget(ctx, directory, withUrgency(choice ? { ...rest, target: choice } : form, words));
  const { duplicateSeen: _seen, ...kept } = draftData(draft);
  return {
    replies: [formReply(ctx, next, draft.version + 1)],
    writes: writeDraft(ctx, draft, { ...kept, form: next }),
  };
}

/** A question while a form waits is a question; free words count only where the form still lacks them. */
function belongsToForm(form: ReferralForm, slots: Slots, words: string): boolean {
  const text = foldWidth(words).trim();
  if (form.targetChoices && /^\d$/.test(text)) return true;
  if (CORRECTION.test(text)) return slots.words.length > 0 || hasFields(slots);
  if (QUESTION.test(text) && findPatientData(text).kinds.length === 0) return false;
  if (hasFields(slots)) return true;
  if (slots.words.length === 0) return false;
  return form.problem === undefined || (form.direction === 'D' && form.plan === undefined) || isClinical(text);
}

/** 确认: the number is given inside the commit, then everybody who has to know is told. */
async function submit(ctx: BoundContext, draft: Draft, data: DraftData, form: ReferralForm): Promise<Decision> {
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
    const buttons = formButtons(draft.version + 1, form);
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
          receivers.length > 0
            ? `已通知接收方${receivers.length}人，有变化马上告诉您。`
            : '接收方还没有可通知的人员，请电话联系对方。',
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
                    ? `${pointer}\n已通知接收方值班人员。`
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
