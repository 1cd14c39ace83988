/** From the first words to a complete form: prefilled, asked once for what is missing, corrected in free words（起草）. */
import { type Directory, loadDirectory, matchInstitution } from '../directory/institutions.ts';
import { ASKS_FOR_DRAFT, type Draft, endDraft, isUnseen, LOOK_IN_PRIVATE, unseenMark } from '../drafts.ts';
import { UserFacingError } from '../errors.ts';
import type { BoundContext } from '../feature.ts';
import { say } from '../message.ts';
import { type AuditEntry, answer, type Decision, type Outcome } from '../outcome.ts';
import { hasRole, ROLE_LABELS } from '../people.ts';
import { EMERGENCY_NOTICE, isEmergency } from '../safety/emergency.ts';
import { findPatientData, foldWidth, isClinical, mentionsPatient } from '../safety/privacy.ts';
import { findGroupId } from './audience.ts';
import * as replies from './replies.ts';
import { type FormDirection, hasFields, mergeSlots, type ReferralForm, readSlots, type Slots } from './slots.ts';
import { DIRECTIONS, isEmergencyPath } from './states.ts';
import { findReferral, openCase } from './store.ts';
import { submit } from './submitting.ts';
import { withTarget } from './targets.ts';
import { detailLevel, readEntry } from './visibility.ts';
import { draftData, findDraft, formReply, showUnseen, writeDraft } from './waiting.ts';

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
  const old = await findDraft(ctx);
  const inGroup = ctx.message.conversation.kind === 'group';
  if (old && !inGroup && isUnseen(old) && argument === '') return showUnseen(ctx, old);
  const slots = readSlots(argument, { directory, direction });
  const linked = await continueCase(ctx, mergeSlots({ direction }, slots), directory);
  const form = withTarget(ctx, directory, withUrgency(linked.form, argument));
  const audit = linked.audit;
  const replaced = old !== undefined && draftData(old).form !== undefined;
  const groupId = inGroup ? await findGroupId(ctx.db, ctx.message) : undefined;
  const reason = old && draftData(old).reason;
  const writes = writeDraft(ctx, old, { form, groupId, reason, ...(await unseenMark(ctx)) });
  const notes = [
    ...(slots.asksForBed ? [replies.BED_ANSWER] : []),
    ...departmentNote(slots),
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

const CONFIRM = /^(确认|提交|确定|确认提交|是|是的|好|好的|对|对的)$/;
const CANCEL = /^(取消|不要了|算了|不提交|取消提交|不转了)$/;
const QUESTION = /[?？]$|吗$|什么|哪些|哪几|怎么|如何|为什么|多少|几个|是谁|由谁|规定|政策|文件|条款|指标|目标/;
/** 不是高血压，是糖尿病: what is denied is not read. */
const DENIED_THING = /^(?:不对[，,。 ]*)?不是[^，,。 ]{0,12}[，,。 ]+(?:而|应该)?是?/;
/** 不对 是去中医院: the denial alone, before what is right. */
const DENIAL = /^(?:(?:不对|不是|错了|[搞弄说写填选]错了?)[，,。!！ ]*)+(?:应该)?(?:是|要)?/;
const CORRECTION =
  /^(更正|改成|改为|改到|改去|改(?![革善造])|换成|换到|诊断|病情|主诉|计划|方案|不是|应该是|是(?=[去到转县区市男女\d]))[:：, ，]*/;
const NAMED_FIELD = /^(?:更正|改成|改为|改)?[:：, ，]*(?:诊断|病情|主诉|计划|方案)/;
const DENIAL_AFTER = /(?:错了|不对|改一下|改一改)[吧啊。!！]*$/;

/** Whether words change what was said before, and what is left of them without the denial（更正）. */
function readCorrection(words: string): { readonly corrects: boolean; readonly rest: string } {
  const rest = words.replace(DENIED_THING, '').replace(DENIAL, '').trim().replace(CORRECTION, '');
  return { corrects: rest !== words || DENIAL_AFTER.test(words), rest: rest.replace(DENIAL_AFTER, '') };
}

/** Whether words submit a form or give it up. */
export function endsForm(words: string): boolean {
  return CONFIRM.test(words) || CANCEL.test(words);
}

/** More words for a waiting form, or 确认 and 取消. `undefined`: not meant for it. */
export async function resumeForm(ctx: BoundContext, draft: Draft, words: string): Promise<Decision | undefined> {
  const data = draftData(draft);
  const { form } = data;
  if (!form) return undefined;
  const pressed = ctx.message.action?.version;
  if (CANCEL.test(words)) return { replies: [say(replies.CANCELLED)], writes: endDraft(draft) };
  if (CONFIRM.test(words)) {
    if (isUnseen(draft)) {
      return ctx.message.conversation.kind === 'group' ? answer(say(LOOK_IN_PRIVATE)) : showUnseen(ctx, draft);
    }
    if (pressed !== undefined && pressed !== draft.version) {
      return answer(formReply(ctx, form, draft.version, [replies.OUTDATED_CARD]));
    }
    return submit(ctx, draft, data, form);
  }
  if (ASKS_FOR_DRAFT.test(words)) {
    return isUnseen(draft) ? showUnseen(ctx, draft) : answer(formReply(ctx, form, draft.version));
  }
  const directory = await loadDirectory(ctx.db, ctx.actor);
  const { corrects, rest } = readCorrection(foldWidth(words).trim());
  const bareAge = form.age === undefined && /^[1-9]\d{1,2}$/.test(rest) ? `${rest}岁` : rest;
  const read = readSlots(bareAge, { directory, direction: form.direction });
  const slots = corrects ? withNamedPlace(read, directory) : read;
  if (!belongsToForm(form, slots, words)) {
    if (!corrects || QUESTION.test(words)) return undefined;
    return answer(formReply(ctx, form, draft.version, [replies.NOT_UNDERSTOOD]));
  }
  const notes = departmentNote(slots);
  return changeForm(ctx, draft, { form: mergeSlots(form, slots, corrects), directory, words, notes });
}

/** 不对，中医院: after a denial a place needs no word that leads to it. */
function withNamedPlace(slots: Slots, directory: Directory): Slots {
  const [word, ...others] = slots.words;
  if (slots.target || slots.targetChoices || word === undefined || others.length > 0 || isClinical(word)) return slots;
  const found = matchInstitution(directory, word)
    .filter((one) => one.id !== directory.ownId)
    .map((one) => ({ id: one.id, name: one.shortName }));
  const isPlace = /(?:医院|卫生院|保健院|妇幼|总院)$/.test(word);
  if (found.length === 0 && !isPlace) return slots;
  const { problem: _problem, plan: _plan, ...rest } = slots;
  if (found.length === 0) return { ...rest, words: [], unknownTarget: word };
  const [only] = found;
  return { ...rest, words: [], ...(found.length === 1 && only ? { target: only } : { targetChoices: found }) };
}

function departmentNote(slots: Slots): readonly string[] {
  return slots.unknownDepartment === undefined ? [] : [replies.askDepartment(slots.unknownDepartment)];
}

/** The buttons of a waiting form: the same as saying 确认 or 取消 to it, whatever else waits. */
export async function pressForm(ctx: BoundContext, words: '确认' | '取消'): Promise<Decision> {
  const draft = await findDraft(ctx);
  return (draft && (await resumeForm(ctx, draft, words))) ?? answer(say(replies.NOTHING_WAITS));
}

/** 转入 县中医院: names another place for the waiting form. */
export async function chooseTarget(ctx: BoundContext, name: string): Promise<Decision> {
  const draft = await findDraft(ctx);
  const form = draft && draftData(draft).form;
  if (!draft || !form) return answer(say(replies.NOTHING_WAITS));
  const directory = await loadDirectory(ctx.db, ctx.actor);
  const found = matchInstitution(directory, name).map((one) => ({ id: one.id, name: one.shortName }));
  const { target: _target, targetChoices: _choices, unknownTarget: _unknown, ...rest } = form;
  const chosen: ReferralForm =
    found.length === 1 && found[0]
      ? { ...rest, target: found[0] }
      : found.length > 1
        ? { ...rest, targetChoices: found }
        : { ...rest, unknownTarget: name };
  const mark = await unseenMark(ctx);
  const decision = changeForm(ctx, draft, { form: chosen, directory, words: '', mark });
  if (ctx.message.conversation.kind !== 'group') return decision;
  const card = decision.replies.map((reply) => ({ ...reply, audience: 'sender' as const }));
  return { ...decision, replies: [say(replies.acceptedInGroup(false)), ...card] };
}

function changeForm(
  ctx: BoundContext,
  draft: Draft,
  change: {
    readonly form: ReferralForm;
    readonly directory: Directory;
    readonly words: string;
    readonly notes?: readonly string[] | undefined;
    readonly mark?: { readonly unshown?: true } | undefined;
  },
): Outcome {
  const { form, directory, words, notes, mark } = change;
  const number = /^\D{0,2}(\d)\D{0,2}$/.exec(words)?.[1];
  const choice = number === undefined ? undefined : form.targetChoices?.[Number(number) - 1];
  const { targetChoices: _choices, ...rest } = form;
  const next = withTarget(ctx, directory, withUrgency(choice ? { ...rest, target: choice } : form, words));
  const { duplicateSeen: _seen, unshown: _unshown, ...kept } = draftData(draft);
  return {
    replies: [formReply(ctx, next, draft.version + 1, notes)],
    writes: writeDraft(ctx, draft, { ...kept, form: next, ...mark }),
  };
}

/** A question while a form waits is a question; free words count only where the form still lacks them. */
function belongsToForm(form: ReferralForm, slots: Slots, words: string): boolean {
  const text = foldWidth(words).trim();
  if (form.targetChoices && /^\d$/.test(text)) return true;
  if (NAMED_FIELD.test(text)) return slots.words.length > 0 || hasFields(slots);
  if (QUESTION.test(text) && findPatientData(text).kinds.length === 0) return false;
  if (hasFields(slots)) return true;
  if (slots.words.length === 0) return false;
  if (readCorrection(text).corrects) return isClinical(text) || DENIED_THING.test(text);
  return form.problem === undefined || (form.direction === 'D' && form.plan === undefined) || isClinical(text);
}
