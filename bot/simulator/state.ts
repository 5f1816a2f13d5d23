import type {
  BotCommand,
  ForceReply,
  InlineQueryResult,
  MenuButton,
  Message,
  Update,
  User,
} from "grammy/types";
import type { ReplyKeyboard } from "./keyboards.ts";

/** All that the simulator remembers. Plain data and maps: it can be written to a file and read back. */
export type State = {
  counters: Record<CounterName, number>;
  accounts: Map<number, Account>;
  chats: Map<string, Chat>;
  files: Map<string, StoredFile>;
  callbackQueries: Map<string, CallbackQueryState>;
  inlineQueries: Map<string, InlineQueryState>;
  /** Where a message sent through inline mode lies. */
  inlineMessages: Map<string, { chatKey: string; messageId: number }>;
  preparedMessages: Map<string, PreparedMessage>;
  webAppQueries: Map<string, { personId: number; isAnswered: boolean }>;
  /** By scope and language: see `commands.ts`. */
  commands: Map<string, BotCommand[]>;
  menuButton: MenuButton;
  /** Name, description and short description by `<field>:<language>`. */
  profile: Map<string, string>;
  updates: QueuedUpdate[];
  allowedUpdates: string[] | null;
  webhook: Webhook | null;
};

export type CounterName = "update" | "person" | "group" | "file" | "query" | "album" | "inline";

/** A person of the simulated Telegram. */
export type Account = {
  user: User;
  /** As in a contact: digits with the country code, no plus. */
  phone: string;
  /** Shown on the page only: «прораб». */
  role: string;
  /** The bot has met this person: without it even 403 is 400 «chat not found». */
  isKnownToBot: boolean;
  hasStartedBot: boolean;
  hasBlockedBot: boolean;
};

export type Chat = {
  key: string;
  kind: "bot" | "pair" | "group";
  /** The people who see the chat. */
  memberIds: number[];
  group: Group | null;
  nextMessageId: number;
  messages: Map<number, Entry>;
  /** What the person's keyboard area shows. */
  replyKeyboard: { messageId: number; markup: ReplyKeyboard | ForceReply } | null;
  menuButton: MenuButton | null;
  pinnedMessageIds: number[];
  action: { name: string; until: number } | null;
  /** By person: the last message seen. */
  readUpTo: Record<number, number>;
};

export type Group = {
  id: number;
  title: string;
  isSupergroup: boolean;
  botStatus: "none" | "member" | "left" | "kicked";
  migratedTo: number | null;
};

export type Entry = {
  message: Message;
  author: "bot" | "person" | "service";
  /** False for a message sent with a reply keyboard, its removal or a forced reply. */
  isEditable: boolean;
  inlineMessageId: string | null;
  /** By person id (0 is the bot): an emoji. */
  reactions: Record<number, string>;
};

export type StoredFile = {
  uniqueId: string;
  kind: FileKind;
  name: string;
  type: string;
  size: number;
  path: string;
  width: number;
  height: number;
};

export type FileKind = "document" | "photo" | "voice" | "sticker" | "audio" | "video";

type CallbackQueryState = {
  personId: number;
  createdAt: number;
  answer: CallbackAnswer | null;
};

export type CallbackAnswer = { text: string; showAlert: boolean; url: string };

type InlineQueryState = {
  personId: number;
  query: string;
  createdAt: number;
  results: InlineQueryResult[] | null;
};

type PreparedMessage = { personId: number; result: InlineQueryResult; expiresAt: number };

export type QueuedUpdate = { update: Update; queue: string; expiresAt: number };

export type Webhook = {
  url: string;
  secretToken: string;
  maxConnections: number;
  lastErrorAt: number | null;
  lastErrorMessage: string;
};

export function createState(): State {
  return {
    counters: { update: 0, person: 0, group: 0, file: 0, query: 0, album: 0, inline: 0 },
    accounts: new Map(),
    chats: new Map(),
    files: new Map(),
    callbackQueries: new Map(),
    inlineQueries: new Map(),
    inlineMessages: new Map(),
    preparedMessages: new Map(),
    webAppQueries: new Map(),
    commands: new Map(),
    menuButton: { type: "default" },
    profile: new Map(),
    updates: [],
    allowedUpdates: null,
    webhook: null,
  };
}

/** The next number of a sequence: 1, 2, 3 … The same calls always give the same ids. */
export function countNext(state: State, name: CounterName): number {
  state.counters[name] += 1;
  return state.counters[name];
}
