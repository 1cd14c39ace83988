/** What an answer must speak of because the question is about nothing else: 面积, 学历, 补贴, 多远（问什么就要写什么）. */
import { z } from 'zod';
import catalogue from './catalogue/demands.json' with { type: 'json' };

const DEMANDS = z
  .object({ demands: z.array(z.object({ ask: z.string().min(1), need: z.string().min(1) })) })
  .parse(catalogue)
  .demands.map(({ ask, need }) => ({ ask: new RegExp(ask), need: new RegExp(need) }));

/** What the words of an answer must hold, for a normalised question; none for most. */
export function demandsOf(question: string): readonly RegExp[] {
  return DEMANDS.filter(({ ask }) => ask.test(question)).map(({ need }) => need);
}
