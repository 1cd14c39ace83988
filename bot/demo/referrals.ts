/** Demonstration referrals（演示转诊）in different states for two counties: invented patients, every one named 演示患者. */
import type { Write } from '../../handlers/outcome.ts';
import type { Direction, Stamp, State, TransitionId, Urgency } from '../../handlers/referrals/states.ts';
import { type Clinical, type Patient, patientFingerprint } from '../../handlers/referrals/store.ts';
import { shanghaiDay } from '../../handlers/time.ts';
import { apply } from '../writes.ts';
import type { DemoPart, DemoPorts } from './part.ts';

interface DemoStep {
  readonly step: TransitionId;
  readonly to: State;
  readonly hoursAgo: number;
  readonly by: string;
  readonly reason?: string;
}

interface DemoCase {
  readonly prefix: 'wx' | 'hz';
  readonly direction: Extract<Direction, 'U' | 'D'>;
  readonly urgency: Urgency;
  readonly hoursAgo: number;
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly department: string;
  readonly patient: Patient;
  readonly clinical: Clinical;
  readonly steps: readonly DemoStep[];
}

const WX_TOWN = 'wx-hongchiba';
const WX_LEAD = 'wx-people-hospital';
const HZ_TOWN = 'hz-qiankou';
const HZ_LEAD = 'hz-lead-hospital';
/** The number everybody knows as an example. */
const PHONE = '13800138000';

