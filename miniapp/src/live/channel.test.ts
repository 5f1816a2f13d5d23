import { describe, expect, it } from "vitest";
import { LIVE_CLOSE, LIVE_HEARTBEAT, type LiveEvent } from "../../../domain/live.ts";
import { createLiveChannel, type LiveSocket } from "./channel.ts";

const ID = "01920000-0000-7000-8000-000000000000";

/** A network and a clock that the test moves. */
function createWorld({ isForbidden = false } = {}) {
  const sockets: (LiveSocket & { sent: { type: string }[]; isClosed: boolean })[] = [];
  const timers: { at: number; callback: () => void }[] = [];
  const dropped: string[] = [];
  const heard: LiveEvent[] = [];
  const world = { now: 0, token: "first", lists: 0, version: 7 };
  const channel = createLiveChannel({
    open: () => {
      if (isForbidden) throw new Error("forbidden");
      const socket = {
        sent: [] as { type: string }[],
        isClosed: false,
        send: (text: string) => void socket.sent.push(JSON.parse(text) as { type: string }),
        close: () => {
          socket.isClosed = true;
        },
        onopen: null,
        onmessage: null,
        onclose: null,
      };
      sockets.push(socket);
      return socket;
    },
    session: { token: async () => world.token, drop: (token) => dropped.push(token) },
    onLists: () => {
      world.lists += 1;
    },
    now: () => world.now,
    random: () => 0.5,
    after: (milliseconds, callback) => timers.push({ at: world.now + milliseconds, callback }),
  });
  const last = () => sockets.at(-1) as (typeof sockets)[number];
  const say = (message: unknown) => last().onmessage?.({ data: JSON.stringify(message) });
  const sent = (type: string) => last().sent.filter((message) => message.type === type);
  const pass = (milliseconds: number) => {
    const end = world.now + milliseconds;
    for (;;) {
      const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      timers.splice(timers.indexOf(due), 1);
      world.now = due.at;
      due.callback();
    }
    world.now = end;
  };
  const connect = async () => {
    last().onopen?.();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    say({ type: "ready", position: `after ${sockets.length}` });
  };
  const watch = () =>
    channel.watch(ID, { version: () => world.version, onEvent: (event) => heard.push(event) });
  return { world, channel, sockets, dropped, heard, last, say, sent, pass, connect, watch };
}

describe("the live channel", () => {
  it("says who it is, then what is open with its version, and tells what comes", async () => {
    const { channel, connect, watch, sent, say, heard } = createWorld();
    watch();
    expect(channel.isConnected()).toBe(false);
    await connect();
    expect(channel.isConnected()).toBe(true);
    expect(sent("hello")).toEqual([{ type: "hello", token: "first", lists: true }]);
    expect(sent("watch")).toEqual([{ type: "watch", estimateId: ID, version: 7 }]);
    const event = { kind: "gone", estimateId: ID };
    say({ type: "events", events: [event, { ...event, estimateId: "another" }] });
    expect(heard).toEqual([event]);
  });

  it("goes on from where it was, with the version of now", async () => {
    const { world, connect, watch, sent, last, pass, sockets } = createWorld();
    watch();
    await connect();
    world.version = 9;
    last().onclose?.({ code: LIVE_CLOSE.restart });
    pass(1000);
    expect(sockets).toHaveLength(2);
    await connect();
    expect(sent("hello")).toMatchObject([{ since: "after 1" }]);
    expect(sent("watch")).toMatchObject([{ version: 9 }]);
  });

  it("comes back later and later while there is no server", () => {
    const { last, pass, sockets } = createWorld();
    for (const wait of [500, 1000, 2000, 4000]) {
      const before = sockets.length;
      last().onclose?.({ code: 1006 });
      pass(wait - 1);
      expect(sockets).toHaveLength(before);
      pass(1);
      expect(sockets).toHaveLength(before + 1);
    }
  });

  it("gives up the token that the server refuses", async () => {
    const { last, connect, dropped } = createWorld();
    await connect();
    last().onclose?.({ code: LIVE_CLOSE.unauthenticated });
    expect(dropped).toEqual(["first"]);
  });

  it("pings when nothing comes, and takes a longer silence for the end", async () => {
    const { connect, sent, say, pass, last, channel } = createWorld();
    await connect();
    pass(LIVE_HEARTBEAT);
    expect(sent("ping")).toHaveLength(1);
    say({ type: "pong", position: "p" });
    pass(LIVE_HEARTBEAT);
    expect(last().isClosed).toBe(false);
    const silent = last();
    pass(2 * LIVE_HEARTBEAT);
    expect(silent.isClosed).toBe(true);
    expect(channel.isConnected()).toBe(false);
  });

  it("asks at once when the window comes back, and does not wait long", async () => {
    const { connect, channel, sent, pass, last } = createWorld();
    await connect();
    pass(1);
    channel.check();
    expect(sent("ping")).toHaveLength(1);
    const silent = last();
    pass(5000);
    expect(silent.isClosed).toBe(true);
  });

  it("tells that lists changed, also when it can't say what", async () => {
    const { world, connect, say } = createWorld();
    await connect();
    say({ type: "reset", position: "p" });
    say({ type: "events", position: "p", events: [{ kind: "estimate", estimateId: ID }] });
    expect(world.lists).toBe(2);
  });

  it("lives without sockets where they are forbidden", () => {
    const { channel, pass } = createWorld({ isForbidden: true });
    pass(120_000);
    expect(channel.isConnected()).toBe(false);
  });
});
