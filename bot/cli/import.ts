/** `npm run import -- roster FILE [--dry-run] [--template]`: all rows or none; what is wrong is told by row and column. */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError } from '../config.ts';
import { UNKNOWN_TENANT } from '../import/accounts.ts';
import { importRoster } from '../import/roster.ts';
import { type RosterProblem, readRoster, rosterTemplate } from '../import/roster-row.ts';
import { readTable, UnreadableTableError } from '../import/table.ts';
import { openForCommand } from './open.ts';

const USAGE = `用法：npm run import -- roster 文件 [--dry-run] [--template]
  roster      花名册，xlsx 或 csv
  --dry-run   只检查，不写入
  --template  给出模板（有文件名就写到该文件）`;

/** Problems shown at most; more are counted. */
const MAX_SHOWN = 50;

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const known = error instanceof UnreadableTableError || error instanceof ConfigError;
  return fail(
    known ? error.message : `导入没有成功，没有写入任何内容：${error instanceof Error ? error.message : error}`,
  );
});

async function main(args: readonly string[]): Promise<number> {
  const parsed = read(args);
  if (!parsed) return fail(USAGE);
  const { kind, file, dryRun, template } = parsed;
  if (kind !== 'roster')
    return fail(kind === undefined ? USAGE : `这一版还不能导入“${kind}”，只能导入 roster。\n${USAGE}`);
  if (template) return giveTemplate(file);
  if (file === undefined) return fail(USAGE);
  const table = await readTable(file);
  const { entries, problems } = readRoster(table);
  if (table.rows.length === 0 && problems.length === 0) return fail('文件里没有人员，只有表头。');
  const opened = await openForCommand(process.env);
  try {
    const { wecomApp, wecomAibot } = opened.config;
    const tenants = new Map([
      ['wecom-app', wecomApp?.corpId],
      ['wecom-aibot', wecomAibot?.botId],
    ]);
    const tenantOf = (channel: string) => tenants.get(channel) ?? UNKNOWN_TENANT;
    const result = await importRoster({ ...opened, tenantOf }, entries, { dryRun: dryRun || problems.length > 0 });
    const all = [...problems, ...result.problems].sort((a, b) => a.line - b.line);
    if (all.length > 0) return fail(problemText(all));
    const summary = `新增${result.added}人，更新${result.updated}人`;
    process.stdout.write(dryRun ? `检查通过，没有写入：${summary}。\n` : `已导入：${summary}。\n`);
    if (result.disabled.length > 0) process.stderr.write(`已停用的人没有恢复：${result.disabled.join('、')}。\n`);
    return 0;
  } finally {
    await opened.close();
  }
}

function read(args: readonly string[]):
  | {
      readonly kind: string | undefined;
      readonly file: string | undefined;
      readonly dryRun: boolean;
      readonly template: boolean;
    }
  | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean' }, template: { type: 'boolean' } },
    });
    const [kind, file, ...more] = positionals;
    if (more.length > 0) return undefined;
    return { kind, file, dryRun: values['dry-run'] ?? false, template: values.template ?? false };
  } catch {
    return undefined;
  }
}

function giveTemplate(file: string | undefined): number {
  if (file === undefined) {
    process.stdout.write(rosterTemplate());
    return 0;
  }
  if (existsSync(file)) return fail(`${file} 已存在，没有覆盖。`);
  writeFileSync(file, rosterTemplate());
  process.stderr.write(`模板已写到 ${file}，请改掉演示的两行。\n`);
  return 0;
}

function problemText(problems: readonly RosterProblem[]): string {
  const lines = problems.slice(0, MAX_SHOWN).map(({ line, column, text }) => `第${line}行 ${column}列：${text}`);
  const more = problems.length > MAX_SHOWN ? [`……另有${problems.length - MAX_SHOWN}处`] : [];
  return [`有${problems.length}处问题，没有写入任何内容：`, ...lines, ...more].join('\n');
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}
