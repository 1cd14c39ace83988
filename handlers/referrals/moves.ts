/** 接收, 拒绝, 撤销: one step of a stored case, told to everybody it concerns（受理与撤销）. */
import type { Draft } from '../drafts.ts';
import { endDraft } from '../drafts.ts';
import { UserFacingError } from '../errors.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, type Reply, say, tell } from '../message.ts';
import { answer, type Decision, type Write } from '../outcome.ts';
import { findPatientData, mentionsPatient } from '../safety/privacy.ts';
import { listReceivers } from './audience.ts';
import { caseLine, pointerLine, spokenTime } from './cards.ts';
import { listCandidates, pickNumber } from './looking.ts';
import { type Reason, readReason } from './reasons.ts';
import * as replies from './replies.ts';
import { decideStep, type Step } from './rules.ts';
import { isEmergencyPath, STATES, type State, stateLabel, type TransitionId, transition } from './states.ts';
import { findReferral, type Referral, stepReferral } from './store.ts';
import { publicPlace } from './visibility.ts';
import { draftData, findDraft, type PendingReason, writeDraft } from './waiting.ts';

/** Steps that have a command today. */
export type Move = 'accept' | 'reject' | 'withdraw';

/** Takes the step with the words after the command: `ZZ… 2`, `ZZ… 资料不全，片子没传`, `那单`. */
export async function runMove(ctx: BoundContext, move: Move, argument: string): Promise<Decision> {
  const { number, rest } = await pickNumber(ctx, argument);
  if (number === undefined) return listCandidates(ctx, move);
  const referral = await findReferral(ctx.db, ctx.actor, number);
  if (!referral) return answer(say(replies.notFound(number)));
  const pressed = ctx.message.action?.version;
  if (pressed !== undefined && pressed !== referral.version) {
    throw new UserFacingError('stale-button', { values: { number } });
  }
  return takeStep(ctx, referral, move, rest);
}

async function takeStep(ctx: BoundContext, referral: Referral, move: Move, words: string): Promise<Decision> {
  const id: TransitionId =
    move === 'accept' && referral.state === 'accepted' && isEmergencyPath(referral.urgency) ? 'acknowledge' : move;
  const inGroup = ctx.message.conversation.kind === 'group';
  const leaks = inGroup && (findPatientData(words).kinds.length > 0 || mentionsPatient(words));
  const step = decideStep(id, referral, ctx.actor, { now: ctx.clock.now(), reason: words });
  if (!step.ok) return refuse(ctx, referral, step);
  const said = step.given?.comment ?? (step.given ? undefined : words || undefined);
  const comment = leaks || ctx.deidentified ? undefined : said;
  const dropped = ctx.deidentified && said !== undefined;
  const after: Referral = {
    ...referral,
    state: step.to,
    ownerId: referral.ownerId ?? (move === 'accept' ? ctx.actor.id : undefined),
  };
  const reason = step.given?.reason;
  const draft = await findDraft(ctx);
  return {
    writes: [
      ...stepReferral(ctx, { referral, step, actor: ctx.actor, ownerId: after.ownerId, comment }),
      ...forgetReason(ctx, draft, referral.number),
    ],
    replies: await tellEverybody(ctx, { before: referral, after, step, reason, comment, leaks, dropped }),
    audit: [
      {
        action: `referral.${step.transition.id}`,
        objectType: 'referral',
        objectId: referral.id,
        details: {
          from: referral.state,
          to: step.to,
          version: referral.version,
          ...(reason ? { reason: reason.code } : {}),
        },
      },
    ],
    memory: { ...ctx.memory, number: referral.number },
  };
}

interface Told {
  readonly before: Referral;
  readonly after: Referral;
  readonly step: Extract<Step, { ok: true }>;
  readonly reason: Reason | undefined;
  readonly comment: string | undefined;
  readonly leaks: boolean;
  /** Words were typed where none are kept. */
  readonly dropped: boolean;
}

