import type { Change } from "../../../domain/estimate/changes.ts";
import type { Id } from "../../../domain/ids.ts";

/**
 * What the app keeps on the phone: estimates as they were last seen, and own changes that the server
 * has not confirmed. IndexedDB stores bigints and maps as they are.
 */
export interface Device {
  /** Of the database; others of the same person are named after it. */
  readonly name: string;
  /** False: this web view has no storage, and what was not sent goes with the window. */
  readonly isLasting: boolean;
  /** Null: never written, or this web view has no storage. */
  readonly read: <Value>(key: string) => Promise<Value | null>;
  /** The last write to a key wins; it happens soon, not at once. */
  readonly write: (key: string, value: unknown) => void;
  /** Of the keys from the first to before the last, in their order. */
  readonly readBetween: <Value>(first: string, last: string) => Promise<readonly Value[]>;
  readonly removeBetween: (first: string, last: string) => void;
  /** In the order of making. */
  readonly readChanges: (estimateId: Id) => Promise<readonly Change[]>;
  readonly addChanges: (estimateId: Id, changes: readonly Change[]) => void;
  readonly dropChanges: (ids: Iterable<Id>) => void;
  /** Estimates that have something to send. */
  readonly unsent: () => Promise<readonly Id[]>;
}

interface StoredChange {
  readonly id: Id;
  readonly estimateId: Id;
  readonly order: number;
  readonly change: Change;
}

/** 2: contents hold rooms. */
const VERSION = 2;
/** Snapshots are large and come in bursts. */
const WRITE_PAUSE = 400; // ms

/** One database for each person: several may use one browser. */
export async function openDevice(personId: string): Promise<Device> {
  const name = deviceName(personId);
  const database = await openDatabase(name);
  return { ...(database ? createDevice(database) : FORGETFUL), name };
}

export function deviceName(personId: string): string {
  return `smetka-${personId}`;
}

function createDevice(database: IDBDatabase): Omit<Device, "name"> {
  const waiting = new Map<string, unknown>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let count = 0;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0) return;
    const store = database.transaction("values", "readwrite").objectStore("values");
    for (const [key, value] of waiting) store.put(value, key);
    waiting.clear();
  };
  // The app may be killed without another word once it is out of sight.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
  });

  return {
    isLasting: true,
    read: async <Value>(key: string) => {
      if (waiting.has(key)) return waiting.get(key) as Value;
      const store = database.transaction("values").objectStore("values");
      return ((await finish(store.get(key))) as Value | undefined) ?? null;
    },
    write: (key, value) => {
      waiting.set(key, value);
      timer ??= setTimeout(flush, WRITE_PAUSE);
    },
    readBetween: async <Value>(first: string, last: string) => {
      flush();
      const store = database.transaction("values").objectStore("values");
      return (await finish(store.getAll(IDBKeyRange.bound(first, last, false, true)))) as Value[];
    },
    removeBetween: (first, last) => {
      // What waits is written first: what it replaces must not go before it.
      flush();
      const store = database.transaction("values", "readwrite").objectStore("values");
      store.delete(IDBKeyRange.bound(first, last, false, true));
    },
    readChanges: async (estimateId) => {
      const index = database.transaction("changes").objectStore("changes").index("by_estimate");
      const range = IDBKeyRange.bound([estimateId, 0], [estimateId, Infinity]);
      const stored = (await finish(index.getAll(range))) as StoredChange[];
      return stored.map(({ change }) => change);
    },
    addChanges: (estimateId, changes) => {
      const store = database.transaction("changes", "readwrite").objectStore("changes");
      for (const change of changes) {
        count += 1;
        const order = Date.now() * 1000 + (count % 1000);
        store.put({ id: change.id, estimateId, order, change } satisfies StoredChange);
      }
    },
    dropChanges: (ids) => {
      const store = database.transaction("changes", "readwrite").objectStore("changes");
      for (const id of ids) store.delete(id);
    },
    unsent: async () => {
      const store = database.transaction("changes").objectStore("changes");
      const stored = (await finish(store.getAll())) as StoredChange[];
      return [...new Set(stored.map(({ estimateId }) => estimateId))];
    },
  };
}

/** A web view without storage: everything works while the app is open. */
const FORGETFUL: Omit<Device, "name"> = {
  isLasting: false,
  read: async () => null,
  write: () => undefined,
  readBetween: async () => [],
  removeBetween: () => undefined,
  readChanges: async () => [],
  addChanges: () => undefined,
  dropChanges: () => undefined,
  unsent: async () => [],
};

function openDatabase(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(name, VERSION);
      request.onupgradeneeded = ({ oldVersion }) => {
        // What was seen is read anew; own changes stay.
        if (oldVersion > 0) request.result.deleteObjectStore("values");
        request.result.createObjectStore("values");
        if (oldVersion > 0) return;
        request.result
          .createObjectStore("changes", { keyPath: "id" })
          .createIndex("by_estimate", ["estimateId", "order"]);
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      // Private windows of some browsers throw instead of asking.
      resolve(null);
    }
  });
}

function finish<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the device did not answer"));
  });
}
