import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { indexSearch, listCompaniesToIndex } from "../../db/search.ts";

/** People who search bring their own company up to date; this is for everybody else's changes. */
const INTERVAL = 1000; // ms
/** Changes in one transaction: short enough that nobody waits for it. */
const BATCH = 200;

export interface SearchIndexing {
  start(): void;
  /** Resolves when the batch at work is done. */
  stop(): Promise<void>;
  /** One look: everything that is behind, but what somebody else is writing right now. */
  run(): Promise<void>;
}

/** Writes the documents of the search behind the changes. Any number of processes may do it at once. */
export function createSearchIndexing({ sql, log }: { sql: Sql; log: Logger }): SearchIndexing {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  const run = async (): Promise<void> => {
    for (const companyId of await listCompaniesToIndex(sql)) {
      let done = BATCH;
      while (done > 0 && !stopping.signal.aborted) {
        done = await tenantTransaction(sql, companyId, (tx) => indexSearch(tx, companyId, BATCH));
      }
    }
  };
  const again = (): void => {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = run()
        .catch((error: unknown) => log.error({ err: error }, "search was not indexed"))
        .then(again);
    }, INTERVAL);
  };
  return {
    start: again,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
    run,
  };
}
