import { useMemo, useState } from "react";
import type { Id } from "../../../domain/ids.ts";
import type { PhotoSize } from "../../../domain/photos.ts";
import { reach, refusal } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate, useUi } from "../editor/context.ts";
import { asApiError } from "../loading.ts";
import { refreshPhotos } from "../photos/photo_marks.ts";
import { PhotoInput } from "./photo_input.tsx";
import { Picture } from "./picture.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";
import { useWaitingPhotos, WaitingPhotos } from "./waiting_photos.tsx";

/** Photos of one line: taken with the phone, also without a network; seen by the company alone. */
export function Photos({ lineId }: { readonly lineId: Id }) {
  const editor = useEditor();
  const { api, device } = editor;
  const estimateId = useEstimate((state) => state.head.id);
  const sent = useUi((state) => state.sentPhotos);
  const { photos: waiting, isOffline, queue } = useWaitingPhotos(editor);
  const [openId, setOpenId] = useState<Id | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const own = useMemo(() => sent?.filter((photo) => photo.lineId === lineId) ?? [], [sent, lineId]);
  const onWay = waiting.filter(
    (photo) => photo.lineId === lineId && !own.some(({ id }) => id === photo.id),
  );

  const load = (photoId: Id, size: PhotoSize) =>
    api.estimates[":id"].photos[":photoId"][":size"].$get({
      param: { id: estimateId, photoId, size },
    });
  const remove = async (photoId: Id) => {
    setProblem(null);
    try {
      const param = { id: estimateId, photoId };
      const answer = await reach(api.estimates[":id"].photos[":photoId"].$delete({ param }));
      if (!answer.ok) throw await refusal(answer);
      setOpenId(null);
      await refreshPhotos();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };

  return (
    <section className="sheet-section" aria-label={sheetTexts.photos}>
      <div className="photos">
        {own.map(({ id }, index) => (
          <button
            key={id}
            type="button"
            className="photo"
            aria-expanded={id === openId}
            onClick={() => setOpenId(id === openId ? null : id)}
          >
            <Picture
              name={`${id}/thumbnail`}
              load={() => load(id, "thumbnail")}
              label={`${sheetTexts.photo} ${index + 1}`}
            />
          </button>
        ))}
        <WaitingPhotos photos={onWay} isOffline={isOffline} queue={queue} />
        <PhotoInput
          api={api}
          device={device}
          estimateId={estimateId}
          lineId={lineId}
          onProblem={setProblem}
        />
      </div>
      {openId === null ? null : (
        <div className="photo-open">
          <Picture
            name={`${openId}/picture`}
            load={() => load(openId, "picture")}
            label={sheetTexts.photo}
          />
          <button type="button" className="action danger" onClick={() => void remove(openId)}>
            <Icon name="trash" />
            {sheetTexts.removePhoto}
          </button>
        </div>
      )}
      {sent === null ? <p className="hint">{sheetTexts.photosNeedNetwork}</p> : null}
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
