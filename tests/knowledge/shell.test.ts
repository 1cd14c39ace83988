/** The shell commands as other programs use them: stdout carries answers only. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yigongti-shell-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(
  command: string,
  args: readonly string[],
  input = '',
): { readonly out: string; readonly error: string; readonly code: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(ROOT, `bot/cli/${command}.ts`), ...args], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, DATA_DIR: folder },
  });
  return { out: stdout, error: stderr, code: status };
}
const lines = (out: string): readonly Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('ask', () => {
  it('answers on a fresh folder, on stdout alone', () => {
    const { out, error, code } = run('ask', ['--region', '徽州', '医保结余区乡村按几比几分']);
    expect({ error, code }).toEqual({ error: '', code: 0 });
    expect(out).toContain('6:3:1');
    expect(out).toContain('徽办发〔2026〕2号 二（二）2（5）');
  });

  it('answers a stream line by line, in order, and goes on after a broken line', () => {
    const input = [
      '{"id":1,"q":"结余的钱怎么分","region":"徽州","extra":true}',
      'not json',
      '{"id":"b","q":"结余","region":"火星"}',
      '{"id":3}',
      '',
      '{"id":4,"q":"你好"}',
    ].join('\n');
    const answers = lines(run('ask', ['--jsonl'], input).out);
    expect(answers.map((answer) => answer.id)).toEqual([1, null, 'b', 3, 4]);
    expect(answers[0]).toMatchObject({ answerable: true, citations: [{ doc: 'huizhou', path: '二/（二）/2/（5）' }] });
    expect(Object.keys(answers[0] ?? {})).toEqual(['id', 'answerable', 'answer', 'citations']);
    expect(answers[1]).toMatchObject({ error: 'not JSON' });
    expect(answers[2]).toEqual({ id: 'b', error: 'unknown region: 火星' });
    expect(answers[3]).toHaveProperty('error');
    expect(answers[4]).toMatchObject({ answerable: false, citations: [] });
  });

  it('says in one line what is wrong', () => {
    expect(run('ask', ['--region', '火星', '结余'])).toMatchObject({
      code: 1,
      out: '',
      error: 'unknown region: 火星\n',
    });
    expect(run('ask', [])).toMatchObject({ code: 1, out: '' });
  });
});

describe('clauses and ingest', () => {
  it('prints the clause tree, and reads GBK as well', () => {
    const utf8 = run('clauses', [join(ROOT, 'knowledge/corpus/huizhou.txt')]);
    const tree = lines(utf8.out);
    expect(tree).toHaveLength(38);
    expect(Object.keys(tree[0] ?? {})).toEqual(['path', 'heading', 'text']);
    const gbk = join(folder, 'gbk.txt');
    writeFileSync(
      gbk,
      Buffer.from([0xd2, 0xbb, 0xa1, 0xa2, 0xc4, 0xbf, 0xb1, 0xea, 0x0a, 0xbd, 0xa8, 0xb3, 0xc9, 0xa1, 0xa3]),
    );
    expect(lines(run('clauses', [gbk]).out)).toEqual([{ path: '一', heading: '目标', text: '建成。' }]);
  });

  it('stores a document once, and refuses without a region or without a file', () => {
    const file = join(ROOT, 'tests/fixtures/documents/yunling.txt');
    expect(run('ingest', [file])).toMatchObject({ code: 1, out: '' });
    const stored = run('ingest', [file, '--region', '云岭县', '--json']);
    expect(stored.code).toBe(0);
    expect(lines(stored.out)).toEqual([
      expect.objectContaining({ doc: 'yunling', version: 1, clauses: 30, tables: 1, unchanged: false }),
    ]);
    expect(lines(run('ingest', [file, '--region', '云岭', '--json']).out)).toEqual([
      expect.objectContaining({ version: 1, unchanged: true }),
    ]);
    expect(run('ask', ['--region', '云岭', '缺药几天送到']).out).toContain('3个工作日');
    expect(run('ingest', [join(folder, 'nothing.txt'), '--region', '云岭'])).toMatchObject({ code: 1 });
  });
});
