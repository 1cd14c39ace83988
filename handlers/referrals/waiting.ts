/** What waits in a person's sealed draft, and how it looks to its maker（待提交的转诊单）. */
import { BEGUN_IN_GROUP, beginDraft, changeDraft, type Draft, listDrafts } from '../drafts.ts';
import type { BoundContext } from '../feature.ts';
import type { Block, Reply } from '../message.ts';
import { answer, type Outcome, type Write } from '../outcome.ts';
import { EMERGENCY_NOTICE } from '../safety/emergency.ts';
import { formButtons, formFields, missingLine } from './cards.ts';
import * as replies from './replies.ts';
import type { ReferralForm } from './slots.ts';
import { isEmergencyPath, type Urgency } from './states.ts';

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
  /** Begun in a group, and never shown to its maker. */
  readonly unshown?: boolean | undefined;
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

/** The urgency that holds: down and unsaid are ordinary. */
export function urgencyOf(form: ReferralForm): Urgency {
  const said = form.urgency ?? 'routine';
  return form.direction === 'D' && isEmergencyPath(said) ? 'routine' : said;
}

/** The form as its maker sees it: what is missing first, else the words to say. For private chat only. */
export function formReply(
  ctx: BoundContext,
  form: ReferralForm,
  version: number,
  notes: readonly string[] = [],
): Reply {
  const urgency = urgencyOf(form);
  const missing = missingLine(form, urgency);
  const lines = [
    ...(isEmergencyPath(urgency) ? [EMERGENCY_NOTICE] : []),
    ...notes,
    missing ?? replies.SUBMIT_FIRST,
    ...(missing === undefined ? replies.optionalFields(form) : []),
  ];
  const blocks: readonly Block[] = [
    { type: 'text', text: lines.join('\n') },
    formFields(form, urgency, ctx.actor.institution.shortName),
    formButtons(version, form, missing === undefined),
  ];
  return { audience: 'here', blocks, confidential: true };
}

/** Shows what was begun in a group and never seen; from then on it may be submitted. */
export async function showUnseen(ctx: BoundContext, draft: Draft): Promise<Outcome> {
  const { unshown: _mark, ...data } = draftData(draft);
  if (!data.form) return answer();
  return {
    replies: [formReply(ctx, data.form, draft.version + 1, [BEGUN_IN_GROUP])],
    writes: writeDraft(ctx, draft, data),
  };
}
