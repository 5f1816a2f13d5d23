import { hash, timingSafeEqual } from "node:crypto";

/** Compares hashes, so that neither the content nor the length shows in the time it takes. */
export function isSameSecret(given: string, expected: string): boolean {
  return createSecretCheck(expected)(given);
}

/** `isSameSecret` for one that is asked for again and again. */
export function createSecretCheck(expected: string): (given: string) => boolean {
  const known = digest(expected);
  return (given) => timingSafeEqual(digest(given), known);
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
