import type { Id } from "../../../domain/ids.ts";
import type { ApiError } from "../api.ts";
import { asApiError } from "../loading.ts";
import type { PhotoStore, WaitingPhoto } from "./photo_store.ts";

export interface PhotoQueueState {
  readonly photos: readonly WaitingPhoto[];
  /** The last try did not reach the server. */
  readonly isOffline: boolean;
  /** Of this window, so that who shows the server's list asks for it again. */
  readonly sentCount: number;
}

/** Photos on their way to the server: kept on the device first, sent one by one, each once. */
export interface PhotoQueue {
  readonly getState: () => PhotoQueueState;
  readonly subscribe: (listener: () => void) => () => void;
  /** False: the device could not keep it, so it lives only as long as the window. */
  readonly add: (photo: Omit<WaitingPhoto, "problem">) => Promise<boolean>;
  /** Tries at once: the network came back, or the person asks. */
  readonly wake: () => void;
  /** Once more what the server had refused. */
  readonly retry: (id: Id) => void;
  readonly drop: (id: Id) => void;
}

const FIRST_PAUSE = 2000; // ms
const LONGEST_PAUSE = 60_000; // ms

export function createPhotoQueue(parts: {
  readonly store: PhotoStore;
  /** The server knows a photo by its id or its bytes: sending it twice makes one. Throws `ApiError`. */
  readonly send: (photo: WaitingPhoto) => Promise<void>;
  /** Whether changes of an estimate wait: a line that was made offline is not at the server yet. */
  readonly hasUnsentChanges: (estimateId: Id) => Promise<boolean>;
  readonly after: (milliseconds: number, callback: () => void) => void;
}): PhotoQueue {
  const { store, send, hasUnsentChanges, after } = parts;
  const listeners = new Set<() => void>();
  let state: PhotoQueueState = { photos: [], isOffline: false, sentCount: 0 };
  let isRunning = false;
  let isWoken = false;
  let isTimed = false;
  let pause = FIRST_PAUSE;

  const set = (part: Partial<PhotoQueueState>) => {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  };
  const replace = (photo: WaitingPhoto) =>
    set({ photos: state.photos.map((known) => (known.id === photo.id ? photo : known)) });
  const forget = (id: Id) => {
    set({ photos: state.photos.filter((photo) => photo.id !== id) });
    // Still there after a failure: the server knows it by its id.
    store.remove(id).catch(() => undefined);
  };

  async function run(): Promise<void> {
    if (isRunning) {
      isWoken = true;
      return;
    }
    isRunning = true;
    do {
      isWoken = false;
      await sendAll();
    } while (isWoken);
    isRunning = false;
  }

  async function sendAll(): Promise<void> {
    let waits = false;
    for (const { id } of state.photos) {
      const photo = state.photos.find((known) => known.id === id);
      if (!photo || photo.problem !== null) continue;
      const outcome = await sendOne(photo);
      if (outcome === "sent") continue;
      waits = true;
      // Without a network the others need not be tried.
      if (outcome === "offline") break;
    }
    if (!waits || isTimed) return;
    isTimed = true;
    after(pause, () => {
      isTimed = false;
      void run();
    });
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  async function sendOne(photo: WaitingPhoto): Promise<"sent" | "offline" | "early"> {
    try {
      await send(photo);
      pause = FIRST_PAUSE;
      set({ isOffline: false, sentCount: state.sentCount + 1 });
      forget(photo.id);
      return "sent";
    } catch (error) {
      const refusal = asApiError(error);
      if (isTemporary(refusal)) {
        set({ isOffline: true });
        return "offline";
      }
      set({ isOffline: false });
      if (await hasUnsentChanges(photo.estimateId)) return "early";
      const refused = { ...photo, problem: refusal.message };
      replace(refused);
      await store.put(refused).catch(() => undefined);
      return "sent";
    }
  }

  void store.readAll().then(
    (kept) => {
      const known = new Set(state.photos.map(({ id }) => id));
      set({ photos: [...kept.filter(({ id }) => !known.has(id)), ...state.photos] });
      return run();
    },
    // What can't be read now is read at the next start.
    () => undefined,
  );

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: async (photo) => {
      const waiting = { ...photo, problem: null };
      const isKept = await store.put(waiting).then(
        () => true,
        () => false,
      );
      set({ photos: [...state.photos, waiting] });
      void run();
      return isKept;
    },
    wake: () => {
      pause = FIRST_PAUSE;
      void run();
    },
    retry: (id) => {
      const photo = state.photos.find((known) => known.id === id);
      if (!photo) return;
      const waiting = { ...photo, problem: null };
      replace(waiting);
      store.put(waiting).catch(() => undefined);
      void run();
    },
    drop: forget,
  };
}

/** A session that ended, too, is over some day; what the person can do about it he reads elsewhere. */
function isTemporary(error: ApiError): boolean {
  return error.isTemporary || error.status === 401;
}
