/** Ids that sort by the time they were made: 12 hex digits of milliseconds, 4 of a counter, 16 random. */
import { randomBytes } from 'node:crypto';
import type { Clock, Ids } from '../handlers/ports.ts';

/** One source a process. Ids of one process grow strictly; ids of several processes never collide. */
export function createIds(clock: Clock): Ids {
  let lastMs = 0;
  let counter = 0;
  return {
    next() {
      const now = clock.now().getTime();
      if (now > lastMs) {
        lastMs = now;
        counter = 0;
      } else {
        counter += 1;
        if (counter > 0xffff) {
          lastMs += 1;
          counter = 0;
        }
      }
      return (
        lastMs.toString(16).padStart(12, '0') + counter.toString(16).padStart(4, '0') + randomBytes(8).toString('hex')
      );
    },
  };
}
