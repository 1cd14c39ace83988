/** Demonstration shortages（演示缺药）in different states for two counties: real institutions, invented needs, marked 演示. */
import type { Write } from '../../handlers/outcome.ts';
import { drugFacts, drugKey, resolveDrug } from '../../handlers/shortages/drugs.ts';
import { headerState, highestUrgency, isOpen } from '../../handlers/shortages/rules.ts';
import { type LineState, type ReasonCode, type StepId, stepOf } from '../../handlers/shortages/states.ts';
import type { Purpose, Urgency } from '../../handlers/shortages/tokens.ts';
import { addDays, shanghaiDay } from '../../handlers/time.ts';
import { apply } from '../writes.ts';
import type { DemoPart, DemoPorts } from './part.ts';

interface DemoStep {
  readonly step: StepId;
  readonly hoursAgo: number;
  readonly by: string;
  /** Days from now. */
  readonly expectedIn?: number;
  readonly reason?: ReasonCode;
  readonly received?: number;
}

interface DemoLine {
  readonly drug: string;
  readonly specification?: string;
  readonly quantity: number;
  readonly unit: string;
  readonly urgency?: Urgency;
  readonly purpose?: Purpose;
  readonly daysLeft?: number;
  readonly steps?: readonly DemoStep[];
}

interface DemoShortage {
  readonly institution: string;
  readonly region: string;
  readonly by: string;
  readonly hoursAgo: number;
  readonly lines: readonly DemoLine[];
}

/** The places of one county, for the same story told twice. */
interface County {
  readonly region: string;
  readonly clinic: string;
  readonly town: string;
  readonly lead: string;
  readonly prefix: 'wx' | 'hz';
}

const COUNTIES: readonly County[] = [
  { region: 'wuxi', clinic: 'wx-clinic-1', town: 'wx-hongchiba', lead: 'wx-people-hospital', prefix: 'wx' },
  { region: 'huizhou', clinic: 'hz-clinic-1', town: 'hz-qiankou', lead: 'hz-lead-hospital', prefix: 'hz' },
];

/** Everything from just registered to closed; in Wuxi three institutions miss the same drug within a week. */
function storiesOf({ region, clinic, town, lead, prefix }: County): readonly DemoShortage[] {
  const doctor = { institution: clinic, region, by: `${prefix}-village-doctor-1` };
  const pharmacist = { institution: town, region, by: `${prefix}-pharmacist-2` };
  const central = `${prefix}-pharmacist-1`;
  const amoxicillin: DemoLine = { drug: '阿莫西林胶囊', specification: '0.25g×24粒', quantity: 20, unit: '盒' };
  const common: readonly DemoShortage[] = [
    {
      ...pharmacist,
      hoursAgo: 220,
      lines: [
        {
          drug: '奥美拉唑肠溶胶囊',
          specification: '20mg×14粒',
          quantity: 40,
          unit: '盒',
          steps: [
            { step: 'allocate', hoursAgo: 216, by: central },
            { step: 'deliver', hoursAgo: 198, by: central, expectedIn: -8 },
            { step: 'stock', hoursAgo: 175, by: pharmacist.by, received: 38 },
          ],
        },
      ],
    },
    {
      ...doctor,
      hoursAgo: 196,
      lines: [
        {
          drug: '复方利血平氨苯蝶啶',
          quantity: 10,
          unit: '盒',
          purpose: 'patient',
          daysLeft: 5,
          steps: [{ step: 'refuse-supply', hoursAgo: 170, by: central, expectedIn: 10, reason: 'maker-stopped' }],
        },
      ],
    },
    {
      ...pharmacist,
      hoursAgo: 76,
      lines: [
        {
          drug: '硝苯地平控释片',
          specification: '30mg×7片',
          quantity: 30,
          unit: '盒',
          urgency: 'urgent',
          purpose: 'patient',
          daysLeft: 3,
          steps: [
            { step: 'allocate', hoursAgo: 75, by: central },
            { step: 'deliver', hoursAgo: 20, by: central, expectedIn: 1 },
          ],
        },
        {
          drug: '厄贝沙坦片',
          specification: '0.15g×7片',
          quantity: 20,
          unit: '盒',
          steps: [{ step: 'purchase', hoursAgo: 75, by: central, expectedIn: 5 }],
        },
        { drug: '甘精胰岛素', specification: '3ml:300单位', quantity: 10, unit: '支', purpose: 'patient', daysLeft: 6 },
      ],
    },
    {
      ...doctor,
      hoursAgo: 3,
      lines: [{ drug: '布洛芬混悬液', specification: '100ml:2g', quantity: 12, unit: '瓶', daysLeft: 8 }],
    },
  ];
  if (prefix === 'hz') return common;
  return [
    ...common,
    { ...doctor, hoursAgo: 50, lines: [amoxicillin] },
    { ...pharmacist, hoursAgo: 46, lines: [{ ...amoxicillin, quantity: 100, daysLeft: 4 }] },
    { institution: lead, region, by: central, hoursAgo: 30, lines: [{ ...amoxicillin, quantity: 300 }] },
    {
      ...pharmacist,
      hoursAgo: 1,
      lines: [
        {
          drug: '肾上腺素注射液',
          specification: '1ml:1mg',
          quantity: 10,
          unit: '支',
          urgency: 'rescue',
          purpose: 'emergency',
        },
      ],
    },
  ];
}

