import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds before the next try. */
const PAUSE = 500;

/**
 * Tries again and again until `work` succeeds: for the word that something is over, which others wait for
 * while the database is away. False when `patience` ended it; also then it was tried once.
 * @param patience asked for when it failed for the first time: most succeed at once, and signals are dear
 */
export async function repeatUntilDone(
  work: () => Promise<unknown>,
  options: {
    readonly patience: () => AbortSignal;
    readonly onFailure: (error: unknown, isLast: boolean) => void;
  },
): Promise<boolean> {
  const { patience, onFailure } = options;
  let signal: AbortSignal | null = null;
  for (;;) {
    try {
      await work();
      return true;
    } catch (error) {
      signal ??= patience();
      onFailure(error, signal.aborted);
      if (signal.aborted) return false;
      await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }
}
