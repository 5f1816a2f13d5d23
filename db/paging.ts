import type { Id } from "../domain/ids.ts";

/**
 * What of a list is read: what stands behind a row of it. One row more than `limit` comes where there is
 * one, which tells that the list goes on.
 */
export interface ListPart {
  /** Null: from the start. */
  readonly before: Id | null;
  readonly limit: number;
}
