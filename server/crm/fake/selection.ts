import type { SeededTable } from "./seeded_table.ts";

export interface Selection<Row> {
  /** Only identifiers above this one. */
  afterId?: number;
  /** Only these identifiers. */
  ids?: readonly number[];
  /** Bounds of the second of the last change, both inclusive. */
  updatedFrom?: number;
  updatedTo?: number;
  matches?: (row: Row) => boolean;
  order: SelectionOrder<Row>;
  offset: number;
  limit: number;
  countTotal: boolean;
}

export type SelectionOrder<Row> =
  | { by: "id" | "updated"; descending: boolean }
  | { by: "comparison"; compare: (a: Row, b: Row) => number };

export interface Selected<Row> {
  rows: Row[];
  /** How many rows match altogether; 0 unless it was asked for. */
  total: number;
  hasMore: boolean;
}

/** One page of a table. Rows are made only where a condition or the page itself needs them. */
export function select<Row>(table: SeededTable<Row>, selection: Selection<Row>): Selected<Row> {
  const candidates = orderedCandidates(table, selection);
  const rows: Row[] = [];
  let seen = 0;
  let hasMore = false;
  for (const id of candidates) {
    if (!isWithinBounds(table, selection, id)) continue;
    const isOnPage = seen >= selection.offset && rows.length < selection.limit;
    if (!isOnPage && selection.matches === undefined) {
      seen += 1;
    } else {
      const row = table.get(id);
      if (row === undefined || selection.matches?.(row) === false) continue;
      seen += 1;
      if (isOnPage) rows.push(row);
    }
    hasMore = seen > selection.offset + rows.length;
    if (hasMore && !selection.countTotal) break;
  }
  return { rows, total: selection.countTotal ? seen : 0, hasMore };
}

function orderedCandidates<Row>(
  table: SeededTable<Row>,
  selection: Selection<Row>,
): Iterable<number> {
  const { order } = selection;
  if (order.by === "comparison") return sortedByRow(table, selection, order.compare);
  if (selection.ids !== undefined) return sortedIds(table, selection.ids, order);
  const ascending =
    order.by === "id"
      ? table.idsAfter(selection.afterId ?? 0)
      : table.idsByUpdate(selection.updatedFrom ?? 0);
  return order.descending ? [...ascending].toReversed() : ascending;
}

function sortedIds<Row>(
  table: SeededTable<Row>,
  ids: readonly number[],
  order: { by: "id" | "updated"; descending: boolean },
): number[] {
  const key = (id: number): number => (order.by === "id" ? id : table.updatedAt(id));
  const ascending = [...new Set(ids)].toSorted((a, b) => key(a) - key(b) || a - b);
  return order.descending ? ascending.toReversed() : ascending;
}

function sortedByRow<Row>(
  table: SeededTable<Row>,
  selection: Selection<Row>,
  compare: (a: Row, b: Row) => number,
): number[] {
  const found: { id: number; row: Row }[] = [];
  for (const id of selection.ids ?? table.idsAfter(selection.afterId ?? 0)) {
    const row = isWithinBounds(table, selection, id) ? table.get(id) : undefined;
    if (row !== undefined && selection.matches?.(row) !== false) found.push({ id, row });
  }
  return found.toSorted((a, b) => compare(a.row, b.row) || a.id - b.id).map(({ id }) => id);
}

function isWithinBounds<Row>(
  table: SeededTable<Row>,
  selection: Selection<Row>,
  id: number,
): boolean {
  if (selection.afterId !== undefined && id <= selection.afterId) return false;
  if (selection.updatedFrom === undefined && selection.updatedTo === undefined) return true;
  const second = table.updatedAt(id);
  return second >= (selection.updatedFrom ?? 0) && second <= (selection.updatedTo ?? Infinity);
}
