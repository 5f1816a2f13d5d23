import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds before the next try. */
const PAUSE = 500;

/**
 * Tries again and again until `work` succeeds: for the word that something is over, which others wait for
 * while the database is away. False when `signal` ended it; also then it was tried once.
 */
export async function repeatUntilDone(
  work: () => Promise<unknown>,
  options: {
    readonly signal: AbortSignal;
    readonly onFailure: (error: unknown, isLast: boolean) => void;
  },
): Promise<boolean> {
  const { signal, onFailure } = options;
  for (;;) {
    try {
      await work();
      return true;
    } catch (error) {
      onFailure(error, signal.aborted);
      if (signal.aborted) return false;
      await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }
}
