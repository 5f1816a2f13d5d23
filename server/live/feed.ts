import type { Logger } from "pino";
import type { Listener } from "../../db/client_listener.ts";
import {
  type LiveNews,
  type LiveRow,
  readBatches,
  readNews,
  type Snapshot,
  takeSnapshot,
} from "../../db/live_events.ts";
import type { Hearing } from "../hearing.ts";
import { LIVE_CHANNEL } from "./announcer.ts";

/** Between the beginnings of two readings. */
const GAP = 5; // ms
/** After a reading. What a crash between commit and call left is found by then; also proves that the connection lives. */
const SWEEP = 1_000; // ms
/** A reading that takes longer has no connection any more. */
const PATIENCE = 5_000; // ms
/** After a reading that failed while the connection lives. */
const RETRY = 500; // ms
/** More in one reading than anybody should be told singly. */
const MAX_ROWS = 5_000;
/** Batches of one reading that are sent; there are more after an outage, and the older ones are asked for. */
const MAX_WANTED = 500;
/** A longer batch is not sent but asked for. */
export const MAX_BATCH = 100;

/** What was committed since the last reading, in order. */
export interface News extends LiveNews {
  /** The text of the changes by `<estimate>/<version>`, of those that were wanted. */
  readonly batches: ReadonlyMap<string, string | null>;
}

export interface FeedOptions {
  readonly hearing: Pick<Hearing, "hear">;
  /** This process: its own calls are not answered, for it is poked. */
  readonly sender: string;
  readonly log: Logger;
  /** Whether somebody here watches the estimate that a batch changed. */
  readonly wants: (row: LiveRow) => boolean;
  readonly onNews: (news: News) => void;
  /** What happened can't be told; whoever listens has to begin anew. */
  readonly onGap: () => void;
}

/** Reads the outbox of live events over the connection that listens, without gap or double. */
export interface Feed {
  readonly poke: () => void;
  /** Resolves when a reading that began after this call has been delivered. */
  readonly fresh: () => Promise<void>;
  /** Of the last reading; everything up to it has been delivered. Null before the first. */
  readonly snapshot: () => Snapshot | null;
  readonly reconnects: () => number;
  /** Tells nothing any more. */
  readonly stop: () => void;
}

export function startFeed(options: FeedOptions): Feed {
  const { log } = options;
  let listener: Listener | null = null;
  let since: Snapshot | null = null;
  let reconnects = -1;
  const life = { isStopped: false };
  let isWanted = true;
  let reading: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lastStart = 0;
  let notBefore = 0;
  let waiters: (() => void)[] = [];

  function wake(): void {
    isWanted = true;
    schedule();
  }

  function schedule(): void {
    if (!isWanted || reading || timer || !listener || life.isStopped) return;
    const delay = notBefore - performance.now();
    if (delay <= 0) {
      reading = read(listener);
      return;
    }
    timer = setTimeout(() => {
      timer = null;
      schedule();
    }, Math.ceil(delay));
  }

  /** The next reading need not wait. */
  function hurry(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    notBefore = 0;
  }

  async function read(current: Listener): Promise<void> {
    isWanted = false;
    lastStart = performance.now();
    notBefore = lastStart + GAP;
    const served = waiters;
    waiters = [];
    const patience = setTimeout(current.close, PATIENCE);
    try {
      since = await readOnce(current, since);
      for (const resolve of served) resolve();
    } catch (error) {
      if (!life.isStopped) log.warn({ err: error }, "live events can't be read");
      waiters.push(...served);
      isWanted = true;
      if (listener === current) notBefore = performance.now() + RETRY;
    } finally {
      clearTimeout(patience);
      reading = null;
      schedule();
    }
  }

  async function readOnce({ sql }: Listener, since: Snapshot | null): Promise<Snapshot> {
    if (since === null) return takeSnapshot(sql);
    const news = await readNews(sql, since, MAX_ROWS);
    const isGap = news.rows.length > MAX_ROWS || isEarlier(news.snapshot, since);
    if (isGap) options.onGap();
    else if (news.rows.length > 0) {
      const watched = news.rows.filter((row) => row.kind === "changes" && options.wants(row));
      const wanted = watched.slice(-MAX_WANTED);
      const batches = wanted.length === 0 ? NO_BATCHES : await readWanted(sql, wanted);
      // Only now is it read: had the second query failed, the next reading would begin here again.
      tell({ ...news, batches });
    }
    return news.snapshot;
  }

  function tell(news: News): void {
    if (life.isStopped) return;
    try {
      options.onNews(news);
    } catch (error) {
      // Reading it again would fail again, for everybody and for ever.
      log.error({ err: error }, "live events can't be told");
      options.onGap();
    }
  }

  options.hearing.hear(LIVE_CHANNEL, {
    onCall: (sender) => {
      if (sender !== options.sender) wake();
    },
    onOpen: (opened) => {
      listener = opened;
      reconnects += 1;
      hurry();
      wake();
    },
    onLost: () => {
      listener = null;
    },
  });

  const sweep = setInterval(() => {
    // Whoever has read a moment ago has swept; another reading would only stand in the way of the next.
    if (performance.now() - lastStart >= SWEEP / 2) wake();
  }, SWEEP / 2);

  return {
    poke: wake,
    fresh: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
        wake();
      }),
    snapshot: () => since,
    reconnects: () => Math.max(0, reconnects),
    stop: () => {
      life.isStopped = true;
      clearInterval(sweep);
      hurry();
    },
  };
}

const NO_BATCHES: ReadonlyMap<string, string | null> = new Map();

async function readWanted(sql: Listener["sql"], rows: readonly LiveRow[]) {
  const batches = rows.flatMap(({ companyId, estimate, version }) =>
    estimate && version !== null ? [{ companyId, estimateId: estimate.id, version }] : [],
  );
  return readBatches(sql, batches, MAX_BATCH);
}

/** Transactions are counted upwards: another database stands where ours was. */
function isEarlier(snapshot: Snapshot, before: Snapshot): boolean {
  return end(snapshot) < end(before);
}

function end(snapshot: Snapshot): bigint {
  return BigInt(snapshot.split(":")[1] ?? "0");
}
