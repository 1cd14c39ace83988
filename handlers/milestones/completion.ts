/** Who may record a milestone as completed, and the question before it where its day lies ahead（登记完成）. */
import { z } from 'zod';
import { MILESTONES, type Milestone } from '../../knowledge/catalogue/milestones.ts';
import { beginDraft, type Draft, endDraft, listDrafts } from '../drafts.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, type Reply, say } from '../message.ts';
import { answer, type Decision, type Outcome } from '../outcome.ts';
import { type Actor, hasRole } from '../people.ts';
import { shanghaiDay } from '../time.ts';
import { COMPLETION_TEXTS, RECORD_TEXTS } from './replies.ts';
import { completionDay, listRecords, type RecordKind } from './store.ts';

/** Kind of this feature's drafts. */
export const DRAFT_KIND = 'milestones';

/** `key` tells the card of this question from an older one. */
const waitingSchema = z.object({ key: z.string(), milestoneId: z.string(), note: z.string() });

/** The commission of the plan's region; a manager only where the own institution is a responsible unit（责任单位）. */
export function mayComplete(actor: Actor, milestone: Milestone): boolean {
  if (hasRole(actor, 'commission') && actor.region.id === milestone.regionId) return true;
  if (!hasRole(actor, 'manager') || !actor.regionPath.includes(milestone.regionId)) return false;
  const { name, shortName } = actor.institution;
  return milestone.responsible.some((unit) => unit === name || unit === shortName);
}

/** Shows what would be recorded and waits for 确认. */
export function askToConfirm(ctx: BoundContext, milestone: Milestone, note: string): Decision {
  const key = ctx.ids.next();
  const blocks: readonly Block[] = [
    { type: 'text', text: COMPLETION_TEXTS.early(milestone, note, shanghaiDay(ctx.clock.now())) },
    {
      type: 'buttons',
      items: [
        { id: 'milestone.confirm', label: '确认', value: key },
        { id: 'milestone.cancel', label: '取消', value: key },
      ],
    },
  ];
  const inGroup = ctx.message.conversation.kind === 'group';
  const replies: readonly Reply[] = inGroup
    ? [say(COMPLETION_TEXTS.inPrivate), { audience: 'sender', blocks }]
    : [{ audience: 'here', blocks }];
  const data = { key, milestoneId: milestone.id, note };
  return { replies, writes: beginDraft(ctx, { staffId: ctx.actor.id, kind: DRAFT_KIND, data }) };
}

/** Words while the question waits: 确认 or 取消; anything else is somebody else's. */
export async function resumeCompletion(ctx: BoundContext, draft: Draft): Promise<Decision | undefined> {
  const text = ctx.message.text.trim().replace(/[。.!！~～]+$/, '');
  if (/^(?:确认|确定|提交|确认无误|是|是的|对|好|好的|可以)$/.test(text)) return complete(ctx, draft);
  return /^(?:取消|算了|放弃|不要了)$/.test(text) ? cancel(draft) : undefined;
}

/**
 * 确认完成, typed or pressed.
 * @param key - the button's value; a card that was replaced is refused
 */
export async function confirmCompletion(ctx: BoundContext, key: string | undefined): Promise<Decision> {
  const draft = await waiting(ctx);
  if (!draft || (key !== undefined && waitingSchema.parse(draft.data).key !== key))
    return answer(say(COMPLETION_TEXTS.outdated));
  return complete(ctx, draft);
}

/** 取消完成, typed or pressed. */
export async function cancelCompletion(ctx: BoundContext): Promise<Decision> {
  const draft = await waiting(ctx);
  return draft ? cancel(draft) : answer(say(COMPLETION_TEXTS.outdated));
}

/** The row of a record and its line in the audit. */
export function recorded(
  ctx: BoundContext,
  milestone: Milestone,
  kind: RecordKind,
  note: string,
): Required<Pick<Outcome, 'writes' | 'audit'>> {
  return {
    writes: [
      {
        kind: 'insert',
        table: 'milestone_records',
        row: {
          id: ctx.ids.next(),
          milestone_id: milestone.id,
          region_id: milestone.regionId,
          institution_id: ctx.actor.institution.id,
          staff_id: ctx.actor.id,
          kind,
          note_sealed: note === '' ? null : ctx.vault.seal(note),
          recorded_at: ctx.clock.now().toISOString(),
        },
      },
    ],
    audit: [{ action: `milestone.${kind}`, objectType: 'milestone', objectId: milestone.id }],
  };
}

async function waiting(ctx: BoundContext): Promise<Draft | undefined> {
  return (await listDrafts(ctx, ctx.actor.id)).find((draft) => draft.kind === DRAFT_KIND);
}

/** Decided anew: role, and whether somebody else was first, may have changed since the question. */
async function complete(ctx: BoundContext, draft: Draft): Promise<Decision> {
  const { milestoneId, note } = waitingSchema.parse(draft.data);
  const milestone = MILESTONES.find((each) => each.id === milestoneId);
  if (!milestone) return { replies: [say(COMPLETION_TEXTS.outdated)], writes: endDraft(draft) };
  const done = completionDay(milestone, await listRecords(ctx, [milestone.regionId]));
  if (done) return { replies: [say(RECORD_TEXTS.already(milestone.title, done))], writes: endDraft(draft) };
  if (!mayComplete(ctx.actor, milestone)) {
    const text = RECORD_TEXTS.notYours(milestone, milestone.aliases[0] ?? milestone.title);
    return { replies: [say(text)], writes: endDraft(draft) };
  }
  const { writes = [], audit } = recorded(ctx, milestone, 'completed', note);
  return {
    replies: [say(RECORD_TEXTS.stored.completed(milestone.title))],
    writes: [...endDraft(draft), ...writes],
    audit,
  };
}

function cancel(draft: Draft): Decision {
  return { replies: [say(COMPLETION_TEXTS.cancelled)], writes: endDraft(draft) };
}
