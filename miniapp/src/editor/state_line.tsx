import type { EstimateState } from "../estimate/estimate_store.ts";
import { count, notSent, offline, texts } from "../texts_ru.ts";
import { useEditor, useEstimate, useUi } from "./context.ts";
import type { UnsentPhotos } from "./ui_store.ts";

type Mood = "calm" | "busy" | "waiting" | "trouble";

/** How the own changes fare, honestly; a press tells more where there is more to tell. */
export function StateLine() {
  const { ui } = useEditor();
  const photos = useUi(({ unsentPhotos }) => unsentPhotos);
  const own = useEstimate(moodOf);
  const text = useEstimate((state) => withPhotos(describe(state), photos));
  const mood = photos.count > 0 && own !== "trouble" ? PHOTO_MOODS[photos.state] : own;
  return (
    <button
      type="button"
      className="state-line"
      data-mood={mood}
      aria-live="polite"
      onClick={() => ui.set({ sheet: { kind: "problems" } })}
    >
      {text}
    </button>
  );
}

function moodOf({ status, conflicts, removals }: EstimateState): Mood {
  if (status.kind === "refused" || conflicts.length + removals.length > 0) return "trouble";
  if (status.kind === "offline") return "waiting";
  return status.kind === "sending" ? "busy" : "calm";
}

const PHOTO_MOODS = { sending: "busy", offline: "waiting", refused: "trouble" } as const;

/** «Нет связи: 2 изменения, 1 фото» */
function withPhotos(text: string, { count: photos, state }: UnsentPhotos): string {
  if (photos === 0) return text;
  const named = count(photos, "фото", "фото", "фото");
  if (text !== texts.saved) return `${text}, ${named}`;
  if (state === "refused") return `${texts.refused}: ${named}`;
  return state === "offline" ? `${offline(0)}: ${named}` : `${texts.sending} ${named}`;
}

function describe({ status, conflicts, removals, waiting }: EstimateState): string {
  if (status.kind === "refused") {
    return status.error.code === "unauthenticated" ? notSent(waiting) : texts.refused;
  }
  if (conflicts.length + removals.length > 0) return texts.conflict;
  switch (status.kind) {
    case "offline":
      return offline(waiting);
    case "sending":
      return texts.sending;
    case "saved":
      return texts.saved;
    default:
      return status satisfies never;
  }
}
