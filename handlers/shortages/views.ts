/** 缺药清单, 我的缺药, 进度: what somebody may read of the shortages（查询）. */
import { normaliseText } from '../chinese/numbers.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, say } from '../message.ts';
import { answer, type Decision, type Outcome } from '../outcome.ts';
import { daysBetween, shanghaiDay } from '../time.ts';
import { discreet, shownShortage } from './discretion.ts';
import { notFoundText } from './moves.ts';
import { ageBucket, isOpen, type LineFacts, partiesOf, planMove } from './rules.ts';
import { deadlineLabel, isOver, loadSettings, type ShortageSettings } from './settings.ts';
import { HEADER_STATES, type Party, type StepId, stepOf } from './states.ts';
import { findShortage, listLeads, listShortages, maySee, type Shortage, sightOf } from './store.ts';
import { URGENCIES } from './tokens.ts';
import { marksOf, momentLabel, numberLabel, orderLabel, pointerText, stateLabel, URGENCY_LABELS } from './wording.ts';

/** Most shortages shown at once; a phone is narrow. */
const SHOWN = 10;
/** Most of the own ones, the finished included. */
const OWN_SHOWN = 6;
/** Buttons under one shortage. */
const BUTTONS = 4;

/** 缺药清单 [药名或单位]: what is open, the most pressing and the oldest first. */
export async function board(ctx: BoundContext, argument: string): Promise<Decision> {
  const { filter, label } = await sightOf(ctx.db, ctx.actor);
  const words = normaliseText(argument).replace(/ /g, '');
  const all = [...(await listShortages(ctx.db, { ...filter, open: true }))].filter((one) => matches(one, words));
  const sorted = all.sort(
    (a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency) || a.createdAt.localeCompare(b.createdAt),
  );
  const about = words === '' ? '' : ctx.deidentified ? '这个条件下' : `“${words}”`;
  if (sorted.length === 0) return answer(say(`${label}现在没有${about}未解决的缺药。`));
  const settings = await loadSettings(ctx.db, { regionPath: ctx.actor.regionPath });
  const lines = sorted.flatMap((shortage) => shortage.lines.filter(isOpen));
  const pressing = lines.filter((line) => line.urgency !== 'routine').length;
  const head = `${label}${about}未解决缺药：${sorted.length}单${lines.length}项${pressing > 0 ? `，其中抢救、紧急${pressing}项` : ''}（${momentLabel(ctx.clock.now().toISOString())}）`;
  const inGroup = ctx.message.conversation.kind === 'group';
  const items = sorted
    .slice(0, SHOWN)
    .map((shortage) =>
      inGroup ? pointerOf(shortage) : itemOf(shownShortage(ctx, shortage), ctx, settings, label !== '本单位'),
    );
  const more = sorted.length - items.length;
  const tail: readonly Block[] =
    more > 0 ? [{ type: 'text', text: `还有${more}单，发“缺药清单 药名或单位”缩小范围。` }] : [];
  return answer(say(head, { type: 'list', ordered: true, items }, ...tail));
}

/** What a group may read of it: no drug. */
function pointerOf(shortage: Shortage): string {
  const urgencies = shortage.lines.filter(isOpen).map((line) => line.urgency);
  const number = numberLabel(shortage);
  return pointerText({ number, institution: shortage.institution.shortName, urgencies }, HEADER_STATES[shortage.state]);
}

function matches(shortage: Shortage, words: string): boolean {
  if (words === '') return true;
  const said = [
    shortage.institution.name,
    shortage.number,
    ...shortage.lines.filter(isOpen).flatMap((line) => [line.name, stateLabel(line), URGENCY_LABELS[line.urgency]]),
  ];
  return said.some((one) => one.includes(words) || (words.length > 2 && words.includes(one)));
}

function itemOf(shortage: Shortage, ctx: BoundContext, settings: ShortageSettings, withPlace: boolean): string {
  const now = ctx.clock.now();
  const age = daysBetween(shanghaiDay(new Date(shortage.createdAt)), shanghaiDay(now));
  const limit = settings.firstAnswer[shortage.urgency];
  const late = shortage.answeredAt === undefined && isOver(new Date(shortage.createdAt), limit, now);
  const head = [
    numberLabel(shortage),
    withPlace ? shortage.institution.shortName : '',
    URGENCY_LABELS[shortage.urgency],
    age === 0 ? '今天' : `${age}天`,
    late ? `未答复，已超${deadlineLabel(limit)}（本单位设定）` : '',
  ];
  const lines = shortage.lines
    .filter(isOpen)
    .map((line) => `  ${line.lineNo}) ${orderLabel(line)} · ${stateLabel(line)}`);
  return [head.filter((part) => part !== '').join(' · '), ...lines].join('\n');
}

