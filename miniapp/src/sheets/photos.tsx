import { useEffect, useMemo, useState } from "react";
import type { Id } from "../../../domain/ids.ts";
import type { PhotoSize } from "../../../domain/photos.ts";
import { type Api, reach, refusal } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate, useUi } from "../editor/context.ts";
import { asApiError, useLoaded } from "../loading.ts";
import { newId } from "../new_id.ts";
import { refreshPhotos } from "../photos/photo_marks.ts";
import { openPhotos } from "../photos/photos_here.ts";
import { shrinkPhoto } from "../photos/picture.ts";
import { feel } from "../telegram/manners.ts";
import { sheetTexts } from "./sheet_texts_ru.ts";
import { useWaitingPhotos, WaitingPhotos } from "./waiting_photos.tsx";

/** Photos of one line: taken with the phone, also without a network; seen by the company alone. */
export function Photos({ lineId }: { readonly lineId: Id }) {
  const editor = useEditor();
  const { api } = editor;
  const estimateId = useEstimate((state) => state.head.id);
  const sent = useUi((state) => state.sentPhotos);
  const { photos: waiting, isOffline, queue } = useWaitingPhotos();
  const [openId, setOpenId] = useState<Id | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const own = useMemo(() => sent?.filter((photo) => photo.lineId === lineId) ?? [], [sent, lineId]);
  const onWay = waiting.filter(
    (photo) => photo.lineId === lineId && !own.some(({ id }) => id === photo.id),
  );

  const take = async (file: File) => {
    setProblem(null);
    try {
      const { picture, thumbnail } = await shrinkPhoto(file);
      const bytes = {
        picture: await picture.arrayBuffer(),
        thumbnail: await thumbnail.arrayBuffer(),
      };
      // Also before this page has read the queue: a photo is never dropped.
      const photos = await openPhotos(editor);
      const isKept = await photos.add({ id: newId(), estimateId, lineId, ...bytes });
      feel("add");
      if (!isKept) setProblem(sheetTexts.photoNotKept);
    } catch {
      setProblem(sheetTexts.photoUnreadable);
    }
  };
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
              api={api}
              param={{ id: estimateId, photoId: id, size: "thumbnail" }}
              label={`${sheetTexts.photo} ${index + 1}`}
            />
          </button>
        ))}
        <WaitingPhotos photos={onWay} isOffline={isOffline} queue={queue} />
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
      </div>
      {openId === null ? null : (
        <div className="photo-open">
          <Picture
            key={openId}
            api={api}
            param={{ id: estimateId, photoId: openId, size: "picture" }}
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

interface PictureProps {
  readonly api: Api;
  readonly param: { readonly id: Id; readonly photoId: Id; readonly size: PhotoSize };
  readonly label: string;
}

/** The picture comes with the session's key, so it is fetched and not linked. */
function Picture({ api, param, label }: PictureProps) {
  const { id, photoId, size } = param;
  const loaded = useLoaded(`${photoId}/${size}`, async () => {
    const route = api.estimates[":id"].photos[":photoId"][":size"];
    const answer = await reach(route.$get({ param: { id, photoId, size } }));
    if (!answer.ok) throw await refusal(answer);
    return URL.createObjectURL(await answer.blob());
  });
  const url = loaded.value;
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  if (url !== null) return <img src={url} alt={label} />;
  return <span className="hint">{loaded.state === "failed" ? sheetTexts.noPhoto : label}</span>;
}
