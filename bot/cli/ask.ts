/** `npm run --silent ask -- [--region 徽州] [--json] 问题`, or `--jsonl` for a stream of questions. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { askLocally } from '../../handlers/questions/index.ts';
import { type PolicyAnswer, plainAnswer, type Question } from '../../knowledge/index.ts';
import { fail, findRegionId, type OpenKnowledge, openKnowledge, readPlace } from './open-knowledge.ts';

const line = z.looseObject({
  id: z.union([z.string(), z.number()]),
  q: z.string(),
  region: z.string().nullish(),
  context: z.array(z.string()).nullish(),
});

try {
  const { values, positionals } = parseArgs({
    options: { region: { type: 'string' }, json: { type: 'boolean' }, jsonl: { type: 'boolean' } },
    allowPositionals: true,
  });
  const open = await openKnowledge(readPlace(process.env));
  try {
    if (values.jsonl) await answerStream(open);
    else await answerOne(open, positionals.join(' '), values.region, values.json ?? false);
  } finally {
    await open.close();
  }
} catch (error) {
  fail(error);
}

async function answerOne(open: OpenKnowledge, words: string, region: string | undefined, json: boolean): Promise<void> {
  if (words.trim() === '') throw new Error('usage: npm run --silent ask -- [--region 徽州] [--json] 问题');
  const regionId = region === undefined ? undefined : await findRegionId(open.database, region);
  if (region !== undefined && regionId === undefined) throw new Error(`unknown region: ${region}`);
  const answer = await askLocally(portsOf(open), { q: words, regionId });
  const text = textOf(answer);
  process.stdout.write(json ? `${JSON.stringify({ ...answer, answer: text })}\n` : `${text}\n`);
}

/** A line in, a line out, in order; a line that cannot be answered says why and the stream goes on. */
async function answerStream(open: OpenKnowledge): Promise<void> {
  const regions = new Map<string, string | undefined>();
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === '') continue;
    process.stdout.write(`${JSON.stringify(await answerLine(open, text, regions))}\n`);
  }
}

async function answerLine(
  open: OpenKnowledge,
  text: string,
  regions: Map<string, string | undefined>,
): Promise<object> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { id: null, error: 'not JSON' };
  }
  const parsed = line.safeParse(given);
  if (!parsed.success)
    return {
      id: idOf(given),
      error: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'line'}: ${issue.message}`).join('; '),
    };
  const { id, q, region, context } = parsed.data;
  if (region && !regions.has(region)) regions.set(region, await findRegionId(open.database, region));
  if (region && regions.get(region) === undefined) return { id, error: `unknown region: ${region}` };
  const question: Question = { q, regionId: region ? regions.get(region) : undefined, context: context ?? [] };
  try {
    const answer = await askLocally(portsOf(open), question);
    return {
      id,
      answerable: answer.answerable,
      answer: textOf(answer),
      citations: answer.citations.map(({ doc, path, quote }) => ({ doc, path, quote })),
    };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

/** What the commission taught in chat holds here too; nothing that is asked here is counted. */
function portsOf({ database, knowledge }: OpenKnowledge) {
  return { db: database.reader, knowledge };
}

function textOf(answer: PolicyAnswer): string {
  return answer.note === undefined ? plainAnswer(answer) : `${plainAnswer(answer)} · ${answer.note}`;
}

function idOf(given: unknown): unknown {
  return typeof given === 'object' && given !== null && 'id' in given ? given.id : null;
}
