import type { Id } from "../../../domain/ids.ts";
import type { Api } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import type { Device } from "../device/database.ts";
import { newId } from "../new_id.ts";
import { openPhotos } from "../photos/photos_here.ts";
import { shrinkPhoto } from "../photos/picture.ts";
import { feel } from "../telegram/manners.ts";
import { sheetTexts } from "./sheet_texts_ru.ts";

export interface PhotoInputProps {
  readonly api: Api;
  readonly device: Device;
  readonly estimateId: Id;
  /** Null: a photo of the extra work itself. */
  readonly lineId: Id | null;
  /** A sentence for people; null: what was said before is over. */
  readonly onProblem: (problem: string | null) => void;
}

/** Takes photos into the queue of this window, also without a network. */
export function PhotoInput({ api, device, estimateId, lineId, onProblem }: PhotoInputProps) {
  const take = async (file: File) => {
    onProblem(null);
    try {
      const { picture, thumbnail } = await shrinkPhoto(file);
      const bytes = {
        picture: await picture.arrayBuffer(),
        thumbnail: await thumbnail.arrayBuffer(),
      };
      // Also before this page has read the queue: a photo is never dropped.
      const photos = await openPhotos({ api, device });
      const isKept = await photos.add({ id: newId(), estimateId, lineId, ...bytes });
      feel("add");
      if (!isKept) onProblem(sheetTexts.photoNotKept);
    } catch {
      onProblem(sheetTexts.photoUnreadable);
    }
  };
  return (
    <label className="action photo-add">
      <Icon name="camera" />
      {sheetTexts.addPhoto}
      <input
        className="spoken"
        type="file"
        accept="image/*"
        multiple
        onChange={(event) => {
          for (const file of event.target.files ?? []) void take(file);
          event.target.value = "";
        }}
      />
    </label>
  );
}
