import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../domain/estimate/changes.ts";
import { emptyContent } from "../../../domain/estimate/estimate.ts";
import { someChange } from "../../../domain/estimate/testing.ts";
import { totalsOf } from "../../../domain/estimate/totals.ts";
import { createEstimateStore, type EstimateStore } from "./estimate_store.ts";
import { createLedger, totalsOfLedger } from "./ledger.ts";
import { outlineOf } from "./outline.ts";
import { FakeDevice, FakeNetwork, FakeServer, makeHead } from "./testing.ts";

const CLIENTS = 3;

type Step =
  | { do: "edit"; client: number; changes: Change[] }
  | { do: "undo" | "redo" | "refresh" | "restart" | "window" | "decide"; client: number }
  | { do: "device"; client: number; losesSnapshots: boolean; losesDrops: boolean }
  | { do: "live"; client: number; entry: number }
  | { do: "reconnect"; client: number; arrives: number }
  | {
      do: "deliver";
      job: number;
      fate: "arrives" | "request_lost" | "answer_lost" | "arrives_twice";
    }
  | { do: "timer"; timer: number };

const client = fc.nat(CLIENTS - 1);
const window = fc.nat(CLIENTS + 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("edit" as const),
      client: window,
      changes: fc.array(someChange, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("deliver" as const),
      job: fc.nat(5),
      fate: fc.constantFrom("arrives", "arrives", "request_lost", "answer_lost", "arrives_twice"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("timer" as const), timer: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("live" as const), client, entry: fc.nat(4) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("reconnect" as const),
      client: window,
      arrives: fc.nat(6),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("undo" as const, "redo", "refresh", "restart", "window", "decide"),
      client,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("device" as const),
      client,
      losesSnapshots: fc.boolean(),
      losesDrops: fc.boolean(),
    }),
  },
);

/** Three people on one estimate. */
function createWorld() {
  const server = new FakeServer();
  const network = new FakeNetwork(server);
  const made = new Set<string>();
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `01930000-0000-7000-8000-${String(ids).padStart(12, "0")}`;
  };
  const devices = Array.from(
    { length: CLIENTS },
    () => new FakeDevice({ head: makeHead(0), version: 0, base: emptyContent() }),
  );
  const open = (index: number): EstimateStore => {
    const device = devices[index] as FakeDevice;
    const store = createEstimateStore({
      snapshot: device.snapshot,
      pending: [...device.changes.values()],
      transport: network.transport(),
      keeper: {
        keepSnapshot: device.keepSnapshot,
        keepHead: device.keepHead,
        keepLog: device.keepLog,
        dropChanges: device.dropChanges,
        keepChanges: (changes) => {
          for (const { id } of changes) made.add(id);
          device.keepChanges(changes);
        },
      },
      newId,
      after: network.after,
    });
    store.refresh();
    return store;
  };
  const stores = devices.map((_, index) => open(index));
  const restart = (index: number) => {
    stores[index]?.stop();
    stores[index] = open(index);
  };
  /** The same person opens the estimate a second time; both windows live on. */
  const openWindow = (index: number) => {
    if (stores.length < CLIENTS + 2) stores.push(open(index));
  };
  return { server, network, devices, stores, restart, openWindow, made, newId };
}

type World = ReturnType<typeof createWorld>;

/** Lets everything that was waiting for an answer go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function take(world: World, step: Step): void {
  const { network, server, stores, devices } = world;
  switch (step.do) {
    case "edit":
      stores[step.client]?.change(step.changes.map((change) => ({ ...change, id: world.newId() })));
      return;
    case "undo":
    case "redo":
    case "refresh":
      stores[step.client]?.[step.do]();
      return;
    case "restart":
      world.restart(step.client);
      return;
    case "window":
      world.openWindow(step.client);
      return;
    case "decide": {
      const store = stores[step.client];
      const { conflicts, removals } = store?.getState() ?? { conflicts: [], removals: [] };
      if (conflicts[0]) store?.resolve(conflicts[0], "theirs");
      if (removals[0]) store?.answerRemoval(removals[0], "restore");
      return;
    }
    case "device": {
      const { losesSnapshots, losesDrops } = step;
      Object.assign(devices[step.client] ?? {}, { losesSnapshots, losesDrops });
      return;
    }
    case "live": {
      const entry = server.log.at(-1 - step.entry);
      if (entry) stores[step.client]?.receive(entry.version, entry.changes);
      return;
    }
    case "reconnect": {
      // The first answer about an estimate: what came after its version, cut short by the next loss.
      const store = stores[step.client];
      const missed = server.log.filter(({ version }) => version > (store?.version() ?? 0));
      for (const { version, changes } of missed.slice(0, step.arrives)) {
        store?.receive(version, changes);
      }
      return;
    }
    case "deliver":
      network.jobs.splice(step.job, 1)[0]?.deliver(step.fate);
      return;
    case "timer":
      network.timers.splice(step.timer, 1)[0]?.();
      return;
    default:
      step satisfies never;
  }
}

/** A good network, until nothing moves any more. */
async function heal(world: World): Promise<void> {
  const { network, stores, devices } = world;
  for (const [index, device] of devices.entries()) {
    Object.assign(device, { losesSnapshots: false, losesDrops: false });
    world.restart(index);
  }
  for (let round = 0; round < 2; round += 1) {
    for (const store of stores) store.refresh();
    await settle();
    while (network.jobs.length > 0 || network.timers.length > 0) {
      network.jobs.shift()?.deliver("arrives");
      network.timers.shift()?.();
      await settle();
    }
  }
}

describe("three people on one estimate", () => {
  it("come to the same whatever the network does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120, size: "max" }), async (steps) => {
        const world = createWorld();
        await settle();
        for (const step of steps) {
          take(world, step);
          await settle();
        }
        await heal(world);

        const { server, stores, devices, made } = world;
        const truth = server.replay();
        for (const store of stores) {
          const { content, waiting, status, ledger, outline } = store.getState();
          expect(content).toEqual(truth);
          expect({ waiting, status }).toEqual({ waiting: 0, status: { kind: "saved" } });
          expect(totalsOfLedger(ledger, content)).toEqual(totalsOf(truth));
          expect(ledger.sums).toEqual(createLedger(truth).sums);
          expect(outline).toEqual(outlineOf(truth));
        }
        expect(devices.map((device) => device.changes.size)).toEqual([0, 0, 0]);
        // Nothing that anybody did was lost, and nothing happened twice.
        const logged = server.since(0).map(({ id }) => id);
        expect(new Set(logged)).toEqual(made);
        expect(logged.length).toBe(made.size);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
