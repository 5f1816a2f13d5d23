import { describe, expect, it } from "vitest";
import { ApiError } from "../api.ts";
import { createPhotoQueue } from "./photo_queue.ts";
import type { PhotoStore, WaitingPhoto } from "./photo_store.ts";

const OFFLINE = new ApiError(0, "offline", "Нет связи.");
const GONE = new ApiError(404, "not_found", "Этой строки больше нет.");

const photo = (id: string, estimateId = "e1"): Omit<WaitingPhoto, "problem"> => ({
  id,
  estimateId,
  lineId: "l1",
  picture: new ArrayBuffer(3),
  thumbnail: new ArrayBuffer(1),
});

/** A device that outlives windows, and a server that can be away. */
function createWorld() {
  const device = new Map<string, WaitingPhoto>();
  const server = new Map<string, WaitingPhoto>();
  const tries: string[] = [];
  const timers: (() => void)[] = [];
  const world = {
    device,
    server,
    tries,
    failure: null as ApiError | null,
    /** The server got it, the answer was lost. */
    losesAnswers: false,
    unsent: new Set<string>(),
    breaksStorage: false,
  };
  const store: PhotoStore = {
    readAll: async () => [...device.values()],
    put: async (waiting) => {
      if (world.breaksStorage) throw new Error("full");
      device.set(waiting.id, waiting);
    },
    remove: async (id) => void device.delete(id),
  };
  const open = () =>
    createPhotoQueue({
      store,
      send: async (waiting) => {
        tries.push(waiting.id);
        if (world.failure) throw world.failure;
        server.set(waiting.id, waiting);
        if (world.losesAnswers) throw OFFLINE;
      },
      hasUnsentChanges: async (id) => world.unsent.has(id),
      after: (_, callback) => timers.push(callback),
    });
  const settle = async () => {
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
  };
  const tick = async () => {
    for (const timer of timers.splice(0)) timer();
    await settle();
  };
  return { world, open, settle, tick };
}

describe("a photo in the queue", () => {
  it("goes out at once where there is a network, and leaves the device", async () => {
    const { world, open, settle } = createWorld();
    const queue = open();
    expect(await queue.add(photo("p1"))).toBe(true);
    await settle();
    expect([...world.server.keys()]).toEqual(["p1"]);
    expect(world.device.size).toBe(0);
    expect(queue.getState()).toMatchObject({ photos: [], isOffline: false, sentCount: 1 });
  });

  it("waits without a network, says so, and goes out by itself in the order of taking", async () => {
    const { world, open, settle, tick } = createWorld();
    const queue = open();
    world.failure = OFFLINE;
    await queue.add(photo("p1"));
    await queue.add(photo("p2"));
    await settle();
    expect(queue.getState()).toMatchObject({ isOffline: true });
    expect([...world.device.keys()]).toEqual(["p1", "p2"]);
    await tick();
    expect(world.server.size).toBe(0);
    world.failure = null;
    await tick();
    expect([...world.server.keys()]).toEqual(["p1", "p2"]);
    expect(queue.getState().photos).toEqual([]);
  });

  it("outlives the death of the app and goes out at the next start", async () => {
    const { world, open, settle } = createWorld();
    world.failure = OFFLINE;
    await open().add(photo("p1"));
    world.failure = null;
    const later = open();
    await settle();
    expect([...world.server.keys()]).toEqual(["p1"]);
    expect(later.getState().photos).toEqual([]);
    expect(world.device.size).toBe(0);
  });

  it("is sent again under the same id when the answer was lost", async () => {
    const { world, open, settle, tick } = createWorld();
    const queue = open();
    world.losesAnswers = true;
    await queue.add(photo("p1"));
    await settle();
    world.losesAnswers = false;
    await tick();
    expect(world.tries).toEqual(["p1", "p1"]);
    expect([...world.server.keys()]).toEqual(["p1"]);
    expect(queue.getState().photos).toEqual([]);
  });

  it("of a line that was made offline waits until the line is sent", async () => {
    const { world, open, settle, tick } = createWorld();
    const queue = open();
    world.failure = GONE;
    world.unsent.add("e1");
    await queue.add(photo("p1"));
    await settle();
    expect(queue.getState().photos[0]?.problem).toBeNull();
    world.failure = null;
    world.unsent.clear();
    await tick();
    expect([...world.server.keys()]).toEqual(["p1"]);
  });

  it("that the server refuses says why, also after a restart, and does not hold the others", async () => {
    const { world, open, settle } = createWorld();
    const queue = open();
    world.failure = GONE;
    await queue.add(photo("p1"));
    await settle();
    world.failure = null;
    await queue.add(photo("p2"));
    await settle();
    expect([...world.server.keys()]).toEqual(["p2"]);
    expect(queue.getState().photos.map(({ problem }) => problem)).toEqual([GONE.message]);

    const later = open();
    await settle();
    expect(later.getState().photos[0]?.problem).toBe(GONE.message);
    later.retry("p1");
    await settle();
    expect([...world.server.keys()]).toEqual(["p2", "p1"]);
  });

  it("that nobody wants any more is gone from the device", async () => {
    const { world, open, settle } = createWorld();
    world.failure = OFFLINE;
    const queue = open();
    await queue.add(photo("p1"));
    queue.drop("p1");
    await settle();
    expect(world.device.size).toBe(0);
    world.failure = null;
    queue.wake();
    await settle();
    expect(world.server.size).toBe(0);
  });

  it("that the device can't keep is sent all the same, and the caller is told", async () => {
    const { world, open, settle } = createWorld();
    const queue = open();
    world.breaksStorage = true;
    expect(await queue.add(photo("p1"))).toBe(false);
    await settle();
    expect([...world.server.keys()]).toEqual(["p1"]);
  });
});
