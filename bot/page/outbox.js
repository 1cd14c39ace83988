/** Keeps asking for what the bot sent: long polling, with growing pauses while the server is away. */
import { getOutbox } from './api.js';

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];

/**
 * Starts and never ends. `refresh` runs before the first call and again after every loss. `onBatch(messages, kind)` gets
 * what is new, oldest first: `history` at the start and again, for everything known is void, when the server came back with
 * other data; `news` otherwise. `onState(online)` tells of loss and return.
 */
export async function followOutbox({ refresh, onBatch, onState }) {
  let newest;
  let started = false;
  let failures = 0;
  for (;;) {
    try {
      if (started && failures === 0) {
        const { messages } = await getOutbox(newest?.n ?? 0, { wait: true });
        newest = messages.at(-1) ?? newest;
        onBatch(messages, 'news');
        continue;
      }
      await refresh();
      const same = started && (await stillHas(newest));
      const messages = await readAll(same ? (newest?.n ?? 0) : 0);
      newest = messages.at(-1) ?? (same ? newest : undefined);
      failures = 0;
      onState(true);
      onBatch(messages, same ? 'news' : 'history');
      started = true;
    } catch {
      onState(false);
      await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]);
      failures += 1;
    }
  }
}

/** Everything after a number; the server hands it out in pages. */
export async function readAll(since) {
  const all = [];
  for (;;) {
    const { messages } = await getOutbox(all.at(-1)?.n ?? since);
    if (messages.length === 0) return all;
    all.push(...messages);
  }
}

/** Whether the server still knows the newest message we have: if not, its data were made anew. */
async function stillHas(newest) {
  if (!newest) return true;
  const { messages } = await getOutbox(newest.n - 1);
  return messages[0]?.n === newest.n && messages[0]?.at === newest.at;
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
