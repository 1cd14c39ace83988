/** Reads referrals, always with the reader's right in the query, and says as data what is to be written. */
import type { Row, Write } from '../outcome.ts';
import type { Actor, InstitutionKind } from '../people.ts';
import type { Clock, Ids, Reader, Vault } from '../ports.ts';
import type { CaseFacts, Step } from './rules.ts';
import { type ReferralForm, yearsOf } from './slots.ts';
import { type Direction, OPEN_STATES, type State, type Urgency } from './states.ts';

/** One side of a referral. */
export interface Place {
  readonly id: string;
  readonly shortName: string;
  readonly kind: InstitutionKind;
}

/** A stored referral; what tells of the patient stays sealed until somebody may read it. */
export interface Referral extends CaseFacts {
  readonly id: string;
  readonly number: string;
  readonly level: string | undefined;
  /** As it may stand in a group. */
  readonly department: string | undefined;
  readonly sensitive: boolean;
  readonly from: Place;
  readonly to: Place;
  readonly initiatorName: string;
  readonly ownerName: string | undefined;
  readonly groupId: string | undefined;
  readonly reasonCode: string | undefined;
  readonly submittedAt: string;
  readonly stateSince: string;
  readonly demo: boolean;
  readonly version: number;
  readonly patientSealed: string;
  readonly clinicalSealed: string;
}

/** Who the patient is（患者信息）. */
export type Patient = Pick<
  ReferralForm,
  'name' | 'idCard' | 'phone' | 'recordNumber' | 'address' | 'birthDate' | 'sex' | 'age' | 'bed'
>;
/** What the patient has（病情信息）, with the true department. */
export type Clinical = Pick<ReferralForm, 'problem' | 'history' | 'plan' | 'department' | 'visit'>;

interface ReferralRow {
  readonly id: string;
  readonly number: string;
  readonly direction: Direction;
  readonly urgency: Urgency;
  readonly level: string | null;
  readonly state: State;
  readonly from_institution_id: string;
  readonly to_institution_id: string;
  readonly department: string | null;
  readonly sensitive: boolean | number;
  readonly initiator_id: string;
  readonly owner_id: string | null;
  readonly group_id: string | null;
  readonly reason_code: string | null;
  readonly patient_sealed: string;
  readonly clinical_sealed: string;
  readonly acknowledged_at: string | null;
  readonly feedback_at: string | null;
  readonly submitted_at: string;
  readonly state_since: string;
  readonly demo: boolean | number;
  readonly version: number;
  readonly from_name: string;
  readonly from_kind: InstitutionKind;
  readonly to_name: string;
  readonly to_kind: InstitutionKind;
  readonly initiator_name: string;
  readonly owner_name: string | null;
}

/** Both sides' rows only: a third institution finds nothing, exactly as if the number did not exist. */
function visibleTo(db: Reader, actor: Actor) {
  return db('referrals')
    .join('institutions as f', 'f.id', 'referrals.from_institution_id')
    .join('institutions as t', 't.id', 'referrals.to_institution_id')
    .join('staff as i', 'i.id', 'referrals.initiator_id')
    .leftJoin('staff as o', 'o.id', 'referrals.owner_id')
    .where((side) =>
      side
        .where('referrals.from_institution_id', actor.institution.id)
        .orWhere('referrals.to_institution_id', actor.institution.id),
    )
    .whereNot('referrals.state', 'error')
    .select(
      'referrals.*',
      'f.short_name as from_name',
      'f.kind as from_kind',
      't.short_name as to_name',
      't.kind as to_kind',
      'i.name as initiator_name',
      'o.name as owner_name',
    );
}

/** The case with this number, as far as the person's institution is one of its sides. */
export async function findReferral(db: Reader, actor: Actor, number: string): Promise<Referral | undefined> {
  const row: ReferralRow | undefined = await visibleTo(db, actor).where('referrals.number', number).first();
  return row && fromRow(row);
}

/** Which cases are listed. */
export interface ReferralQuery {
  /** Made by this person. */
  readonly initiatorId?: string | undefined;
  /** Waiting at the person's institution. */
  readonly receiving?: boolean | undefined;
  readonly states?: readonly State[] | undefined;
  /** Number ends so（7号单 → 007）. */
  readonly sequence?: number | undefined;
  readonly limit: number;
}

