import type { CallSignal } from "./telegram_http.ts";

/** An update took too long. */
export class TimeLimitError extends Error {
  constructor(limit: number) {
    super(`the update took more than ${limit} ms`);
    this.name = "TimeLimitError";
  }
}

export interface TimeLimit {
  /** Aborted when the time is over; for everything that can be called off. */
  readonly signal: CallSignal;
  /** The work's result, or `TimeLimitError`. */
  keep(work: Promise<void>): Promise<void>;
}

/** For work that can't be called off and does not end by itself. */
const GRACE = 5_000; // ms

/**
 * Ends work that takes too long by calling off what it waits for, and waits until it has really ended:
 * work that goes on behind the back of its transaction would write into somebody else's.
 */
export function createTimeLimit(limit: number): TimeLimit {
  const signal = new LimitSignal();
  return {
    signal,
    keep: async (work) => {
      const late = Promise.withResolvers<null>();
      const timer = setTimeout(() => {
        signal.abort();
        setTimeout(() => late.resolve(null), GRACE).unref();
      }, limit);
      const ended = work.then(
        () => null,
        (error: unknown) => ({ error }),
      );
      const failure = await Promise.race([ended, late.promise]);
      clearTimeout(timer);
      if (signal.aborted) throw new TimeLimitError(limit);
      if (failure) throw failure.error;
    },
  };
}

/** What grammY needs of an `AbortSignal`. Node's own is an event target, which every update would pay for. */
class LimitSignal implements CallSignal {
  aborted = false;
  readonly #listeners = new Set<() => void>();

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(): void {
    this.aborted = true;
    for (const listener of this.#listeners) listener();
  }
}
