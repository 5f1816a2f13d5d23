import { generateKeyBetween } from "fractional-indexing";
import { z } from "zod";

/**
 * A place among siblings: a key of the package `fractional-indexing`, compared byte by byte (collation
 * "C"); equal keys are ordered by id. A move writes one row, whatever the length of the list.
 */
export const positionSchema = z.string().max(200).refine(isPosition);

/** Whether the library can make a place behind this one. */
function isPosition(text: string): boolean {
  try {
    return generateKeyBetween(text, null) > text;
  } catch {
    return false;
  }
}
