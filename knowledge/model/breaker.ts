/** Leaves a model alone for a while that failed several times in a row（熔断）. */

const FAILURES = 3;
const PAUSE_MS = 60_000;
/** Requests at the same time; a model on one machine answers few at once, and who waits there waits in vain. */
const AT_ONCE = 4;

export interface Breaker {
  /** Whether it may be asked now; a yes must be followed by `ended`. After the pause one request tries it out. */
  begin(): boolean;
  ended(well: boolean): void;
}

export function createBreaker(clock: { now(): Date }): Breaker {
  let failures = 0;
  let running = 0;
  let closedUntil = 0;
  return {
    begin() {
      const tryingOut = failures >= FAILURES;
      if (running >= (tryingOut ? 1 : AT_ONCE) || clock.now().getTime() < closedUntil) return false;
      running += 1;
      return true;
    },
    ended(well) {
      running -= 1;
      failures = well ? 0 : failures + 1;
      closedUntil = failures >= FAILURES ? clock.now().getTime() + PAUSE_MS : 0;
    },
  };
}
