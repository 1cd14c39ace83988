/** The cards of a registration: what was understood, what is missing, what the pharmacist gets（卡片）. */
import { type Block, type Reply, tell } from '../message.ts';
import { formatDay } from '../time.ts';
import { type Ask, asksOf, nameOf, type Registration, resolutionOf, type Settled, settle } from './registration.ts';
import type { Deadline } from './settings.ts';
import { deadlineLabel } from './settings.ts';
import { formatSpecification } from './specs.ts';
import type { Purpose, Urgency } from './tokens.ts';
import { marksOf, orderLabel, pointerText, URGENCY_LABELS } from './wording.ts';

/** A line as it will stand, with what the rules made of it. */
export interface ReadyLine extends Settled {
  readonly urgency: Urgency;
  readonly purpose: Purpose;
}

/** An open registration that looks like the same need（可能重复）. */
export interface Twin {
  /** Number of the draft line. */
  readonly line: number;
  readonly number: string;
  readonly lineNo: number;
  readonly order: string;
  readonly registeredOn: string;
  /** The larger quantity it is raised to by merging, while nobody has decided on it. */
  readonly raisedTo?: string | undefined;
}

/** The card of a draft, for its author in private: lines, what is missing, or 确认 · 取消. */
export function draftCard(card: {
  readonly registration: Registration;
  readonly institution: string;
  readonly draft: { readonly id: string; readonly version: number } | undefined;
  readonly twins: readonly Twin[];
  /** Words before the card, e.g. what was refused. */
  readonly before?: readonly Block[] | undefined;
}): Reply {
  const { registration, twins } = card;
  const asks = asksOf(registration);
  const required = asks.filter((ask) => !ask.soft);
  const blocks: Block[] = [
    ...(card.before ?? []),
    { type: 'text', text: `缺药登记（待确认）· ${card.institution}` },
    { type: 'list', ordered: true, items: draftItems(registration, asks) },
  ];
  if (asks.length > 0) blocks.push({ type: 'text', text: asksText(asks, registration.lines.length) });
  for (const twin of twins) {
    const which = registration.lines.length > 1 ? `第${twin.line}项` : '这种药';
    blocks.push({
      type: 'text',
      text: `${which}本单位${formatDay(twin.registeredOn)}已登记：${twin.number} ${twin.order}。是同一批请发“合并”，另要一批请发“确认”。`,
    });
  }
  const unsaid = registration.lines.every((line) => line.daysLeft === undefined && line.urgency === undefined);
  if (unsaid && registration.typed.length === 1) {
    blocks.push({
      type: 'text',
      text: '可一并补充（不填也行）：还能用几天、急不急、补库存还是患者用、现存量、接不接受替代。',
    });
  }
  if (required.length === 0) {
    blocks.push({ type: 'text', text: '核对无误发“确认”，给出编号；改数量直接说，放弃发“取消”。' });
  }
  const { draft } = card;
  const button = (id: string, label: string) => ({ id, label, value: draft?.id ?? '', version: draft?.version });
  blocks.push({
    type: 'buttons',
    items: [
      ...(required.length === 0 ? [button('shortage.confirm', '确认')] : []),
      ...(required.length === 0 && twins.length > 0 ? [button('shortage.merge', '合并')] : []),
      button('shortage.discard', '取消'),
    ],
  });
  return { audience: 'sender', blocks };
}

const MISSING_LABELS: Readonly<Record<Ask['kind'], string>> = {
  name: '药名',
  choose: '具体药名',
  quantity: '数量',
  unit: '单位',
  factor: '包装换算',
  strength: '规格单位',
  date: '日期',
};

/** What keeps a draft from being registered（还缺什么）: `第2项数量、第3项药名`; empty when nothing does. */
export function missingText(registration: Registration): string {
  const required = asksOf(registration).filter((ask) => !ask.soft);
  return required
    .map((ask) => `${registration.lines.length > 1 ? `第${ask.line}项` : ''}${MISSING_LABELS[ask.kind]}`)
    .join('、');
}

function draftItems(registration: Registration, asks: readonly Ask[]): readonly string[] {
  return registration.lines.map((line, at) => {
    const missing = asks.some((ask) => ask.line === at + 1 && !ask.soft);
    const settled = missing ? undefined : settle({ lines: [line], typed: [] })[0];
    const marks = marksOf({
      urgency: line.urgency ?? 'routine',
      daysLeft: line.daysLeft,
      purpose: line.purpose ?? 'restock',
      wantedBy: line.wantedBy,
      substitute: line.substitute,
      coldChain: settled?.coldChain ?? line.coldChain === true,
      highAlert: settled?.highAlert ?? false,
      matched: settled?.matched ?? true,
    });
    const notes = settled ? checksOf(settled) : [];
    const head = settled ? orderLabel({ ...settled, manufacturer: line.manufacturer }) : typedLabel(line);
    return [[head, ...marks].join(' · '), ...notes].join('\n');
  });
}

/** What its author should look at twice: slang, look-alikes. */
function checksOf(settled: Settled): readonly string[] {
  const notes: string[] = [];
  if (settled.via) notes.push(`  “${settled.via}”按“${settled.name}”登记，请核对`);
  const [other] = settled.lookAlikes;
  if (other) notes.push(`  注意不是${settled.lookAlikes.slice(0, 2).join('、')}`);
  return notes;
}

