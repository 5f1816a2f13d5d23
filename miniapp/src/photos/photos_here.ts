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
  const route = api.estimates[":id"].photos[":photoId"];
  const queue = createPhotoQueue({
    store: await openPhotoStore(device.name),
    send: async ({ id, estimateId, lineId, picture, thumbnail }) => {
      const param = { id: estimateId, photoId: id };
      const form = {
        lineId,
        picture: jpeg("picture.jpg", picture),
        thumbnail: jpeg("thumbnail.jpg", thumbnail),
      };
      await read(route.$put({ param, form }));
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
