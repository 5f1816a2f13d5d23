import { cleanText, cutText } from "../domain/text.ts";
import type { ChatContext } from "./context.ts";
import type { Reading } from "./conversations/question.ts";

/** A text of spaces and zero-width characters says nothing. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** The message's text without what no keyboard makes; null when there is no text in it. */
export function readText(ctx: ChatContext): string | null {
  const text = ctx.message?.text;
  if (text === undefined) return null;
  const cleaned = cleanText(text);
  return VISIBLE.test(cleaned) ? cleaned : null;
}

/** One short line, such as words to search by; null for a list or a long text. */
export function readLine(ctx: ChatContext): string | null {
  const text = readText(ctx);
  return text !== null && text.length <= 100 && !text.includes("\n") ? text : null;
}

/** A text for a field: line breaks become spaces. */
export function readField(ctx: ChatContext): Reading<string> {
  const text = readText(ctx);
  return text === null ? null : { ok: true, value: oneLine(text) };
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

export interface SentFile {
  readonly fileId: string;
  readonly name: string;
  /** Bytes, as Telegram says. */
  readonly size: number;
}

export function readFile(ctx: ChatContext): SentFile | null {
  const document = ctx.message?.document;
  if (!document) return null;
  return {
    fileId: document.file_id,
    name: cutText(cleanText(document.file_name ?? "таблица"), 200),
    size: document.file_size ?? 0,
  };
}
