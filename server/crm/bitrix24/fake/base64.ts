/**
 * Bytes of a clean base64 text, or null: a `data:` prefix or stray characters make it none. White
 * space is fine anywhere but between two signs of the end.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  // Not one pattern over everything: its loop needs a stack, and 10 MB are too much for it in a
  // process where V8 has compiled so many patterns that it stops optimising them.
  let length = 0;
  while (length < text.length && isInside(text, length)) length += 1;
  if (length === 0 || !["", "=", "=="].includes(text.slice(length).trimEnd())) return null;
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** By the code of the character. */
const ALPHABET: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/]/.test(String.fromCharCode(code)),
);

function isInside(text: string, index: number): boolean {
  return ALPHABET[text.charCodeAt(index)] === true || text.charAt(index).trim() === "";
}
