/** Somebody was not answered, as often as they tried. Nothing was said to be done. */
export class GaveUp extends Error {}

/** How long a person waits before doing it again. */
export const PATIENCE = 60_000; // ms
export const TRIES = 4;

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
