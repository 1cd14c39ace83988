/** Who speaks with the bot: roles, institutions and the person as the handlers see them. */

/**
 * Role codes of a staff member（角色）. One person may hold several; where the person works decides the rest
 * (a `manager` of a township hospital is its 院长, a `coordinator` at the lead hospital is the 转诊中心).
 */
export const ROLE_CODES = [
  'village-doctor',
  'clinician',
  'pharmacist',
  'coordinator',
  'manager',
  'commission',
  'admin',
] as const;
export type RoleCode = (typeof ROLE_CODES)[number];

/** Chinese names of the roles, for chat texts. */
export const ROLE_LABELS: Readonly<Record<RoleCode, string>> = {
  'village-doctor': '村医',
  clinician: '医生',
  pharmacist: '药师',
  coordinator: '转诊协调人',
  manager: '管理人员',
  commission: '卫健委',
  admin: '信息科',
};

/** What an institution is（机构类别）. */
export const INSTITUTION_KINDS = [
  'lead-hospital',
  'hospital',
  'township',
  'community-centre',
  'village-clinic',
  'public-health',
  'authority',
] as const;
export type InstitutionKind = (typeof INSTITUTION_KINDS)[number];

/** A region（区域）: province, city or county, each knows its parent. */
export interface Region {
  readonly id: string;
  /** Full name as printed: 重庆市巫溪县. */
  readonly name: string;
  /** Short name people say: 巫溪. */
  readonly shortName: string;
  readonly level: 'province' | 'city' | 'county';
  readonly parentId: string | undefined;
}

/** A staff member as identified for one message. Read afresh for every message: who left has no access from then on. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly RoleCode[];
  readonly duty: boolean;
  readonly institution: {
    readonly id: string;
    readonly name: string;
    readonly shortName: string;
    readonly kind: InstitutionKind;
    /** Serves so few people that age and illness name a person (DOMAIN 6.2.12). */
    readonly smallPopulation: boolean;
  };
  /** Alliances the institution belongs to, 0 to n; three Wuxi units serve two. */
  readonly alliances: readonly { readonly id: string; readonly name: string }[];
  readonly region: Region;
  /** Own region first, then its parents (city, province). */
  readonly regionPath: readonly string[];
}

/** Whether the person holds at least one of the roles. */
export function hasRole(actor: Actor | undefined, ...roles: readonly RoleCode[]): boolean {
  return actor?.roles.some((role) => roles.includes(role)) ?? false;
}
