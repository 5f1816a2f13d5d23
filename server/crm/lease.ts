import { setTimeout as sleep } from "node:timers/promises";
import { CrmError } from "../../domain/crm_adapter.ts";

/**
 * The right of one process to work on something in a CRM. It is renewed while its holder lives, so that
 * after a kill somebody else goes on soon.
 */
export const LEASE = 12; // s

export const KEEPING = {
  /** Milliseconds between renewals. */
  renewal: 3_000,
  /**
   * Milliseconds since the last renewal after which the holder calls nobody any more. What it asked for
   * last has the rest of the lease to happen, before somebody else looks whether it did.
   */
  trust: 6_000,
} as const;

/**
 * Runs work that was claimed.
 * @param held `renew`: false when somebody else has it now
 * @param work gets a signal that ends when the lease may be lost
 */
export async function whileHeld<Result>(
  held: { readonly signal: AbortSignal; readonly renew: () => Promise<boolean> },
  work: (signal: AbortSignal) => Promise<Result>,
  times: { readonly renewal: number; readonly trust: number } = KEEPING,
): Promise<Result> {
  const [lost, done] = [new AbortController(), new AbortController()];
  void keep(held.renew, times, done.signal).then(
    () => done.signal.aborted || lost.abort(new CrmError({ kind: "transient" }, "lease_lost")),
  );
  try {
    return await work(AbortSignal.any([held.signal, lost.signal]));
  } finally {
    done.abort();
  }
}

/** Resolves when the lease may be lost, or with `done`. */
async function keep(
  renew: () => Promise<boolean>,
  { renewal, trust }: { readonly renewal: number; readonly trust: number },
  done: AbortSignal,
): Promise<void> {
  let trustedUntil = performance.now() + trust;
  while (!done.aborted) {
    await pause(renewal, done);
    // Longer than it should: the process stood still, and somebody else may have it.
    if (performance.now() >= trustedUntil) return;
    const askedAt = performance.now();
    const isHeld = await Promise.race([
      // The database may be away for a moment.
      renew().catch(() => null),
      pause(trustedUntil - askedAt, done).then(() => null),
    ]);
    if (isHeld === false) return;
    if (isHeld) trustedUntil = askedAt + trust;
    if (performance.now() >= trustedUntil) return;
  }
}

async function pause(ms: number, done: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal: done }).catch(() => undefined);
}
