import { useEffect, useState } from "react";
import type { Id } from "../../../domain/ids.ts";
import type { PhotoSize } from "../../../domain/photos.ts";
import { type Api, reach, read, refusal } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { asApiError, useLoaded } from "../loading.ts";
import { newId } from "../new_id.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { shrinkPhoto } from "./picture.ts";
import { sheetTexts } from "./sheet_texts_ru.ts";

/** A photo on its way to the server. */
interface Upload {
  readonly id: Id;
  readonly file: Blob;
  /** A sentence for people; null while it goes. */
  readonly problem: string | null;
}

/** Photos of one line: taken with the phone, seen by the people of the company alone. */
export function Photos({ lineId }: { readonly lineId: Id }) {
  const { api } = useEditor();
  const estimateId = useEstimate((state) => state.head.id);
  const photos = api.estimates[":id"].photos;
  const loaded = useLoaded(`photos/${estimateId}`, () =>
    read(photos.$get({ param: { id: estimateId } })),
  );
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [openId, setOpenId] = useState<Id | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const own = loaded.value?.items.filter((photo) => photo.lineId === lineId) ?? [];

  const send = async ({ id, file }: Upload) => {
    const mark = (failure: string | null) =>
      setUploads((all) => [
        ...all.filter((upload) => upload.id !== id),
        { id, file, problem: failure },
      ]);
    mark(null);
    try {
      const files = await shrink(file);
      const param = { id: estimateId, photoId: id };
      await read(photos[":photoId"].$put({ param, form: { lineId, ...files } }));
      feel("success");
      setUploads((all) => all.filter((upload) => upload.id !== id));
      loaded.reload();
    } catch (error) {
      mark(error instanceof UnreadablePhoto ? error.message : asApiError(error).message);
    }
  };
  const remove = async (photoId: Id) => {
    setProblem(null);
    try {
      const param = { id: estimateId, photoId };
      const answer = await reach(photos[":photoId"].$delete({ param }));
      if (!answer.ok) throw await refusal(answer);
      setOpenId(null);
      loaded.reload();
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
        {uploads.map((upload) => (
          <UploadStatus
            key={upload.id}
            upload={upload}
            onRetry={() => void send(upload)}
            onDrop={() => setUploads((all) => all.filter(({ id }) => id !== upload.id))}
          />
        ))}
        <label className="action photo-add">
          <Icon name="camera" />
          {sheetTexts.addPhoto}
          <input
            className="spoken"
            type="file"
            accept="image/*"
            multiple
            onChange={(event) => {
              for (const file of event.target.files ?? []) {
                void send({ id: newId(), file, problem: null });
              }
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
      {loaded.state === "failed" ? <p className="hint">{sheetTexts.photosNeedNetwork}</p> : null}
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

class UnreadablePhoto extends Error {}

async function shrink(file: Blob) {
  try {
    return await shrinkPhoto(file);
  } catch {
    throw new UnreadablePhoto(sheetTexts.photoUnreadable);
  }
}

interface UploadStatusProps {
  readonly upload: Upload;
  readonly onRetry: () => void;
  readonly onDrop: () => void;
}

function UploadStatus({ upload, onRetry, onDrop }: UploadStatusProps) {
  if (upload.problem === null) {
    return <output className="photo hint photo-busy">{texts.sending}</output>;
  }
  return (
    <div className="problem">
      <p role="alert">{upload.problem}</p>
      <div className="actions">
        <button type="button" className="action inner" onClick={onRetry}>
          {texts.retry}
        </button>
        <button type="button" className="action inner" onClick={onDrop}>
          {sheetTexts.dropPhoto}
        </button>
      </div>
    </div>
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
