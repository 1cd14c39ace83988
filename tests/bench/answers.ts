/** Asks the development questions over and over, one at a time, and takes the time of each answer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../bot/database/connect.ts';
import { migrate } from '../../bot/database/migrate.ts';
import { createKnowledge, loadCorpus } from '../../knowledge/index.ts';
import { percentiles } from './load.ts';

const ASKERS: Readonly<Record<string, string>> = {
  湖南: 'hn-clinician-1',
  牡丹: 'md-clinician-1',
  巫溪: 'wx-clinician-1',
  徽州: 'hz-clinician-1',
  揭阳: 'jy-clinician-1',
};

/** The same questions inside this process, warm: what the search and the composing cost without HTTP and storage. */
export async function measureKnowledge(
  dataDir: string,
  count: number,
): Promise<{ readonly p50Ms: number; readonly p99Ms: number }> {
  const database = openDatabase({ dataDir });
  try {
    await migrate(database, dataDir);
    const { reader, write, kind } = database;
    await loadCorpus({ reader, write, kind, clock: { now: () => new Date() } });
    const knowledge = createKnowledge({ db: reader, kind });
    const regions = new Map(
      (await reader('regions').select('id', 'short_name')).map((row: { id: string; short_name: string }) => [
        row.short_name,
        row.id,
      ]),
    );
    const questions = readQuestions();
    const latencies: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const question = questions[index % questions.length];
      if (!question) break;
      const began = performance.now();
      await knowledge.ask({ q: question.q, regionId: regions.get(question.region ?? '') });
      latencies.push(performance.now() - began);
    }
    return percentiles(latencies.slice(Math.floor(count / 10)));
  } finally {
    await database.close();
  }
}

function readQuestions(): { q: string; region: string | null }[] {
  return readFileSync(join(import.meta.dirname, '../qa/dev.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as { q: string; region: string | null });
}

/** Asked of a running bot as the people of the regions would. */
export async function measureAnswers(
  url: string,
  count: number,
): Promise<{ readonly p50Ms: number; readonly p99Ms: number }> {
  const questions = readQuestions();
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const question = questions[index % questions.length];
    if (!question) break;
    const staff = ASKERS[question.region ?? '巫溪'] ?? 'wx-clinician-1';
    const body = { staff, conversation: { kind: 'direct', id: `bench-${index % 50}` }, text: question.q };
    const began = performance.now();
    const response = await fetch(`${url}/playground/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.text();
    if (!response.ok) throw new Error(`a question was answered with ${response.status}`);
    latencies.push(performance.now() - began);
  }
  return percentiles(latencies.slice(100));
}
