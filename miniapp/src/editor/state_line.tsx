import type { EstimateState } from "../estimate/estimate_store.ts";
import { offline, texts } from "../texts_ru.ts";
import { useEditor, useEstimate } from "./context.ts";

type Mood = "calm" | "busy" | "waiting" | "trouble";

/** How the own changes fare, honestly; a press tells more where there is more to tell. */
export function StateLine() {
  const { ui } = useEditor();
  const mood = useEstimate(moodOf);
  const text = useEstimate(describe);
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

function describe({ status, conflicts, removals, waiting }: EstimateState): string {
  if (status.kind === "refused") return texts.refused;
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
