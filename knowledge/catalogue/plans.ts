/** The implementation plans the catalogues speak of, by document, and how a clause of one is named（条款出处）. */
import { z } from 'zod';
import plans from './plans.json' with { type: 'json' };

/** An implementation plan（实施方案）. */
export interface Plan {
  readonly doc: string;
  /** 文号 */
  readonly number: string;
  readonly regionId: string;
  /** 成文日期, YYYY-MM-DD; null where the text prints none. */
  readonly issuedOn: string | null;
}

const schema = z.array(
  z.strictObject({
    doc: z.string(),
    number: z.string(),
    regionId: z.string(),
    issuedOn: z.iso.date().nullable(),
  }),
);

/** All plans. */
export const PLANS: readonly Plan[] = schema.parse(plans);

/**
 * Where a clause stands, as people write it: `巫溪府办发〔2025〕31号 附件2第7行`, `徽办发〔2026〕2号 二（二）2（5）`.
 * @throws Error for a document the catalogues do not know
 */
export function clauseLabel(doc: string, path: string): string {
  const plan = PLANS.find((candidate) => candidate.doc === doc);
  if (!plan) throw new Error(`no such plan: ${doc}`);
  return `${plan.number} ${path.replace(/^(附件\d+)\/(\d+)$/, '$1第$2行').replaceAll('/', '')}`;
}
