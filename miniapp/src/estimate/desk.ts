import type { Id } from "../../../domain/ids.ts";
import type { Api } from "../api.ts";
import type { Device } from "../device/database.ts";
import { newId } from "../new_id.ts";
import { createEstimateStore, type EstimateStore, type Snapshot } from "./estimate_store.ts";
import { createTransport } from "./transport.ts";

/** The estimates that are open here; they go on sending after their screen was left. */
export interface Desk {
  /** From memory or from this device at once; from the server when it was never seen here. */
  readonly open: (id: Id) => Promise<EstimateStore>;
  /** The state of what is open already: the first paint then needs no waiting. */
  readonly find: (id: Id) => EstimateStore | null;
  /** Takes up what was left unsent when the app was killed. */
  readonly resume: () => Promise<void>;
}

const POLL_PAUSE = 15_000; // ms

/** Estimates without unsent changes that stay in memory. */
const MAX_IDLE = 4;

export function createDesk({ api, device }: { api: Api; device: Device }): Desk {
  const stores = new Map<Id, EstimateStore>();
  const opening = new Map<Id, Promise<EstimateStore>>();

  async function openStore(id: Id): Promise<EstimateStore> {
    const key = snapshotKey(id);
    const transport = createTransport(api, id);
    const [kept, pending] = await Promise.all([device.read<Snapshot>(key), device.readChanges(id)]);
    const store = createEstimateStore({
      snapshot: kept ?? (await load()),
      pending,
      transport,
      newId,
      after: (milliseconds, callback) => void setTimeout(callback, milliseconds),
      keeper: {
        keepSnapshot: (snapshot) => device.write(key, snapshot),
        keepChanges: (changes) => device.addChanges(id, changes),
        dropChanges: device.dropChanges,
      },
    });
    stores.set(id, store);
    if (kept || pending.length > 0) store.refresh();
    tidy();
    return store;

    async function load(): Promise<Snapshot> {
      const { head, content } = await transport.load();
      const snapshot = { head, version: head.version, base: content };
      device.write(key, snapshot);
      return snapshot;
    }
  }

  function tidy(): void {
    const idle = [...stores].filter(([, store]) => store.getState().waiting === 0);
    for (const [id, store] of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) {
      store.stop();
      stores.delete(id);
    }
  }

  const refreshAll = () => {
    for (const store of stores.values()) store.refresh();
  };
  // What others change appears by this while no live channel tells of it.
  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    for (const store of stores.values()) if (store.isWatched()) store.refresh();
  }, POLL_PAUSE);
  window.addEventListener("online", refreshAll);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") refreshAll();
  });

  return {
    find: (id) => stores.get(id) ?? null,
    open: async (id) => {
      const known = stores.get(id);
      if (known) {
        // Back to the end of the line of those that may be put away.
        stores.delete(id);
        stores.set(id, known);
        known.refresh();
        return known;
      }
      const started = opening.get(id) ?? openStore(id).finally(() => opening.delete(id));
      opening.set(id, started);
      return await started;
    },
    resume: async () => {
      for (const id of await device.unsent()) {
        // Without a network the next start takes it up; the changes stay on the device.
        await openStore(id).catch(() => undefined);
      }
    },
  };
}

function snapshotKey(id: Id): string {
  return `estimate/${id}`;
}
