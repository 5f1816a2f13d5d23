import type { InlineKeyboardMarkup } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { documentOf, findFile, photoOf } from "./files.ts";
import { countCharacters } from "./characters.ts";
import { cleanText } from "./cleaned_text.ts";
import { longestText, readFormattedText } from "./formatted_text.ts";
import type { Fields } from "./json_fields.ts";
import { checkMarkup, markupFrom } from "./keyboards.ts";
import type { Content } from "./messages.ts";
import type { World } from "./world.ts";

/** The message that choosing a result sends. */
export function resultToContent(
  world: World,
  result: Fields,
): { content: Content; markup: InlineKeyboardMarkup | null } {
  return { content: contentOf(world, result), markup: markupOf(world, result.raw("reply_markup")) };
}

function contentOf(world: World, result: Fields): Content {
  const type = result.text("type").toLowerCase();
  const input = result.has("input_message_content")
    ? result.object("input_message_content")
    : undefined;
  const text = input?.optionalText("message_text") ?? "";
  if (input !== undefined && text !== "") return textOf(text, input);
  if (type === "article") {
    if (input !== undefined) throw badRequest("Input message content is not specified");
    // As in the first Bot API, where the text lay in the result itself.
    return textOf(result.text("message_text"), result);
  }
  const isPhoto = type === "photo";
  const file = findFile(world, result.text(isPhoto ? "photo_file_id" : "document_file_id"));
  if (file === undefined) throw badRequest("Wrong file identifier/HTTP URL specified");
  const media: Content = isPhoto ? { photo: photoOf(file) } : { document: documentOf(file) };
  return { ...media, ...captionOf(result) };
}

function textOf(text: string, input: Fields): Content {
  if (text === "") throw badRequest("Message text is empty");
  const formatted = readFormattedText(
    text,
    input.optionalText("parse_mode"),
    input.raw("entities"),
  );
  const cleaned = cleanText(formatted, { mayBeEmpty: false, hasCommands: true });
  if (countCharacters(cleaned.text) > longestText) throw badRequest("MESSAGE_TOO_LONG");
  return cleaned.entities.length > 0 ? { ...cleaned } : { text: cleaned.text };
}

function captionOf(result: Fields): Content {
  const formatted = readFormattedText(
    result.optionalText("caption"),
    result.optionalText("parse_mode"),
    result.raw("caption_entities"),
  );
  const { text, entities } = cleanText(formatted, { mayBeEmpty: true, hasCommands: true });
  if (text === "") return {};
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
