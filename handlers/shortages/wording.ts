/** Short Chinese words for the parts of a shortage: a line, a state, a time（措辞）. */
import { formatDay, shanghaiDay, shanghaiTime } from '../time.ts';
import { LINE_STATES, reasonLabel } from './states.ts';
import type { Shortage, ShortageLine } from './store.ts';
import type { Purpose, Urgency } from './tokens.ts';

export const URGENCY_LABELS: Readonly<Record<Urgency, string>> = { rescue: '抢救', urgent: '紧急', routine: '一般' };
export const PURPOSE_LABELS: Readonly<Record<Purpose, string>> = {
  restock: '补库存',
  patient: '患者用药',
  emergency: '急救',
};

/** What of a line says which drug and how much. */
export interface Order {
  readonly name: string;
  readonly specification?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly quantity: number;
  readonly unit: string;
  readonly base?: { readonly quantity: number; readonly unit: string } | undefined;
}

/** `阿莫西林胶囊 0.25g×24粒 20盒（480粒）` */
export function orderLabel(order: Order): string {
  const base = order.base ? `（${order.base.quantity}${order.base.unit}）` : '';
  return [order.name, order.specification, order.manufacturer, `${order.quantity}${order.unit}${base}`]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** `11月21日 10:20`, in Shanghai. */
export function momentLabel(instant: string): string {
  const date = new Date(instant);
  return `${formatDay(shanghaiDay(date))} ${shanghaiTime(date)}`;
}

/** What a line's state says, with day and reason where it has them: `配送中，预计11月23日到`. */
export function stateLabel(line: ShortageLine): string {
  const { label } = LINE_STATES[line.state];
  const day = line.expectedOn ? formatDay(line.expectedOn) : undefined;
  switch (line.state) {
    case 'unavailable':
      return `${label}（${reasonLabel(line.reason)}${day ? `，${day}复核` : ''}）`;
    case 'allocated':
    case 'purchasing':
    case 'delivering':
      return day ? `${label}，预计${day}到` : label;
    case 'stocked':
    case 'received': {
      const short = line.quantity - (line.receivedQuantity ?? line.quantity);
      return short > 0 ? `${label}，实收${line.receivedQuantity ?? 0}${line.unit}，少${short}${line.unit}` : label;
    }
    default:
      return label;
  }
}

/** Marks of a line beside its order: urgency, days left, cold chain, not matched. */
export function marksOf(line: {
  readonly urgency: Urgency;
  readonly daysLeft?: number | undefined;
  readonly purpose: Purpose;
  readonly coldChain: boolean;
  readonly highAlert: boolean;
  readonly matched: boolean;
  readonly substitute?: boolean | undefined;
  readonly wantedBy?: string | undefined;
}): readonly string[] {
  return [
    line.urgency === 'routine' ? '' : URGENCY_LABELS[line.urgency],
    line.daysLeft === undefined ? '' : `还能用${line.daysLeft}天`,
    line.purpose === 'restock' ? '' : PURPOSE_LABELS[line.purpose],
    line.wantedBy ? `希望${formatDay(line.wantedBy)}前到` : '',
    line.coldChain ? '冷链' : '',
    line.substitute === undefined ? '' : line.substitute ? '接受替代' : '不接受替代',
    line.highAlert ? '高警示，药师复核' : '',
    line.matched ? '' : '未匹配，由药师核对',
  ].filter((mark) => mark !== '');
}

/** The pointer a group may see（群内指针）: number, institution, how many drugs, urgency, state; no drug, no person. */
export function pointerText(
  shortage: { readonly number: string; readonly institution: string; readonly urgencies: readonly Urgency[] },
  state: string,
): string {
  const count = (urgency: Urgency) => shortage.urgencies.filter((one) => one === urgency).length;
  const pressing = (['rescue', 'urgent'] as const)
    .filter((urgency) => count(urgency) > 0)
    .map((urgency) => `${URGENCY_LABELS[urgency]}${count(urgency)}`);
  const parts = [
    shortage.institution,
    `${shortage.urgencies.length}个品种`,
    ...(pressing.length > 0 ? pressing : ['一般']),
    state,
  ];
  return `【缺药 ${shortage.number}】${parts.join(' · ')}`;
}

/** The number as shown: demonstration data say so. */
export function numberLabel(shortage: Pick<Shortage, 'number' | 'demo'>): string {
  return shortage.demo ? `${shortage.number}（演示）` : shortage.number;
}
