import type { KeyboardEvent } from "react";
import { flushSync } from "react-dom";
import { copyLine, removeLine, stepLine, stepSection } from "../estimate/edits.ts";
import type { Row } from "../estimate/outline.ts";
import { texts } from "../texts_ru.ts";
import { cellBeside, nextCell, previousCell } from "./cells.ts";
import type { Editor } from "./context.ts";
import { type Cell, cellKey, type Field } from "./ui_store.ts";

/**
 * Keys on a cell that is not being edited: arrows walk, a letter or Enter begins to edit, Alt and an
 * arrow carries the row, Delete removes it.
 */
export function pressKey(editor: Editor, event: KeyboardEvent): void {
  const element = event.target instanceof HTMLElement ? event.target : null;
  const row = element?.closest<HTMLElement>("[data-row]")?.dataset;
  if (!element || element instanceof HTMLInputElement || row?.["row"] === undefined) return;
  if (element instanceof HTMLTextAreaElement) return;
  const { store, ui } = editor;
  const { outline, canEdit } = store.getState();
  const { showsCost } = ui.getState();
  const field = element.dataset["field"] as Field | undefined;
  const rowKey = row["row"];

  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    if (canEdit) carry(editor, rowKey, event.key === "ArrowUp" ? -1 : 1);
    return;
  }
  if (field === undefined) return;
  const cell: Cell = { rowKey, field };
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    const target = neighbour(event.key, outline, cell, showsCost);
    if (target) focusCell(target);
    return;
  }
  if (!canEdit) return;
  if (event.key === "Delete") {
    event.preventDefault();
    removeWithUndo(editor, rowKey);
  } else if ((event.ctrlKey || event.metaKey) && event.code === "KeyD") {
    event.preventDefault();
    const copy = copyLine(store.getState().content, rowKey);
    if (copy) store.change(copy.changes);
  } else if (event.key === "Backspace" || isCharacter(event)) {
    event.preventDefault();
    ui.edit({ ...cell, text: event.key === "Backspace" ? "" : event.key });
  }
}

function neighbour(key: string, rows: readonly Row[], cell: Cell, showsCost: boolean): Cell | null {
  if (key === "ArrowRight") return nextCell(rows, cell, showsCost);
  if (key === "ArrowLeft") return previousCell(rows, cell, showsCost);
  return cellBeside(rows, cell, key === "ArrowUp" ? -1 : 1);
}

/** Removes a line and offers it back. */
export function removeWithUndo({ store, ui }: Editor, lineId: string): void {
  store.change(removeLine(lineId));
  ui.say(texts.lineRemoved, store.getState().lastStep);
}

export function carry({ store }: Editor, rowKey: string, step: -1 | 1): void {
  const { content } = store.getState();
  const sectionId = rowKey.startsWith("section/") ? rowKey.slice("section/".length) : null;
  const changes =
    sectionId === null ? stepLine(content, rowKey, step) : stepSection(content, sectionId, step);
  if (changes.length === 0) return;
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  flushSync(() => store.change(changes));
  focused?.focus();
  focused?.scrollIntoView({ block: "nearest" });
}

/** Puts the focus on a cell, once it is in the page. */
export function focusCell(cell: Cell): void {
  const find = () => document.querySelector<HTMLElement>(`[data-cell="${cellKey(cell)}"]`);
  const element = find();
  if (element) element.focus();
  else requestAnimationFrame(() => find()?.focus());
}

function isCharacter(event: KeyboardEvent): boolean {
  return event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey;
}
