/** 有货, 采购, 配送, 无货, 签收, 取药, 取消: one step of a shortage, told to everybody it concerns（流转）. */
import { UserFacingError } from '../errors.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, type Reply, say, tell } from '../message.ts';
import { answer, type Decision, type Outcome } from '../outcome.ts';
import { formatDay, shanghaiDay } from '../time.ts';
import { type MoveArgument, readMove } from './arguments.ts';
import { discreet, shownShortage } from './discretion.ts';
import { type MovedLine, partiesOf, planMove, type Refused } from './rules.ts';
import { LINE_STATES, type Party, reasonLabel, type StepId, stepOf } from './states.ts';
import {
  findGroupId,
  findShortage,
  listCentralPharmacists,
  listLeads,
  listShortages,
  maySee,
  type Shortage,
  type ShortageLine,
  sightOf,
} from './store.ts';
import { momentLabel, orderLabel, pointerText, stateLabel } from './wording.ts';
import { moveWrites } from './writes.ts';

/** Most shortages named when somebody must choose one. */
const CHOICES = 5;
/** Steps that a group hears of, as a pointer. */
const PUBLIC_STEPS: readonly StepId[] = ['deliver', 'refuse-supply'];

/** The run of a command that moves a shortage. */
export function moveBy(step: StepId): (ctx: BoundContext, argument: string) => Promise<Decision> {
  return async (ctx, argument) => {
    const outcome = await move(ctx, step, argument);
    const done = outcome.writes !== undefined;
    const number = outcome.memory?.number ?? '';
    const pointer = done
      ? `${number} 已更新为“${LINE_STATES[stepOf(step).to].label}”，详情在私聊里。`
      : '没有改动，说明已发到您的私聊。';
    return discreet(ctx, outcome, pointer);
  };
}

async function move(ctx: BoundContext, step: StepId, argument: string): Promise<Outcome> {
  const typed = readMove(argument, shanghaiDay(ctx.clock.now()));
  const read = ctx.deidentified ? { ...typed, words: '' } : typed; // free words typed abroad are neither kept nor told
  const target = await targetOf(ctx, step, read);
  if ('replies' in target) return target;
  const { shortage, parties } = target;
  const version = ctx.message.action?.version;
  if (version !== undefined && version !== shortage.version) {
    throw new UserFacingError('stale-button', { values: { number: shortage.number } });
  }
  const shown = shownShortage(ctx, shortage);
  const placed = place(shown, step, read);
  if ('replies' in placed) return placed;
  const { lineNo, quantity } = placed;
  const expectedOn = step === 'cancel' || step === 'receive' ? undefined : read.expectedOn;
  const reason = step === 'refuse-supply' || step === 'cancel' ? read.reason : undefined;
  if (expectedOn !== undefined && expectedOn < shanghaiDay(ctx.clock.now())) {
    return answer(say(`预计日期${formatDay(expectedOn)}已经过去，没有改动。请写今天以后的日期。`));
  }
  const facts = shortage.lines;
  const planned = planMove(facts, parties, { step, lineNo, quantity, expectedOn, reason });
  if (!planned.ok) return answer(say(refusedText(shown, step, planned.refused)));
  return outcomeOf(ctx, shortage, { step, moved: planned.lines, read, expectedOn, reason });
}

type Target = { readonly shortage: Shortage; readonly parties: readonly Party[] };

/** The shortage meant: by number, by the conversation, or the only one that can take the step. */
async function targetOf(ctx: BoundContext, step: StepId, read: MoveArgument): Promise<Target | Outcome> {
  if (read.number !== undefined) {
    const found = await findShortage(ctx.db, read.number);
    if (!found || !(await maySee(ctx.db, ctx.actor, found))) return answer(say(notFoundText(read.number)));
    return { shortage: found, parties: await partiesIn(ctx, found) };
  }
  const { filter } = await sightOf(ctx.db, ctx.actor);
  const candidates: Target[] = [];
  for (const shortage of await listShortages(ctx.db, { ...filter, open: true })) {
    if (!shortage.lines.some((line) => stepOf(step).from.includes(line.state))) continue;
    const parties = await partiesIn(ctx, shortage);
    if (stepOf(step).by.some((party) => parties.includes(party))) candidates.push({ shortage, parties });
  }
  const spoken = candidates.find(({ shortage }) => shortage.number === ctx.memory.number);
  if (spoken) return spoken;
  const [only] = candidates;
  if (candidates.length === 1 && only) return only;
  const word = stepOf(step).label;
  if (!only) return answer(say(`现在没有可以“${word}”的缺药单。发送“缺药清单”看全部。`));
  return answer(
    say(`请带上编号，例如“${word} ${only.shortage.number}”。可以“${word}”的有：`, {
      type: 'list',
      ordered: false,
      items: candidates.slice(0, CHOICES).map(({ shortage }) => summaryOf(shownShortage(ctx, shortage))),
    }),
  );
}

