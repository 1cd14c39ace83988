/** Local time limits of referrals（本单位设定）: settings with seeded defaults, never policy. */
import type { Reader } from '../ports.ts';

/** How long each step may wait, in minutes. */
export interface Limits {
  /** Ordinary upward case until somebody takes it. */
  readonly upUnclaimed: number;
  readonly urgentAccept: number;
  readonly emergencyAcknowledge: number;
  readonly downResponse: number;
}

const KEYS: Readonly<Record<keyof Limits, string>> = {
  upUnclaimed: 'referral.limit.up-unclaimed-minutes',
  urgentAccept: 'referral.limit.urgent-accept-minutes',
  emergencyAcknowledge: 'referral.limit.emergency-acknowledge-minutes',
  downResponse: 'referral.limit.down-response-minutes',
};

/**
 * The limits that hold for an institution: its own, else its region's (nearest first), else those of the installation.
 * @returns undefined for a limit that nobody set or that is no positive number: then nothing counts as late
 */
export async function readLimits(
  db: Reader,
  scope: { readonly institutionId?: string | undefined; readonly regionPath: readonly string[] },
): Promise<Readonly<Partial<Limits>>> {
  const scopes = [
    ...(scope.institutionId === undefined ? [] : [`institution:${scope.institutionId}`]),
    ...scope.regionPath.map((id) => `region:${id}`),
    'all',
  ];
  const rows: { key: string; scope: string; value: string }[] = await db('settings')
    .whereIn('key', Object.values(KEYS))
    .whereIn('scope', scopes)
    .select('key', 'scope', 'value');
  const limits: Partial<Record<keyof Limits, number>> = {};
  for (const [name, key] of Object.entries(KEYS) as [keyof Limits, string][]) {
    const nearest = scopes.map((one) => rows.find((row) => row.key === key && row.scope === one)).find((row) => row);
    const minutes = Number(nearest?.value);
    if (nearest && Number.isFinite(minutes) && minutes > 0) limits[name] = minutes;
  }
  return limits;
}

/** 2小时, 30分钟, 1小时30分钟. */
export function spokenMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  return `${hours > 0 ? `${hours}小时` : ''}${rest > 0 || hours === 0 ? `${rest}分钟` : ''}`;
}
