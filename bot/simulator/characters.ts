import type { MessageEntity } from "grammy/types";

/** Offsets and lengths of entities are UTF-16 units, as in a JavaScript string. */
export type FormattedText = { text: string; entities: MessageEntity[] };

/** Telegram's limits count code points. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}

export function takeCharacters(text: string, count: number): string {
  return Array.from(text).slice(0, count).join("");
}

/** The run from `from` on whose every character passes. */
export function takeWhile(source: string, from: number, character: RegExp): string {
  let end = from;
  while (character.test(source.charAt(end))) end += 1;
  return source.slice(from, end);
}

/** Telegram's complaints name bytes of UTF-8. */
export function byteOffset(text: string, position: number): number {
  return Buffer.byteLength(text.slice(0, position));
}

export function overlaps(a: MessageEntity, b: MessageEntity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
