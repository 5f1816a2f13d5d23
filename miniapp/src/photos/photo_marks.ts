import type { Id } from "../../../domain/ids.ts";
import { read } from "../api.ts";
import type { Editor } from "../editor/context.ts";
import type { SentPhoto, UnsentPhotos } from "../editor/ui_store.ts";
import type { PhotoQueueState } from "./photo_queue.ts";
import type { WaitingPhoto } from "./photo_store.ts";
import { openPhotos } from "./photos_here.ts";

/** Of the estimate that is open. */
let current: (() => Promise<void>) | null = null;

/** Asks the server for the photos of the open estimate again; rejects with `ApiError`. */
export async function refreshPhotos(): Promise<void> {
  await current?.();
}

/** Until the signal: the rows say how many photos they have, the state line how many are not sent. */
export async function followPhotos(editor: Editor, signal: AbortSignal): Promise<void> {
  const { api, device, store, ui } = editor;
  const { id } = store.getState().head;
  const queue = await openPhotos(editor);
  const key = `photos/${id}`;
  let sent = await device.read<readonly SentPhoto[]>(key);
  if (signal.aborted) return;
  let { sentCount } = queue.getState();

  const show = () => {
    const state = queue.getState();
    const waiting = state.photos.filter(({ estimateId }) => estimateId === id);
    const photos = countByLine([...(sent ?? []), ...waiting]);
    const unsentPhotos = { count: waiting.length, state: stateOf(state, id) };
    ui.set({ photos, sentPhotos: sent, unsentPhotos });
  };
  const refresh = async () => {
    const param = { id };
    const { items } = await read(api.estimates[":id"].photos.$get({ param }, { init: { signal } }));
    sent = items.map((photo) => ({ id: photo.id, lineId: photo.lineId }));
    device.write(key, sent);
    show();
  };
  const stop = queue.subscribe(() => {
    show();
    const before = sentCount;
    ({ sentCount } = queue.getState());
    // Without a network the marks stay as they were.
    if (sentCount !== before) refresh().catch(() => undefined);
  });
  signal.addEventListener("abort", stop);
  current = refresh;
  show();
  await refresh().catch(() => undefined);
}

/** A photo whose confirmation was lost is in both lists. */
function countByLine(
  photos: readonly (SentPhoto | Pick<WaitingPhoto, "id" | "lineId">)[],
): ReadonlyMap<Id, number> {
  const counts = new Map<Id, number>();
  const lines = new Map(photos.map(({ id, lineId }) => [id, lineId]));
  for (const lineId of lines.values()) {
    if (lineId !== null) counts.set(lineId, (counts.get(lineId) ?? 0) + 1);
  }
  return counts;
}

function stateOf({ photos, isOffline }: PhotoQueueState, id: Id): UnsentPhotos["state"] {
  const isRefused = photos.some(({ estimateId, problem }) => estimateId === id && problem !== null);
  if (isRefused) return "refused";
  return isOffline ? "offline" : "sending";
}
