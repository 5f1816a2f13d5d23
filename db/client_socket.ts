import { connect } from "node:net";
import type { Socket } from "node:net";

/** What postgres.js tells about the server; it keeps lists for several hosts, we use the first. */
interface Server {
  host: readonly string[];
  port: readonly number[];
  /** Of a unix socket; then host and port do not count. */
  path?: string | undefined;
}

/**
 * Opens the sockets of postgres.js (its option `socket`). They differ from its own in one thing: a
 * server that closes the connection unasked is an error. By itself postgres.js 3.4 connects again
 * at once and for ever when that happens before the first answer, as it does behind a proxy whose
 * database is down: the query never ends, and the loop eats the processor and the file handles.
 */
export function openSocket({ host, port, path }: Server): Socket {
  const server = { host: host[0] ?? "localhost", port: port[0] ?? 5432 };
  const socket = path ? connect(path) : connect(server);
  socket.once("end", () => {
    if (!socket.writableEnded) socket.destroy(createClosedError(server));
  });
  // postgres.js reads them for the name in the certificate and for its errors.
  return Object.assign(socket, server);
}

/** With the code that postgres.js gives to a connection lost in the middle of a query. */
function createClosedError({ host, port }: { host: string; port: number }): Error {
  return Object.assign(new Error(`${host}:${port} closed the connection`), {
    code: "CONNECTION_CLOSED",
  });
}
