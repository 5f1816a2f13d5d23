import type { Logger } from "pino";
import type { Sql } from "./client.ts";
import type { DatabaseSocket } from "./client_socket.ts";
import { connect } from "./pools.ts";

/** One connection that hears channels and answers queries, so that a query proves it still hears. */
export interface Listener {
  readonly sql: Sql;
  /** Resolves when the calls of the channel arrive. */
  readonly listen: (channel: string) => Promise<void>;
  /** Drops the connection without waiting for anything. */
  readonly close: () => void;
}

export interface ListenOptions {
  /** A direct connection: a pool by transactions hears nothing. */
  readonly url: string;
  readonly log: Logger;
  readonly onNotify: (channel: string, payload: string) => void;
  /** Once, when the connection is gone: closed by the other side, broken, or by `close`. */
  readonly onLost: () => void;
}

/**
 * Rejects when the server can't be reached or does not answer within `timeout` ms. A connection is
 * never opened a second time: after `onLost` everything rejects.
 */
export async function openListener(options: ListenOptions, timeout: number): Promise<Listener> {
  const { url, log, onNotify, onLost } = options;
  const sockets: DatabaseSocket[] = [];
  let isLost = false;
  const lose = () => {
    if (isLost) return;
    isLost = true;
    for (const socket of sockets) socket.cut();
    sql.end({ timeout: 0 }).catch(() => undefined);
    onLost();
  };
  const sql = connect({
    url,
    max: 1,
    applicationName: "smetka listen",
    log,
    listening: {
      onSocket: (socket) => {
        sockets.push(socket);
        socket.whenClosed(lose);
        if (sockets.length > 1) lose();
      },
      onNotify,
    },
  });
  const timer = setTimeout(lose, timeout);
  try {
    await sql`select`;
  } catch (error) {
    lose();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    sql,
    listen: async (channel) => {
      await sql`listen ${sql(channel)}`;
    },
    close: lose,
  };
}

/** Closes a connection that does not answer within `timeout` ms: it hears nothing any more. */
export async function proveListening({ sql, close }: Listener, timeout: number): Promise<void> {
  const timer = setTimeout(close, timeout);
  try {
    await sql`select`;
  } catch {
    close();
  } finally {
    clearTimeout(timer);
  }
}
