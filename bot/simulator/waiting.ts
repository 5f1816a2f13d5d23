import { setTimeout as realTimeout, clearTimeout as clearRealTimeout } from "node:timers";
import type { Events } from "./events.ts";

export const waitLimitMs = 10_000;

/**
 * Looks at once and after every event until `look` finds something. Nothing is polled; the limit
 * is real time and only ends a wait that would never end.
 */
export function waitReal<Found>(
  events: Events,
  look: () => Found | undefined,
  explain: () => string,
  limitMs = waitLimitMs,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const found = look();
    if (found !== undefined) {
      resolve(found);
      return;
    }
    const timer = realTimeout(() => {
      stop();
      reject(new Error(explain()));
    }, limitMs);
    const stop = events.listen(() => {
      const now = look();
      if (now === undefined) return;
      clearRealTimeout(timer);
      stop();
      resolve(now);
    });
  });
}
