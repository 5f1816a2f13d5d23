import type { Message } from "grammy/types";
import { badRequest } from "../api_error.ts";
import { apiChat, requireChat, userOfBot } from "../chats.ts";
import { addMessage, addService, requireMessage, type Content } from "../messages.ts";
import { isLinksOnly } from "../keyboards.ts";
import { isRecord, type Parameters } from "../parameters.ts";
import type { World } from "../world.ts";
import type { Methods } from "./method.ts";
import { captionFrom, checkCaptionLength, sendContent } from "./sending.ts";

export const chatMethods: Methods = {
  getchat({ world }, parameters) {
    const chat = requireChat(world, parameters.text("chat_id"), "read");
    return { ...apiChat(world, chat), accent_color_id: 0, max_reaction_count: 11 };
  },
  getchatmember({ world }, parameters) {
    const chat = requireChat(world, parameters.text("chat_id"), "read");
    const id = parameters.integer("user_id");
    if (id === world.bot.id) return { user: userOfBot(world), status: "member" };
    const account = world.state.accounts.get(id);
    if (account === undefined) throw badRequest("PARTICIPANT_ID_INVALID");
    const status = chat.memberIds.includes(id) ? "member" : "left";
    return { user: account.user, status };
  },
  getchatmembercount({ world }, parameters) {
    return requireChat(world, parameters.text("chat_id"), "read").memberIds.length + 1;
  },
  pinchatmessage({ world }, parameters) {
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    const id = parameters.integer("message_id");
    const entry = requireMessage(chat, id, "message to pin");
    chat.pinnedMessageIds = [...chat.pinnedMessageIds.filter((other) => other !== id), id];
    addService(world, chat, userOfBot(world), { pinned_message: entry.message });
    return true;
  },
  unpinchatmessage({ world }, parameters) {
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    const id = parameters.integer("message_id") || chat.pinnedMessageIds.at(-1);
    if (id === undefined || !chat.pinnedMessageIds.includes(id)) {
      throw badRequest("Message to unpin not found");
    }
    chat.pinnedMessageIds = chat.pinnedMessageIds.filter((other) => other !== id);
    world.events.emit({ type: "chat", chatKey: chat.key });
    return true;
  },
  unpinallchatmessages({ world }, parameters) {
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    chat.pinnedMessageIds = [];
    world.events.emit({ type: "chat", chatKey: chat.key });
    return true;
  },
  setmessagereaction({ world }, parameters) {
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    const entry = requireMessage(chat, parameters.integer("message_id"), "message to react");
    const emoji = readReaction(parameters);
    if (emoji === null) delete entry.reactions[0];
    else entry.reactions[0] = emoji;
    world.events.emit({
      type: "message",
      chatKey: chat.key,
      change: "edited",
      message: entry.message,
    });
    return true;
  },
  leavechat({ world }, parameters) {
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    if (chat.group === null) throw badRequest("chat not found");
    chat.group.botStatus = "left";
    world.events.emit({ type: "chat", chatKey: chat.key });
    return true;
  },
  copymessage({ world }, parameters) {
    const source = findSource(world, parameters, "message to copy");
    const caption = parameters.has("caption") ? checkCaptionLength(captionFrom(parameters)) : {};
    const sent = sendContent(world, parameters, () => ({ ...contentOf(source), ...caption }));
    return { message_id: sent.message_id };
  },
  forwardmessage({ world }, parameters) {
    const source = findSource(world, parameters, "message to forward");
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    const markup = source.reply_markup;
    return addMessage(world, chat, {
      author: "bot",
      from: userOfBot(world),
      content: { ...contentOf(source), ...forwardOrigin(source) },
      markup: markup !== undefined && isLinksOnly(markup) ? markup : null,
    }).message;
  },
};

function findSource(world: World, parameters: Parameters, what: string): Message {
  const chat = requireChat(world, parameters.text("from_chat_id"), "read");
  return requireMessage(chat, parameters.integer("message_id"), what).message;
}

const contentFields = [
  "text",
  "entities",
  "caption",
  "caption_entities",
  "photo",
  "document",
  "voice",
  "audio",
  "sticker",
  "contact",
  "location",
] as const;

/** What a copy or a forward takes over. Service messages have none of it and can't be copied. */
export function contentOf(message: Message): Content {
  const content = Object.fromEntries(
    contentFields
      .filter((name) => message[name] !== undefined)
      .map((name) => [name, message[name]]),
  );
  if (Object.keys(content).length === 0) throw badRequest("message can't be copied");
  return content;
}

export function forwardOrigin(source: Message): Content {
  if (source.forward_origin !== undefined) return { forward_origin: source.forward_origin };
  if (source.from === undefined) return {};
  return {
    forward_origin: { type: "user", sender_user: source.from, date: source.date },
  };
}

const knownReactions =
  "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡";

function readReaction(parameters: Parameters): string | null {
  const value = parameters.json("reaction", "Can't parse reaction types JSON object");
  if (value === undefined) return null;
  if (!Array.isArray(value)) throw badRequest("Expected an Array of ReactionType");
  const first: unknown = value[0];
  if (first === undefined) return null;
  const emoji = isRecord(first) ? first["emoji"] : undefined;
  if (typeof emoji !== "string" || !knownReactions.includes(emoji.replace("\uFE0F", ""))) {
    throw badRequest("REACTION_INVALID");
  }
  return emoji;
}