/** The person who did it, the initiator, on withdrawal the receivers, and the group of the card: each as much as it may know. */
async function tellEverybody(ctx: BoundContext, told: Told): Promise<readonly Reply[]> {
  const { after, step, reason, comment, leaks } = told;
  const { actor } = ctx;
  const because = reason ? ` · ${reason.label}` : '';
  const done = step.transition.id === 'acknowledge' ? '已知悉' : stateLabel(step.to, after.direction);
  const pointer = pointerLine(after);
  const groupLine = `【${after.number}】${done}${because}`;
  const inGroup = ctx.message.conversation.kind === 'group';
  const withdrawn = after.initiatorId === actor.id;
  const mine: Reply = inGroup
    ? say([groupLine, ...(leaks ? [replies.COMMENT_DROPPED] : [])].join('\n'))
    : say(
        [
          `${ctx.deidentified ? '' : `${done}：`}${caseLine(ctx, after)}${because}`,
          ...(told.dropped ? [replies.COMMENT_ELSEWHERE] : []),
          ...(comment ? [`说明已私聊转给${withdrawn ? '接收方' : '发起人'}。`] : []),
        ].join('\n'),
        ...(ctx.deidentified ? [] : nextButtons(after, step)),
      );
  const all: Reply[] = [mine];
  if (after.initiatorId !== actor.id) {
    const way = nextForInitiator(step.to, after);
    const by = `${after.to.shortName} ${actor.name}`;
    all.push(
      tell(
        { staff: after.initiatorId },
        `您发起的 ${after.number} ${done}${because}（${by}，${spokenTime(ctx.clock.now().toISOString())}）。\n${pointer}\n${way}`.trim(),
      ),
    );
    if (comment)
      all.push({ ...tell({ staff: after.initiatorId }, `${after.number} 对方说明：${comment}`), confidential: true });
  }
  if (step.transition.id === 'withdraw') {
    const receivers = await listReceivers(ctx.db, after.toInstitutionId, isEmergencyPath(after.urgency));
    const ids = new Set([...receivers.map((member) => member.id), ...(after.ownerId ? [after.ownerId] : [])]);
    ids.delete(actor.id);
    for (const staff of ids) all.push(tell({ staff }, `${after.number} 已由发起人撤销${because}。\n${pointer}`));
    if (comment && after.ownerId) {
      all.push({ ...tell({ staff: after.ownerId }, `${after.number} 撤销说明：${comment}`), confidential: true });
    }
  }
  const groupId = after.groupId;
  if (groupId !== undefined && !(inGroup && (await isHere(ctx, groupId))))
    all.push(tell({ group: groupId }, groupLine));
  return all;
}

async function isHere(ctx: BoundContext, groupId: string): Promise<boolean> {
  const { channel, tenant, conversation } = ctx.message;
  const row = await ctx
    .db('groups')
    .where({ id: groupId, channel, tenant, platform_conversation_id: conversation.id })
    .first('id');
  return row !== undefined;
}

function nextForInitiator(state: State, referral: Referral): string {
  if (state === 'accepted') return '请告知患者等候安排，到诊时间以接收方通知为准。';
  if (state === 'rejected') return '可补齐资料后重新发起，或换一家机构：上转/下转 …';
  return STATES[state].terminal ? '' : `看进展：进度 ${referral.number}`;
}

function nextButtons(after: Referral, step: Extract<Step, { ok: true }>): readonly Block[] {
  if (step.to !== 'accepted') return [];
  return [{ type: 'buttons', items: [{ id: 'referral.detail', label: '详情', value: after.number }] }];
}

