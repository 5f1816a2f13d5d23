import type { Fields } from "../../fake/values.ts";
import type { PortalState } from "./portal_state.ts";

/** What a method answers; `total` and `next` are given by lists only. */
export interface MethodAnswer {
  result: unknown;
  total?: number;
  next?: number;
}

export interface Call {
  /** Runs inside a batch. */
  isInBatch: boolean;
}

export interface Method {
  /** Scope the webhook must have; null for the basic methods that need none. */
  scope: string | null;
  run(portal: PortalState, params: Fields, call: Call): MethodAnswer;
}

export type Methods = ReadonlyMap<string, Method>;

export const PAGE = 50;

export interface PageRequest {
  offset: number;
  isCounted: boolean;
}

/** `start`: an offset, or -1 for «the first page, and do not count». */
export function readPage(params: Fields): PageRequest {
  const start = Number(params["start"] ?? 0);
  if (start === -1) return { offset: 0, isCounted: false };
  return { offset: Number.isInteger(start) && start > 0 ? start : 0, isCounted: true };
}

/** The tail of a list's answer: `total` always (0 when not counted), `next` when there is more. */
export function pageTail(
  page: PageRequest,
  selected: { total: number; hasMore: boolean },
): Pick<MethodAnswer, "total" | "next"> {
  if (!page.isCounted) return { total: 0 };
  const tail = { total: selected.total };
  return selected.hasMore ? { ...tail, next: page.offset + PAGE } : tail;
}

/** One page of a list that is short enough to be held whole. */
export function pageOf(
  rows: readonly unknown[],
  page: PageRequest,
): { rows: unknown[]; hasMore: boolean } {
  return {
    rows: rows.slice(page.offset, page.offset + PAGE),
    hasMore: rows.length > page.offset + PAGE,
  };
}
