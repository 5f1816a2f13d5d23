import { badRequest } from "../api_error.ts";
import { isPrivate, requireChat } from "../chats.ts";
import { requireFile } from "../files.ts";
import { checkMarkup, readMarkup } from "../keyboards.ts";
import {
  deleteMessages,
  editByBot,
  requireEditable,
  requireMessage,
  type Content,
} from "../messages.ts";
import type { Parameters } from "../parameters.ts";
import type { Chat, Entry } from "../state.ts";
import { nowInSeconds, type World } from "../world.ts";
import { fileContent, readInputMedia } from "./media.ts";
import type { Methods } from "./method.ts";
import {
  captionFrom,
  checkCaptionLength,
  checkTextLength,
  readText,
  requiredArgument,
} from "./sending.ts";

export const editingMethods: Methods = {
  editmessagetext({ world }, parameters) {
    const content = readText(parameters);
    return edit(world, parameters, (entry) => {
      if (entry.message.text === undefined)
        throw badRequest("There is no text in the message to edit");
      return checkTextLength(content, "MESSAGE_TOO_LONG");
    });
  },
  editmessagecaption({ world }, parameters) {
    const content = captionFrom(parameters);
    return edit(world, parameters, (entry) => {
      if (!hasCaption(entry)) throw badRequest("There is no caption in the message to edit");
      return checkCaptionLength(content);
    });
  },
  editmessagereplymarkup({ world }, parameters) {
    return edit(world, parameters, () => ({}));
  },
  editmessagemedia({ world }, parameters) {
    requiredArgument(parameters, "media");
    const input = readInputMedia(parameters.json("media", "Can't parse input media JSON object"));
    return edit(world, parameters, () => {
      checkCaptionLength(input.caption);
      const file = requireFile(world, parameters, input.kind, input.media, input.kind);
      const none = { photo: undefined, document: undefined, audio: undefined, text: undefined };
      return { ...none, entities: undefined, ...fileContent(file), ...input.caption } as Content;
    });
  },
  deletemessage({ world }, parameters) {
    if (parameters.text("chat_id") === "") throw badRequest("Chat identifier is not specified");
    const messageId = parameters.integer("message_id");
    if (messageId === 0) throw badRequest("Message identifier is not specified");
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    const entry = requireMessage(chat, messageId, "message to delete");
    requireDeletable(world, chat, entry);
    deleteMessages(world, chat, [messageId]);
    return true;
  },
  deletemessages({ world }, parameters) {
    const ids = parameters.json("message_ids", "Can't parse message identifiers JSON object");
    if (!Array.isArray(ids) || ids.length === 0) {
      throw badRequest("Message identifiers are not specified");
    }
    if (ids.length > 100) throw badRequest("Too many message identifiers specified");
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    const present = ids.map(Number).filter((id) => chat.messages.has(id));
    for (const id of present) {
      requireDeletable(world, chat, requireMessage(chat, id, "message to delete"));
    }
    deleteMessages(world, chat, present);
    return true;
  },
};

/** Finds the message, by chat or by inline id, and changes it. Inline edits answer `true`. */
function edit(world: World, parameters: Parameters, makeContent: (entry: Entry) => Content) {
  const markup = readMarkup(parameters);
  const isInline = parameters.text("chat_id") === "" && parameters.integer("message_id") === 0;
  const { chat, entry } = isInline
    ? findInline(world, parameters.text("inline_message_id"))
    : findInChat(world, parameters);
  requireEditable(world, entry);
  const content = makeContent(entry);
  const checked = checkMarkup(markup, {
    isInlineOnly: true,
    isPrivate: isPrivate(chat),
    mayBeInsecure: world.rules.allowInsecureMiniApp,
  });
  const message = editByBot(world, chat, entry, { content, markup: checked });
  return isInline ? true : message;
}

function findInChat(world: World, parameters: Parameters): { chat: Chat; entry: Entry } {
  const chat = requireChat(world, parameters.text("chat_id"), "write");
  const entry = requireMessage(chat, parameters.integer("message_id"), "message to edit");
  return { chat, entry };
}

function findInline(world: World, inlineMessageId: string): { chat: Chat; entry: Entry } {
  if (inlineMessageId === "") throw badRequest("Message identifier is not specified");
  const place = world.state.inlineMessages.get(inlineMessageId);
  const chat = place === undefined ? undefined : world.state.chats.get(place.chatKey);
  const entry = place === undefined ? undefined : chat?.messages.get(place.messageId);
  if (chat === undefined || entry === undefined) throw badRequest("MESSAGE_ID_INVALID");
  return { chat, entry };
}

function hasCaption({ message }: Entry): boolean {
  return [message.document, message.photo, message.voice, message.audio].some(
    (media) => media !== undefined,
  );
}

const twoDays = 2 * 86_400;

function requireDeletable(world: World, chat: Chat, entry: Entry): void {
  if (chat.kind === "group" && entry.author !== "bot") throw badRequest("message can't be deleted");
  if (nowInSeconds(world) - entry.message.date > twoDays) {
    throw badRequest("message can't be deleted for everyone");
  }
}
