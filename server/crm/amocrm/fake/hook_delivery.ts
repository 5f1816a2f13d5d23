import type { Delivery } from "../../fake/dispatcher.ts";

const MINUTE = 60_000;
/** Waits before the 2nd, 3rd, 4th and 5th attempt. */
const LADDER = [5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 60 * MINUTE] as const;
const LAST_FOR_ALL = 3;
const WINDOW = 120 * MINUTE;
const MOST_INVALID = 100;

/** 100–299 in time is an answer; everything else is not. */
function isValid({ status }: Delivery): boolean {
  return status !== null && status >= 100 && status < 300;
}

/**
 * Three attempts for whatever failed, two more only for 499 and 5xx. A handler that was too slow
 * is a 499, one that could not be reached a 0. docs/webhooks-general
 */
export function retryAfter(delivery: Delivery): number | null {
  if (isValid(delivery)) return null;
  const wait = LADDER[delivery.attempt - 1];
  if (wait === undefined) return null;
  const code = delivery.status ?? (delivery.isLate ? 499 : 0);
  const isServersFault = code === 499 || (code >= 500 && code <= 599);
  return delivery.attempt < LAST_FOR_ALL || isServersFault ? wait : null;
}

/** Remembers answers and says when a destination must be switched off. */
export function createHookHealth(): { shouldDisable(delivery: Delivery): boolean } {
  const invalid = new Map<string, number[]>();
  return {
    shouldDisable(delivery) {
      const { url } = delivery.message;
      const recent = (invalid.get(url) ?? []).filter((at) => at > delivery.at - WINDOW);
      if (isValid(delivery)) {
        invalid.set(url, recent);
        return false;
      }
      invalid.set(url, [...recent, delivery.at]);
      return recent.length + 1 > MOST_INVALID;
    },
  };
}