/** The person's cases, the newest first. */
export async function listReferrals(db: Reader, actor: Actor, query: ReferralQuery): Promise<readonly Referral[]> {
  const rows = visibleTo(db, actor)
    .orderBy('referrals.submitted_at', 'desc')
    .orderBy('referrals.id', 'desc')
    .limit(query.limit);
  if (query.initiatorId !== undefined) rows.where('referrals.initiator_id', query.initiatorId);
  if (query.receiving) rows.where('referrals.to_institution_id', actor.institution.id);
  rows.whereIn('referrals.state', query.states ?? OPEN_STATES);
  if (query.sequence !== undefined) {
    rows.whereRaw('referrals.number like ?', [`__________${String(query.sequence).padStart(3, '0')}`]);
  }
  const found: ReferralRow[] = await rows;
  return found.map(fromRow);
}

function fromRow(row: ReferralRow): Referral {
  return {
    id: row.id,
    number: row.number,
    direction: row.direction,
    urgency: row.urgency,
    level: row.level ?? undefined,
    state: row.state,
    fromInstitutionId: row.from_institution_id,
    toInstitutionId: row.to_institution_id,
    from: { id: row.from_institution_id, shortName: row.from_name, kind: row.from_kind },
    to: { id: row.to_institution_id, shortName: row.to_name, kind: row.to_kind },
    department: row.department ?? undefined,
    sensitive: Boolean(row.sensitive),
    initiatorId: row.initiator_id,
    initiatorName: row.initiator_name,
    ownerId: row.owner_id ?? undefined,
    ownerName: row.owner_name ?? undefined,
    groupId: row.group_id ?? undefined,
    reasonCode: row.reason_code ?? undefined,
    acknowledgedAt: row.acknowledged_at ?? undefined,
    feedbackAt: row.feedback_at ?? undefined,
    submittedAt: row.submitted_at,
    stateSince: row.state_since,
    demo: Boolean(row.demo),
    version: Number(row.version),
    patientSealed: row.patient_sealed,
    clinicalSealed: row.clinical_sealed,
  };
}

/** Opens the sealed columns. Call it only after `detailLevel`, and write `referral.read` into the audit in the same decision. */
export function openCase(vault: Vault, referral: Referral): { readonly patient: Patient; readonly clinical: Clinical } {
  return {
    patient: JSON.parse(vault.open(referral.patientSealed)) as Patient,
    clinical: JSON.parse(vault.open(referral.clinicalSealed)) as Clinical,
  };
}

/** A patient as an HMAC, so that equal ones are found without plain text; `undefined` where nothing identifies one. */
export function patientFingerprint(vault: Vault, patient: Patient): string | undefined {
  if (patient.idCard) return vault.fingerprint(`id|${patient.idCard}`);
  if (!patient.name || /某/.test(patient.name)) return undefined;
  const years = yearsOf(patient);
  if (patient.phone) return vault.fingerprint(`name-phone|${patient.name}|${patient.phone.replace(/\D/g, '')}`);
  return patient.sex && years !== undefined
    ? vault.fingerprint(`name-age|${patient.name}|${patient.sex}|${years}`)
    : undefined;
}

/** How long the same patient in the same direction counts as the same case（72小时内重复转诊）. */
export const DUPLICATE_WINDOW_MS = 72 * 60 * 60 * 1000;

/** An open case of the same patient in the same direction within 72 h that this person may see. */
export async function findDuplicate(
  ports: { readonly db: Reader; readonly clock: Clock },
  actor: Actor,
  same: { readonly fingerprint: string; readonly direction: Direction },
): Promise<Referral | undefined> {
  const row: ReferralRow | undefined = await visibleTo(ports.db, actor)
    .where({ 'referrals.patient_fingerprint': same.fingerprint, 'referrals.direction': same.direction })
    .whereIn('referrals.state', OPEN_STATES)
    .andWhere('referrals.submitted_at', '>', new Date(ports.clock.now().getTime() - DUPLICATE_WINDOW_MS).toISOString())
    .orderBy('referrals.submitted_at', 'desc')
    .first();
  return row && fromRow(row);
}

