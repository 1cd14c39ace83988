/** The implementation plans the catalogues speak of, by document, and how a clause of one is named（条款出处）. */
import { z } from 'zod';
import { showPath } from '../paths.ts';
import catalogue from './documents.json' with { type: 'json' };

/** An implementation plan（实施方案）. */
export interface Plan {
  readonly doc: string;
  /** 文号 */
  readonly number: string;
  readonly regionId: string;
}

/** A region as the catalogue lists it; parents stand before their children. */
export interface CatalogueRegion {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
  readonly level: 'province' | 'city' | 'county';
  readonly parentId: string | null;
}

const parsed = z
  .object({
    regions: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        shortName: z.string(),
        level: z.enum(['province', 'city', 'county']),
        parent: z.string().optional(),
      }),
    ),
    documents: z.array(z.object({ doc: z.string(), region: z.string(), number: z.string() })),
  })
  .parse(catalogue);

/** All plans. */
export const PLANS: readonly Plan[] = parsed.documents.map(({ doc, number, region }) => ({
  doc,
  number,
  regionId: region,
}));

/** All regions of the plans, with the cities and provinces above them. */
export const REGIONS: readonly CatalogueRegion[] = parsed.regions.map(({ parent, ...region }) => ({
  ...region,
  parentId: parent ?? null,
}));

/** A row of an annex that is a table. */
const ROW = /^附件\d+\/\d+$/;

/**
 * Where a clause stands, as people write it: `巫溪府办发〔2025〕31号 附件2第7行`, `徽办发〔2026〕2号 二（二）2（5）`.
 * @throws Error for a document the catalogues do not know
 */
export function clauseLabel(doc: string, path: string): string {
  const plan = PLANS.find((candidate) => candidate.doc === doc);
  if (!plan) throw new Error(`no such plan: ${doc}`);
  return `${plan.number} ${showPath(path, ROW.test(path) ? 'row' : undefined)}`;
}
