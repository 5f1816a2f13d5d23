import type { Id } from "../../../domain/ids.ts";

/** A photo that the server has not confirmed; the bytes are as they will be sent. */
export interface WaitingPhoto {
  readonly id: Id;
  readonly estimateId: Id;
  /** Null: of the extra work itself, which its client sees. */
  readonly lineId: Id | null;
  readonly picture: ArrayBuffer;
  readonly thumbnail: ArrayBuffer;
  /** A sentence for people: the server will not take it. Null: it waits or is on its way. */
  readonly problem: string | null;
}

export interface PhotoStore {
  /** In the order of taking. */
  readonly readAll: () => Promise<readonly WaitingPhoto[]>;
  /** Resolves when the device has it; rejects when it could not be kept. */
  readonly put: (photo: WaitingPhoto) => Promise<void>;
  readonly remove: (id: Id) => Promise<void>;
}

/**
 * Photos have a database of their own: it is opened only where somebody takes some, and no version of the
 * main one hangs on it. Bytes and not blobs: those of some phones are lost with the window.
 */
export async function openPhotoStore(deviceName: string): Promise<PhotoStore> {
  const database = await openDatabase(photoDatabaseName(deviceName));
  if (!database) return FORGETFUL;
  const begin = (mode: IDBTransactionMode) =>
    database.transaction("photos", mode).objectStore("photos");
  return {
    readAll: async () => {
      const store = begin("readonly");
      const request = store.getAll();
      await finish(store.transaction);
      // Ids are uuids that begin with the time.
      return request.result as WaitingPhoto[];
    },
    put: async (photo) => {
      const store = begin("readwrite");
      store.put(photo);
      await finish(store.transaction);
    },
    remove: async (id) => {
      const store = begin("readwrite");
      store.delete(id);
      await finish(store.transaction);
    },
  };
}

export function photoDatabaseName(deviceName: string): string {
  return `${deviceName}-photos`;
}

/** Without storage a photo lives as long as the window. */
const FORGETFUL: PhotoStore = {
  readAll: async () => [],
  put: () => Promise.reject(new Error("nothing can be kept here")),
  remove: async () => undefined,
};

function openDatabase(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("photos", { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      // Private windows of some browsers throw instead of asking.
      resolve(null);
    }
  });
}

function finish(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(transaction.error ?? new Error("the device did not answer"));
    transaction.oncomplete = () => resolve();
    transaction.onerror = fail;
    transaction.onabort = fail;
  });
}
