import {
  LIVE_CLOSE,
  LIVE_HEARTBEAT,
  type LiveAnswer,
  type LiveEvent,
  type LiveRequest,
} from "../../../domain/live.ts";
import type { Id } from "../../../domain/ids.ts";

/** The part of a browser's WebSocket that is used here. */
export interface LiveSocket {
  readonly send: (text: string) => void;
  readonly close: () => void;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
}

export interface Watcher {
  /** Of what is shown, asked whenever the connection is new. */
  readonly version: () => number;
  readonly onEvent: (event: LiveEvent) => void;
}

/** One connection for all that is open here. Without one the caller has to ask by itself. */
export interface LiveChannel {
  readonly isConnected: () => boolean;
  /** Tells of one estimate until the returned function is called. */
  readonly watch: (id: Id, watcher: Watcher) => () => void;
  /** The window or the network came back: sees at once whether the connection still lives. */
  readonly check: () => void;
}

const FIRST_PAUSE = 500; // ms
const LONGEST_PAUSE = 30_000; // ms
/** An answer to a ping that somebody waits for. */
const PATIENCE = 5_000; // ms

/**
 * Stays connected: comes back by itself, each time a little later and never
 * together with all the others; pings only when nothing else came.
 */
export function createLiveChannel(options: {
  readonly open: () => LiveSocket;
  readonly session: {
    readonly token: () => Promise<string>;
    /** The server knows this token no more. */
    readonly drop: (token: string) => void;
  };
  /** Something of the lists changed. */
  readonly onLists: () => void;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly after: (milliseconds: number, callback: () => void) => void;
}): LiveChannel {
  const { session, onLists, now, random, after } = options;
  const watchers = new Map<Id, Watcher>();
  let socket: LiveSocket | null = null;
  let isReady = false;
  let position: string | null = null;
  let pause = FIRST_PAUSE;
  let heardAt = 0;
  /** Timers of connections that are gone do nothing. */
  let life = 0;

  function say(message: LiveRequest): void {
    socket?.send(JSON.stringify(message));
  }

  function connect(): void {
    if (socket) return;
    life += 1;
    const own = life;
    const opened = open();
    if (!opened) return lose(0);
    socket = opened;
    let token = "";
    opened.onopen = () => {
      const greet = async () => {
        token = await session.token();
        if (own !== life) return;
        const since = position === null ? {} : { since: position };
        say({ type: "hello", token, lists: true, ...since });
      };
      greet().catch(() => opened.close());
    };
    opened.onmessage = ({ data }) => {
      if (own === life) hear(JSON.parse(String(data)) as LiveAnswer);
    };
    opened.onclose = ({ code }) => {
      if (code === LIVE_CLOSE.unauthenticated && token !== "") session.drop(token);
      if (own === life) lose(code);
    };
    heardAt = now();
    after(LIVE_HEARTBEAT, () => beat(own));
  }

  /** Null where sockets are forbidden. */
  function open(): LiveSocket | null {
    try {
      return options.open();
    } catch {
      return null;
    }
  }

  function lose(code: number): void {
    life += 1;
    socket = null;
    isReady = false;
    const wait = code === LIVE_CLOSE.restart ? FIRST_PAUSE : pause;
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    const own = life;
    after(wait * (0.5 + random()), () => {
      if (own === life) connect();
    });
  }

  function drop(): void {
    const dropped = socket;
    lose(0);
    dropped?.close();
  }

  /** Silence is asked about once; twice as long a silence is the end of the connection. */
  function beat(own: number): void {
    if (own !== life) return;
    const silence = now() - heardAt;
    if (silence >= 2 * LIVE_HEARTBEAT) return drop();
    if (silence >= LIVE_HEARTBEAT && isReady) say({ type: "ping" });
    after(LIVE_HEARTBEAT, () => beat(own));
  }

  function hear(answer: LiveAnswer): void {
    heardAt = now();
    if ("position" in answer && answer.position !== undefined) position = answer.position;
    if (answer.type === "ready") {
      isReady = true;
      pause = FIRST_PAUSE;
      for (const [id, watcher] of watchers) begin(id, watcher);
    } else if (answer.type === "reset") onLists();
    else if (answer.type === "events") {
      for (const event of answer.events) tell(event);
      if (answer.events.some(({ kind }) => kind === "estimate")) onLists();
    }
  }

  function begin(estimateId: Id, watcher: Watcher): void {
    say({ type: "watch", estimateId, version: watcher.version() });
  }

  function tell(event: LiveEvent): void {
    if ("estimateId" in event) watchers.get(event.estimateId)?.onEvent(event);
  }

  connect();

  return {
    isConnected: () => isReady,
    watch: (id, watcher) => {
      watchers.set(id, watcher);
      if (isReady) begin(id, watcher);
      return () => {
        if (watchers.get(id) !== watcher) return;
        watchers.delete(id);
        if (isReady) say({ type: "unwatch", estimateId: id });
      };
    },
    check: () => {
      pause = FIRST_PAUSE;
      connect();
      if (!isReady) return;
      const own = life;
      const asked = now();
      say({ type: "ping" });
      after(PATIENCE, () => {
        if (own === life && heardAt < asked) drop();
      });
    },
  };
}
