import type { Id } from "../../../domain/ids.ts";
import type { LineFields } from "../estimate/edits.ts";

/** What of the screen is open, selected and half typed. Nothing of it is ever sent. */
export interface UiState {
  /** The cell that is being edited. */
  readonly cell: Cell | null;
  /** What the edited cell would make of its line, so that the totals follow every key. */
  readonly draft: Draft | null;
  /** Texts that could not be understood, by `cellKey`; they stay until they are mended. */
  readonly rejected: ReadonlyMap<string, Rejected>;
  readonly sheet: Sheet | null;
  readonly toast: Toast | null;
  /** Internal cost and margin in the place of prices. */
  readonly showsCost: boolean;
  readonly drag: Drag | null;
  /** How many photos a line has, those on their way too. */
  readonly photos: ReadonlyMap<Id, number>;
  /** Those of the server, as they were last seen; null: never. */
  readonly sentPhotos: readonly SentPhoto[] | null;
  /** Photos that the server has not got. */
  readonly unsentPhotos: UnsentPhotos;
}

export interface SentPhoto {
  readonly id: Id;
  readonly lineId: Id;
}

export interface UnsentPhotos {
  readonly count: number;
  readonly state: "sending" | "offline" | "refused";
}

export type Field = "name" | "quantity" | "unit" | "price" | "cost" | "title";

export interface Cell {
  readonly rowKey: string;
  readonly field: Field;
  /** The text to begin with, when typing started the editing. */
  readonly text?: string;
}

export interface Draft {
  readonly lineId: Id;
  readonly set: LineFields;
}

export interface Rejected {
  readonly text: string;
  /** A sentence for people. */
  readonly problem: string;
}

export type Sheet =
  | { readonly kind: "menu" | "totals" | "details" | "problems" | "rooms" }
  | { readonly kind: "line"; readonly lineId: Id }
  | { readonly kind: "section"; readonly sectionId: Id }
  | { readonly kind: "paste"; readonly text: string; readonly sectionId: Id | null };

export interface Toast {
  readonly text: string;
  /** The step that the toast tells of, while it can be taken back; see `lastStep`. */
  readonly step: object | null;
  readonly number: number;
}

/** A row on its way. `boundary`: the rows are counted from 0, it would land before this one. */
export interface Drag {
  readonly rowKey: string;
  readonly offset: number;
  readonly boundary: number;
}

export interface UiStore {
  readonly getState: () => UiState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly set: (part: Partial<UiState>) => void;
  /** A sheet whose code is still on its way is given up: it must not take the keys from the cell. */
  readonly edit: (cell: Cell | null) => void;
  readonly reject: (key: string, rejected: Rejected | null) => void;
  readonly say: (text: string, step?: object | null) => void;
}

export function cellKey({ rowKey, field }: Cell): string {
  return `${rowKey}:${field}`;
}

export function createUiStore(): UiStore {
  const listeners = new Set<() => void>();
  let toasts = 0;
  let state: UiState = {
    cell: null,
    draft: null,
    rejected: new Map(),
    sheet: null,
    toast: null,
    showsCost: false,
    drag: null,
    photos: new Map(),
    sentPhotos: null,
    unsentPhotos: { count: 0, state: "sending" },
  };
  const set = (part: Partial<UiState>) => {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  };
  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set,
    edit: (cell) => set(cell ? { cell, draft: null, sheet: null } : { cell, draft: null }),
    reject: (key, rejected) => {
      if (rejected === null && !state.rejected.has(key)) return;
      const all = new Map(state.rejected);
      if (rejected === null) all.delete(key);
      else all.set(key, rejected);
      set({ rejected: all });
    },
    say: (text, step = null) => {
      toasts += 1;
      set({ toast: { text, step, number: toasts } });
    },
  };
}
