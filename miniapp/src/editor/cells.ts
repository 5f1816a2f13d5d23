import type { Row } from "../estimate/outline.ts";
import type { Cell, Field } from "./ui_store.ts";

/** The cells of a line from left to right. */
export function fieldsOf(showsCost: boolean): readonly Field[] {
  return ["name", "quantity", "unit", showsCost ? "cost" : "price"];
}

/** The cell after this one in reading order; after the last line of a section the place for the next. */
export function nextCell(rows: readonly Row[], cell: Cell, showsCost: boolean): Cell | null {
  const fields = fieldsOf(showsCost);
  const next = fields[fields.indexOf(cell.field) + 1];
  const index = rows.findIndex(({ key }) => key === cell.rowKey);
  if (rows[index]?.kind === "line" && next) return { rowKey: cell.rowKey, field: next };
  const row = rows.slice(index + 1).find(({ kind }) => kind !== "section");
  if (!row || rows[index]?.kind === "adding") return null;
  return { rowKey: row.key, field: "name" };
}

export function previousCell(rows: readonly Row[], cell: Cell, showsCost: boolean): Cell | null {
  const fields = fieldsOf(showsCost);
  const previous = fields[fields.indexOf(cell.field) - 1];
  const index = rows.findIndex(({ key }) => key === cell.rowKey);
  if (rows[index]?.kind === "line" && previous) return { rowKey: cell.rowKey, field: previous };
  const row = rows.slice(0, Math.max(0, index)).findLast(({ kind }) => kind === "line");
  const last = fields.at(-1);
  return row && last ? { rowKey: row.key, field: last } : null;
}

/** The same column, one line up or down. */
export function cellBeside(rows: readonly Row[], cell: Cell, step: -1 | 1): Cell | null {
  const index = rows.findIndex(({ key }) => key === cell.rowKey);
  for (let at = index + step; at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row?.kind === "line") return { rowKey: row.key, field: cell.field };
  }
  return null;
}

/** Where a line lands that is dropped before the row `boundary`. */
export function dropLine(
  rows: readonly Row[],
  lineId: string,
  boundary: number,
): { sectionId: string | null; index: number } | null {
  const above = rows.slice(0, boundary).findLast((row) => row.key !== lineId);
  const sectionId = (above ?? rows[0])?.sectionId;
  if (sectionId === undefined) return null;
  const index = rows
    .slice(0, boundary)
    .filter(
      (row) => row.kind === "line" && row.sectionId === sectionId && row.key !== lineId,
    ).length;
  return { sectionId, index };
}

/** Before which of the other sections one lands that is dropped before the row `boundary`. */
export function dropSection(rows: readonly Row[], sectionId: string, boundary: number): number {
  return rows
    .slice(0, boundary)
    .filter(
      (row) => row.kind === "section" && row.sectionId !== null && row.sectionId !== sectionId,
    ).length;
}
