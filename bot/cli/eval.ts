/**
 * `npm run eval [-- FILE.jsonl]`: asks a question set on SQLite in a temporary folder and, with DATABASE_URL, on PostgreSQL too,
 * and prints the score by kind of question. Exit 1 where a citation is not verbatim or the databases disagree.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { plainAnswer } from '../../knowledge/index.ts';
import { fail, findRegionId, openKnowledge, type Place, readPlace } from './open-knowledge.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const question = z.looseObject({
  id: z.string(),
  q: z.string(),
  region: z.string().nullish(),
  context: z.array(z.string()).nullish(),
});

interface Run {
  readonly lines: readonly string[];
  readonly first: readonly (string | undefined)[];
  readonly medianMs: number;
}

try {
  const { positionals, values } = parseArgs({ options: { misses: { type: 'boolean' } }, allowPositionals: true });
  const file = resolve(positionals[0] ?? join(ROOT, 'tests/qa/dev.jsonl'));
  const folder = mkdtempSync(join(tmpdir(), 'yigongti-eval-'));
  try {
    const { databaseUrl } = readPlace(process.env);
    const sqlite = await run(
      'SQLite',
      { dataDir: folder, databaseUrl: undefined },
      file,
      folder,
      values.misses ?? false,
    );
    if (databaseUrl) {
      const postgres = await run('PostgreSQL', { dataDir: folder, databaseUrl }, file, folder, values.misses ?? false);
      const differing = sqlite.first.filter((first, at) => first !== postgres.first[at]).length;
      process.stdout.write(`top citations that differ between the databases: ${differing}\n`);
      if (differing > 0) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} catch (error) {
  fail(error);
}

async function run(name: string, place: Place, file: string, folder: string, misses: boolean): Promise<Run> {
  const open = await openKnowledge(place);
  try {
    const lines: string[] = [];
    const first: (string | undefined)[] = [];
    const times: number[] = [];
    for (const text of readFileSync(file, 'utf8').split('\n')) {
      if (text.trim() === '') continue;
      const { id, q, region, context } = question.parse(JSON.parse(text));
      const asked = {
        q,
        regionId: region ? await findRegionId(open.database, region) : undefined,
        context: context ?? [],
      };
      await open.knowledge.ask(asked); // warm, as in a running bot
      const begun = performance.now();
      const answer = await open.knowledge.ask(asked);
      times.push(performance.now() - begun);
      lines.push(
        JSON.stringify({
          id,
          answerable: answer.answerable,
          answer: plainAnswer(answer),
          citations: answer.citations.map(({ doc, path, quote }) => ({ doc, path, quote })),
        }),
      );
      first.push(answer.citations[0] && `${answer.citations[0].doc} ${answer.citations[0].path}`);
    }
    times.sort((a, b) => a - b);
    const answers = join(folder, `${name}.jsonl`);
    writeFileSync(answers, `${lines.join('\n')}\n`);
    process.stdout.write(`\n${name}\n`);
    const scored = spawnSync(
      process.execPath,
      [
        join(ROOT, 'tests/qa/score.mjs'),
        file,
        answers,
        join(ROOT, 'knowledge/corpus'),
        ...(misses ? ['--misses'] : []),
      ],
      { encoding: 'utf8' },
    );
    process.stdout.write(scored.stdout);
    process.stderr.write(scored.stderr);
    if (!scored.stdout.includes('citations verbatim 100.0%')) process.exitCode = 1;
    const medianMs = times[times.length >> 1] ?? 0;
    process.stdout.write(
      `milliseconds a question, warm: median ${medianMs.toFixed(1)}, 99th percentile ${(times[Math.floor(times.length * 0.99)] ?? 0).toFixed(1)}\n`,
    );
    return { lines, first, medianMs };
  } finally {
    await open.close();
  }
}