const CASES: readonly DemoCase[] = [
  {
    prefix: 'wx',
    direction: 'U',
    urgency: 'routine',
    hoursAgo: 150,
    from: WX_TOWN,
    to: WX_LEAD,
    by: 'wx-clinician-1',
    department: '内分泌科',
    patient: { name: '演示患者甲', sex: '女', age: '52岁', phone: PHONE },
    clinical: { problem: '2型糖尿病，血糖控制不佳', department: '内分泌科', visit: '门诊' },
    steps: [
      { step: 'accept', to: 'accepted', hoursAgo: 149, by: 'wx-coordinator-1' },
      { step: 'arrange', to: 'arranged', hoursAgo: 148, by: 'wx-coordinator-1' },
      { step: 'arrive', to: 'arrived', hoursAgo: 124, by: 'wx-coordinator-1' },
      { step: 'report', to: 'returned_info', hoursAgo: 100, by: 'wx-clinician-2' },
      { step: 'complete', to: 'completed', hoursAgo: 96, by: 'wx-clinician-1' },
    ],
  },
  {
    prefix: 'wx',
    direction: 'D',
    urgency: 'routine',
    hoursAgo: 90,
    from: WX_LEAD,
    to: WX_TOWN,
    by: 'wx-clinician-2',
    department: '康复科',
    patient: { name: '演示患者乙', sex: '男', age: '67岁', phone: PHONE },
    clinical: { problem: '脑梗恢复期', plan: '康复训练；两周后复查', department: '康复科' },
    steps: [
      { step: 'accept', to: 'accepted', hoursAgo: 80, by: 'wx-coordinator-2' },
      { step: 'arrive', to: 'arrived', hoursAgo: 50, by: 'wx-clinician-1' },
    ],
  },
  {
    prefix: 'wx',
    direction: 'U',
    urgency: 'routine',
    hoursAgo: 70,
    from: WX_TOWN,
    to: WX_LEAD,
    by: 'wx-clinician-1',
    department: '骨科',
    patient: { name: '演示患者丙', sex: '女', age: '71岁' },
    clinical: { problem: '髋部骨折', department: '骨科', visit: '住院' },
    steps: [{ step: 'reject', to: 'rejected', hoursAgo: 69, by: 'wx-coordinator-1', reason: 'insufficient_data' }],
  },
  {
    prefix: 'wx',
    direction: 'U',
    urgency: 'routine',
    hoursAgo: 46,
    from: WX_TOWN,
    to: WX_LEAD,
    by: 'wx-clinician-1',
    department: '呼吸科',
    patient: { name: '演示患者丁', sex: '男', age: '58岁', phone: PHONE },
    clinical: { problem: '慢阻肺急性加重', department: '呼吸科', visit: '住院' },
    steps: [
      { step: 'accept', to: 'accepted', hoursAgo: 45, by: 'wx-coordinator-1' },
      { step: 'arrange', to: 'arranged', hoursAgo: 44, by: 'wx-coordinator-1' },
    ],
  },
  {
    prefix: 'wx',
    direction: 'U',
    urgency: 'emergency',
    hoursAgo: 20,
    from: WX_TOWN,
    to: WX_LEAD,
    by: 'wx-clinician-1',
    department: '胸痛中心',
    patient: { name: '演示患者戊', sex: '男', age: '63岁', phone: PHONE },
    clinical: { problem: '胸痛2小时', department: '胸痛中心' },
    steps: [{ step: 'acknowledge', to: 'accepted', hoursAgo: 19.9, by: 'wx-coordinator-1' }],
  },
  {
    prefix: 'wx',
    direction: 'U',
    urgency: 'routine',
    hoursAgo: 5,
    from: WX_TOWN,
    to: WX_LEAD,
    by: 'wx-clinician-1',
    department: '消化内科',
    patient: { name: '演示患者己', sex: '女', age: '45岁', phone: PHONE },
    clinical: { problem: '上腹痛待查', department: '消化内科', visit: '门诊' },
    steps: [],
  },
  {
    prefix: 'wx',
    direction: 'U',
    urgency: 'routine',
    hoursAgo: 1,
    from: 'wx-clinic-1',
    to: WX_LEAD,
    by: 'wx-village-doctor-1',
    department: '心内科',
    patient: { name: '演示患者庚', sex: '男', age: '66岁' },
    clinical: { problem: '高血压控制不佳', department: '心内科', visit: '门诊' },
    steps: [],
  },
  {
    prefix: 'wx',
    direction: 'D',
    urgency: 'routine',
    hoursAgo: 3,
    from: WX_LEAD,
    to: WX_TOWN,
    by: 'wx-clinician-2',
    department: '骨科',
    patient: { name: '演示患者辛', sex: '女', age: '49岁', phone: PHONE },
    clinical: { problem: '胫骨骨折术后', plan: '换药；四周后复查X线', department: '骨科' },
    steps: [],
  },
  {
    prefix: 'hz',
    direction: 'U',
    urgency: 'routine',
    hoursAgo: 60,
    from: HZ_TOWN,
    to: HZ_LEAD,
    by: 'hz-clinician-1',
    department: '普外科',
    patient: { name: '演示患者壬', sex: '男', age: '39岁', phone: PHONE },
    clinical: { problem: '胆囊结石', department: '普外科', visit: '住院' },
    steps: [{ step: 'withdraw', to: 'withdrawn', hoursAgo: 58, by: 'hz-clinician-1', reason: 'patient_withdrew' }],
  },
  {
    prefix: 'hz',
    direction: 'U',
    urgency: 'urgent',
    hoursAgo: 26,
    from: HZ_TOWN,
    to: HZ_LEAD,
    by: 'hz-clinician-1',
    department: '泌尿外科',
    patient: { name: '演示患者癸', sex: '男', age: '55岁', phone: PHONE },
    clinical: { problem: '输尿管结石', department: '泌尿外科', visit: '住院' },
    steps: [{ step: 'accept', to: 'accepted', hoursAgo: 25.8, by: 'hz-coordinator-1' }],
  },
  {
    prefix: 'hz',
    direction: 'D',
    urgency: 'routine',
    hoursAgo: 52,
    from: HZ_LEAD,
    to: HZ_TOWN,
    by: 'hz-clinician-2',
    department: '神经内科',
    patient: { name: '演示患者子', sex: '女', age: '74岁', phone: PHONE },
    clinical: { problem: '脑梗死康复期', plan: '康复训练；继续口服药物；一月后复查', department: '神经内科' },
    steps: [],
  },
  {
    prefix: 'hz',
    direction: 'U',
    urgency: 'routine',
    hoursAgo: 2,
    from: HZ_TOWN,
    to: HZ_LEAD,
    by: 'hz-clinician-1',
    department: '眼科',
    patient: { name: '演示患者丑', sex: '女', age: '68岁' },
    clinical: { problem: '白内障', department: '眼科', visit: '门诊' },
    steps: [],
  },
];

