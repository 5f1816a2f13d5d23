import { setTimeout as sleep } from "node:timers/promises";

/** What must end when the program does. */
export interface Shutdown {
  /** What takes work in. All of it ends first, side by side, within `SHUTDOWN.finishing`. */
  addIntake(step: () => Promise<unknown>): void;
  /** What that work needs. Ends after it, one step after another in reverse order of starting. */
  add(step: () => Promise<unknown>): void;
  /**
   * Runs every step once, also when one of them fails, and resolves within `SHUTDOWN.whole` whatever
   * hangs; later calls wait for the same run.
   */
  run(): Promise<void>;
}

/**
 * Milliseconds. `work`: for jobs and requests to finish; `finishing`: those that did not give up; `whole`:
 * two seconds less than the ten that are promised, for a machine that has much else to do. Who stops a process
 * kills it after 12 s (docker-compose.yml, docs/runbook.md); what is not finished by then is rolled back and
 * done by the next process.
 */
export const SHUTDOWN = { work: 5_000, finishing: 6_000, whole: 8_000 } as const;

export function createShutdown(
  limits: { readonly finishing: number; readonly whole: number } = SHUTDOWN,
): Shutdown {
  const intakes: (() => Promise<unknown>)[] = [];
  const steps: (() => Promise<unknown>)[] = [];
  let running: Promise<void> | null = null;

  async function runSteps(): Promise<void> {
    const deadline = performance.now() + limits.whole;
    await settle(Promise.allSettled(intakes.map(start)), limits.finishing);
    for (let step = steps.pop(); step; step = steps.pop()) {
      // Ending goes on: the next step may be the database.
      await settle(Promise.allSettled([start(step)]), deadline - performance.now());
    }
  }

  return {
    addIntake: (step) => void intakes.push(step),
    add: (step) => void steps.push(step),
    run: () => (running ??= runSteps()),
  };
}

/** A step that throws before it waits fails as one that rejects. */
async function start(step: () => Promise<unknown>): Promise<void> {
  await step();
}

/** Waits, at most `most` ms. */
async function settle(ending: Promise<unknown>, most: number): Promise<void> {
  const over = new AbortController();
  const limit = sleep(Math.max(0, most), undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([ending, limit]);
  over.abort();
}
