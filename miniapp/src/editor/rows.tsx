import { type KeyboardEvent, memo, useMemo, useRef } from "react";
import type { Line } from "../../../domain/estimate/estimate.ts";
import type { Coefficients } from "../../../domain/estimate/totals.ts";
import type { Row } from "../estimate/outline.ts";
import { AddingRow } from "./adding_row.tsx";
import { useEditor, useEstimate, useUi } from "./context.ts";
import { pressKey } from "./keyboard.ts";
import { LineRow } from "./line_row.tsx";
import { SectionRow } from "./section_row.tsx";
import { useRowDrag } from "./drag.ts";
import { type Layout, useLayout, useVisibleRows } from "./virtual_rows.ts";
import type { Cell, UiState } from "./ui_store.ts";
import "./rows.css";

/**
 * All rows of the estimate, of which only those in sight are in the page. What the rows show is read here:
 * a subscription in each of them is what a quick scroll would pay for.
 */
export function Rows() {
  const editor = useEditor();
  const outline = useEstimate((state) => state.outline);
  const lines = useEstimate((state) => state.content.lines);
  const coefficients = useEstimate((state) => state.ledger.coefficients);
  const canEdit = useEstimate((state) => state.canEdit);
  const rows = useMemo(() => (canEdit ? outline : readable(outline)), [outline, canEdit]);
  const cell = useUi((state) => state.cell);
  const showsCost = useUi((state) => state.showsCost);
  const rejected = useUi((state) => state.rejected);
  const photos = useUi((state) => state.photos);
  const activeKey = cell?.rowKey ?? null;
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
          cell={row.key === activeKey ? cell : null}
          line={lines.get(row.key) ?? null}
          photos={photos.get(row.key) ?? 0}
          isDragged={drag?.rowKey === row.key}
          isEnd={!canEdit && row.kind === "line" && rows[index + 1]?.kind !== "line"}
          rejected={rejected}
          coefficients={coefficients}
          canEdit={canEdit}
          showsCost={showsCost}
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

/** Where nothing can be added there is no place to add it. */
function readable(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ kind }) => kind !== "adding");
}

interface RowItemProps {
  readonly row: Row;
  readonly index: number;
  readonly count: number;
  readonly top: number;
  /** Given while a cell of this row is being edited. */
  readonly cell: Cell | null;
  readonly line: Line | null;
  readonly photos: number;
  readonly isDragged: boolean;
  /** Nothing of its section is below, not even where the next line is added. */
  readonly isEnd: boolean;
  readonly rejected: UiState["rejected"];
  readonly coefficients: Coefficients;
  readonly canEdit: boolean;
  readonly showsCost: boolean;
  readonly layout: Layout;
  readonly onDragStart: ReturnType<typeof useRowDrag>;
}

const RowItem = memo((props: RowItemProps) => {
  const { row, index, count, top, cell, line, isDragged, layout, onDragStart } = props;
  const classes = ["row", `row-${row.kind}`];
  if (cell) classes.push("row-active");
  if (isDragged) classes.push("row-dragged");
  if (props.isEnd) classes.push("row-end");
  const place = {
    className: classes.join(" "),
    "aria-posinset": index + 1,
    "aria-setsize": count,
    style: { height: layout.heights[row.kind], top },
  };
  if (row.kind === "line") {
    if (!line) return null;
    return (
      <LineRow
        place={place}
        line={line}
        number={row.number}
        cell={cell}
        photos={props.photos}
        rejected={props.rejected}
        coefficients={props.coefficients}
        canEdit={props.canEdit}
        showsCost={props.showsCost}
        onDragStart={onDragStart}
      />
    );
  }
  return (
    <li {...place}>
      {row.kind === "section" ? (
        <SectionRow sectionId={row.sectionId} onDragStart={onDragStart} />
      ) : (
        <AddingRow sectionId={row.sectionId} isLast={index === count - 1} />
      )}
    </li>
  );
});
RowItem.displayName = "RowItem";
