import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Sql } from "../db/client.ts";
import { readDatabaseTime } from "../db/database_time.ts";
import { createDatabaseClock } from "./jobs/sending_clock.ts";

/** A look costs one short query; a clock of a machine that runs away does so by milliseconds meanwhile. */
const BETWEEN_LOOKS = 10_000; // ms

/** The one clock of all processes: that of the database. */
export interface SharedClock {
  readonly now: () => Date;
  stop(): Promise<void>;
}

/**
 * Asks the database for its time, and from then on counts with a timer that nobody sets: whatever the clock
 * of this machine says, times that processes write and compare are of one clock. While the database is away
 * it goes on by itself. Rejects when the database can't be asked at the start.
 */
export async function startDatabaseClock({
  sql,
  log,
}: {
  readonly sql: Sql;
  readonly log: Logger;
}): Promise<SharedClock> {
  const clock = createDatabaseClock();
  const look = async (): Promise<void> => {
    const askedAt = performance.now();
    clock.note((await readDatabaseTime(sql)).getTime(), askedAt);
  };
  const stopping = new AbortController();
  const { signal } = stopping;
  const keep = async (): Promise<void> => {
    for (;;) {
      await sleep(BETWEEN_LOOKS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await look().catch((error: unknown) => log.debug({ err: error }, "the database's time"));
    }
  };
  await look();
  const keeping = keep();
  return {
    now: () => new Date(clock.toDatabase(performance.now())),
    stop: async () => {
      stopping.abort();
      await keeping;
    },
  };
}
