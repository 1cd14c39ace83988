/** Says plainly that the documents do not say, who would know, and what stands nearest（未找到）. */
import { z } from 'zod';
import catalogue from '../catalogue/offices.json' with { type: 'json' };
import type { Citation, PolicyAnswer } from '../types.ts';

const OFFICES = z
  .object({ offices: z.array(z.object({ words: z.string(), office: z.string() })) })
  .parse(catalogue)
  .offices.map(({ words, office }) => ({ pattern: new RegExp(words), office }));

/** The office that would know what a plan does not say. */
export function officeFor(question: string): string {
  return OFFICES.find(({ pattern }) => pattern.test(question))?.office ?? '印发方案的卫生健康部门';
}

/**
 * @param where - whose plan was looked into: 徽州的方案
 * @param why - one clause of reason, where there is more to say than that nothing was found
 */
export function notFound(question: string, where: string, nearest: readonly Citation[], why?: string): PolicyAnswer {
  const office = officeFor(question);
  return {
    kind: 'not-found',
    answerable: false,
    lead: `${why ?? `${where}里没有写这一点`}，我不能替它回答。可以问${office}。`,
    citations: [],
    office,
    nearest,
  };
}
