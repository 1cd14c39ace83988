/** The README shows real questions with the answers they really get: each block is asked again and compared. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-readme-'));
/** A shell block with one question, and the text block with its answer. */
const SHOWN = /```sh\nnpm run --silent ask -- (?:--region (\S+) )?(\S+)\n```\n\n```text\n([\s\S]*?)\n```/g;

interface Shown {
  readonly region: string | undefined;
  readonly question: string;
  readonly answer: string;
}

function shownIn(file: string): readonly Shown[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(SHOWN)].map(([, region, question = '', answer = '']) => ({ region, question, answer }));
}

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe.each(['README.md', 'README.zh-CN.md'])('the questions in %s', (file) => {
  it('are five at least, from every plan, one of them not in the documents', () => {
    const shown = shownIn(file);
    expect(shown.length).toBeGreaterThanOrEqual(5);
    expect(new Set(shown.map(({ region }) => region)).size).toBeGreaterThanOrEqual(5);
    expect(shown.some(({ answer }) => answer.includes('没有写'))).toBe(true);
  });

  it.each(shownIn(file))('$question', async ({ region, question, answer }) => {
    const args = ['bot/cli/ask.ts', ...(region === undefined ? [] : ['--region', region]), question];
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATA_DIR: dataDir,
      CLOCK: '2026-11-21T10:00:00+08:00',
    };
    const { stdout } = await run(process.execPath, args, { cwd: ROOT, env });
    expect(stdout.trim()).toBe(answer);
  });
});
