import type { Sql } from "./client.ts";
import type { DatabaseSocket } from "./client_socket.ts";
import { connect, poolOf } from "./pools.ts";

/** One connection for what lasts as long as the connection does, such as advisory locks of a session. */
export interface KeptConnection {
  /** Once the connection is lost, everything rejects. */
  readonly sql: Sql;
  isLost(): boolean;
  /** Calls the listener once when that happens. Returns what takes it off again. */
  onLost(listener: () => void): () => void;
  /** Ends the connection, and all that hangs on it, without waiting. */
  close(): void;
}

interface KeptOptions {
  readonly onLost?: () => void;
  /** For transactions, one after another, and nothing else: see `pipeline.ts`. */
  readonly isPipelined?: boolean;
}

/**
 * Opens a connection beside the pool, to the same database; it ends with the pool. postgres.js' own `reserve` is no good for
 * this: a query on a reserved connection that the server has closed throws where nobody can catch it
 * and ends the process.
 */
export function keepConnection(
  pool: Sql,
  { onLost, isPipelined = false }: KeptOptions = {},
): KeptConnection {
  const { options, companions } = poolOf(pool);
  const sockets: DatabaseSocket[] = [];
  const listeners = new Set(onLost ? [onLost] : []);
  let isLost = false;
  const lose = (): void => {
    if (isLost) return;
    isLost = true;
    companions.delete(lose);
    for (const listener of listeners) listener();
    for (const socket of sockets) socket.cut();
    sql.end({ timeout: 0 }).catch(() => undefined);
  };
  const sql = connect({
    ...options,
    max: 1,
    maxSingle: 1,
    isPipelined,
    listening: {
      onNotify: () => undefined,
      onSocket: (socket) => {
        sockets.push(socket);
        socket.whenClosed(lose);
        // It would be another session, without what the first one held.
        if (sockets.length > 1) lose();
      },
    },
  });
  companions.add(lose);
  return {
    sql,
    isLost: () => isLost,
    onLost: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: lose,
  };
}
