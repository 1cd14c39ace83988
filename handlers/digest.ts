/** What each feature contributes to the daily digest（每日汇总）: pure numbers and pointers, never a patient. */
import type { Clock, Reader } from './ports.ts';

/** Whose rows a reader may see: a manager those of the own institution, the commission the whole region. */
export interface DigestScope {
  readonly regionId: string;
  /** Own region first, then its parents: plans of the province apply too. */
  readonly regionPath: readonly string[];
  /** The only institution whose rows are shown; undefined: all of the region. */
  readonly institutionId: string | undefined;
}

export interface DigestSection {
  /** 转诊, 缺药, 指标, 里程碑 */
  readonly title: string;
  /** Short Chinese lines, the most urgent first; at most 6. */
  readonly lines: readonly string[];
}

/** Reads and counts; `undefined` where there is nothing to say, then the section is dropped. */
export type DigestSource = (
  ports: { readonly db: Reader; readonly clock: Clock },
  scope: DigestScope,
) => Promise<DigestSection | undefined>;
