import type { InlineKeyboardMarkup, InlineQueryResult } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { documentOf, findFile, photoOf } from "./files.ts";
import { countCharacters } from "./characters.ts";
import { cleanText } from "./cleaned_text.ts";
import { longestText, readFormattedText } from "./formatted_text.ts";
import { checkMarkup, markupFrom } from "./keyboards.ts";
import type { Content } from "./messages.ts";
import { isRecord } from "./parameters.ts";
import type { World } from "./world.ts";

/** The message that choosing a result sends. */
export function resultToContent(
  world: World,
  result: InlineQueryResult,
): { content: Content; markup: InlineKeyboardMarkup | null } {
  const record = result as unknown as Record<string, unknown>;
  return { content: contentOf(world, record), markup: markupOf(world, record["reply_markup"]) };
}

function contentOf(world: World, result: Record<string, unknown>): Content {
  const input = result["input_message_content"];
  if (isRecord(input)) return textOf(input);
  if (result["type"] === "article") throw badRequest("Input message content is not specified");
  const isPhoto = result["type"] === "photo";
  const fileId = result[isPhoto ? "photo_file_id" : "document_file_id"];
  const file = typeof fileId === "string" ? findFile(world, fileId) : undefined;
  if (file === undefined) throw badRequest("Wrong file identifier/HTTP URL specified");
  const media: Content = isPhoto ? { photo: photoOf(file) } : { document: documentOf(file) };
  return { ...media, ...captionOf(result) };
}

function textOf(input: Record<string, unknown>): Content {
  const text = input["message_text"];
  if (typeof text !== "string" || text === "") throw badRequest("Message text is empty");
  const formatted = readFormattedText(text, stringOf(input["parse_mode"]), input["entities"]);
  const cleaned = cleanText(formatted, { mayBeEmpty: false, hasCommands: true });
  if (countCharacters(cleaned.text) > longestText) throw badRequest("MESSAGE_TOO_LONG");
  return cleaned.entities.length > 0 ? { ...cleaned } : { text: cleaned.text };
}

function captionOf(result: Record<string, unknown>): Content {
  const caption = stringOf(result["caption"]);
  if (caption === "") return {};
  const formatted = readFormattedText(
    caption,
    stringOf(result["parse_mode"]),
    result["caption_entities"],
  );
  const { text, entities } = cleanText(formatted, { mayBeEmpty: true, hasCommands: true });
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

function markupOf(world: World, value: unknown): InlineKeyboardMarkup | null {
  if (value === undefined) return null;
  const markup = checkMarkup(markupFrom(value), {
    isInlineOnly: true,
    // The message may land in any chat, and a Mini App button works in private chats with the bot only.
    isPrivate: false,
    mayBeInsecure: world.rules.allowInsecureMiniApp,
  });
  return markup !== null && "inline_keyboard" in markup ? markup : null;
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
