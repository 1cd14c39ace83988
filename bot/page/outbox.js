/** Keeps asking for what the bot sent: long polling, with growing pauses while the server is away. */
import { getOutbox } from './api.js';

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];

/**
 * Starts and never ends. `refresh` runs before the first call and again after every loss. `onBatch(messages, { last, first,
 * reset })` gets every answer: `first` marks the history as it was at the start; `reset` that the server knows less than we
 * do (its data were made anew), so everything known is void. `onState(online)` tells of loss and return.
 */
export async function followOutbox({ refresh, onBatch, onState }) {
  let since = 0;
  let started = false;
  let failures = 0;
  for (;;) {
    try {
      const fresh = !started || failures > 0;
      if (fresh) await refresh();
      const { last, messages } = await getOutbox(since, { wait: !fresh });
      const reset = last < since;
      since = reset ? 0 : last;
      failures = 0;
      onState(true);
      onBatch(reset ? [] : messages, { last, first: !started, reset });
      started = true;
    } catch {
      onState(false);
      await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]);
      failures += 1;
    }
  }
}

/** Waits, but not longer than until the network or the eyes come back. */
function pause(ms) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      document.removeEventListener('visibilitychange', seen);
      resolve();
    };
    const seen = () => {
      if (!document.hidden) done();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    document.addEventListener('visibilitychange', seen);
  });
}
