import type { AccountState } from "./account_state.ts";
import { Problem } from "./problems.ts";

export interface Limits {
  /** Counts a request, or refuses: 429 above the rate, 403 with a page once the address is blocked. */
  admit(): void;
}

const SECOND = 1000;
const MINUTE = 60_000;

/** Seven a second; who keeps knocking is shut out of everything until support lets him in again. */
export function createLimits(account: AccountState): Limits {
  let admitted: number[] = [];
  let refused: number[] = [];
  return {
    admit() {
      const now = account.clock.now();
      if (account.isBlocked) throw new Problem(403, null);
      admitted = admitted.filter((at) => at > now - SECOND);
      if (admitted.length < account.options.rate) {
        admitted.push(now);
        return;
      }
      refused = [...refused.filter((at) => at > now - MINUTE), now];
      if (refused.length >= account.options.blockAfterRefusals) {
        account.isBlocked = true;
        refused = [];
      }
      throw new Problem(429, {
        title: "Too Many Requests",
        type: "https://httpstatus.es/429",
        status: 429,
        detail: "Too many requests",
        ...(account.options.retryAfter === null ? {} : { retry_after: account.options.retryAfter }),
      });
    },
  };
}
