import { Socket } from "node:net";
import { isAskingForTls, type Pipeline } from "./pipeline.ts";

/** What postgres.js tells about the server; it keeps lists for several hosts, we use the first. */
export interface Server {
  host: readonly string[];
  port: readonly number[];
  /** Of a unix socket; then host and port do not count. */
  path?: string | undefined;
}

/**
 * Opens the sockets of postgres.js (its option `socket`). They differ from its own in what they read into
 * (`READ`), and in three things.
 *
 * A server that closes the connection unasked is an error. By itself postgres.js 3.4 connects again
 * at once and for ever when that happens before the first answer, as it does behind a proxy whose
 * database is down: the query never ends, and the loop eats the processor and the file handles.
 *
 * The error and the end of a socket are told together, and so are those of all sockets that were lost at
 * the same time. Between the two postgres.js refuses what waits but still gives new queries to the
 * connection: these would never be answered, and the connection would never be used again.
 *
 * A socket on which nothing is said first is closed without a word, and postgres.js opens another one for
 * the same query. It keeps what it could not write on a lost connection, and as long as that is short it
 * never writes on the next one: by itself it would fail after 10 s, again and again.
 *
 * @param pipeline through which everything goes
 */
export function openSocket({ host, port, path }: Server, pipeline?: Pipeline): DatabaseSocket {
  const server = { host: host[0] ?? "localhost", port: port[0] ?? 5432 };
  const socket = new DatabaseSocket(pipeline ?? null);
  socket.once("end", () => {
    if (!socket.writableEnded) socket.destroy(createClosedError(server));
  });
  if (path) socket.connect(path);
  else socket.connect(server);
  // postgres.js reads them for the name in the certificate and for its errors.
  return Object.assign(socket, server);
}

/**
 * Into this all of them read, one after another, and what was read is copied out at once: by itself Node gives each
 * read 64 kB of its own.
 */
const READ = Buffer.alloc(64 * 1024);

/** Sockets whose end is known and not yet told. */
const lost = new Set<DatabaseSocket>();

/** See `openSocket`. */
export class DatabaseSocket extends Socket {
  #error: Error | null = null;
  #isSilent = true;
  #isWrapped = false;
  readonly #closed = new Set<() => void>();
  readonly #pipeline: Pipeline | null;

  constructor(pipeline: Pipeline | null) {
    super({ onread: { buffer: READ, callback: (length) => this.#take(length) } });
    this.#pipeline = pipeline;
    // What it writes comes with the end of the turn in which it got the socket.
    setImmediate(() =>
      setImmediate(() => {
        if (this.#isSilent) this.destroy();
      }),
    );
  }

  override _write(...[bytes, ...rest]: Parameters<Socket["_write"]>): void {
    this.#isSilent = false;
    super._write(this.#rewrite(bytes), ...rest);
  }

  /** What waited until an earlier write was done. */
  override _writev(...[parts, done]: Parameters<NonNullable<Socket["_writev"]>>): void {
    super._writev?.(
      parts.map(({ chunk, encoding }) => ({ chunk: this.#rewrite(chunk), encoding })),
      done,
    );
  }

  #rewrite(bytes: unknown): unknown {
    if (bytes instanceof Buffer && isAskingForTls(bytes)) this.#isWrapped = true;
    return this.#pipeline && bytes instanceof Buffer ? this.#pipeline.send(bytes) : bytes;
  }

  /** Of its own: postgres.js keeps what is not a whole message yet. */
  #take(length: number): boolean {
    const bytes = Buffer.from(READ.subarray(0, length));
    super.emit("data", this.#pipeline ? this.#pipeline.receive(bytes) : bytes);
    return true;
  }

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    const [first] = given;
    if (event === "error" && first instanceof Error) {
      this.#error ??= first;
      return true;
    }
    if (event !== "close") return super.emit(event, ...given);
    // What was written in this turn is on its way before: postgres.js keeps it for the next connection.
    if (lost.size === 0) setImmediate(tellLost);
    lost.add(this);
    return true;
  }

  /** Calls back once it is closed. postgres.js takes all listeners off a socket that it wraps in TLS. */
  whenClosed(listener: () => void): void {
    this.#closed.add(listener);
  }

  /** Closes it at once, with the TLS around it: that would write into what is closed, which nobody can catch. */
  cut(): void {
    if (this.#isWrapped) super.emit("close");
    this.destroy();
  }

  tell(): void {
    if (this.#error) super.emit("error", this.#error);
    for (const listener of this.#closed) listener();
    super.emit("close", this.#error !== null);
  }
}

/** Nobody's next query comes in between. */
function tellLost(): void {
  const sockets = [...lost];
  lost.clear();
  for (const socket of sockets) socket.tell();
}

/** With the code that postgres.js gives to a connection lost in the middle of a query. */
function createClosedError({ host, port }: { host: string; port: number }): Error {
  return Object.assign(new Error(`${host}:${port} closed the connection`), {
    code: "CONNECTION_CLOSED",
  });
}
