import { useEffect } from "react";
import { reach, refusal } from "../api.ts";
import { useLoaded } from "../loading.ts";
import { sheetTexts } from "./sheet_texts_ru.ts";

export interface PictureProps {
  /** Names the bytes: another picture has another name. */
  readonly name: string;
  readonly load: () => Promise<Pick<Response, "ok" | "status" | "json" | "blob">>;
  readonly label: string;
}

/** The picture comes with the session's key, so it is fetched and not linked. */
export function Picture({ name, load, label }: PictureProps) {
  const loaded = useLoaded(name, async () => {
    const answer = await reach(load());
    if (!answer.ok) throw await refusal(answer);
    return { name, url: URL.createObjectURL(await answer.blob()) };
  });
  const url = loaded.value?.name === name ? loaded.value.url : null;
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  if (url !== null) return <img src={url} alt={label} />;
  return <span className="hint">{loaded.state === "failed" ? sheetTexts.noPhoto : label}</span>;
}
