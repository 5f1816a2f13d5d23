import { z } from "zod";

// U+FFFD is what `toWellFormed` leaves of half a surrogate pair.
// oxlint-disable-next-line no-control-regex
const UNWANTED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]/g;

/**
 * Takes out what PostgreSQL's jsonb and XML refuse and no keyboard makes: NUL, other control
 * characters (line breaks and tabs stay) and halves of surrogate pairs. Trims the ends.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(UNWANTED, "").trim();
}

/** Cuts to at most `length` UTF-16 units without splitting an emoji or a surrogate pair. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, Math.max(0, length - 1));
  return `${cut
    .toWellFormed()
    .replace(/\ufffd$/, "")
    .trimEnd()}…`;
}

/** A cleaned text of at most `maximum` characters; may be empty. */
export function textSchema(maximum: number) {
  return z.string().overwrite(cleanText).max(maximum);
}

/** A cleaned text of 1 to `maximum` characters. */
export function nameSchema(maximum: number) {
  return z.string().overwrite(cleanText).min(1).max(maximum);
}