async function partiesIn(ctx: BoundContext, shortage: Shortage): Promise<readonly Party[]> {
  return partiesOf(ctx.actor, {
    registrantId: shortage.registrant.id,
    institutionId: shortage.institution.id,
    leadInstitutionIds: await listLeads(ctx.db, shortage.institution.id),
  });
}

/** `QY… 红池坝镇卫生院 阿莫西林 20盒` */
function summaryOf(shortage: Shortage): string {
  const [first] = shortage.lines;
  const more = shortage.lines.length > 1 ? `等${shortage.lines.length}项` : '';
  return `${shortage.number} ${shortage.institution.shortName} ${first ? orderLabel(first) : ''}${more}`;
}

/** What is said where a number is unknown, or not for this person's eyes. */
export function notFoundText(number: string): string {
  return `没有查到 ${number}。请核对编号，或发送“缺药清单”。`;
}

/** Which line and how much; 少了3盒 is taken off the line, 件 of a line in 盒 is asked. */
function place(
  shortage: Shortage,
  step: StepId,
  read: MoveArgument,
): { readonly lineNo: number | undefined; readonly quantity: number | undefined } | Outcome {
  const able = shortage.lines.filter((line) => stepOf(step).from.includes(line.state));
  const isLine =
    read.lineNo === undefined &&
    read.figure !== undefined &&
    shortage.lines.length > 1 &&
    shortage.lines.some((one) => one.lineNo === read.figure);
  const lineNo = read.lineNo ?? (isLine ? read.figure : undefined);
  const line = able.find((one) => one.lineNo === lineNo) ?? (able.length === 1 ? able[0] : undefined);
  const asked = read.quantity?.value ?? (isLine ? undefined : read.figure);
  const lacking = (read.short ?? 0) + (read.damaged ?? 0);
  if (asked === undefined && lacking === 0) return { lineNo, quantity: undefined };
  if (!line) {
    if (lineNo !== undefined) return { lineNo, quantity: asked }; // the rules say why this line cannot move
    return answer(
      say(`这张单有${shortage.lines.length}项，请写明第几项，例如“${stepOf(step).label} ${shortage.number}-1 10盒”。`),
    );
  }
  if (read.quantity?.unit !== undefined && read.quantity.unit !== line.unit) {
    return answer(
      say(`第${line.lineNo}项按“${line.unit}”登记（${orderLabel(line)}），请换算成${line.unit}再发，没有改动。`),
    );
  }
  return { lineNo: line.lineNo, quantity: asked ?? Math.max(0, line.quantity - lacking) };
}

function refusedText(shortage: Shortage, step: StepId, refused: Refused): string {
  const { number } = shortage;
  const { label } = stepOf(step);
  if (refused.why === 'person') {
    return stepOf(step).by.includes('central-pharmacy')
      ? `${number} 由牵头医院中心药房办理，您不能“${label}”。`
      : `${number} 由${shortage.institution.shortName}办理，您不能“${label}”。`;
  }
  if (refused.why === 'no-line') return `${number} 只有${refused.lines}项，没有改动。发送“进度 ${number}”查看。`;
  if (refused.why === 'state') {
    const line = shortage.lines.find((one) => one.lineNo === refused.line?.lineNo);
    if (!line) return `${number} 没有可以“${label}”的药品。`;
    const by = line.stateBy ? `${line.stateBy.name} ` : '';
    return `${number} 第${line.lineNo}项已是“${stateLabel(line)}”（${by}${momentLabel(line.stateAt)}），这次没有改动。发送“进度 ${number}”看最新情况。`;
  }
  switch (refused.guard) {
    case 'reason':
      return `请补上原因和预计复核日期，例如“${label} ${number} 厂家断供 12月15日”。`;
    case 'expected-day':
      return step === 'refuse-supply'
        ? `请补上预计复核日期，例如“${label} ${number} 厂家断供 12月15日”。`
        : `请补上预计到货日，例如“${label} ${number} 12月15日”。`;
    case 'quantity': {
      const line = shortage.lines.find((one) => one.lineNo === refused.line.lineNo);
      return `${number} 第${refused.line.lineNo}项登记的是${line ? orderLabel(line) : ''}，数量请在1到${refused.line.quantity}之间，并写明第几项，没有改动。`;
    }
    case 'patient':
      return `${number} 是补库存，没有取药这一步；到货后发“签收 ${number}”。`;
    case 'restock':
      return `${number} 是患者用药，取药后发“已取药 ${number}”。`;
  }
}

interface Done {
  readonly step: StepId;
  readonly moved: readonly MovedLine[];
  readonly read: MoveArgument;
  readonly expectedOn: string | undefined;
  readonly reason: ReturnType<typeof readMove>['reason'];
}

