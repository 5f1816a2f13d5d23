import type { Id } from "../../../domain/ids.ts";
import type { Api } from "../api.ts";
import type { Device } from "../device/database.ts";
import type { LiveEvent } from "../../../domain/live.ts";
import type { LiveChannel, Watcher } from "../live/channel.ts";
import { newId } from "../new_id.ts";
import { createEstimateStore, type EstimateStore, type Snapshot } from "./estimate_store.ts";
import { createKeeper, keepSnapshot, readSnapshot } from "./keeping.ts";
import { createTransport } from "./transport.ts";
import { readChange } from "./wire.ts";

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

export function createDesk(parts: { api: Api; device: Device; live: LiveChannel }): Desk {
  const { api, device, live } = parts;
  const watches = new Map<Id, () => void>();
  const stores = new Map<Id, EstimateStore>();
  const opening = new Map<Id, Promise<EstimateStore>>();

  async function openStore(id: Id): Promise<EstimateStore> {
    const transport = createTransport(api, id);
    const [kept, pending] = await Promise.all([readSnapshot(device, id), device.readChanges(id)]);
    const store = createEstimateStore({
      snapshot: kept ?? (await load()),
      pending,
      transport,
      newId,
      after: (milliseconds, callback) => void setTimeout(callback, milliseconds),
      keeper: createKeeper(device, id),
    });
    stores.set(id, store);
    watches.set(id, live.watch(id, watcherOf(store)));
    if (kept || pending.length > 0) store.refresh();
    tidy();
    return store;

    async function load(): Promise<Snapshot> {
      const { head, content } = await transport.load();
      const snapshot = { head, version: head.version, base: content };
      keepSnapshot(device, id, snapshot);
      return snapshot;
    }
  }

  function tidy(): void {
    const idle = [...stores].filter(([, store]) => store.getState().waiting === 0);
    for (const [id, store] of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) {
      store.stop();
      watches.get(id)?.();
      watches.delete(id);
      stores.delete(id);
    }
  }

  const refreshAll = () => {
    live.check();
    for (const store of stores.values()) store.refresh();
  };
  // What others change appears by this while no live channel tells of it.
  setInterval(() => {
    if (live.isConnected() || document.visibilityState !== "visible") return;
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

/** The other's change goes under what is being typed; what a frame can't carry is asked for. */
function watcherOf(store: EstimateStore): Watcher {
  return {
    version: store.version,
    onEvent: (event) => {
      if (event.kind === "changes" && event.changes !== null) {
        store.receive(event.version, event.changes.map(readChange));
      } else if (event.kind === "changes" || event.kind === "gone") store.refresh();
      else if (event.kind === "estimate" && isNews(event, store)) store.refresh();
    },
  };
}

function isNews(event: Extract<LiveEvent, { kind: "estimate" }>, store: EstimateStore): boolean {
  const { head } = store.getState();
  const { status, revision, isRemoved, version } = event;
  if (version > store.version()) return true;
  return status !== head.status || revision !== head.revision || isRemoved !== head.isRemoved;
}
