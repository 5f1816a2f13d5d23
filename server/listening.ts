import { createAdaptorServer } from "@hono/node-server";
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { StartupError } from "../db/startup_error.ts";

/** The port, taken before anything else starts; until `open` every request is told to wait. */
export interface Listening {
  readonly url: string;
  readonly server: Server;
  open(fetch: Answering): void;
  /**
   * Takes no more requests and waits for those under way, at most `timeout` ms. Before anything that they
   * need is stopped; upgraded sockets live on.
   */
  drain(timeout: number): Promise<void>;
  /** Ends all that is left, after at most `timeout` ms. */
  close(timeout: number): Promise<void>;
}

type Answering = (request: Request) => Response | Promise<Response>;

/** Between looks at whether the last request is answered. */
const LOOK = 10; // ms

/** Throws a StartupError when the port is taken or the host is not this machine's. */
export async function listen({ host, port }: { host: string; port: number }): Promise<Listening> {
  let fetch: Answering = () => askToWait("Смётка запускается");
  let isDraining = false;
  const server = createAdaptorServer({
    fetch: (request) => fetch(request),
    // Some programs offer HTTP/2 in plain requests: those are answered as they are.
    serverOptions: {
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(explain(cause, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const boundPort = typeof address === "object" && address ? address.port : port;
  /** By connection: a listener at each answer would cost more than the rest of this file. */
  const latest = new Map<Socket, ServerResponse>();
  server.on("connection", (socket: Socket) => {
    socket.once("close", () => latest.delete(socket));
  });
  const isRunning = (): boolean => latest.values().some(({ closed }) => !closed);
  // Before it is answered.
  server.prependListener("request", ({ socket }, response) => {
    // Until then it may have been kept for more, whatever `server.close` does.
    if (isDraining) response.shouldKeepAlive = false;
    latest.set(socket, response);
  });
  return {
    url: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${boundPort}`,
    server,
    open: (handler) => {
      fetch = handler;
    },
    drain: async (timeout) => {
      isDraining = true;
      if (server.listening) server.close();
      server.closeIdleConnections();
      const deadline = performance.now() + timeout;
      while (isRunning() && performance.now() < deadline) await sleep(LOOK);
      // Somebody may have connected before and ask only now: what would answer is about to stop.
      fetch = () => askToWait("Смётка останавливается");
    },
    close: (timeout) => close(server, timeout),
  };
}

/** In a plain sentence: a balancer asks another process. */
function askToWait(reason: string): Response {
  return new Response(`${reason}, подождите несколько секунд.\n`, {
    status: 503,
    headers: { "Retry-After": "1", "Content-Type": "text/plain; charset=utf-8" },
  });
}

function explain(cause: unknown, host: string, port: number): StartupError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") {
    return new StartupError(
      "port_taken",
      `Порт ${port} уже занят другой программой. Остановите её или задайте другой: PORT=${port + 1} npm start`,
      { cause },
    );
  }
  if (code === "EACCES") {
    return new StartupError(
      "no_permission",
      `Порт ${port} можно занять только с правами администратора. Задайте другой: PORT=8080 npm start`,
      { cause },
    );
  }
  return new StartupError(
    "unreachable",
    `Адрес ${host} не принадлежит этой машине. Проверьте HOST.`,
    {
      cause,
    },
  );
}

async function close(server: Server, timeout: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), timeout);
  await closed;
  clearTimeout(timer);
}
