/** 我的转诊, 进度, 转诊单详情: what is asked, as far as the asker may know it（查询）. */
import type { BoundContext } from '../feature.ts';
import { type Block, type Button, type Reply, say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { maskName } from '../safety/masking.ts';
import { caseLine, detailFields, pointerLine, spokenTime, stateLine } from './cards.ts';
import { reasonLabel } from './reasons.ts';
import * as replies from './replies.ts';
import { openSteps } from './rules.ts';
import { DIRECTIONS, isEmergencyPath, STATES, type State, stateLabel } from './states.ts';
import { findReferral, listReferrals, openCase, type Referral } from './store.ts';
import { detailLevel, publicPlace, readEntry } from './visibility.ts';

const NUMBER = /(?:ZZ|EM)\d{11,}/i;
/** Words for a case spoken of before（那单）. */
const THAT_ONE = /^(那单|那个|那一单|刚才那个|刚才那单|刚才的|上一个|上一单|这单|这个|它|最近那单|最新那单)/;
const SEQUENCE = /^第?(\d{1,4}) ?号(单子|单)?/;
/** Most lines of a list on a phone. */
const LIST_LIMIT = 5;

/** The number meant, and the words after it: typed whole, `7号单`, 那单, or the one last spoken of when nothing was said. */
export async function pickNumber(
  ctx: BoundContext,
  argument: string,
): Promise<{ readonly number: string | undefined; readonly rest: string }> {
  const words = argument.normalize('NFKC').trim();
  const typed = NUMBER.exec(words);
  if (typed) {
    const rest = `${words.slice(0, typed.index)} ${words.slice(typed.index + typed[0].length)}`;
    return { number: typed[0].toUpperCase(), rest: tidy(rest) };
  }
  const that = THAT_ONE.exec(words);
  if (that) {
    const number = ctx.memory.number ?? (await newestOwn(ctx));
    return { number: isReferralNumber(number) ? number : undefined, rest: tidy(words.slice(that[0].length)) };
  }
  const sequence = SEQUENCE.exec(words);
  if (sequence) {
    const found = await listReferrals(ctx.db, ctx.actor, { sequence: Number(sequence[1]), limit: 2 });
    return { number: found.length === 1 ? found[0]?.number : undefined, rest: tidy(words.slice(sequence[0].length)) };
  }
  return { number: isReferralNumber(ctx.memory.number) ? ctx.memory.number : undefined, rest: words };
}

function tidy(words: string): string {
  return words.replace(/^[\s,，:：、。的]+|[\s,，:：、。]+$/g, '').replace(/\s+/g, ' ');
}

function isReferralNumber(number: string | undefined): number is string {
  return number !== undefined && NUMBER.test(number);
}

async function newestOwn(ctx: BoundContext): Promise<string | undefined> {
  const states = Object.keys(STATES).filter((state) => state !== 'error') as State[];
  return (await listReferrals(ctx.db, ctx.actor, { initiatorId: ctx.actor.id, states, limit: 1 }))[0]?.number;
}

const CANDIDATES: Readonly<Record<string, readonly State[]>> = {
  accept: ['pending', 'assigned'],
  reject: ['pending', 'assigned'],
};

/** No number was given: the cases it could be, at most five, each with its button. */
export async function listCandidates(
  ctx: BoundContext,
  move: 'accept' | 'reject' | 'withdraw' | 'progress' | 'detail',
): Promise<Decision> {
  const states = CANDIDATES[move];
  const limit = LIST_LIMIT;
  const cases = states
    ? await listReferrals(ctx.db, ctx.actor, { receiving: true, states, limit })
    : await listReferrals(ctx.db, ctx.actor, { initiatorId: ctx.actor.id, limit });
  if (cases.length === 0) return answer(say(`${replies.WHICH_CASE}`));
  const label = { accept: '接收', reject: '拒绝', withdraw: '撤销', progress: '进度', detail: '详情' }[move];
  const buttons: readonly Button[] = cases.map((one) => ({
    id: `referral.${move}`,
    label: `${label} ${one.number}`,
    value: one.number,
    ...(move === 'progress' || move === 'detail' ? {} : { version: one.version }),
  }));
  return answer(
    say(
      '请说明是哪一单：',
      { type: 'list', ordered: false, items: cases.map((one) => caseLine(ctx, one)) },
      { type: 'buttons', items: buttons },
    ),
  );
}

/** 进度: state, since when, who is next. Nothing of the patient. */
export async function showProgress(ctx: BoundContext, argument: string): Promise<Decision> {
  const { number } = await pickNumber(ctx, argument);
  if (number === undefined) return listCandidates(ctx, 'progress');
  const referral = await findReferral(ctx.db, ctx.actor, number);
  if (!referral) return answer(say(replies.notFound(number)));
  const lines = [
    caseLine(ctx, referral),
    `${spokenTime(referral.submittedAt)} 提交；${stateLabel(referral.state, referral.direction)}自 ${spokenTime(referral.stateSince)}。`,
    ...(STATES[referral.state].terminal && referral.reasonCode ? [`原因：${reasonLabel(referral.reasonCode)}`] : []),
    ctx.deidentified ? '' : nextActor(referral),
    `（截至 ${spokenTime(ctx.clock.now().toISOString())}）`,
  ].filter((line) => line !== '');
  const buttons = ctx.message.conversation.kind === 'group' ? [] : stepButtons(ctx, referral);
  return { replies: [say(lines.join('\n'), ...buttons)], memory: { ...ctx.memory, number } };
}

function nextActor(referral: Referral): string {
  const from = publicPlace(referral.from.shortName, referral.sensitive);
  const to = publicPlace(referral.to.shortName, referral.sensitive);
  if (STATES[referral.state].terminal) return '';
  if (referral.state === 'info_needed') return `下一步：${from}补充资料。`;
  if (referral.state === 'accepted' && isEmergencyPath(referral.urgency) && !referral.acknowledgedAt) {
    return `下一步：${to}急诊值班确认知悉。`;
  }
  const owner = referral.ownerName ? `${to} ${referral.ownerName}` : to;
  const next =
    referral.state === 'pending' || referral.state === 'assigned'
      ? '受理'
      : referral.state === 'accepted'
        ? '安排'
        : '办理';
  return `下一步：${owner}${next}。`;
}

/** Steps that have a command and are open to this person at this moment. */
function stepButtons(ctx: BoundContext, referral: Referral): readonly Block[] {
  const commands: Readonly<Record<string, string>> = {
    accept: 'accept',
    acknowledge: 'accept',
    reject: 'reject',
    withdraw: 'withdraw',
  };
  const steps: readonly Button[] = openSteps(referral, ctx.actor).flatMap((step) => {
    const command = commands[step.id];
    return command
      ? [{ id: `referral.${command}`, label: step.label, value: referral.number, version: referral.version }]
      : [];
  });
  const detail: readonly Button[] =
    ctx.deidentified || detailLevel(ctx.actor, referral) === 'none'
      ? []
      : [{ id: 'referral.detail', label: '详情', value: referral.number }];
  const items = [...steps, ...detail];
  return items.length > 0 ? [{ type: 'buttons', items }] : [];
}

/** 我的转诊: what I started and what waits at my institution; in a group it goes to private chat. */
export async function showMine(ctx: BoundContext): Promise<Decision> {
  const started = await listReferrals(ctx.db, ctx.actor, { initiatorId: ctx.actor.id, limit: LIST_LIMIT + 1 });
  const waiting = (
    await listReferrals(ctx.db, ctx.actor, {
      receiving: true,
      states: ['pending', 'assigned', 'accepted', 'info_needed'],
      limit: LIST_LIMIT * 2,
    })
  )
    .filter((one) => openSteps(one, ctx.actor).length > 0)
    .slice(0, LIST_LIMIT);
  if (started.length === 0 && waiting.length === 0) return answer(say(replies.NO_CASES));
  const named = !ctx.deidentified;
  const blocks: Block[] = [];
  if (waiting.length > 0) {
    blocks.push(
      { type: 'text', text: '待本单位办理：' },
      { type: 'list', ordered: false, items: waiting.map((one) => line(ctx, one)) },
    );
  }
  if (started.length > 0) {
    const shown = started.slice(0, LIST_LIMIT);
    const items = shown.map((one) => line(ctx, one, named ? maskedName(ctx, one) : undefined));
    const title = started.length > shown.length ? `我发起的（最近${shown.length}单）：` : '我发起的：';
    blocks.push({ type: 'text', text: title }, { type: 'list', ordered: false, items });
  }
  const buttons: readonly Button[] = [...waiting, ...started]
    .slice(0, LIST_LIMIT)
    .map((one) => ({ id: 'referral.progress', label: '进度', value: one.number }));
  blocks.push({ type: 'buttons', items: buttons });
  const confidential = named && started.length > 0;
  if (ctx.message.conversation.kind !== 'group') return answer({ audience: 'here', blocks, confidential });
  return answer(say(replies.SEE_PRIVATE), { audience: 'sender', blocks, confidential });
}

function line(ctx: BoundContext, referral: Referral, name?: string): string {
  if (ctx.deidentified) return `${stateLine(referral)} ${spokenTime(referral.stateSince)}`;
  return `${DIRECTIONS[referral.direction]}${name ? ` ${name}` : ''} ${pointerLine(referral)} ${spokenTime(referral.stateSince)}`;
}

/** 张**: enough to know one's own patient in one's own list. */
function maskedName(ctx: BoundContext, referral: Referral): string | undefined {
  const { name } = openCase(ctx.vault, referral).patient;
  return name ? maskName(name) : undefined;
}

/** 转诊单详情: to those the case concerns, in private only, every look in the audit. */
export async function showDetail(ctx: BoundContext, argument: string): Promise<Decision> {
  const { number } = await pickNumber(ctx, argument);
  if (number === undefined) return listCandidates(ctx, 'detail');
  const referral = await findReferral(ctx.db, ctx.actor, number);
  if (!referral) return answer(say(replies.notFound(number)));
  if (ctx.deidentified) return answer(say(`${stateLine(referral)}\n${replies.DETAIL_ELSEWHERE}`));
  const level = detailLevel(ctx.actor, referral);
  const memory = { ...ctx.memory, number };
  const inGroup = ctx.message.conversation.kind === 'group';
  if (level === 'none') return { replies: [say(`${pointerLine(referral)}\n${replies.DETAIL_NOT_YOURS}`)], memory };
  const blocks: readonly Block[] = [
    { type: 'text', text: pointerLine(referral) },
    detailFields(openCase(ctx.vault, referral), level),
    { type: 'text', text: `转出：${referral.from.shortName} ${referral.initiatorName}。${replies.DETAIL_LOGGED}` },
    ...stepButtons(ctx, referral).map(withoutDetail),
  ];
  const detail: Reply = { audience: inGroup ? 'sender' : 'here', blocks, confidential: true };
  return {
    replies: inGroup ? [say(replies.SEE_PRIVATE), detail] : [detail],
    audit: [readEntry(referral.id, 'detail', level)],
    memory,
  };
}

function withoutDetail(block: Block): Block {
  if (block.type !== 'buttons') return block;
  return { ...block, items: block.items.filter((item) => item.id !== 'referral.detail') };
}
