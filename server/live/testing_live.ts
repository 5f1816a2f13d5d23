import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { type ClientOptions, WebSocket } from "ws";
import { vi } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { Change } from "../../domain/estimate/changes.ts";
import { type LiveAnswer, liveAnswerSchema, type LiveEvent } from "../../domain/live.ts";
import { insertSession } from "../../db/sessions.ts";
import { makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { createAsActor } from "../services/work.ts";
import { createHearing } from "../hearing.ts";
import { type Live, type LiveOptions, startLive } from "./live.ts";

/** A process with sockets, as `main.ts` starts it. */
export interface LiveProcess {
  readonly live: Live;
  readonly url: string;
  readonly server: Server;
  stop(): Promise<void>;
}

/** The services on a real database, with processes that push what they do. */
export interface LiveStage {
  readonly work: TestWork;
  /** Set it to move the sockets' time. */
  readonly clock: { now: Date };
  /** `url`: the database, where it is not reached directly. */
  startProcess(options?: { url?: string; port?: number; heartbeat?: number }): Promise<LiveProcess>;
  newToken(
    actor: Actor,
    options?: { expiresAt?: Date; kind?: "miniapp" | "manager" },
  ): Promise<string>;
  /** Opens a socket of a process and signs in. */
  join(process: LiveProcess, token: string, hello?: Hello): Promise<LiveClient>;
  /** One more note on an estimate; the new version. `isTold` false: as if the process died then. */
  change(actor: Actor, estimateId: string, options?: { isTold?: boolean }): Promise<number>;
  close(): Promise<void>;
}

interface Hello {
  lists?: boolean;
  since?: string;
}

export async function createLiveStage(): Promise<LiveStage> {
  const work = await createTestWork();
  const clock = { now: new Date() };
  const processes: LiveProcess[] = [];
  const clients: LiveClient[] = [];
  const told = createAsActor({
    ...work.dependencies,
    onCommitted: (woken) => {
      if (woken.has("live")) processes[0]?.live.poke();
    },
  });
  return {
    work,
    clock,
    startProcess: async ({ url = work.database.url, port = 0, heartbeat } = {}) => {
      const live = startLiveAlone({
        sql: work.database.sql,
        url,
        publicUrl: "https://smetka.example",
        clock: () => clock.now,
        log: pino({ level: "silent" }),
        ...(heartbeat === undefined ? {} : { heartbeat }),
      });
      const server = createServer((_, response) => response.end());
      live.attach(server);
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      const started: LiveProcess = {
        live,
        server,
        url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/live`,
        stop: async () => {
          const index = processes.indexOf(started);
          if (index >= 0) processes.splice(index, 1);
          await live.stop();
          server.close();
        },
      };
      processes.push(started);
      return started;
    },
    newToken: async (actor, options = {}) => {
      const { expiresAt = new Date(clock.now.getTime() + 3_600_000), kind = "miniapp" } = options;
      const token = makeToken();
      const { companyId, userId } = actor;
      await insertSession(work.database.sql, token, {
        companyId,
        userId,
        kind,
        expiresAt,
      });
      return token;
    },
    join: async (process, token, hello = {}) => {
      const client = new LiveClient(process.url);
      clients.push(client);
      await client.opened;
      client.send({ type: "hello", token, ...hello });
      await client.ready();
      return client;
    },
    change: async (actor, estimateId, { isTold = true } = {}) => {
      const changes: Change[] = [
        { id: newId(), type: "estimate.set", set: { note: `Заметка ${newId()}` } },
      ];
      const run = isTold ? told : work.asActor;
      const { version } = await run(actor, ({ estimates }) =>
        estimates.change(estimateId, { baseVersion: null, changes, source: "miniapp" }),
      );
      return version;
    },
    close: async () => {
      for (const client of clients) client.socket.terminate();
      for (const process of processes.slice()) await process.stop();
      await work.close();
    },
  };
}

/** Live updates of a process that does nothing else. */
export function startLiveAlone(
  options: Omit<LiveOptions, "hearing"> & { readonly url: string },
): Live {
  const hearing = createHearing(options);
  const live = startLive({ ...options, hearing });
  return {
    ...live,
    stop: async () => {
      await live.stop();
      await hearing.stop();
    },
  };
}

/** A program at the other end of a socket. Every frame it gets must be one of the protocol. */
export class LiveClient {
  readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  readonly frames: LiveAnswer[] = [];
  /** The code with which the socket was closed. */
  closed: number | null = null;

  constructor(url: string, headers: Record<string, string> = {}, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, { headers, ...options });
    this.opened = once(this.socket, "open");
    this.opened.catch(() => undefined);
    this.socket.on("error", () => undefined);
    this.socket.on("message", (data) => {
      const text = Buffer.isBuffer(data) ? data.toString("utf8") : "";
      const frame: unknown = JSON.parse(text);
      liveAnswerSchema.parse(frame);
      this.frames.push(frame as LiveAnswer);
    });
    this.socket.on("close", (code) => {
      this.closed = code;
    });
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  async ready(): Promise<void> {
    const isReady = () => this.frames.some(({ type }) => type === "ready");
    await vi.waitUntil(() => this.closed !== null || isReady(), LONG);
    if (!isReady()) throw new Error(`closed with ${this.closed}`);
  }

  /** Watches an estimate and waits for the first answer about it. */
  async watch(estimateId: string, version: number): Promise<void> {
    this.send({ type: "watch", estimateId, version });
    await vi.waitUntil(() => this.events().some((event) => aboutOf(event) === estimateId), LONG);
  }

  events(): LiveEvent[] {
    return this.frames.flatMap((frame) => (frame.type === "events" ? frame.events : []));
  }

  /** The versions of an estimate in the order in which their changes came. */
  versions(estimateId: string): number[] {
    return this.events().flatMap((event) =>
      event.kind === "changes" && event.estimateId === estimateId ? [event.version] : [],
    );
  }

  /** Of the newest frame that has one. */
  position(): string {
    const positions = this.frames.flatMap((frame) =>
      "position" in frame && frame.position !== undefined ? [frame.position] : [],
    );
    return positions.at(-1) ?? "";
  }

  /** Everything that was sent before has arrived when the answer to a ping has. */
  async settle(): Promise<void> {
    const count = () => this.frames.filter(({ type }) => type === "pong").length;
    const before = count();
    this.send({ type: "ping" });
    await vi.waitUntil(() => count() > before, LONG);
  }
}

function aboutOf(event: LiveEvent): string | null {
  return "estimateId" in event ? event.estimateId : null;
}

/** Real processes on a busy machine. */
export const LONG = { timeout: 20_000, interval: 10 };
