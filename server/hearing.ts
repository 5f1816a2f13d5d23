import type { Logger } from "pino";
import { type Listener, openListener, proveListening } from "../db/client_listener.ts";

/** A connection that takes longer to answer is gone. */
const PATIENCE = 5_000; // ms
/** With `PATIENCE` it is 10 s until a half-open connection is found; nobody may stay deaf for more than 15. */
const BETWEEN_PROOFS = 5_000; // ms
const RETRY = { first: 100, longest: 2_000 }; // ms

/** What a part of the program does with the calls of its channel. */
export interface Hearer {
  /** In the order of the commits. */
  readonly onCall: (payload: string) => void;
  /** Calls arrive from now on; earlier ones may be lost. The connection answers queries, too. */
  readonly onOpen?: (connection: Listener) => void;
  /** No call arrives until the next `onOpen`. */
  readonly onLost?: () => void;
}

/** The one connection on which a process listens; a process that hears nothing has none. */
export interface Hearing {
  /** Hears a channel from now on and over every connection that follows; one hearer for each. */
  readonly hear: (channel: string, hearer: Hearer) => void;
  readonly stop: () => Promise<void>;
}

/** @param url a direct connection: a pool by transactions hears nothing */
export function createHearing({ url, log }: { url: string; log: Logger }): Hearing {
  const hearers = new Map<string, Hearer>();
  const life = new AbortController();
  let connection: Listener | null = null;
  let keeping: Promise<void> | null = null;
  let endWait = (): void => undefined;

  async function begin(current: Listener, channel: string, hearer: Hearer): Promise<void> {
    try {
      await current.listen(channel);
    } catch (error) {
      if (!life.signal.aborted) log.warn({ err: error, channel }, "a channel can't be heard");
      current.close();
      return;
    }
    if (connection === current) hearer.onOpen?.(current);
  }

  /** Resolves when the connection is lost; rejects when there was none. */
  async function listenOnce(): Promise<void> {
    const lost = Promise.withResolvers<void>();
    const current = await openListener(
      {
        url,
        log,
        onNotify: (channel, payload) => hearers.get(channel)?.onCall(payload),
        onLost: () => {
          connection = null;
          for (const { onLost } of hearers.values()) onLost?.();
          lost.resolve();
        },
      },
      PATIENCE,
    );
    if (life.signal.aborted) return current.close();
    connection = current;
    for (const [channel, hearer] of hearers) void begin(current, channel, hearer);
    const proofs = setInterval(() => void proveListening(current, PATIENCE), BETWEEN_PROOFS);
    await lost.promise;
    clearInterval(proofs);
  }

  async function keepListening(): Promise<void> {
    let pause = RETRY.first;
    while (!life.signal.aborted) {
      try {
        await listenOnce();
        pause = RETRY.first;
      } catch (error) {
        log.warn({ err: error }, "the database can't be listened to");
      }
      if (life.signal.aborted) return;
      await new Promise<void>((resolve) => {
        endWait = resolve;
        setTimeout(resolve, pause).unref();
      });
      pause = Math.min(pause * 2, RETRY.longest);
    }
  }

  return {
    hear: (channel, hearer) => {
      hearers.set(channel, hearer);
      if (connection) void begin(connection, channel, hearer);
      keeping ??= keepListening();
    },
    stop: async () => {
      life.abort();
      connection?.close();
      endWait();
      await keeping;
    },
  };
}
