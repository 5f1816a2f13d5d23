import { setTimeout as sleep } from "node:timers/promises";

/** Names one attempt of a job: see pg-boss' `complete`. */
export interface Attempt {
  readonly id: string;
  readonly retryCount: number;
}

/** Milliseconds between the beginnings of two calls. */
const PACE = 20;

/**
 * Reports attempts that ended: one call at a time, a moment after the one before it, and those that end
 * meanwhile go together in the next one, so that many short jobs cost few calls. Resolves when the attempt
 * is reported, rejects when its call did.
 */
export function createReporting(
  report: (attempts: readonly Attempt[]) => Promise<unknown>,
  pace = PACE,
): (attempt: Attempt) => Promise<void> {
  let begunAt = -pace;
  let waiting: Attempt[] = [];
  let next: Promise<void> | null = null;
  let running: Promise<unknown> = Promise.resolve();

  async function reportNext(before: Promise<unknown>): Promise<void> {
    await before.catch(() => undefined);
    const rest = pace - (performance.now() - begunAt);
    if (rest > 0) await sleep(rest);
    begunAt = performance.now();
    const attempts = waiting;
    waiting = [];
    next = null;
    await report(attempts);
  }

  return (attempt) => {
    waiting.push(attempt);
    if (!next) {
      next = reportNext(running);
      running = next;
    }
    return next;
  };
}
