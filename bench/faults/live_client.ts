import { WebSocket } from "ws";
import { liveAnswerSchema } from "../../domain/live.ts";

/** A page that looks at one estimate and comes back whenever its socket is gone. */
export interface LiveClient {
  /** Of the estimate: each version in the order in which it was told. */
  readonly versions: readonly number[];
  /** What its lists were told of estimates: `<id>/<version>`. */
  readonly listed: ReadonlySet<string>;
  isReady(): boolean;
  /** How often it was told to read everything anew. */
  resets(): number;
  /** How often it lost its socket. */
  losses(): number;
  close(): void;
}

const PAUSE = { first: 100, longest: 1_000 }; // ms
/** As the Mini App asks whether the connection lives, once it is signed in; no answer: it is lost. */
const PING = 5_000; // ms

export function openLiveClient(options: {
  /** http://… of a web process. */
  url: string;
  token: string;
  estimateId: string;
  /** What it has of the estimate. */
  version: number;
}): LiveClient {
  const { url, token, estimateId } = options;
  const versions: number[] = [];
  const listed = new Set<string>();
  const life = { isClosed: false, isReady: false, resets: 0, losses: 0 };
  let since: string | undefined;
  let pause = PAUSE.first;
  let socket: WebSocket | null = null;

  function connect(): void {
    if (life.isClosed) return;
    const current = new WebSocket(`${url.replace("http", "ws")}/api/v1/live`);
    socket = current;
    let isAlive = true;
    const ping = setInterval(() => {
      if (!life.isReady) return;
      if (!isAlive) current.terminate();
      isAlive = false;
      if (current.readyState === WebSocket.OPEN) current.send('{"type":"ping"}');
    }, PING);
    const say = (message: object): void => current.send(JSON.stringify(message));
    current.on("open", () =>
      say({ type: "hello", token, lists: true, ...(since ? { since } : {}) }),
    );
    current.on("message", (data: Buffer) => {
      isAlive = true;
      hear(JSON.parse(data.toString("utf8")), say);
    });
    current.on("error", () => undefined);
    current.on("close", () => {
      clearInterval(ping);
      life.isReady = false;
      life.losses += 1;
      setTimeout(connect, pause * (1 + Math.random()));
      pause = Math.min(2 * pause, PAUSE.longest);
    });
  }

  function hear(given: unknown, say: (message: object) => void): void {
    const answer = liveAnswerSchema.parse(given);
    if ("position" in answer && answer.position) since = answer.position;
    if (answer.type === "ready" || answer.type === "reset") {
      life.isReady = true;
      pause = PAUSE.first;
      if (answer.type === "reset") life.resets += 1;
      say({ type: "watch", estimateId, version: versions.at(-1) ?? options.version });
    }
    if (answer.type !== "events") return;
    for (const event of answer.events) {
      if (event.kind === "estimate") listed.add(`${event.estimateId}/${event.version}`);
      if (event.kind === "changes" && event.estimateId === estimateId) versions.push(event.version);
    }
  }

  connect();
  return {
    versions,
    listed,
    isReady: () => life.isReady,
    resets: () => life.resets,
    losses: () => life.losses,
    close: () => {
      life.isClosed = true;
      socket?.terminate();
    },
  };
}
