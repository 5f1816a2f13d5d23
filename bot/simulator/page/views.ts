import type {
  BotCommand,
  InlineQueryResult,
  KeyboardButton,
  MenuButton,
  Message,
} from "grammy/types";
import type { CallbackAnswer } from "../state.ts";

/** What the server tells the page. The browser imports these as types only. */
export type PageState = { bot: BotView; people: PersonView[]; neighbour: NeighbourView | null };

/** A page beside the chat, such as that of a CRM. */
export type NeighbourView = { name: string; path: string };

export type BotView = { id: number; name: string; username: string; description: string };

export type PersonView = {
  id: number;
  name: string;
  role: string;
  phone: string;
  hasStarted: boolean;
  hasBlocked: boolean;
  chats: ChatView[];
};

/** A chat as one person sees it. */
export type ChatView = ChatHead & { messages: MessageView[] };

export type ChatHead = {
  key: string;
  kind: "bot" | "pair" | "group";
  title: string;
  keyboard: KeyboardView | null;
  menuButton: MenuButton;
  commands: BotCommand[];
  action: { name: string; endsInMs: number } | null;
  pinnedMessageId: number | null;
  readUpTo: number;
};

export type KeyboardView = {
  messageId: number;
  rows: Exclude<KeyboardButton, string>[][];
  isOneTime: boolean;
  isPersistent: boolean;
  placeholder: string;
};

export type MessageView = { message: Message; reactions: string[] };

/** One line of the stream of events. */
export type PageEvent =
  | { type: "state"; state: PageState }
  | { type: "person"; person: Omit<PersonView, "chats"> }
  | { type: "chat"; personId: number; chat: ChatHead }
  | { type: "message"; personId: number; chatKey: string; view: MessageView }
  | { type: "deleted"; personId: number; chatKey: string; messageIds: number[] }
  | { type: "answer"; personId: number; queryId: string; answer: CallbackAnswer }
  | { type: "inline"; personId: number; queryId: string; results: InlineQueryResult[] };

/** What pressing a button led to. */
export type PressView = {
  kind: "callback" | "text" | "contact" | "location" | "url" | "mini_app" | "copy" | "inline";
  queryId: string | null;
  url: string | null;
  text: string | null;
};
