import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Api } from "../api.ts";
import type { Device } from "../device/database.ts";
import type { PhotoQueue, PhotoQueueState } from "../photos/photo_queue.ts";
import type { WaitingPhoto } from "../photos/photo_store.ts";
import { openPhotos } from "../photos/photos_here.ts";
import { texts } from "../texts_ru.ts";
import { sheetTexts } from "./sheet_texts_ru.ts";
import "./photos.css";

const NOTHING: PhotoQueueState = { photos: [], isOffline: false, sentCount: 0 };

/** The queue of this window; null for the moment in which it is read from the device. */
export function useWaitingPhotos({
  api,
  device,
}: {
  readonly api: Api;
  readonly device: Device;
}): PhotoQueueState & { readonly queue: PhotoQueue | null } {
  const [queue, setQueue] = useState<PhotoQueue | null>(null);
  useEffect(() => {
    void openPhotos({ api, device }).then(setQueue);
  }, [api, device]);
  const state = useSyncExternalStore(
    (listener) => queue?.subscribe(listener) ?? (() => undefined),
    () => queue?.getState() ?? NOTHING,
  );
  return { ...state, queue };
}

export interface WaitingPhotosProps {
  readonly photos: readonly WaitingPhoto[];
  readonly isOffline: boolean;
  readonly queue: PhotoQueue | null;
}

/** Photos that the server has not got: each with what becomes of it. */
export function WaitingPhotos({ photos, isOffline, queue }: WaitingPhotosProps) {
  return photos.map((photo) =>
    photo.problem === null ? (
      <figure key={photo.id} className="photo photo-busy">
        <Thumbnail photo={photo} />
        <figcaption>{isOffline ? sheetTexts.photoWaits : texts.sending}</figcaption>
      </figure>
    ) : (
      <div key={photo.id} className="problem">
        <Thumbnail photo={photo} />
        <p role="alert">{photo.problem}</p>
        <div className="actions">
          <button type="button" className="action inner" onClick={() => queue?.retry(photo.id)}>
            {texts.retry}
          </button>
          <button type="button" className="action inner" onClick={() => queue?.drop(photo.id)}>
            {sheetTexts.dropPhoto}
          </button>
        </div>
      </div>
    ),
  );
}

function Thumbnail({ photo: { thumbnail } }: { readonly photo: WaitingPhoto }) {
  const url = useMemo(
    () => URL.createObjectURL(new Blob([thumbnail], { type: "image/jpeg" })),
    [thumbnail],
  );
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return <img src={url} alt={sheetTexts.photo} />;
}
