/** Runs vitest and ends with the plain line `N passed, N failed, N skipped`; arguments are passed on as file filters. */
import { startVitest } from 'vitest/node';

const vitest = await startVitest('test', process.argv.slice(2), { run: true, watch: false });
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const module of vitest.state.getTestModules()) {
  for (const test of module.children.allTests()) {
    // A case that is expected to fail proves nothing yet: it counts as skipped, and fails once it would pass.
    const passed = test.result().state === 'passed' && test.options.fails ? 'skipped' : test.result().state;
    counts[stateOf(passed)] += 1;
  }
  if (!module.ok() && [...module.children.allTests('failed')].length === 0) counts.failed += 1; // did not even load
}
const broken = vitest.state.getUnhandledErrors().length;
await vitest.close();
const failed = counts.failed + broken;
const none = counts.passed + failed === 0;
if (none) process.stdout.write('no test ran\n');
process.stdout.write(`\n${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped\n`);
process.exit(failed > 0 || none ? 1 : 0);

function stateOf(state: string): 'passed' | 'failed' | 'skipped' {
  return state === 'passed' ? 'passed' : state === 'failed' ? 'failed' : 'skipped';
}
