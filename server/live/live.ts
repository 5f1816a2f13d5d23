import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import { LIVE_CLOSE, LIVE_HEARTBEAT, MAX_LIVE_MESSAGE } from "../../domain/live.ts";
import type { Sql } from "../../db/client.ts";
import { deleteLiveEventsBefore } from "../../db/live_events.ts";
import { readLoginCookie } from "../auth/login_cookies.ts";
import type { Hearing } from "../hearing.ts";
import { createAnnouncer } from "./announcer.ts";
import { type Connection, serveConnection } from "./connection.ts";
import { createCounts, type LiveCounts } from "./counts.ts";
import { startFeed } from "./feed.ts";
import { createHub } from "./hub.ts";
import { createLiveSource } from "./source.ts";

const PATH = "/api/v1/live";
/** Of one process. */
const MAX_CONNECTIONS = 10_000;
const KEPT = 24 * 3600 * 1000; // ms
const CLEANING = { every: 10 * 60 * 1000, atMost: 20_000 }; // ms, rows
/** For the closing frames to go out. */
const FAREWELL = 500; // ms

export interface LiveOptions {
  readonly sql: Sql;
  /** Of the same database. */
  readonly hearing: Pick<Hearing, "hear">;
  /** Scheme and host under which people reach the server, besides the host that they name. */
  readonly publicUrl: string | null;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Between two pings of a socket, ms; one that has not answered by the next is cut off. */
  readonly heartbeat?: number;
}

/** The live updates of one process. */
export interface Live {
  /** Something was committed here that others should hear of. */
  readonly poke: () => void;
  /** Takes the WebSockets of a server. */
  readonly attach: (server: Server) => void;
  readonly counts: () => LiveCounts & { readonly reconnects: number };
  /** Sends everybody elsewhere. */
  readonly stop: () => Promise<void>;
}

export function startLive(options: LiveOptions): Live {
  const { sql, hearing, publicUrl, clock, log } = options;
  const sender = randomUUID();
  const counts = createCounts();
  const hub = createHub({ clock });
  const announcer = createAnnouncer({ sql, sender, log });
  const feed = startFeed({
    hearing,
    sender,
    log,
    wants: ({ companyId, estimate }) => estimate !== null && hub.isWatched(companyId, estimate.id),
    onNews: hub.deliver,
    onGap: () => hub.closeAll(LIVE_CLOSE.restart),
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_LIVE_MESSAGE,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const connections = new Set<Connection>();
  const servers: Server[] = [];
  const dependencies = {
    hub,
    feed,
    source: createLiveSource({ sql, clock }),
    counts,
    clock,
    log,
  };

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const refusal = refuseUpgrade(request, publicUrl, counts.connections);
    if (refusal !== null) {
      counts.refused += 1;
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = serveConnection(socket, dependencies, cookieOf(request, publicUrl));
      connections.add(connection);
      socket.once("close", () => connections.delete(connection));
    });
  }

  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.beat();
  }, options.heartbeat ?? LIVE_HEARTBEAT);
  const cleaning = setInterval(() => {
    const before = new Date(clock().getTime() - KEPT);
    deleteLiveEventsBefore(sql, before, CLEANING.atMost).catch((error: unknown) => {
      log.warn({ err: error }, "old live events can't be removed");
    });
  }, CLEANING.every);

  return {
    poke: () => {
      feed.poke();
      announcer.poke();
    },
    attach: (server) => {
      server.on("upgrade", upgrade);
      servers.push(server);
    },
    counts: () => ({ ...counts, reconnects: feed.reconnects() }),
    stop: async () => {
      clearInterval(heartbeat);
      clearInterval(cleaning);
      for (const server of servers) server.off("upgrade", upgrade);
      const open = [...connections];
      for (const connection of open) connection.close(LIVE_CLOSE.restart);
      feed.stop();
      await Promise.all([announcer.stop(), farewell(connections)]);
      sockets.close();
    },
  };
}

/** The status line with which an upgrade is refused; null: it is welcome. */
function refuseUpgrade(
  { url, headers }: IncomingMessage,
  publicUrl: string | null,
  connections: number,
): string | null {
  if (url?.split("?")[0] !== PATH) return "404 Not Found";
  if (!isOwnOrigin(headers.origin, headers.host, publicUrl)) return "403 Forbidden";
  return connections >= MAX_CONNECTIONS ? "503 Service Unavailable" : null;
}

/** Only of a page of ours: a program has a token of its own to say. */
function cookieOf({ headers }: IncomingMessage, publicUrl: string | null): string | null {
  if (headers.origin === undefined) return null;
  return readLoginCookie(headers.cookie, "manager", publicUrl?.startsWith("https://") ?? false);
}

/** Programs that are no browsers send no origin; pages of other sites send theirs. */
function isOwnOrigin(
  origin: string | undefined,
  host: string | undefined,
  publicUrl: string | null,
): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  return new URL(origin).host === host;
}

/** Until the sockets are closed on both sides, but not for long. */
async function farewell(connections: ReadonlySet<Connection>): Promise<void> {
  const deadline = performance.now() + FAREWELL;
  while (connections.size > 0 && performance.now() < deadline) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  for (const connection of connections) connection.terminate();
}
