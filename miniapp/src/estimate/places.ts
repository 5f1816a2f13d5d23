import { generateNKeysBetween } from "fractional-indexing";
import type { Id } from "../../../domain/ids.ts";

interface Placed {
  readonly id: Id;
  readonly position: string;
}

export interface Place {
  readonly position: string;
  /** Others that have to step aside; hardly ever any. */
  readonly aside: readonly Placed[];
}

/**
 * A place before `siblings[index]` (or at the end). Two people who insert at the same spot get equal
 * keys; between equal keys there is no room, so those behind are moved along.
 */
export function placeAt(siblings: readonly Placed[], index: number): Place {
  const before = siblings[index - 1]?.position ?? null;
  const next = siblings[index]?.position ?? null;
  if (before === null || next === null || before < next) {
    return { position: firstKey(before, next, 1)[0] ?? "a0", aside: [] };
  }
  const behind = siblings.slice(index);
  const equal = behind.filter(({ position }) => position === before);
  const above = behind.find(({ position }) => position > before)?.position ?? null;
  const [position = "a0", ...keys] = firstKey(before, above, equal.length + 1);
  return {
    position,
    aside: equal.map(({ id }, order) => ({ id, position: keys[order] ?? position })),
  };
}

function firstKey(before: string | null, next: string | null, count: number): string[] {
  return generateNKeysBetween(before, next, count);
}
