import { useEffect } from "react";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { useEditor, useEstimate, useUi } from "./context.ts";

const STAYS = 7000; // ms

/** What was just done, with the way back. */
export function ToastBar() {
  const { store, ui } = useEditor();
  const toast = useUi((state) => state.toast);
  const lastStep = useEstimate((state) => state.lastStep);
  const number = toast?.number;
  useEffect(() => {
    if (number === undefined) return undefined;
    const timer = setTimeout(() => ui.set({ toast: null }), STAYS);
    return () => clearTimeout(timer);
  }, [ui, number]);
  if (!toast) return null;
  const undo = () => {
    feel("undo");
    store.undo();
    ui.set({ toast: null });
  };
  return (
    <output className="toast">
      <span>{toast.text}</span>
      {toast.step !== null && toast.step === lastStep ? (
        <button type="button" className="toast-button" onClick={undo}>
          {texts.undo}
        </button>
      ) : null}
    </output>
  );
}
