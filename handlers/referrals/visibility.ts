/** Who may see what of a referral（可见范围）: both sides and nobody else; the patient only to those the case concerns. */
import type { AuditEntry } from '../outcome.ts';
import { type Actor, hasRole } from '../people.ts';
import type { CaseFacts } from './rules.ts';
import { type ReferralForm, yearsOf } from './slots.ts';

/** Whether the case exists for this person at all. Others are told that nothing was found. */
export function canSee(actor: Actor, facts: Pick<CaseFacts, 'fromInstitutionId' | 'toInstitutionId'>): boolean {
  return actor.institution.id === facts.fromInstitutionId || actor.institution.id === facts.toInstitutionId;
}

/** How much of the patient somebody may read: everything needed to treat and call, masked, or nothing. */
export type DetailLevel = 'full' | 'masked' | 'none';

/**
 * What of the patient this person may read now（详情权限）: the initiator, the named owner and the receiving coordinators
 * fully; while nobody owns the case also the receiving clinicians; the coordinators of the referring side masked.
 * Managers see numbers, no patients. A sensitive case stays with initiator, owner and receiving coordinators.
 */
export function detailLevel(actor: Actor, facts: CaseFacts & { readonly sensitive: boolean }): DetailLevel {
  if (!canSee(actor, facts)) return 'none';
  if (actor.id === facts.initiatorId || actor.id === facts.ownerId) return 'full';
  const receiving = actor.institution.id === facts.toInstitutionId;
  if (receiving && hasRole(actor, 'coordinator')) return 'full';
  if (facts.sensitive) return 'none';
  if (receiving && facts.ownerId === undefined && hasRole(actor, 'clinician', 'village-doctor')) return 'full';
  if (!receiving && hasRole(actor, 'coordinator')) return 'masked';
  return 'none';
}

/** The audit line of a look at a patient（查看留痕）. */
export function readEntry(referralId: string, purpose: string, level: string): AuditEntry {
  return { action: 'referral.read', objectType: 'referral', objectId: referralId, details: { purpose, level } };
}

const SENSITIVE_WORDS =
  /HIV|艾滋|梅毒|淋病|尖锐湿疣|性病|性传播|生殖器疱疹|传染|结核|肝炎|甲肝|乙肝|丙肝|麻风|精神|抑郁|双相|躁狂|幻觉|妄想|焦虑症|自杀|自残|自伤|轻生|割腕|服毒|人流|流产|引产|终止妊娠|堕胎|计划外|避孕|性侵|强奸|家暴|戒毒|吸毒|毒品|酒精依赖/i;
const SENSITIVE_PLACES = /精神|传染|皮防|结核|疾控|戒毒/;
/** Below this age a patient is a minor（未成年人）. */
const ADULT_AGE = 18;

/** Whether not even the specialty may be said in a group（敏感病种与未成年人）. */
export function isSensitive(form: ReferralForm): boolean {
  const years = yearsOf(form);
  if (years !== undefined && years < ADULT_AGE) return true;
  if (SENSITIVE_PLACES.test(form.target?.name ?? '')) return true;
  const words = [form.problem, form.history, form.plan, form.department].join(' ');
  return SENSITIVE_WORDS.test(words) || /儿科|新生儿|小儿/.test(form.department ?? '');
}

const TELLING_PLACES = /精神|传染|皮防|结核|疾控|戒毒|妇幼|妇计|保健/;

/** Name of a receiving institution as it may stand in a group: of a sensitive case not one that tells the illness. */
export function publicPlace(shortName: string, sensitive: boolean): string {
  return sensitive && TELLING_PLACES.test(shortName) ? '专科机构' : shortName;
}

/** Specialty as it may stand in a group（科室）: 专科 for sensitive cases. */
export function publicDepartment(department: string | undefined, sensitive: boolean): string | undefined {
  return sensitive ? '专科' : department;
}
