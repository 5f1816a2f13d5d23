/** What can go wrong between the bot and Telegram. */
export type Fault =
  | { kind: "too_many_requests"; retryAfterSeconds: number }
  /** 500 is JSON from the Bot API server; 502 and 504 are pages of the proxy before it. */
  | { kind: "server_error"; code: 500 | 502 | 504 }
  | { kind: "refuse"; code: number; description: string; parameters?: Record<string, number> }
  /** The connection breaks and nothing was done. */
  | { kind: "reset_before" }
  /** It was done, but the answer is lost: the bot can't tell this from `reset_before`. */
  | { kind: "reset_after" }
  | { kind: "slow"; ms: number }
  /** Never answers. The call is not applied. */
  | { kind: "silence" };

export type Faults = {
  /** The next `times` calls of the method (any case, `*` for all but getUpdates) go wrong. */
  next(method: string, fault: Fault, times?: number): void;
  clear(): void;
};

type Planned = { method: string; fault: Fault; left: number };

export function createFaults(): Faults & { take(method: string): Fault | undefined } {
  let planned: Planned[] = [];
  return {
    next(method, fault, times = 1) {
      planned.push({ method: method.toLowerCase(), fault, left: times });
    },
    clear() {
      planned = [];
    },
    take(method) {
      const name = method.toLowerCase();
      const found = planned.find(
        (plan) => plan.method === name || (plan.method === "*" && name !== "getupdates"),
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) planned = planned.filter((plan) => plan !== found);
      return found.fault;
    },
  };
}