async function outcomeOf(ctx: BoundContext, shortage: Shortage, done: Done): Promise<Outcome> {
  const { step, moved } = done;
  const { number } = shortage;
  const answers = stepOf(step).by.includes('central-pharmacy');
  const lines = moved.map((one) => movedText(shortage, one, done));
  const words = done.read.words === '' && done.read.damaged === undefined ? undefined : ctx.message.text;
  const version = shortage.version + 1;
  const at = momentLabel(ctx.clock.now().toISOString());
  const news = `【缺药 ${number}】${ctx.actor.name}（${ctx.actor.institution.shortName}）${at}：`;
  const told = await toldOf(ctx, shortage, done);
  const list: Block = { type: 'list', ordered: false, items: lines };
  const seen = shownShortage(ctx, shortage);
  const listHere: Block = { ...list, items: moved.map((one) => movedText(seen, one, done)) };
  const replies: Reply[] = [
    say(`${number} 已更新（${at}）：`, listHere, ...nextButtons(step, number, version)),
    ...told.map((staff) => tell({ staff }, news, list, ...registrantButtons(step, shortage, staff, version))),
  ];
  const here = ctx.message.conversation.kind === 'group' ? await findGroupId(ctx.db, ctx.message) : undefined;
  if (shortage.groupId !== undefined && shortage.groupId !== here && PUBLIC_STEPS.includes(step)) {
    const urgencies = moved.map(
      (one) => shortage.lines.find((line) => line.lineNo === one.lineNo)?.urgency ?? 'routine',
    );
    const state = LINE_STATES[stepOf(step).to].label;
    const day = done.expectedOn
      ? `，${step === 'deliver' ? '预计' : ''}${formatDay(done.expectedOn)}${step === 'deliver' ? '到' : '复核'}`
      : '';
    const pointer = pointerText({ number, institution: shortage.institution.name, urgencies }, `${state}${day}`);
    replies.push(tell({ group: shortage.groupId }, pointer));
  }
  return {
    replies,
    writes: moveWrites(ctx, shortage, {
      step,
      lines: moved,
      expectedOn: done.expectedOn,
      reason: done.reason,
      answers,
      words: words === undefined ? undefined : ctx.vault.seal(words),
    }),
    audit: [
      {
        action: `shortage.${step}`,
        objectType: 'shortage',
        objectId: number,
        details: { lines: moved.map((one) => one.lineNo).join(',') },
      },
    ],
    memory: { ...ctx.memory, number },
  };
}

function movedText(shortage: Shortage, moved: MovedLine, done: Done): string {
  const line = shortage.lines.find((one) => one.lineNo === moved.lineNo);
  if (!line) return '';
  const after: ShortageLine = {
    ...line,
    state: moved.to,
    quantity: moved.quantity,
    base: moved.quantity === line.quantity ? line.base : undefined,
    receivedQuantity: moved.receivedQuantity ?? line.receivedQuantity,
    expectedOn: done.expectedOn ?? (done.step === 'allocate' ? undefined : line.expectedOn),
    reason: done.reason ?? line.reason,
  };
  const damaged = done.step === 'receive' && done.read.damaged ? `，其中破损${done.read.damaged}${line.unit}` : '';
  const cancelled = done.step === 'cancel' && done.reason ? `（${reasonLabel(done.reason)}）` : '';
  const free = done.step === 'refuse-supply' && done.reason === 'other' ? `：${done.read.words}` : '';
  const rest = moved.rest > 0 ? `；其余${moved.rest}${line.unit}另列一项，仍是${LINE_STATES[line.state].label}` : '';
  return `第${line.lineNo}项 ${orderLabel(after)}：${stateLabel(after)}${damaged}${cancelled}${free}${rest}`;
}

/** The registrant hears every change; who supplies it hears what became of it, and that nobody needs it any more. */
async function toldOf(ctx: BoundContext, shortage: Shortage, done: Done): Promise<readonly string[]> {
  const told = new Set<string>([shortage.registrant.id]);
  if (!stepOf(done.step).by.includes('central-pharmacy')) {
    const touched = done.moved.map((one) => shortage.lines.find((line) => line.lineNo === one.lineNo)?.stateBy?.id);
    for (const id of touched) if (id !== undefined) told.add(id);
    if (done.step === 'cancel') {
      const leads = await listLeads(ctx.db, shortage.institution.id);
      for (const member of await listCentralPharmacists(ctx.db, leads)) told.add(member.id);
    }
  }
  told.delete(ctx.actor.id);
  return [...told];
}

function nextButtons(step: StepId, number: string, version: number): readonly Block[] {
  if (step !== 'allocate' && step !== 'purchase') return [];
  return [{ type: 'buttons', items: [{ id: 'shortage.deliver', label: '配送', value: number, version }] }];
}

function registrantButtons(step: StepId, shortage: Shortage, staff: string, version: number): readonly Block[] {
  if (step !== 'deliver' || staff !== shortage.registrant.id) return [];
  const { number } = shortage;
  return [
    { type: 'buttons', items: [{ id: 'shortage.receive', label: '签收', value: number, version }] },
    { type: 'text', text: `数量不符请写明，例如“签收 ${number} 少3盒”。` },
  ];
}
