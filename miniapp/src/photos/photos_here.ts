import { type Api, read } from "../api.ts";
import type { Device } from "../device/database.ts";
import { createPhotoQueue, type PhotoQueue } from "./photo_queue.ts";
import { openPhotoStore } from "./photo_store.ts";

let opened: Promise<PhotoQueue> | null = null;

/** The one queue of this window; begins to send what an earlier one left. */
export function openPhotos(parts: { readonly api: Api; readonly device: Device }) {
  opened ??= openQueue(parts);
  return opened;
}

async function openQueue({ api, device }: { api: Api; device: Device }): Promise<PhotoQueue> {
  const estimate = api.estimates[":id"];
  const queue = createPhotoQueue({
    store: await openPhotoStore(device.name),
    send: async ({ id, estimateId, lineId, ...bytes }) => {
      const picture = jpeg("picture.jpg", bytes.picture);
      if (lineId === null) {
        await read(estimate.extra.photos.$post({ param: { id: estimateId }, form: { picture } }));
        return;
      }
      const form = { lineId, picture, thumbnail: jpeg("thumbnail.jpg", bytes.thumbnail) };
      const param = { id: estimateId, photoId: id };
      await read(estimate.photos[":photoId"].$put({ param, form }));
    },
    hasUnsentChanges: async (id) => (await device.readChanges(id)).length > 0,
    after: (milliseconds, callback) => void setTimeout(callback, milliseconds),
  });
  window.addEventListener("online", queue.wake);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") queue.wake();
  });
  return queue;
}

function jpeg(name: string, bytes: ArrayBuffer): File {
  return new File([bytes], name, { type: "image/jpeg" });
}