/** Why not, in words; a missing reason is asked for with the choices numbered, and waits in the draft. */
async function refuse(ctx: BoundContext, referral: Referral, step: Extract<Step, { ok: false }>): Promise<Decision> {
  const { number } = referral;
  const chosen = step.transition;
  const memory = { ...ctx.memory, number };
  if (step.why === 'person') {
    return {
      replies: [
        say(
          replies.wrongPerson(chosen, publicPlace(referral.to.shortName, referral.sensitive), referral.initiatorName),
        ),
      ],
      memory,
    };
  }
  if (step.why === 'reason')
    return askReason(ctx, referral, step.choices, chosen.id === 'withdraw' ? 'withdraw' : 'reject');
  const label = stateLabel(referral.state, referral.direction);
  const already =
    step.why === 'guard' ||
    (chosen.id === 'accept' && referral.ownerId !== undefined && !STATES[referral.state].terminal);
  const text = already
    ? `${number} 已由${referral.ownerId === ctx.actor.id ? '您' : (referral.ownerName ?? '对方')}处理，现在是“${label}”（${spokenTime(referral.stateSince)}），没有重复操作。`
    : isEmergencyPath(referral.urgency) && chosen.id === 'reject' && referral.state === 'accepted'
      ? `${number} 是急诊/绿通，已直接接收，不能拒绝。确实不能收治请马上电话联系 ${referral.from.shortName} ${referral.initiatorName}。`
      : replies.wrongState(number, chosen, label, spokenTime(referral.stateSince));
  return { replies: [say(text)], memory };
}

async function askReason(
  ctx: BoundContext,
  referral: Referral,
  choices: readonly Reason[],
  move: PendingReason['move'],
): Promise<Decision> {
  const { number, version } = referral;
  const draft = await findDraft(ctx);
  const data = draft ? draftData(draft) : {};
  const chosen = transition(move);
  const blocks: readonly Block[] = [
    { type: 'text', text: replies.askReason(number, chosen) },
    { type: 'list', ordered: true, items: replies.reasonItems(choices) },
    {
      type: 'buttons',
      items: choices
        .filter((reason) => !reason.needsComment)
        .slice(0, 6)
        .map((reason) => ({
          id: `referral.${move}`,
          label: `${chosen.label} ${number} ${reason.label}`,
          value: `${number} ${reason.label}`,
          version,
        })),
    },
  ];
  return {
    replies: [{ audience: 'here', blocks }],
    writes: writeDraft(ctx, draft, { ...data, reason: { move, number, version } }),
    memory: { ...ctx.memory, number },
  };
}

/** The answer to a question for a reason: `2`, a label, 其他 …; `undefined` for anything else. */
export async function resumeReason(ctx: BoundContext, draft: Draft, words: string): Promise<Decision | undefined> {
  const data = draftData(draft);
  const waiting = data.reason;
  if (!waiting) return undefined;
  if (/^(取消|不要了|算了)$/.test(words)) {
    return {
      replies: [say(`没有${transition(waiting.move).label}，${waiting.number} 保持原状。`)],
      writes: forgetReason(ctx, draft, waiting.number),
    };
  }
  const referral = await findReferral(ctx.db, ctx.actor, waiting.number);
  if (!referral) return undefined;
  const choices = transition(waiting.move).reasons?.(referral.direction) ?? [];
  if (!isReason(choices, words)) return undefined;
  if (referral.version !== waiting.version) {
    const reply = say(
      replies.wrongState(
        referral.number,
        transition(waiting.move),
        stateLabel(referral.state, referral.direction),
        spokenTime(referral.stateSince),
      ),
    );
    return { replies: [reply], writes: forgetReason(ctx, draft, waiting.number) };
  }
  return takeStep(ctx, referral, waiting.move, words);
}

/** Only what is plainly one of the choices: free words may be meant for something else. */
function isReason(choices: readonly Reason[], words: string): boolean {
  if (/^第?\d{1,2}[号个.、．]?$/.test(words)) return Number(words.replace(/\D/g, '')) <= choices.length;
  if (/^(\d{1,2}[ .、]|其他|原因|因为)/.test(words)) return true;
  if (/[?？]$|吗$|什么|怎么|哪/.test(words)) return false;
  const given = readReason(choices, words);
  return given !== undefined && !given.reason.needsComment;
}

/** Ends the wait for a reason; a form beside it stays. */
function forgetReason(ctx: BoundContext, draft: Draft | undefined, number: string): readonly Write[] {
  if (!draft) return [];
  const { reason, ...rest } = draftData(draft);
  if (reason?.number !== number) return [];
  return rest.form ? writeDraft(ctx, draft, rest) : endDraft(draft);
}