function typedLabel(line: Registration['lines'][number]): string {
  const resolution = resolutionOf(line);
  const name =
    resolution.kind === 'matched'
      ? nameOf(resolution.generic, resolution.form)
      : (line.chosen ?? line.name ?? '（药名待补）');
  const quantity = line.quantity?.text ?? line.vagueQuantity ?? '（数量待补）';
  return [name, line.specification ? formatSpecification(line.specification) : '', line.manufacturer, quantity]
    .filter((part) => part)
    .join(' ');
}

function asksText(asks: readonly Ask[], lines: number): string {
  const texts = asks.map((ask) => {
    const options =
      ask.kind === 'choose' ? `：${ask.options.map((option, at) => `${at + 1} ${option}`).join('；')}` : '';
    return `${lines > 1 ? `第${ask.line}项 ` : ''}${ask.text}${options}`;
  });
  const how = asks.some((ask) => ask.kind === 'choose') ? '回复药名或序号即可。' : '';
  return `请补充：\n${texts.join('\n')}${how ? `\n${how}` : ''}`;
}

/** What the registrant reads after 确认. */
export function registeredReply(report: {
  readonly number: string;
  readonly lines: readonly ReadyLine[];
  readonly urgency: Urgency;
  readonly firstAnswer: Deadline;
  readonly told: readonly string[];
  readonly merged: readonly Twin[];
}): Reply {
  const { number, lines, urgency, told } = report;
  const who =
    told.length > 0
      ? `已通知中心药房${told.join('、')}，${deadlineLabel(report.firstAnswer)}内答复（本单位设定）。`
      : '目前没有查到中心药房的值班药师，请电话联系中心药房。';
  const rescue = urgency === 'rescue' ? '\n抢救用药不要只等消息：请马上电话联系中心药房。' : '';
  const merged = report.merged.length > 0 ? `\n${mergedText(report.merged)}` : '';
  return tell(
    'here',
    `已登记，编号 ${number}：${lines.length}个品种，${URGENCY_LABELS[urgency]}。\n${who}${rescue}${merged}`,
    { type: 'list', ordered: true, items: lines.map((line) => lineText(line)) },
    { type: 'text', text: `查进度发“进度 ${number}”，不要了发“取消缺药 ${number}”。` },
  );
}

/** What was put together with an earlier registration. */
export function mergedText(merged: readonly Twin[]): string {
  return merged
    .map((twin) => {
      const raised = twin.raisedTo ? `数量按较大的${twin.raisedTo}，` : '';
      return `已并入 ${twin.number} 第${twin.lineNo}项（${twin.order}），${raised}两次的原文都保留。`;
    })
    .join('\n');
}

function lineText(line: ReadyLine): string {
  const said = { ...line.line, ...line, specification: line.specification };
  return [orderLabel({ ...said, manufacturer: line.line.manufacturer }), ...marksOf(said)].join(' · ');
}

/** What the pharmacist of the central pharmacy gets in private. */
export function newShortageReply(push: {
  readonly staffId: string;
  readonly number: string;
  readonly institution: string;
  readonly registrant: string;
  readonly lines: readonly ReadyLine[];
  readonly urgency: Urgency;
  readonly firstAnswer: Deadline;
  /** Institutions that registered one of these drugs lately, where there are enough（区域性短缺）. */
  readonly regional: readonly string[];
}): Reply {
  const { number, urgency } = push;
  const head = `【新缺药 ${number}】${push.institution} ${push.registrant}登记${push.lines.length}个品种，${URGENCY_LABELS[urgency]}，请在${deadlineLabel(push.firstAnswer)}内答复（本单位设定）。`;
  const details = push.lines.map((line) => {
    const more = [
      line.line.stock === undefined ? '' : `现存${line.line.stock}`,
      line.line.monthlyUse === undefined ? '' : `月均${line.line.monthlyUse}`,
      line.via ? `原文“${line.via}”` : '',
      line.line.specification?.strengthUnitMissing ? '规格单位未写，请核实' : '',
      line.line.vagueDate ? `要货时间“${line.line.vagueDate}”` : '',
    ].filter((part) => part !== '');
    return [lineText(line), ...more].join(' · ');
  });
  return tell(
    { staff: push.staffId },
    head,
    { type: 'list', ordered: true, items: details },
    ...push.regional.map((text): Block => ({ type: 'text', text })),
    {
      type: 'buttons',
      items: [
        { id: 'shortage.allocate', label: '有货', value: number, version: 1 },
        { id: 'shortage.refuse-supply', label: '无货', value: number, version: 1 },
      ],
    },
    { type: 'text', text: `只够一部分：发“有货 ${number}-1 数量”；采购：发“采购 ${number} 预计到货日”。` },
  );
}

/** The pointer for the group after 确认. */
export function groupPointer(
  groupId: string,
  number: string,
  institution: string,
  urgencies: readonly Urgency[],
): Reply {
  return tell({ group: groupId }, pointerText({ number, institution, urgencies }, '已登记，待中心药房答复'));
}
