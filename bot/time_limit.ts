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
      const late = Promise.withResolvers<null>();
      const timer = setTimeout(() => {
        controller.abort();
        setTimeout(() => late.resolve(null), GRACE).unref();
      }, limit);
      const ended = work.then(
        () => null,
        (error: unknown) => ({ error }),
      );
      const failure = await Promise.race([ended, late.promise]);
      clearTimeout(timer);
      if (controller.signal.aborted) throw new TimeLimitError(limit);
      if (failure) throw failure.error;
    },
  };
}
