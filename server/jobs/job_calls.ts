import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { type Listener, openListener, proveListening } from "../../db/client_listener.ts";
import { callWorkers } from "../../db/job_calls.ts";
import type { QueueName } from "./queues.ts";

const CHANNEL = "smetka_jobs";
/** A connection that takes longer to answer is gone. */
const PATIENCE = 5_000; // ms
const BETWEEN_PROOFS = 10_000; // ms
const RETRY = { first: 100, longest: 2_000 }; // ms

/** Wakes the workers of other processes. */
export interface JobCaller {
  /** After the commit: the queue got a job. */
  readonly call: (queue: QueueName) => void;
  /** Waits for the call under way. */
  readonly stop: () => Promise<void>;
}

/**
 * For a process without workers of its own. Calls go one at a time, and what is committed meanwhile goes
 * together in the next one. A lost call costs the half second between two looks.
 */
export function createJobCaller({ sql, log }: { sql: Sql; log: Logger }): JobCaller {
  const waiting = new Set<QueueName>();
  let calling: Promise<void> | null = null;

  async function callAll(): Promise<void> {
    while (waiting.size > 0) {
      const queues = [...waiting];
      waiting.clear();
      await callWorkers(sql, CHANNEL, queues).catch((error: unknown) => {
        log.debug({ err: error }, "workers could not be called");
      });
    }
    calling = null;
  }

  return {
    call: (queue) => {
      waiting.add(queue);
      calling ??= callAll();
    },
    stop: async () => {
      await calling;
    },
  };
}

/** Hears, over one connection of its own, of jobs that other processes committed. */
export function hearJobCalls(options: {
  /** A direct connection: a pool by transactions hears nothing. */
  readonly url: string;
  readonly log: Logger;
  readonly onCall: (queue: string) => void;
}): { readonly stop: () => Promise<void> } {
  const { url, log, onCall } = options;
  const life = new AbortController();
  let listener: Listener | null = null;
  let endWait = (): void => undefined;

  async function listen(): Promise<void> {
    const lost = Promise.withResolvers<void>();
    endWait = lost.resolve;
    listener = await openListener(
      {
        url,
        applicationName: "smetka job calls",
        channel: CHANNEL,
        log,
        onNotify: (payload) => payload.split(",").forEach(onCall),
        onLost: lost.resolve,
      },
      PATIENCE,
    );
    const heard = listener;
    const proofs = setInterval(() => void proveListening(heard, PATIENCE), BETWEEN_PROOFS);
    if (life.signal.aborted) heard.close();
    await lost.promise;
    clearInterval(proofs);
  }

  async function keepListening(): Promise<void> {
    let pause = RETRY.first;
    while (!life.signal.aborted) {
      const since = performance.now();
      await listen().catch((error: unknown) => {
        log.warn({ err: error }, "calls of jobs can't be heard");
      });
      listener = null;
      if (life.signal.aborted) return;
      pause = performance.now() - since > PATIENCE ? RETRY.first : pause;
      await new Promise<void>((resolve) => {
        endWait = resolve;
        setTimeout(resolve, pause).unref();
      });
      pause = Math.min(pause * 2, RETRY.longest);
    }
  }

  const listening = keepListening();
  return {
    stop: async () => {
      life.abort();
      listener?.close();
      endWait();
      await listening;
    },
  };
}