/** 我的缺药: the own registrations with what is expected when. */
export async function mine(ctx: BoundContext): Promise<Decision> {
  const all = await listShortages(ctx.db, { registrantId: ctx.actor.id, limit: 30 });
  const open = all.filter((shortage) => shortage.lines.some(isOpen));
  const shown = [...open, ...all.filter((shortage) => !open.includes(shortage))].slice(0, OWN_SHOWN);
  if (shown.length === 0) return answer(say('您还没有登记过缺药。登记请发：缺药 阿莫西林胶囊 0.25g*24粒 20盒'));
  const items = shown.map((own) => {
    const shortage = shownShortage(ctx, own);
    const lines = shortage.lines.map((line) => `  ${line.lineNo}) ${orderLabel(line)} · ${stateLabel(line)}`);
    return [
      `${numberLabel(shortage)} · ${HEADER_STATES[shortage.state]} · ${momentLabel(shortage.createdAt)}登记`,
      ...lines,
    ].join('\n');
  });
  const hidden = open.length - shown.filter((shortage) => open.includes(shortage)).length;
  const tail: readonly Block[] =
    hidden > 0 ? [{ type: 'text', text: `还有${hidden}单未解决，发“缺药清单 药名”查找。` }] : [];
  const head = `您登记的缺药：未解决${open.length}单（${momentLabel(ctx.clock.now().toISOString())}）`;
  const told = {
    ...answer(say(head, { type: 'list', ordered: true, items }, ...tail)),
    memory: memoryOf(ctx, shown[0]),
  };
  return discreet(ctx, told, '您登记的缺药已发到私聊。');
}

function memoryOf(ctx: BoundContext, shortage: Shortage | undefined): Outcome['memory'] {
  return shortage ? { ...ctx.memory, number: shortage.number } : ctx.memory;
}

/** Steps offered as buttons, in this order. */
const OFFERED: readonly StepId[] = ['allocate', 'deliver', 'refuse-supply', 'receive', 'collect', 'miss', 'cancel'];

/** 进度 QY…: every line with its state, and what the person may do about it at this moment. */
export async function progressOf(ctx: BoundContext, number: string): Promise<Decision> {
  const asked = normaliseText(number).replace(/ /g, '').toUpperCase();
  const shortage = await findShortage(ctx.db, asked);
  if (!shortage || !(await maySee(ctx.db, ctx.actor, shortage))) return answer(say(notFoundText(asked)));
  const leads = await listLeads(ctx.db, shortage.institution.id);
  const parties = partiesOf(ctx.actor, {
    registrantId: shortage.registrant.id,
    institutionId: shortage.institution.id,
    leadInstitutionIds: leads,
  });
  const today = shanghaiDay(ctx.clock.now());
  const age = daysBetween(shanghaiDay(new Date(shortage.createdAt)), today);
  const items = shownShortage(ctx, shortage).lines.map((line) => {
    const by =
      line.state === 'registered'
        ? ''
        : `（${line.stateBy ? `${line.stateBy.name} ` : ''}${momentLabel(line.stateAt)}）`;
    const marks = line.state === 'registered' ? marksOf(line) : [];
    return [orderLabel(line), ...marks, `${stateLabel(line)}${by}`].join(' · ');
  });
  const head = `【缺药 ${numberLabel(shortage)}】${shortage.institution.name} ${shortage.registrant.name} ${momentLabel(shortage.createdAt)}登记 · ${URGENCY_LABELS[shortage.urgency]} · ${HEADER_STATES[shortage.state]}`;
  const blocks: Block[] = [{ type: 'list', ordered: true, items }];
  const next = nextText(shortage, age);
  if (next) blocks.push({ type: 'text', text: next });
  const steps = offeredSteps(shortage.lines, parties);
  if (steps.length > 0) {
    const { number: value, version } = shortage;
    blocks.push({
      type: 'buttons',
      items: steps
        .slice(0, BUTTONS)
        .map((step) => ({ id: `shortage.${step}`, label: stepOf(step).label, value, version })),
    });
  }
  return discreet(ctx, { ...answer(say(head, ...blocks)), memory: memoryOf(ctx, shortage) }, pointerOf(shortage));
}

/** What the person may do now; a step that needs a day or a reason is offered, and asks for it. */
export function offeredSteps(lines: readonly LineFacts[], parties: readonly Party[]): readonly StepId[] {
  return OFFERED.filter((step) => {
    const planned = planMove(lines, parties, { step });
    if (planned.ok) return true;
    return planned.refused.why === 'guard' && ['reason', 'expected-day'].includes(planned.refused.guard);
  });
}

function nextText(shortage: Shortage, age: number): string | undefined {
  const open = shortage.lines.filter(isOpen);
  if (open.length === 0) return undefined;
  const waits = `已登记${age}天（${ageBucket(age)}）`;
  if (open.some((line) => line.state === 'registered' || line.state === 'triaged'))
    return `${waits}，下一步：中心药房答复。`;
  if (open.some((line) => line.state === 'delivering'))
    return `${waits}，下一步：${shortage.institution.shortName}签收。`;
  if (open.some((line) => line.state === 'received')) return `${waits}，下一步：患者取药。`;
  return `${waits}，下一步：中心药房安排配送。`;
}
