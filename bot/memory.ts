/** Keeps the process small: imported first, because V8 reads its flags only before the heap has grown. */
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 lets a busy heap of 40 MB live data grow to 350 MB resident. With a young generation that does not grow and an old one
// that grows in small steps it stays near 240 MB, and what is left over is given back when nobody is waiting.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=40');
setFlagsFromString('--expose-gc');

/** How often the process looks whether it is idle (ms). */
const LOOK_MS = 3_000;
/** Less work than this share of the time is idle. */
const IDLE_SHARE = 0.05;
/** Memory grown since the last time that is worth a pause of about 0.1 s (bytes). */
const WORTH_BYTES = 16 * 1024 * 1024;

type CollectGarbage = (options: { type: 'major'; execution: 'async'; flavor: 'last-resort' }) => Promise<void>;
const collectGarbage = runInNewContext('gc') as CollectGarbage;
let before = performance.eventLoopUtilization();
let settledBytes = 0;

/** Gives memory back to the machine while nothing is going on. */
async function trimWhenIdle(): Promise<void> {
  const now = performance.eventLoopUtilization();
  const { utilization } = performance.eventLoopUtilization(now, before);
  before = now;
  if (utilization > IDLE_SHARE || process.memoryUsage.rss() < settledBytes + WORTH_BYTES) return;
  await collectGarbage({ type: 'major', execution: 'async', flavor: 'last-resort' });
  settledBytes = process.memoryUsage.rss();
}

setInterval(() => void trimWhenIdle(), LOOK_MS).unref();
