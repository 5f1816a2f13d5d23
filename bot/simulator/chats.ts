import type { Chat as ApiChat, User } from "grammy/types";
import { ApiError, badRequest, forbidden } from "./api_error.ts";
import type { ReplyButton } from "./keyboards.ts";
import { countNext, type Account, type Chat, type Group } from "./state.ts";
import type { World } from "./world.ts";

export function botChatKey(personId: number): string {
  return `bot:${personId}`;
}

function groupChatKey(groupId: number): string {
  return `group:${groupId}`;
}

export function pairChatKey(a: number, b: number): string {
  return `pair:${Math.min(a, b)}:${Math.max(a, b)}`;
}

export function accountOf(world: World, personId: number): Account {
  const account = world.state.accounts.get(personId);
  if (account === undefined) throw new Error(`no person ${personId} in the simulator`);
  return account;
}

/** The chat of a key, made when it is first needed. */
export function openChat(world: World, key: string, memberIds: number[]): Chat {
  const known = world.state.chats.get(key);
  if (known !== undefined) return known;
  const chat: Chat = {
    key,
    kind: key.startsWith("bot:") ? "bot" : key.startsWith("pair:") ? "pair" : "group",
    memberIds,
    group: null,
    nextMessageId: 1,
    messages: new Map(),
    replyKeyboard: null,
    menuButton: null,
    pinnedMessageIds: [],
    action: null,
    readUpTo: {},
  };
  world.state.chats.set(key, chat);
  return chat;
}

export function botChatOf(world: World, personId: number): Chat {
  return openChat(world, botChatKey(personId), [personId]);
}

export function openGroup(world: World, group: Omit<Group, "id">, memberIds: number[]): Chat {
  const number = countNext(world.state, "group");
  const id = group.isSupergroup ? -1_002_000_000_000 - number : -4_000_000_000 - number;
  const chat = openChat(world, groupChatKey(id), memberIds);
  chat.group = { ...group, id };
  world.events.emit({ type: "chat", chatKey: chat.key });
  return chat;
}

/** The chat as the Bot API names it. */
export function apiChat(world: World, chat: Chat): ApiChat {
  if (chat.group !== null) {
    const { id, title, isSupergroup } = chat.group;
    return { id, title, type: isSupergroup ? "supergroup" : "group" };
  }
  const { id, first_name, last_name, username } = accountOf(world, chat.memberIds[0] ?? 0).user;
  return {
    id,
    first_name,
    ...(last_name === undefined ? {} : { last_name }),
    ...(username === undefined ? {} : { username }),
    type: "private",
  };
}

export type Access = "read" | "write";

/** The chat of `chat_id`, or the refusal that Telegram gives. */
export function requireChat(world: World, chatId: string, access: Access): Chat {
  if (chatId === "") throw badRequest("chat_id is empty");
  const id = Number.parseInt(chatId, 10);
  if (Number.isNaN(id)) throw badRequest("chat not found");
  return id < 0 ? requireGroup(world, id, access) : requirePrivate(world, id, access);
}

function requirePrivate(world: World, personId: number, access: Access): Chat {
  const account = world.state.accounts.get(personId);
  if (account === undefined || !account.isKnownToBot) throw badRequest("chat not found");
  if (access === "write") {
    if (!account.hasStartedBot) throw forbidden("bot can't initiate conversation with a user");
    if (account.hasBlockedBot) throw forbidden("bot was blocked by the user");
  }
  return botChatOf(world, personId);
}

function requireGroup(world: World, id: number, access: Access): Chat {
  const chat = world.state.chats.get(groupChatKey(id));
  if (chat?.group === undefined || chat.group === null || chat.group.botStatus === "none") {
    throw badRequest("chat not found");
  }
  const { migratedTo, botStatus, isSupergroup } = chat.group;
  if (migratedTo !== null && access === "write") {
    throw new ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: migratedTo,
    });
  }
  const name = isSupergroup ? "supergroup" : "group";
  if (access === "write" || isSupergroup) {
    if (botStatus === "kicked") throw forbidden(`bot was kicked from the ${name} chat`);
    if (botStatus === "left") throw forbidden(`bot is not a member of the ${name} chat`);
  }
  return chat;
}

/** The bot's «typing» and its like, while it lasts. */
export function actionOf(world: World, chat: Chat): Chat["action"] {
  const { action } = chat;
  return action !== null && action.until > world.clock.now() ? action : null;
}

/** What the reply keyboard shows; no rows when there is none. */
export function replyRows(chat: Chat): ReplyButton[][] {
  const markup = chat.replyKeyboard?.markup;
  return markup !== undefined && "keyboard" in markup ? markup.keyboard : [];
}

/** True when the bot hears what is written in the chat. */
export function isBotIn(chat: Chat): boolean {
  return chat.kind === "bot" || chat.group?.botStatus === "member";
}

export function isPrivate(chat: Chat): boolean {
  return chat.kind !== "group";
}

export function userOfBot(world: World): User {
  const { id, is_bot, first_name, username } = world.bot;
  return { id, is_bot, first_name, username };
}
