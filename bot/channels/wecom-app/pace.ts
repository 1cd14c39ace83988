/** Keeps active sends below the frequency at which the platform drops messages to a member without a word. */
import type { Clock } from '../../../handlers/ports.ts';
import { LIMITS } from './types.ts';

export interface Pace {
  /**
   * Counts one send to a member.
   * @returns 0 when it may go now, otherwise how long to wait (ms); nothing is counted then
   */
  take(userId: string): number;
  /** The platform refused the last one counted: it does not count. */
  giveBack(userId: string): void;
}

const HOUR_MS = 3_600_000;
/** How often members without a recent send are forgotten. */
const FORGET_EVERY_MS = 60_000;

/** One pace for one app, in memory: it knows of this process's sends only. */
export function createPace(clock: Clock): Pace {
  const sends = new Map<string, number[]>();
  let forgotAt = 0;

  function recentOf(member: string, now: number): number[] {
    return (sends.get(member) ?? []).filter((at) => now - at < HOUR_MS && at <= now);
  }

  return {
    take(userId) {
      const now = clock.now().getTime();
      const member = userId.toLowerCase();
      const recent = recentOf(member, now);
      const waits = LIMITS.toOneMember.map(({ count, withinMs }) => {
        const blocking = recent.at(-count);
        return blocking === undefined ? 0 : Math.max(0, blocking + withinMs - now);
      });
      const wait = Math.max(...waits);
      if (wait === 0) sends.set(member, [...recent, now]);
      if (now - forgotAt > FORGET_EVERY_MS) {
        forgotAt = now;
        for (const one of sends.keys()) if (recentOf(one, now).length === 0) sends.delete(one);
      }
      return wait;
    },
    giveBack(userId) {
      sends.get(userId.toLowerCase())?.pop();
    },
  };
}
