import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { readReplayedPosition, readWrittenPosition } from "../../db/replication.ts";

const EVERY = 1_000; // ms
/** An older picture is shown to nobody. Shorter than the pin of `replica.ts`, which so is always enough. */
const MOST_BEHIND = 5_000; // ms
/** Whoever does not answer in this time is away. */
const PATIENCE = 3_000; // ms

export interface ReplicaWatch {
  /** Whether the replica was seen to hold everything that is older than five seconds. */
  readonly isFresh: () => boolean;
  /** A reading failed there: it is not fresh until it is seen again. */
  readonly noteFailure: (error: unknown) => void;
  /** Looks once; resolves whatever it finds. */
  readonly look: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

/**
 * Looks every second how far a streaming replica is behind. Time alone does not tell: where nothing is
 * written, the last change is old everywhere. So it is compared by what was written when.
 */
export function createReplicaWatch(options: {
  readonly primary: Sql;
  readonly replica: Sql;
  readonly clock: () => Date;
  readonly log: Logger;
}): ReplicaWatch {
  const { primary, replica, clock, log } = options;
  /** The primary's positions that the replica has not reached yet, oldest first. */
  let ahead: { readonly at: number; readonly position: bigint }[] = [];
  let freshAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let wasFresh = false;
  const life = new AbortController();

  function isFresh(): boolean {
    return clock().getTime() - freshAt < MOST_BEHIND;
  }

  async function compare(): Promise<void> {
    const at = clock().getTime();
    const position = await readWrittenPosition(primary);
    ahead.push({ at, position });
    const replayed = await readReplayedPosition(replica);
    const reached = ahead.findLast((known) => replayed === null || known.position <= replayed);
    if (!reached) return;
    freshAt = reached.at;
    ahead = ahead.filter((known) => known.at > reached.at);
  }

  async function look(): Promise<void> {
    // One that hangs holds its connection; it gets no second one.
    looking ??= compare()
      .catch((error: unknown) => log.debug({ err: error }, "the replica can't be asked"))
      .finally(() => {
        looking = null;
      });
    await Promise.race([looking, sleep(PATIENCE, undefined, { ref: false })]);
    if (isFresh() === wasFresh) return;
    wasFresh = !wasFresh;
    if (wasFresh) log.info("pages are read from the replica");
    else log.warn("the replica is behind or away: pages are read from the primary");
  }

  async function run(): Promise<void> {
    while (!life.signal.aborted) {
      await look();
      await sleep(EVERY, undefined, { signal: life.signal }).catch(() => undefined);
    }
  }

  let running: Promise<void> | null = null;
  return {
    isFresh,
    noteFailure: (error) => {
      freshAt = Number.NEGATIVE_INFINITY;
      log.warn({ err: error }, "a reading from the replica failed");
    },
    look,
    start: () => {
      running ??= run();
    },
    stop: async () => {
      life.abort();
      await running;
    },
  };
}
