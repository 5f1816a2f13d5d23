import type { Logger } from "pino";
import { WebSocket, type RawData } from "ws";
import type { Id } from "../../domain/ids.ts";
import { LIVE_CLOSE, type LiveAnswer, liveRequestSchema } from "../../domain/live.ts";
import type { z } from "zod";
import type { LiveCounts } from "./counts.ts";
import type { Feed } from "./feed.ts";
import { answer, frame } from "./frames.ts";
import { type Hub, MAX_HELD, type Member } from "./hub.ts";
import { makePosition, readPosition } from "./position.ts";
import type { LiveSource } from "./source.ts";

/** From the opening to `hello`. How long the signing in takes then is not the client's doing. */
const HELLO_LIMIT = 5_000; // ms
/** What a reader may be behind; a phone in a lift gets the rest when it comes back. */
export const MAX_BUFFERED = 512 * 1024; // bytes
/** Of a long frame. */
const FRAME_HEADER = 10; // bytes
/** While a socket is being signed in; of no more than `MAX_BUFFERED`. */
const MAX_QUEUED = 200; // frames
const MAX_WATCHED = 20;
/** Messages: so many at once, and so many a second in the long run. */
const BURST = 40;
const RATE = 4;
/** Of one person, or of one key. */
const MAX_SOCKETS_OF_ONE = 20;
/** More missed events than this are not told one by one. */
const MAX_MISSED = 500;

export interface ConnectionDependencies {
  readonly hub: Hub;
  readonly feed: Feed;
  readonly source: LiveSource;
  readonly counts: LiveCounts;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** The server's end of one socket. */
export interface Connection {
  /** Pings; ends a socket that has not answered the ping before, and one whose session is over. */
  readonly beat: () => void;
  readonly close: (code: number) => void;
  /** Without a word. */
  readonly terminate: () => void;
}

type Request = z.output<typeof liveRequestSchema>;

/** @param cookie the token of the manager's page that the browser sent along; null: none */
export function serveConnection(
  socket: WebSocket,
  deps: ConnectionDependencies,
  cookie: string | null,
): Connection {
  const { hub, feed, source, counts, clock, log } = deps;
  const limit = createLimit(clock);
  let member: Member | null = null;
  /** Frames that came before the socket was told that it is ready; null: it was. */
  let queue: Buffer[] | null = [];
  let queuedBytes = 0;
  let hasSaidHello = false;
  let isAlive = true;
  const life = { isOver: false };

  counts.connections += 1;
  const helloTimer = setTimeout(() => {
    // What came meanwhile is read first: a thousand who come back at once keep the process from reading.
    setImmediate(() => {
      if (life.isOver || hasSaidHello) return;
      counts.refused += 1;
      close(LIVE_CLOSE.timeout);
    });
  }, HELLO_LIMIT);

  function send(text: Buffer): void {
    if (life.isOver) return;
    if (queue) {
      queue.push(text);
      queuedBytes += text.length;
      const isTooMuch = queue.length > MAX_QUEUED || queuedBytes > MAX_BUFFERED;
      if (isTooMuch) cutOff(LIVE_CLOSE.restart);
      return;
    }
    write(text);
  }

  function write(text: Buffer): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    const behind = socket.bufferedAmount;
    // A long frame alone is no sign of a slow reader.
    if (behind > 0 && behind + text.length + FRAME_HEADER > MAX_BUFFERED) {
      // A closing frame would wait behind all the others.
      counts.cutOff += 1;
      return terminate();
    }
    socket.send(text, { binary: false });
    counts.frames += 1;
    counts.bytes += text.length;
    counts.mostBuffered = Math.max(counts.mostBuffered, socket.bufferedAmount);
  }

  function terminate(): void {
    end();
    socket.terminate();
  }

  function close(code: number): void {
    end();
    if (socket.readyState === WebSocket.OPEN) socket.close(code);
  }

  function cutOff(code: number): void {
    counts.cutOff += 1;
    close(code);
  }

  /** From now on the socket hears nothing. */
  function end(): void {
    if (life.isOver) return;
    life.isOver = true;
    clearTimeout(helloTimer);
    counts.connections -= 1;
    if (!member) return;
    hub.leave(member);
    if (queue === null) counts.members -= 1;
  }

