import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { notifyLive } from "../../db/live_events.ts";

export const LIVE_CHANNEL = "smetka_live";

/** Between two calls: bursts of commits are one call. */
const GAP = 8; // ms

/** Tells the processes with sockets that something was committed. */
export interface Announcer {
  readonly poke: () => void;
  /** Waits for the call under way. */
  readonly stop: () => Promise<void>;
}

/**
 * Calls after the commit, coalesced and one at a time: a NOTIFY inside each transaction would make all
 * commits of the database queue behind one lock. What is lost here is found by the readers' sweep.
 * `sender` names this process, so that it does not answer its own call.
 */
export function createAnnouncer(options: { sql: Sql; sender: string; log: Logger }): Announcer {
  const { sql, sender, log } = options;
  let calling: Promise<void> | null = null;
  let isWanted = false;
  const life = { isStopped: false };

  async function call(): Promise<void> {
    while (isWanted && !life.isStopped) {
      isWanted = false;
      await notifyLive(sql, LIVE_CHANNEL, sender).catch((error: unknown) => {
        log.debug({ err: error }, "live call failed");
      });
      await new Promise((resolve) => {
        setTimeout(resolve, GAP);
      });
    }
    calling = null;
  }

  return {
    poke: () => {
      isWanted = true;
      if (!life.isStopped) calling ??= call();
    },
    stop: async () => {
      life.isStopped = true;
      await calling;
    },
  };
}
