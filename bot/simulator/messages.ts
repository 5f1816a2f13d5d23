import type { InlineKeyboardMarkup, Message, User } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { apiChat, isBotIn, userOfBot } from "./chats.ts";
import { sameMarkup, type Markup } from "./keyboards.ts";
import type { Chat, Entry } from "./state.ts";
import { pushUpdate } from "./updates.ts";
import { nowInSeconds, type World } from "./world.ts";

/** The parts of a message that differ by what it carries. */
export type Content = Partial<Message>;

export type Draft = {
  author: Entry["author"];
  from: User;
  content: Content;
  markup?: Markup | null;
  replyTo?: Entry | undefined;
  inlineMessageId?: string;
};

/** Puts a message into a chat, shows it to everybody there and, when a person wrote it, to the bot. */
export function addMessage(world: World, chat: Chat, draft: Draft): Entry {
  const markup = draft.markup ?? null;
  const message = withoutUndefined({
    message_id: chat.nextMessageId,
    from: draft.from,
    chat: apiChat(world, chat),
    date: nowInSeconds(world),
    ...(draft.replyTo === undefined
      ? {}
      : { reply_to_message: withoutReply(draft.replyTo.message) }),
    ...draft.content,
    ...(isInline(markup) ? { reply_markup: markup } : {}),
  });
  chat.nextMessageId += 1;
  const entry: Entry = {
    message,
    author: draft.author,
    isEditable: draft.author === "bot" ? markup === null || isInline(markup) : true,
    inlineMessageId: draft.inlineMessageId ?? null,
    reactions: {},
  };
  chat.messages.set(message.message_id, entry);
  if (draft.author === "bot") {
    showKeyboard(chat, message.message_id, markup);
    chat.action = null;
  } else chat.readUpTo[draft.from.id] = message.message_id;
  world.events.emit({ type: "chat", chatKey: chat.key });
  world.events.emit({ type: "message", chatKey: chat.key, change: "sent", message });
  if (draft.author !== "bot" && isBotIn(chat) && isHeardByBot(world, chat, message)) {
    pushUpdate(world, "message", message, String(message.chat.id));
  }
  return entry;
}

/** A message of the chat or Telegram's refusal «<what> not found». */
export function requireMessage(chat: Chat, messageId: number, what: string): Entry {
  const entry = chat.messages.get(messageId);
  if (entry === undefined) throw badRequest(`${what} not found`);
  return entry;
}

/** TDLib `can_edit_message`: only the bot's own, not forwarded, without a reply keyboard. */
export function requireEditable(world: World, entry: Entry): void {
  const isOwn = entry.author === "bot" || entry.message.via_bot?.id === world.bot.id;
  if (!isOwn || !entry.isEditable || entry.message.forward_origin !== undefined) {
    throw badRequest("Message can't be edited");
  }
}

/** The bot changes a message. A keyboard that is not named is removed, as on Telegram. */
export function editByBot(
  world: World,
  chat: Chat,
  entry: Entry,
  change: { content: Content; markup: Markup | null },
): Message {
  const { reply_markup: oldMarkup, edit_date: _, ...rest } = entry.message;
  const isSame =
    Object.entries(change.content).every(
      ([name, value]) => JSON.stringify(value) === JSON.stringify(rest[name as keyof typeof rest]),
    ) && sameMarkup(oldMarkup, change.markup);
  if (isSame) {
    throw badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  }
  const message = withoutUndefined({
    ...rest,
    ...change.content,
    edit_date: nowInSeconds(world),
    ...(isInline(change.markup) ? { reply_markup: change.markup } : {}),
  });
  entry.message = message;
  world.events.emit({ type: "message", chatKey: chat.key, change: "edited", message });
  return message;
}

/** A person changes their own message; the bot gets `edited_message`. */
export function editByPerson(world: World, chat: Chat, entry: Entry, content: Content): Message {
  const message = withoutUndefined({
    ...entry.message,
    ...content,
    edit_date: nowInSeconds(world),
  });
  entry.message = message;
  world.events.emit({ type: "message", chatKey: chat.key, change: "edited", message });
  if (isBotIn(chat)) pushUpdate(world, "edited_message", message, String(message.chat.id));
  return message;
}

export function deleteMessages(world: World, chat: Chat, messageIds: number[]): void {
  for (const id of messageIds) {
    chat.messages.delete(id);
    if (chat.replyKeyboard?.messageId === id) chat.replyKeyboard = null;
  }
  chat.pinnedMessageIds = chat.pinnedMessageIds.filter((id) => !messageIds.includes(id));
  world.events.emit({ type: "deleted", chatKey: chat.key, messageIds });
  world.events.emit({ type: "chat", chatKey: chat.key });
}

/** The bot's answer about a message that is gone or too old to be shown. */
export function inaccessible(message: Pick<Message, "chat" | "message_id">) {
  return { chat: message.chat, message_id: message.message_id, date: 0 as const };
}

function showKeyboard(chat: Chat, messageId: number, markup: Markup | null): void {
  if (markup === null || isInline(markup)) return;
  chat.replyKeyboard = "remove_keyboard" in markup ? null : { messageId, markup };
}

function isInline(markup: Markup | null): markup is InlineKeyboardMarkup {
  return markup !== null && "inline_keyboard" in markup;
}

function withoutReply(message: Message): Message {
  const { reply_to_message: _, ...rest } = message;
  return rest;
}

function withoutUndefined(message: object): Message {
  return Object.fromEntries(
    Object.entries(message).filter(([, value]) => value !== undefined),
  ) as unknown as Message;
}

/** Privacy mode: in groups a bot hears commands, replies to it and service messages only. */
function isHeardByBot(world: World, chat: Chat, message: Message): boolean {
  if (chat.kind !== "group" || world.bot.can_read_all_group_messages) return true;
  if (message.reply_to_message?.from?.id === world.bot.id) return true;
  if (message.via_bot?.id === world.bot.id) return true;
  const isOrdinary =
    message.text !== undefined ||
    message.photo !== undefined ||
    message.document !== undefined ||
    message.voice !== undefined ||
    message.sticker !== undefined ||
    message.contact !== undefined ||
    message.location !== undefined;
  if (!isOrdinary) return true;
  return (message.entities ?? []).some(({ type, offset, length }) => {
    if (type !== "bot_command") return false;
    const target = (message.text ?? "").slice(offset, offset + length).split("@")[1];
    return target === undefined || target.toLowerCase() === world.bot.username.toLowerCase();
  });
}

/** A message written by Telegram itself: «закрепил сообщение», a joined member. */
export function addService(world: World, chat: Chat, from: User, content: Content): Entry {
  const isByBot = from.id === userOfBot(world).id;
  return addMessage(world, chat, { author: isByBot ? "bot" : "service", from, content });
}
