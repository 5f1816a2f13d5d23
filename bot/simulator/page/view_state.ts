import { accountOf, actionOf, botChatOf } from "../chats.ts";
import { commandsFor, menuButtonOf } from "../commands.ts";
import type { Chat, Entry } from "../state.ts";
import type { World } from "../world.ts";
import type {
  ChatHead,
  ChatView,
  KeyboardView,
  MessageView,
  PageState,
  PersonView,
} from "./views.ts";

/** Messages of a chat that a page gets when it opens; older ones stay on the server. */
const mostMessages = 500;

export function viewState(world: World): PageState {
  const { neighbour } = world;
  return {
    neighbour: neighbour && { name: neighbour.name, path: neighbour.path },
    bot: {
      id: world.bot.id,
      name: world.bot.first_name,
      username: world.bot.username,
      description:
        world.state.profile.get("description:ru") ?? world.state.profile.get("description:") ?? "",
    },
    people: [...world.state.accounts.keys()].map((id) => ({
      ...viewPerson(world, id),
      chats: chatsOf(world, id).map((chat) => viewChat(world, id, chat)),
    })),
  };
}

export function viewPerson(world: World, personId: number): Omit<PersonView, "chats"> {
  const { user, role, phone, hasStartedBot, hasBlockedBot } = accountOf(world, personId);
  return {
    id: personId,
    name: [user.first_name, user.last_name].filter(Boolean).join(" "),
    role,
    phone,
    hasStarted: hasStartedBot,
    hasBlocked: hasBlockedBot,
  };
}

function chatsOf(world: World, personId: number): Chat[] {
  botChatOf(world, personId);
  return [...world.state.chats.values()].filter(({ memberIds }) => memberIds.includes(personId));
}

function viewChat(world: World, personId: number, chat: Chat): ChatView {
  const messages = [...chat.messages.values()].slice(-mostMessages).map(viewMessage);
  return { ...viewChatHead(world, personId, chat), messages };
}

export function viewChatHead(world: World, personId: number, chat: Chat): ChatHead {
  const action = actionOf(world, chat);
  return {
    key: chat.key,
    kind: chat.kind,
    title: titleOf(world, personId, chat),
    keyboard: viewKeyboard(chat),
    menuButton: chat.kind === "bot" ? menuButtonOf(world, chat) : { type: "default" },
    commands: commandsFor(world, chat, accountOf(world, personId).user.language_code),
    action:
      action === null ? null : { name: action.name, endsInMs: action.until - world.clock.now() },
    pinnedMessageId: chat.pinnedMessageIds.at(-1) ?? null,
    readUpTo: chat.readUpTo[personId] ?? 0,
  };
}

export function viewMessage({ message, reactions }: Entry): MessageView {
  return { message, reactions: Object.values(reactions) };
}

function titleOf(world: World, personId: number, chat: Chat): string {
  if (chat.kind === "bot") return world.bot.first_name;
  if (chat.group !== null) return chat.group.title;
  const other = chat.memberIds.find((id) => id !== personId) ?? personId;
  return viewPerson(world, other).name;
}

function viewKeyboard(chat: Chat): KeyboardView | null {
  if (chat.replyKeyboard === null) return null;
  const { messageId, markup } = chat.replyKeyboard;
  const placeholder = markup.input_field_placeholder ?? "";
  if (!("keyboard" in markup)) {
    return { messageId, rows: [], isOneTime: false, isPersistent: false, placeholder };
  }
  return {
    messageId,
    rows: markup.keyboard,
    isOneTime: markup.one_time_keyboard ?? false,
    isPersistent: markup.is_persistent ?? false,
    placeholder,
  };
}
