import { useContext, useEffect, useState } from "react";
import type { Id } from "../../../domain/ids.ts";
import { type Api, reach, read, refusal } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import type { Device } from "../device/database.ts";
import { DeviceContext, useKept } from "../device/kept.ts";
import { asApiError } from "../loading.ts";
import { PhotoInput } from "../sheets/photo_input.tsx";
import { Picture } from "../sheets/picture.tsx";
import { sheetTexts } from "../sheets/sheet_texts_ru.ts";
import { useWaitingPhotos, WaitingPhotos } from "../sheets/waiting_photos.tsx";
import { pageTexts } from "./page_texts_ru.ts";

export interface ExtraPhotosProps {
  readonly api: Api;
  /** Of the extra work. */
  readonly id: Id;
  readonly canEdit: boolean;
}

/** What shows the client why the work is needed; frozen with the estimate. */
export function ExtraPhotos(props: ExtraPhotosProps) {
  const device = useContext(DeviceContext);
  return device ? <PhotoPanel {...props} device={device} /> : null;
}

function PhotoPanel({ api, id, canEdit, device }: ExtraPhotosProps & { readonly device: Device }) {
  const extra = api.estimates[":id"].extra;
  const loaded = useKept(`extra/${id}`, () => read(extra.$get({ param: { id } })));
  const { photos: waiting, isOffline, sentCount, queue } = useWaitingPhotos({ api, device });
  const [openId, setOpenId] = useState<Id | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const sent = loaded.value?.photos ?? [];
  const onWay = waiting.filter((photo) => photo.estimateId === id && photo.lineId === null);
  const { reload } = loaded;
  // oxlint-disable-next-line react/exhaustive-deps -- `reload` is another function each time.
  useEffect(() => (sentCount > 0 ? reload() : undefined), [sentCount]);

  const load = (photoId: Id) => extra.photos[":photoId"].$get({ param: { id, photoId } });
  const remove = async (photoId: Id) => {
    setProblem(null);
    try {
      const answer = await reach(extra.photos[":photoId"].$delete({ param: { id, photoId } }));
      if (!answer.ok) throw await refusal(answer);
      setOpenId(null);
      reload();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };

  if (!canEdit && sent.length + onWay.length === 0) return null;
  return (
    <section className="panel" aria-label={pageTexts.extraPhotos}>
      <h2>{pageTexts.extraPhotos}</h2>
      <div className="photos">
        {sent.map((photo, index) => (
          <button
            key={photo.id}
            type="button"
            className="photo"
            aria-expanded={photo.id === openId}
            onClick={() => setOpenId(photo.id === openId ? null : photo.id)}
          >
            <Picture
              name={photo.id}
              load={() => load(photo.id)}
              label={`${sheetTexts.photo} ${index + 1}`}
            />
          </button>
        ))}
        <WaitingPhotos photos={onWay} isOffline={isOffline} queue={queue} />
        {canEdit ? (
          <PhotoInput
            api={api}
            device={device}
            estimateId={id}
            lineId={null}
            onProblem={setProblem}
          />
        ) : null}
      </div>
      {openId === null ? null : (
        <div className="photo-open">
          <Picture name={openId} load={() => load(openId)} label={sheetTexts.photo} />
          {canEdit ? (
            <button type="button" className="action danger" onClick={() => void remove(openId)}>
              <Icon name="trash" />
              {sheetTexts.removePhoto}
            </button>
          ) : null}
        </div>
      )}
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
