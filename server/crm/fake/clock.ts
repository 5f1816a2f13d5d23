/** The time a fake lives in. Milliseconds since the epoch; a test owns it, `npm start` uses the real one. */
export interface Clock {
  now(): number;
  /** Runs `run` once after `delay` ms of this clock's time. Returns the cancellation. */
  schedule(delay: number, run: () => Promise<void> | void): () => void;
}

export interface VirtualClock extends Clock {
  /** Moves time forward, running what falls due in order and waiting for each. */
  advance(milliseconds: number): Promise<void>;
}

interface Timer {
  at: number;
  run: () => Promise<void> | void;
}

/** Time that stands still until `advance`. Starts at `start` ms, by default noon of 2026-03-02 UTC. */
export function createVirtualClock(start = Date.UTC(2026, 2, 2, 12)): VirtualClock {
  let current = start;
  let timers: Timer[] = [];

  const takeDue = (until: number): Timer | undefined => {
    const due = timers.filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0];
    timers = timers.filter((timer) => timer !== due);
    return due;
  };

  return {
    now: () => current,
    schedule(delay, run) {
      const timer = { at: current + delay, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(milliseconds) {
      const until = current + milliseconds;
      for (let timer = takeDue(until); timer !== undefined; timer = takeDue(until)) {
        current = Math.max(current, timer.at);
        await timer.run();
      }
      current = until;
    },
  };
}

/** The machine's time. Pending timers never keep the process alive. */
export function createRealClock(): Clock {
  return {
    now: () => Date.now(),
    schedule(delay, run) {
      const timer = setTimeout(() => void run(), delay);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
