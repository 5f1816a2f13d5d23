/** An update took too long. */
export class TimeLimitError extends Error {
  constructor(limit: number) {
    super(`the update took more than ${limit} ms`);
    this.name = "TimeLimitError";
  }
}

export interface TimeLimit {
  /** Aborted when the time is over; for everything that can be called off. */
  readonly signal: AbortSignal;
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
  const controller = new AbortController();
  return {
    signal: controller.signal,
    keep: async (work) => {
      const timer = setTimeout(() => controller.abort(), limit);
      const ended = work.then(
        () => "done" as const,
        (error: unknown) => ({ error }),
      );
      try {
        const outcome = await Promise.race([ended, afterAbort(controller.signal, GRACE)]);
        if (controller.signal.aborted) throw new TimeLimitError(limit);
        if (typeof outcome === "object") throw outcome.error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function afterAbort(signal: AbortSignal, grace: number): Promise<"late"> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => setTimeout(() => resolve("late"), grace).unref());
  });
}