const STAMPS: Readonly<Partial<Record<TransitionId, Stamp>>> = {
  accept: 'accepted_at',
  acknowledge: 'acknowledged_at',
  arrange: 'arranged_at',
  arrive: 'arrived_at',
  report: 'feedback_at',
  complete: 'ended_at',
  reject: 'ended_at',
  withdraw: 'ended_at',
};

/** The rows of the demonstration referrals, the oldest first; the day's counters follow, so that live numbers go on after them. */
export async function demoReferrals(ports: DemoPorts): Promise<readonly Write[]> {
  const writes: Write[] = [];
  const used = new Map<string, number>();
  for (const one of [...CASES].sort((a, b) => b.hoursAgo - a.hoursAgo)) {
    const day = shanghaiDay(ago(ports, one.hoursAgo));
    const sequence = (used.get(day) ?? 0) + 1;
    used.set(day, sequence);
    writes.push(...rowsOf(ports, one, `${day.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`));
  }
  for (const [day, value] of used) {
    writes.push({ kind: 'upsert', table: 'counters', key: { name: `referral:${day}` }, set: { value } });
  }
  return writes;
}

/** The same as a part of the demonstration data. */
export const fillReferrals: DemoPart = async (trx, ports) => {
  for (const write of await demoReferrals(ports)) await apply(trx, write);
};

function ago({ clock }: DemoPorts, hours: number): Date {
  return new Date(clock.now().getTime() - hours * 3_600_000);
}

function rowsOf(ports: DemoPorts, one: DemoCase, digits: string): readonly Write[] {
  const emergency = one.urgency === 'emergency';
  const submittedAt = ago(ports, one.hoursAgo).toISOString();
  const first: State = emergency ? 'accepted' : 'pending';
  const last = one.steps.at(-1);
  const changedAt = last ? ago(ports, last.hoursAgo).toISOString() : submittedAt;
  const id = ports.ids.next();
  const stamps: Record<string, string> = emergency ? { accepted_at: submittedAt } : {};
  for (const step of one.steps) {
    const column = STAMPS[step.step];
    if (column) stamps[column] = ago(ports, step.hoursAgo).toISOString();
  }
  const owner = one.steps.find((step) => step.step === 'accept' || step.step === 'acknowledge')?.by;
  const events = [
    {
      step: emergency ? 'submit-emergency' : 'submit',
      from: 'draft',
      to: first,
      at: submittedAt,
      by: one.by,
      at_institution: one.from,
      reason: null as string | null,
    },
    ...one.steps.map((step, index) => ({
      step: step.step,
      from: one.steps[index - 1]?.to ?? first,
      to: step.to,
      at: ago(ports, step.hoursAgo).toISOString(),
      by: step.by,
      at_institution: step.by === one.by ? one.from : one.to,
      reason: step.reason ?? null,
    })),
  ];
  return [
    {
      kind: 'insert',
      table: 'referrals',
      row: {
        id,
        number: `${emergency ? 'EM' : 'ZZ'}${digits}`,
        direction: one.direction,
        urgency: one.urgency,
        state: last?.to ?? first,
        from_institution_id: one.from,
        to_institution_id: one.to,
        department: one.department,
        sensitive: false,
        initiator_id: one.by,
        owner_id: owner ?? null,
        group_id: null,
        reason_code: last?.reason ?? null,
        patient_sealed: ports.vault.seal(JSON.stringify(one.patient)),
        clinical_sealed: ports.vault.seal(JSON.stringify(one.clinical)),
        patient_fingerprint: patientFingerprint(ports.vault, one.patient) ?? null,
        consent: true,
        submitted_at: submittedAt,
        state_since: changedAt,
        demo: true,
        version: 1 + one.steps.length,
        created_at: submittedAt,
        updated_at: changedAt,
        ...stamps,
      },
    },
    ...events.map(
      (event): Write => ({
        kind: 'insert',
        table: 'referral_events',
        row: {
          id: ports.ids.next(),
          referral_id: id,
          at: event.at,
          actor_id: event.by,
          institution_id: event.at_institution,
          transition: event.step,
          from_state: event.from,
          to_state: event.to,
          reason_code: event.reason,
        },
      }),
    ),
  ];
}
