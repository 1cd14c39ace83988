/** The cards of a referral（卡片）: the pointer for groups and notices, the form before it is sent, the detail for those who may. */
import type { Block, Button, FieldsBlock } from '../message.ts';
import { maskAddress, maskIdCard, maskName, maskPhone, maskRecordNumber } from '../safety/masking.ts';
import { shanghaiDay, shanghaiTime } from '../time.ts';
import { reasonLabel } from './reasons.ts';
import { missingSlots, type ReferralForm, SLOT_LABELS } from './slots.ts';
import { DIRECTIONS, isEmergencyPath, type State, stateLabel, URGENCIES, type Urgency } from './states.ts';
import type { Clinical, Patient, Referral } from './store.ts';
import { type DetailLevel, publicPlace } from './visibility.ts';

/** What a pointer may say of a case: nothing of the patient. */
export interface PointerFacts {
  readonly number: string;
  readonly direction: Referral['direction'];
  readonly urgency: Urgency;
  readonly level: string | undefined;
  readonly state: State;
  readonly department: string | undefined;
  readonly sensitive: boolean;
  readonly from: { readonly shortName: string };
  readonly to: { readonly shortName: string };
  readonly demo: boolean;
}

/**
 * One line that points at a case（指引卡）: number, from → to, specialty, urgency, state. Fit for a group.
 * `【转诊 ZZ20261121007】红池坝镇卫生院 → 县人民医院 · 心血管科 · 普通 · 待接收`
 */
export function pointerLine(facts: PointerFacts): string {
  const title = isEmergencyPath(facts.urgency) ? '急诊转诊' : '转诊';
  const places = `${publicPlace(facts.from.shortName, facts.sensitive)} → ${publicPlace(facts.to.shortName, facts.sensitive)}`;
  const parts = [
    places,
    facts.department,
    facts.level ? `${URGENCIES[facts.urgency]}${facts.level}` : URGENCIES[facts.urgency],
    stateLabel(facts.state, facts.direction),
  ];
  const line = `【${title} ${facts.number}】${parts.filter((part) => part !== undefined).join(' · ')}`;
  return facts.demo ? `${line}（演示）` : line;
}

/** Number and state, for a channel that lies abroad（去标识）: `【转诊 ZZ20261121007】上转 · 普通 · 待接收`. */
export function stateLine(facts: PointerFacts): string {
  const parts = [DIRECTIONS[facts.direction], URGENCIES[facts.urgency], stateLabel(facts.state, facts.direction)];
  return `【转诊 ${facts.number}】${parts.join(' · ')}${facts.demo ? '（演示）' : ''}`;
}

/** The line of a case that fits the place it is shown in. */
export function caseLine({ deidentified }: { readonly deidentified: boolean }, facts: PointerFacts): string {
  return deidentified ? stateLine(facts) : pointerLine(facts);
}

/** `11月21日 10:30`. */
export function spokenTime(iso: string): string {
  const at = new Date(iso);
  const day = shanghaiDay(at);
  return `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日 ${shanghaiTime(at)}`;
}

/** Buttons of a waiting form; they carry the form's version. */
export function formButtons(version: number, form: ReferralForm, complete: boolean): Block {
  const places: readonly Button[] = (form.targetChoices ?? [])
    .slice(0, 5)
    .map((place) => ({ id: 'referral.target', label: `转入 ${place.name}`, value: place.name, version }));
  const confirm: Button = { id: 'referral.confirm', label: '确认', value: '', version };
  const cancel: Button = { id: 'referral.cancel', label: '取消', value: '', version };
  return { type: 'buttons', items: complete ? [confirm, cancel] : [...places, cancel] };
}

/** The form as it was understood, masked, for its maker alone. */
export function formFields(form: ReferralForm, urgency: Urgency, fromName: string): FieldsBlock {
  const rows: readonly (readonly [string, string | undefined])[] = [
    [
      '方向',
      `${DIRECTIONS[form.direction]}（${form.level ? `${URGENCIES[urgency]}${form.level}` : URGENCIES[urgency]}）`,
    ],
    ['转出', fromName],
    ['转入', [form.target?.name, form.department, form.visit].filter(Boolean).join(' ') || undefined],
    ['患者', patientLine(form, 'masked')],
    ['电话', form.phone && maskPhone(form.phone)],
    ['身份证', form.idCard && maskIdCard(form.idCard)],
    ['就诊号', form.recordNumber && maskRecordNumber(form.recordNumber)],
    ['住址', form.address && maskAddress(form.address)],
    [form.direction === 'D' ? '诊断' : '病情', form.problem],
    ['既往', form.history],
    ['计划', form.plan],
    ['目的', form.purposeCode && reasonLabel(form.purposeCode)],
    ['接续', form.linkedNumber],
    ['知情同意', form.consent ? '已签' : undefined],
  ];
  return {
    type: 'fields',
    items: rows.flatMap(([label, value]) => (value ? [{ label, value }] : [])),
  };
}

function patientLine(patient: Patient, level: Exclude<DetailLevel, 'none'>): string | undefined {
  const name = patient.name && (level === 'full' ? patient.name : maskName(patient.name));
  const parts = [name, patient.sex, patient.age].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : undefined;
}

/** What is still missing, in one message: `还差：…`. */
export function missingLine(form: ReferralForm, urgency: Urgency): string | undefined {
  const missing = missingSlots(form, isEmergencyPath(urgency));
  if (missing.length === 0) return undefined;
  const lines = [`还差：${missing.map((slot) => SLOT_LABELS[slot]).join('；')}。请用一条消息补齐。`];
  if (form.bed && missing.includes('patient')) lines.push('床号不能代替身份，请补患者姓名。');
  if (form.unknownTarget) {
    lines.push(`名录里没有查到“${form.unknownTarget}”，请换成本区域的机构；转往区域外请联系转诊中心办理。`);
  }
  if (form.targetChoices) {
    lines.push(`转入机构有几家：${form.targetChoices.map((place) => place.name).join('、')}。请说明是哪一家。`);
  }
  return lines.join('\n');
}

/** The patient's details for somebody who may read them; the identity number stays masked. */
export function detailFields(
  opened: { readonly patient: Patient; readonly clinical: Clinical },
  level: Exclude<DetailLevel, 'none'>,
): FieldsBlock {
  const { patient, clinical } = opened;
  const full = level === 'full';
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['患者', patientLine(patient, level)],
    ['电话', patient.phone && (full ? patient.phone : maskPhone(patient.phone))],
    ['身份证', patient.idCard && maskIdCard(patient.idCard)],
    ['就诊号', patient.recordNumber && (full ? patient.recordNumber : maskRecordNumber(patient.recordNumber))],
    ['住址', patient.address && (full ? patient.address : maskAddress(patient.address))],
    ['床号', patient.bed],
    ['病情', clinical.problem],
    ['既往', clinical.history],
    ['计划', clinical.plan],
    ['科室', [clinical.department, clinical.visit].filter(Boolean).join(' ') || undefined],
  ];
  return { type: 'fields', items: rows.flatMap(([label, value]) => (value ? [{ label, value }] : [])) };
}