/** A referral about to be stored; the number comes with the commit. */
export interface NewReferral {
  readonly id: string;
  readonly eventId: string;
  readonly number: string;
  readonly form: ReferralForm;
  readonly urgency: Urgency;
  readonly step: Extract<Step, { ok: true }>;
  readonly fromInstitutionId: string;
  readonly toInstitutionId: string;
  readonly initiatorId: string;
  readonly groupId: string | undefined;
  readonly linkedId: string | undefined;
  readonly sensitive: boolean;
  readonly department: string | undefined;
  readonly demo: boolean;
}

/** The rows of a new referral and of its first event. */
export function insertReferral(
  ports: { readonly vault: Vault; readonly clock: Clock },
  made: NewReferral,
): readonly Write[] {
  const now = ports.clock.now().toISOString();
  const { form, step } = made;
  const { name, idCard, phone, recordNumber, address, birthDate, sex, age, bed } = form;
  const patient: Patient = { name, idCard, phone, recordNumber, address, birthDate, sex, age, bed };
  const clinical: Clinical = {
    problem: form.problem,
    history: form.history,
    plan: form.plan,
    department: form.department,
    visit: form.visit,
  };
  return [
    {
      kind: 'insert',
      table: 'referrals',
      row: {
        id: made.id,
        number: made.number,
        direction: form.direction,
        urgency: made.urgency,
        level: form.level ?? null,
        state: step.to,
        from_institution_id: made.fromInstitutionId,
        to_institution_id: made.toInstitutionId,
        department: made.department ?? null,
        sensitive: made.sensitive,
        initiator_id: made.initiatorId,
        group_id: made.groupId ?? null,
        linked_id: made.linkedId ?? null,
        purpose_code: form.purposeCode ?? null,
        patient_sealed: ports.vault.seal(JSON.stringify(patient)),
        clinical_sealed: ports.vault.seal(JSON.stringify(clinical)),
        patient_fingerprint: patientFingerprint(ports.vault, patient) ?? null,
        consent: form.consent ?? false,
        submitted_at: now,
        state_since: now,
        demo: made.demo,
        version: 1,
        created_at: now,
        updated_at: now,
        ...stampsOf(step, now),
      },
    },
    {
      kind: 'insert',
      table: 'referral_events',
      row: {
        id: made.eventId,
        referral_id: made.id,
        at: now,
        actor_id: made.initiatorId,
        institution_id: made.fromInstitutionId,
        transition: step.transition.id,
        from_state: 'draft',
        to_state: step.to,
      },
    },
  ];
}

/** The rows of one step of a stored referral; fails as a conflict when somebody else was faster. */
export function stepReferral(
  ports: { readonly vault: Vault; readonly clock: Clock; readonly ids: Ids },
  change: {
    readonly referral: Referral;
    readonly step: Extract<Step, { ok: true }>;
    readonly actor: Actor;
    readonly ownerId?: string | undefined;
    /** Words beside the code; sealed, they may name the patient. */
    readonly comment?: string | undefined;
  },
): readonly Write[] {
  const now = ports.clock.now().toISOString();
  const { referral, step, actor } = change;
  const reasonCode = step.given?.reason.code;
  return [
    {
      kind: 'update',
      table: 'referrals',
      where: { id: referral.id },
      version: referral.version,
      set: {
        state: step.to,
        state_since: step.to === referral.state ? referral.stateSince : now,
        updated_at: now,
        ...(change.ownerId === undefined ? {} : { owner_id: change.ownerId }),
        ...(reasonCode === undefined ? {} : { reason_code: reasonCode }),
        ...stampsOf(step, now),
      },
    },
    {
      kind: 'insert',
      table: 'referral_events',
      row: {
        id: ports.ids.next(),
        referral_id: referral.id,
        at: now,
        actor_id: actor.id,
        institution_id: actor.institution.id,
        transition: step.transition.id,
        from_state: referral.state,
        to_state: step.to,
        reason_code: reasonCode ?? null,
        comment_sealed: change.comment === undefined ? null : ports.vault.seal(change.comment),
      },
    },
  ];
}

function stampsOf(step: Extract<Step, { ok: true }>, now: string): Row {
  return Object.fromEntries(step.stamps.map((stamp) => [stamp, now]));
}
