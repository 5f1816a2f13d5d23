import { type KeyboardEvent, memo, useRef } from "react";
import type { Row } from "../estimate/outline.ts";
import { AddingRow } from "./adding_row.tsx";
import { useEditor, useEstimate, useUi } from "./context.ts";
import { pressKey } from "./keyboard.ts";
import { LineRow } from "./line_row.tsx";
import { SectionRow } from "./section_row.tsx";
import { useRowDrag } from "./drag.ts";
import { type Layout, useLayout, useVisibleRows } from "./virtual_rows.ts";
import "./rows.css";

/** All rows of the estimate, of which only those in sight are in the page. */
export function Rows() {
  const editor = useEditor();
  const rows = useEstimate((state) => state.outline);
  const activeKey = useUi((state) => state.cell?.rowKey ?? null);
  const drag = useUi((state) => state.drag);
  const list = useRef<HTMLOListElement>(null);
  const layout = useLayout();
  const { tops, first, last } = useVisibleRows(rows, layout, list, activeKey);
  const startDrag = useRowDrag({ rows, tops, list });

  const shown: { row: Row; index: number }[] = [];
  for (let index = first; index < Math.min(last, rows.length); index += 1) {
    const row = rows[index];
    if (row) shown.push({ row, index });
  }
  // What is being edited or dragged stays in the page wherever the window goes.
  for (const key of [activeKey, drag?.rowKey]) {
    const index = key ? rows.findIndex((row) => row.key === key) : -1;
    const row = rows[index];
    if (row && (index < first || index >= last)) shown.push({ row, index });
  }
  const onKeyDown = (event: KeyboardEvent) => pressKey(editor, event);

  return (
    // Keys reach the list from the buttons in it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ol className="rows" ref={list} style={{ height: tops.at(-1) ?? 0 }} onKeyDown={onKeyDown}>
      {shown.map(({ row, index }) => (
        <RowItem
          key={row.key}
          row={row}
          index={index}
          count={rows.length}
          top={(tops[index] ?? 0) + (drag?.rowKey === row.key ? drag.offset : 0)}
          isActive={row.key === activeKey}
          isDragged={drag?.rowKey === row.key}
          layout={layout}
          onDragStart={startDrag}
        />
      ))}
      {drag ? (
        <li
          className="drop-line"
          aria-hidden="true"
          style={{ transform: `translateY(${tops[drag.boundary] ?? 0}px)` }}
        />
      ) : null}
    </ol>
  );
}

interface RowItemProps {
  readonly row: Row;
  readonly index: number;
  readonly count: number;
  readonly top: number;
  readonly isActive: boolean;
  readonly isDragged: boolean;
  readonly layout: Layout;
  readonly onDragStart: ReturnType<typeof useRowDrag>;
}

const RowItem = memo((props: RowItemProps) => {
  const { row, index, count, top, isActive, isDragged, layout, onDragStart } = props;
  const classes = ["row", `row-${row.kind}`];
  if (isActive) classes.push("row-active");
  if (isDragged) classes.push("row-dragged");
  return (
    <li
      className={classes.join(" ")}
      aria-posinset={index + 1}
      aria-setsize={count}
      style={{ height: layout.heights[row.kind], transform: `translateY(${top}px)` }}
    >
      {row.kind === "line" ? (
        <LineRow lineId={row.lineId} number={row.number} onDragStart={onDragStart} />
      ) : null}
      {row.kind === "section" ? (
        <SectionRow sectionId={row.sectionId} onDragStart={onDragStart} />
      ) : null}
      {row.kind === "adding" ? (
        <AddingRow sectionId={row.sectionId} isLast={index === count - 1} />
      ) : null}
    </li>
  );
});
RowItem.displayName = "RowItem";
