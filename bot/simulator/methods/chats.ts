import type { Message } from "grammy/types";
import { badRequest } from "../api_error.ts";
import { apiChat, requireChat, userOfBot } from "../chats.ts";
import { addMessage, addService, requireMessage, type Content } from "../messages.ts";
import { isLinksOnly } from "../keyboards.ts";
import { fieldsOf } from "../json_fields.ts";
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
    const named = parameters.integer("message_id");
    if (named !== 0) requireMessage(chat, named, "message to unpin");
    const id = named === 0 ? chat.pinnedMessageIds.at(-1) : named;
    if (id === undefined) throw badRequest("Message to unpin not found");
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
    const emoji = readReaction(parameters);
    const chat = requireChat(world, parameters.text("chat_id"), "read");
    const entry = requireMessage(chat, parameters.integer("message_id"), "message to react");
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
    const chat = requireChat(world, parameters.text("chat_id"), "read");
    if (chat.group === null) throw badRequest("Can't leave private chats");
    chat.group.botStatus = "left";
    world.events.emit({ type: "chat", chatKey: chat.key });
    return true;
  },
  copymessage({ world }, parameters) {
    const source = findSource(world, parameters, "message to copy");
    const caption = parameters.has("caption") ? checkCaptionLength(captionFrom(parameters)) : {};
    const sent = sendContent(world, parameters, () => ({
      ...contentOf(source, "copied"),
      ...caption,
    }));
    return { message_id: sent.message_id };
  },
  forwardmessage({ world }, parameters) {
    const source = findSource(world, parameters, "message to forward");
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    const markup = source.reply_markup;
    return addMessage(world, chat, {
      author: "bot",
      from: userOfBot(world),
      content: { ...contentOf(source, "forwarded"), ...forwardOrigin(source) },
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
export function contentOf(message: Message, what: "copied" | "forwarded"): Content {
  const content = Object.fromEntries(
    contentFields
      .filter((name) => message[name] !== undefined)
      .map((name) => [name, message[name]]),
  );
  if (Object.keys(content).length === 0) throw badRequest(`The message can't be ${what}`);
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
  const [first = null] = value.map((item) => readReactionType(item));
  if (first === null) return null;
  if (!knownReactions.includes(first.replace("\uFE0F", ""))) throw badRequest("REACTION_INVALID");
  return first;
}

/** The emoji; empty for a custom one, which a bot may not use without being paid for it. */
function readReactionType(value: unknown): string {
  const complain = (what: string) => badRequest(`Can't parse ReactionType: ${what}`);
  if (!isRecord(value)) throw complain("expected an Object");
  const fields = fieldsOf(value, complain);
  const type = fields.text("type");
  if (type === "emoji") return fields.text("emoji");
  if (type === "custom_emoji") throw badRequest("REACTION_INVALID");
  throw complain("invalid reaction type specified");
}
