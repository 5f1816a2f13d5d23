import type { MessageEntity } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { byteOffset, overlaps, type FormattedText } from "./characters.ts";
import { detectEntities } from "./detected_entities.ts";

export type Cleaning = { mayBeEmpty: boolean; hasCommands: boolean };

/** What Telegram makes of a text on its way: cleaned, trimmed, with links and commands marked. */
export function cleanText(formatted: FormattedText, how: Cleaning): FormattedText {
  checkSpans(formatted);
  const cleaned = replaceControls(formatted);
  const trimmed = trim(cleaned);
  if (isInvisible(trimmed.text)) {
    if (!how.mayBeEmpty) throw badRequest("Text must be non-empty");
    return { text: "", entities: [] };
  }
  const given = mergeAdjacent(trimmed.entities);
  const found = detectEntities(trimmed.text).filter(
    (entity) =>
      (how.hasCommands || entity.type !== "bot_command") &&
      !given.some((other) => overlaps(entity, other) && isAtomic(other)),
  );
  return { text: trimmed.text, entities: sortEntities([...given, ...found]) };
}

function checkSpans({ text, entities }: FormattedText): void {
  for (const { offset, length } of entities) {
    if (offset < 0 || offset > 1_000_000) {
      throw badRequest(`Receive an entity with incorrect offset ${offset}`);
    }
    if (length < 0 || length > 1_000_000) {
      throw badRequest(`Receive an entity with incorrect length ${length}`);
    }
    if (offset > text.length) {
      throw badRequest(`Entity begins after the end of the text at UTF-16 offset ${offset}`);
    }
    if (offset + length > text.length) {
      throw badRequest(
        `Entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${offset + length}`,
      );
    }
    if (isMiddleOfPair(text, offset)) {
      throw badRequest(
        `Entity begins in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, offset + 1)}`,
      );
    }
    const end = offset + length;
    if (isMiddleOfPair(text, end)) {
      throw badRequest(
        `Entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, end + 1)}`,
      );
    }
  }
}

function isMiddleOfPair(text: string, position: number): boolean {
  return /[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text.slice(position - 1, position + 1));
}

/** TDLib `clean_input_string`: controls become spaces, \r and a few troublemakers vanish. */
function replaceControls(formatted: FormattedText): FormattedText {
  // oxlint-disable-next-line no-control-regex
  const spaced = formatted.text.replace(/[\u0000-\u0009\u000B\u000C\u000E-\u001F]/g, " ");
  const vanishing = /\r|[\u2028-\u202E]|\u0333|\u033F|\u030A/g;
  if (!vanishing.test(spaced)) return { text: spaced, entities: formatted.entities };
  const before = (position: number) => spaced.slice(0, position).replace(vanishing, "").length;
  return {
    text: spaced.replace(vanishing, ""),
    entities: formatted.entities.map((entity) => ({
      ...entity,
      offset: before(entity.offset),
      length: before(entity.offset + entity.length) - before(entity.offset),
    })),
  };
}

function trim({ text, entities }: FormattedText): FormattedText {
  const end = text.replace(/[ \n]+$/, "").length;
  const leading = text.length - text.replace(/^[ \n]+/, "").length;
  const start = Math.min(
    leading,
    entities.reduce((least, { offset }) => Math.min(least, offset), leading),
  );
  return {
    text: text.slice(start, end),
    entities: entities
      .map((entity) => ({
        ...entity,
        offset: entity.offset - start,
        length: Math.min(entity.offset + entity.length, end) - entity.offset,
      }))
      .filter(({ length }) => length > 0),
  };
}

const invisible = /^[\s\u00A0\u180E\u200B-\u200F\u202E\u2800\u3000\uFEFF\uFFFC]*$/;

function isInvisible(text: string): boolean {
  return invisible.test(text);
}

function isAtomic({ type }: MessageEntity): boolean {
  return ["code", "pre", "text_link", "text_mention", "custom_emoji"].includes(type);
}

/** `<b>a</b><b>b</b>` is one bold entity. */
function mergeAdjacent(entities: MessageEntity[]): MessageEntity[] {
  const merged: MessageEntity[] = [];
  for (const entity of sortEntities(entities)) {
    const previous = merged.findLast((other) => other.type === entity.type);
    const touches = previous !== undefined && previous.offset + previous.length >= entity.offset;
    if (touches && !isAtomic(entity) && !entity.type.includes("quote")) {
      const end = Math.max(previous.offset + previous.length, entity.offset + entity.length);
      previous.length = end - previous.offset;
    } else merged.push({ ...entity });
  }
  return merged;
}

function sortEntities(entities: MessageEntity[]): MessageEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
}
