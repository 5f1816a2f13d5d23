/** The only source of time in the simulator. Times are milliseconds since 1970. */
export type Clock = {
  now(): number;
  /** Resolves after `ms` of this clock; rejects with the signal's reason when it is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
};

export type ManualClock = Clock & {
  /** Moves time forward, waking sleepers in order and letting each run before the next one. */
  advance(ms: number): Promise<void>;
  /** How many wait for time to pass. */
  sleeping(): number;
};

export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(reasonOf(signal));
          return;
        }
        const timer = setTimeout(finish, ms);
        function finish() {
          signal?.removeEventListener("abort", stop);
          resolve();
        }
        function stop() {
          clearTimeout(timer);
          if (signal !== undefined) reject(reasonOf(signal));
        }
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };
}

type Sleeper = { at: number; wake: () => void };

/** A clock that stands still until a test advances it. */
export function createManualClock(start = Date.UTC(2026, 0, 15, 9, 0, 0)): ManualClock {
  let now = start;
  let sleepers: Sleeper[] = [];

  function wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(reasonOf(signal));
        return;
      }
      const sleeper = { at: now + ms, wake: resolve };
      sleepers.push(sleeper);
      signal?.addEventListener(
        "abort",
        () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(reasonOf(signal));
        },
        { once: true },
      );
    });
  }

  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      const next = sleepers.reduce<Sleeper | undefined>(
        (first, sleeper) =>
          sleeper.at <= end && (first === undefined || sleeper.at < first.at) ? sleeper : first,
        undefined,
      );
      if (next === undefined) break;
      sleepers = sleepers.filter((sleeper) => sleeper !== next);
      now = Math.max(now, next.at);
      next.wake();
      await letOthersRun();
    }
    now = end;
    await letOthersRun();
  }

  return { now: () => now, wait, advance, sleeping: () => sleepers.length };
}

/** One turn of the event loop: promise callbacks and ready input run before it returns. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
