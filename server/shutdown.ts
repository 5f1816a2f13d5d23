/** What must end when the program does, in reverse order of starting. */
export interface Shutdown {
  add(step: () => Promise<unknown>): void;
  /** Runs every step once, also when one of them fails; later calls wait for the same run. */
  run(): Promise<void>;
}

export function createShutdown(): Shutdown {
  const steps: (() => Promise<unknown>)[] = [];
  let running: Promise<void> | null = null;

  async function runSteps(): Promise<void> {
    for (let step = steps.pop(); step; step = steps.pop()) {
      // Ending goes on: the next step may be the database.
      await Promise.allSettled([step()]);
    }
  }

  return {
    add: (step) => void steps.push(step),
    run: () => (running ??= runSteps()),
  };
}
