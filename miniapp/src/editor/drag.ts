import { type PointerEvent, type RefObject, useCallback, useLayoutEffect, useRef } from "react";
import { moveLine, moveSection } from "../estimate/edits.ts";
import type { Row } from "../estimate/outline.ts";
import { feel } from "../telegram/manners.ts";
import { dropLine, dropSection } from "./cells.ts";
import { type Editor, useEditor } from "./context.ts";
import { rowAt } from "./virtual_rows.ts";

/** Near the edges of the window a drag scrolls it. */
const EDGE = 90; // px
const SPEED = 14; // px a frame at the very edge

/** Dragging a row by its handle. The others stay where they are; a line shows where it would land. */
export function useRowDrag(options: DragOptions & { list: RefObject<HTMLElement | null> }) {
  const { store, ui } = useEditor();
  const { list } = options;
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
  });

  // One function for the whole life of the list: rows that get another one would render again.
  return useCallback(
    (event: PointerEvent<HTMLElement>, rowKey: string) =>
      dragRow({ store, ui }, list, latest, event, rowKey),
    [store, ui, list],
  );
}

interface DragOptions {
  readonly rows: readonly Row[];
  readonly tops: Float64Array;
}

function dropRow(
  { store }: Pick<Editor, "store">,
  rows: readonly Row[],
  rowKey: string,
  boundary: number,
): void {
  const row = rows.find(({ key }) => key === rowKey);
  const { content } = store.getState();
  if (row?.kind === "line") {
    const to = dropLine(rows, row.key, boundary);
    if (to) store.change(moveLine(content, row.lineId, to));
  }
  if (row?.kind === "section" && row.sectionId !== null) {
    const index = dropSection(rows, row.sectionId, boundary);
    store.change(moveSection(content, row.sectionId, index));
  }
}

function dragRow(
  editor: Pick<Editor, "store" | "ui">,
  list: RefObject<HTMLElement | null>,
  latest: RefObject<DragOptions>,
  event: PointerEvent<HTMLElement>,
  rowKey: string,
): void {
  const { ui } = editor;
  if (event.button !== 0 || !list.current) return;
  event.preventDefault();
  const handle = event.currentTarget;
  handle.setPointerCapture(event.pointerId);
  const startY = event.clientY - list.current.getBoundingClientRect().top;
  let pointerY = event.clientY;
  let frame = 0;

  const follow = () => {
    const { rows, tops } = latest.current;
    if (!list.current) return;
    const y = pointerY - list.current.getBoundingClientRect().top;
    const over = rowAt(tops, y);
    const middle = ((tops[over] ?? 0) + (tops[over + 1] ?? 0)) / 2;
    const boundary = Math.min(y > middle ? over + 1 : over, rows.length);
    const before = ui.getState().drag;
    if (before && before.boundary !== boundary) feel("select");
    ui.set({ drag: { rowKey, offset: y - startY, boundary } });
  };
  const scroll = () => {
    const above = EDGE - pointerY;
    const below = pointerY - (window.innerHeight - EDGE);
    const push = Math.max(above, below, 0) / EDGE;
    if (push > 0) {
      window.scrollBy({ top: (above > below ? -1 : 1) * push * SPEED, behavior: "instant" });
      follow();
    }
    frame = requestAnimationFrame(scroll);
  };
  const move = (moved: globalThis.PointerEvent) => {
    pointerY = moved.clientY;
    follow();
  };
  const finish = (isDropped: boolean) => {
    cancelAnimationFrame(frame);
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", up);
    handle.removeEventListener("pointercancel", cancel);
    const { drag } = ui.getState();
    ui.set({ drag: null });
    if (isDropped && drag) dropRow(editor, latest.current.rows, rowKey, drag.boundary);
  };
  const up = () => finish(true);
  const cancel = () => finish(false);
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", up);
  handle.addEventListener("pointercancel", cancel);
  frame = requestAnimationFrame(scroll);
}
