/** `npm run doctor`: says in Chinese what works, what does not, and what to do next. Exit 1 when something is wrong. */
import { loadConfig } from '../config.ts';
import { runChecks } from '../doctor/checks.ts';

const MARKS = { ok: '正常', note: '提示', wrong: '异常' } as const;

try {
  const results = await runChecks(loadConfig(process.env), new Date());
  for (const { name, state, text } of results) process.stdout.write(`[${MARKS[state]}] ${name}：${text}\n`);
  const wrong = results.filter((result) => result.state === 'wrong').length;
  process.stdout.write(wrong === 0 ? '没有发现异常。\n' : `有 ${wrong} 项异常，请按上面的提示处理。\n`);
  process.exitCode = wrong === 0 ? 0 : 1;
} catch (error) {
  process.stdout.write(`[异常] 配置：${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`);
  process.exitCode = 1;
}