  async function signIn(hello: Extract<Request, { type: "hello" }>): Promise<void> {
    const findSession = async () => {
      if (hello.token !== undefined) return source.findSession(hello.token);
      return cookie === null ? null : source.findManagerSession(cookie);
    };
    const found = await findSession();
    if (!found) return refuse(LIVE_CLOSE.unauthenticated);
    // From a reading after the client's last one: what it knows is not told again.
    await feed.fresh();
    const until = feed.snapshot();
    if (life.isOver || until === null) return;
    const own: Member = {
      actor: found.actor,
      keyId: found.keyId,
      expiresAt: found.expiresAt,
      hasLists: hello.lists,
      watches: new Map(),
      send,
      close,
    };
    member = own;
    for (const oldest of hub.likeOf(own).slice(0, 1 - MAX_SOCKETS_OF_ONE)) {
      oldest.close(LIVE_CLOSE.tooMuch);
    }
    hub.join(own);
    const now = clock();
    const position = makePosition(until, now);
    const since = hello.since === undefined ? undefined : readPosition(hello.since, now);
    // Again, for a change of the role between the first look and the joining was told to nobody.
    const [again, missed] = await Promise.all([
      findSession(),
      since ? source.listMissed(own, { since, until }, MAX_MISSED) : null,
    ]);
    if (life.isOver) return;
    if (again?.actor.role !== own.actor.role) return refuse(LIVE_CLOSE.unauthenticated);
    if (since === null || (since !== undefined && missed === null)) {
      counts.resets += 1;
      say({ type: "reset", position });
    } else if (missed && missed.length > 0) {
      write(
        frame(
          missed.map((event) => JSON.stringify(event)),
          position,
        ),
      );
    }
    say({ type: "ready", position });
    const waiting = queue ?? [];
    queue = null;
    counts.members += 1;
    for (const text of waiting) write(text);
  }

  function refuse(code: number): void {
    counts.refused += 1;
    close(code);
  }

  async function watch(own: Member, estimateId: Id, version: number): Promise<void> {
    if (own.watches.size >= MAX_WATCHED && !own.watches.has(estimateId)) {
      return cutOff(LIVE_CLOSE.badMessage);
    }
    const begun = hub.watch(own, estimateId);
    const found = await source.readEstimate(own.actor, estimateId, version);
    if (life.isOver || own.watches.get(estimateId) !== begun) return;
    if (!found) {
      hub.unwatch(own, estimateId);
      const gone = JSON.stringify({ kind: "gone", estimateId });
      return send(frame([gone]));
    }
    if (begun.held.size > MAX_HELD) return cutOff(LIVE_CLOSE.restart);
    const later = [...begun.held].filter(([held]) => held > found.version);
    begun.version = later.at(-1)?.[0] ?? found.version;
    begun.held.clear();
    send(frame([...found.events, ...later.map(([, event]) => event)]));
  }

  async function obey(request: Request): Promise<void> {
    if (request.type === "hello") {
      if (hasSaidHello) return cutOff(LIVE_CLOSE.badMessage);
      hasSaidHello = true;
      clearTimeout(helloTimer);
      return signIn(request);
    }
    // Only who was told `ready` may go on: what is asked earlier has nobody to ask for.
    if (!member || queue !== null) return refuse(LIVE_CLOSE.unauthenticated);
    if (request.type === "watch") {
      return watch(member, request.estimateId.toLowerCase(), request.version);
    }
    if (request.type === "unwatch") {
      return hub.unwatch(member, request.estimateId.toLowerCase());
    }
    say({ type: "pong", position: makePosition(feed.snapshot() ?? "", clock()) });
  }

  function say(message: LiveAnswer): void {
    write(answer(message));
  }

  socket.on("message", (data, isBinary) => {
    if (life.isOver) return;
    isAlive = true;
    counts.messages += 1;
    const request = isBinary || !limit() ? null : readRequest(data);
    if (!request) return cutOff(LIVE_CLOSE.badMessage);
    obey(request).catch((error: unknown) => {
      log.warn({ err: error }, "live request failed");
      close(LIVE_CLOSE.restart);
    });
  });
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("close", end);
  // Broken frames, too large messages: `close` follows.
  socket.on("error", (error) => log.debug({ err: error }, "live socket failed"));

  return {
    beat: () => {
      const end = member?.expiresAt ?? null;
      if (end !== null && end <= clock()) return close(LIVE_CLOSE.unauthenticated);
      if (!isAlive) {
        counts.cutOff += 1;
        return terminate();
      }
      isAlive = false;
      socket.ping();
    },
    close,
    terminate,
  };
}

function readRequest(data: RawData): Request | null {
  try {
    const text = Buffer.isBuffer(data) ? data.toString("utf8") : "";
    return liveRequestSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A bucket of tokens: false when it is empty. */
function createLimit(clock: () => Date): () => boolean {
  let tokens = BURST;
  let filledAt = clock().getTime();
  return () => {
    const now = clock().getTime();
    tokens = Math.min(BURST, tokens + ((now - filledAt) / 1000) * RATE);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
