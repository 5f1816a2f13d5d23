import { createContext, useContext, useSyncExternalStore } from "react";
import type { Api } from "../api.ts";
import type { Device } from "../device/database.ts";
import type { EstimateState, EstimateStore } from "../estimate/estimate_store.ts";
import type { UiState, UiStore } from "./ui_store.ts";

/** What every part of the editor works with. */
export interface Editor {
  readonly store: EstimateStore;
  readonly ui: UiStore;
  readonly api: Api;
  readonly device: Device;
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("outside of the editor");
  return editor;
}

/** A part of the estimate's state; renders again only when that part is another one. */
export function useEstimate<Part>(select: (state: EstimateState) => Part): Part {
  const { store } = useEditor();
  return useSyncExternalStore(store.subscribe, () => select(store.getState()));
}

export function useUi<Part>(select: (state: UiState) => Part): Part {
  const { ui } = useEditor();
  return useSyncExternalStore(ui.subscribe, () => select(ui.getState()));
}