/** The rows of the demonstration shortages, the oldest first, with the day's counters. */
export async function demoShortages(ports: DemoPorts): Promise<readonly Write[]> {
  const used = new Map<string, number>();
  const stories = COUNTIES.flatMap(storiesOf).sort((a, b) => b.hoursAgo - a.hoursAgo);
  const writes = stories.flatMap((story) => {
    const day = shanghaiDay(new Date(ago(ports, story.hoursAgo)));
    const sequence = (used.get(day) ?? 0) + 1;
    used.set(day, sequence);
    return rowsOf(ports, story, `QY${day.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`);
  });
  const counters = [...used].map(
    ([day, value]): Write => ({ kind: 'upsert', table: 'counters', key: { name: `shortage:${day}` }, set: { value } }),
  );
  return [...writes, ...counters];
}

/** Writes them; runs after the people and institutions they speak of. */
export const fillShortages: DemoPart = async (trx, ports) => {
  for (const write of await demoShortages(ports)) await apply(trx, write);
};

function ago({ clock }: DemoPorts, hours: number): string {
  return new Date(clock.now().getTime() - hours * 3_600_000).toISOString();
}

function rowsOf(ports: DemoPorts, story: DemoShortage, number: string): readonly Write[] {
  const shortageId = ports.ids.next();
  const createdAt = ago(ports, story.hoursAgo);
  const lines = story.lines.map((line) => ({ line, state: lastState(line), urgency: line.urgency ?? 'routine' }));
  const steps = story.lines.flatMap((line) => line.steps ?? []);
  const latest = Math.min(story.hoursAgo, ...steps.map((step) => step.hoursAgo));
  const earliest = steps.length === 0 ? undefined : Math.max(...steps.map((step) => step.hoursAgo));
  const open = lines.filter(isOpen);
  const header: Write = {
    kind: 'insert',
    table: 'shortages',
    row: {
      id: shortageId,
      number,
      institution_id: story.institution,
      region_id: story.region,
      registrant_id: story.by,
      state: headerState(lines),
      urgency: highestUrgency((open.length > 0 ? open : lines).map((one) => one.urgency)),
      demo: true,
      version: 1,
      created_at: createdAt,
      updated_at: ago(ports, latest),
      answered_at: earliest === undefined ? null : ago(ports, earliest),
      closed_at: open.length === 0 ? ago(ports, latest) : null,
    },
  };
  const first = eventRow(ports, {
    shortageId,
    lineNo: null,
    at: createdAt,
    by: story.by,
    step: 'register',
    from: null,
    to: 'registered',
  });
  return [
    header,
    first,
    ...lines.flatMap(({ line }, at) => lineRows(ports, story, { line, shortageId, lineNo: at + 1 })),
  ];
}

function lastState(line: DemoLine): LineState {
  const last = line.steps?.at(-1);
  return last ? stepOf(last.step).to : 'registered';
}

function lineRows(
  ports: DemoPorts,
  story: DemoShortage,
  { line, shortageId, lineNo }: { readonly line: DemoLine; readonly shortageId: string; readonly lineNo: number },
): readonly Write[] {
  const resolution = resolveDrug(line.drug);
  const generic = resolution.kind === 'matched' ? resolution.generic : undefined;
  const form = resolution.kind === 'matched' ? resolution.form : undefined;
  const facts = generic === undefined ? undefined : drugFacts(generic);
  const createdAt = ago(ports, story.hoursAgo);
  const today = shanghaiDay(ports.clock.now());
  const last = line.steps?.at(-1);
  const expected = line.steps?.findLast((step) => step.expectedIn !== undefined)?.expectedIn;
  const row: Write = {
    kind: 'insert',
    table: 'shortage_lines',
    row: {
      id: ports.ids.next(),
      shortage_id: shortageId,
      line_no: lineNo,
      drug_key: drugKey({ generic, form, name: line.drug }),
      drug_name: line.drug,
      matched: generic !== undefined,
      specification: line.specification ?? null,
      quantity: line.quantity,
      unit: line.unit,
      urgency: line.urgency ?? 'routine',
      days_left: line.daysLeft ?? null,
      purpose: line.purpose ?? 'restock',
      cold_chain: facts?.coldChain ?? false,
      high_alert: facts?.highAlert ?? false,
      state: lastState(line),
      reason: line.steps?.find((step) => step.reason !== undefined)?.reason ?? null,
      expected_on: expected === undefined ? null : addDays(today, expected),
      received_quantity: last?.received ?? null,
      state_by: last?.by ?? story.by,
      state_at: last ? ago(ports, last.hoursAgo) : createdAt,
      created_at: createdAt,
      version: 1,
    },
  };
  let from: LineState = 'registered';
  const events = (line.steps ?? []).map((step) => {
    const { to } = stepOf(step.step);
    const event = eventRow(ports, {
      shortageId,
      lineNo,
      at: ago(ports, step.hoursAgo),
      by: step.by,
      step: step.step,
      from,
      to,
    });
    from = to;
    return event;
  });
  return [row, ...events];
}

function eventRow(
  ports: DemoPorts,
  event: {
    readonly shortageId: string;
    readonly lineNo: number | null;
    readonly at: string;
    readonly by: string;
    readonly step: string;
    readonly from: string | null;
    readonly to: string;
  },
): Write {
  return {
    kind: 'insert',
    table: 'shortage_events',
    row: {
      id: ports.ids.next(),
      shortage_id: event.shortageId,
      line_no: event.lineNo,
      at: event.at,
      actor_id: event.by,
      step: event.step,
      from_state: event.from,
      to_state: event.to,
    },
  };
}
