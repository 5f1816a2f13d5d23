import type { ChatMember, Message } from "grammy/types";
import { accountOf, apiChat, botChatOf, openChat, pairChatKey, userOfBot } from "./chats.ts";
import { menuButtonOf } from "./commands.ts";
import { cleanText } from "./cleaned_text.ts";
import {
  addService,
  deleteMessages,
  editByPerson,
  requireMessage,
  type Content,
} from "./messages.ts";
import { launchMiniApp, mainMiniAppUrl, type Launch, type Launched } from "./mini_apps.ts";
import type { PersonParts } from "./person_parts.ts";
import type { Chat } from "./state.ts";
import { pushUpdate } from "./updates.ts";
import { nowInSeconds, type World } from "./world.ts";

type MiniAppOptions = Omit<Launch, "url"> & {
  /** Any address instead of the menu button's. */
  url?: string;
};

export type PersonActions = {
  /** The bot gets `my_chat_member`, and 403 when it writes. */
  block(): void;
  unblock(): void;
  /** Changes one's own message: the bot gets `edited_message`. */
  editText(message: Pick<Message, "message_id">, text: string): Message;
  deleteMessage(message: Pick<Message, "message_id">): void;
  /** Opens the menu button's Mini App; with `startParameter` as `t.me/<bot>?startapp=…` does. */
  openMiniApp(options?: MiniAppOptions): Launched;
  /** Agrees that the bot may write, as an app's `requestWriteAccess` asks. */
  allowWriting(): void;
  /** `web_app_data_send` of a Mini App that a reply keyboard's button opened. */
  sendMiniAppData(data: string, buttonText: string): Message;
  /** Opens the chat with another person and returns its key. */
  chatWith(otherId: number): string;
};

export function createPersonActions({ world, personId, act }: PersonParts): PersonActions {
  const chat = () => botChatOf(world, personId);

  function setBlocked(isBlocked: boolean): void {
    const account = accountOf(world, personId);
    if (account.hasBlockedBot === isBlocked) return;
    act();
    account.hasBlockedBot = isBlocked;
    account.isKnownToBot = true;
    pushMyChatMember(world, chat(), personId, isBlocked);
    world.events.emit({ type: "person", personId });
  }

  return {
    block: () => setBlocked(true),
    unblock: () => setBlocked(false),
    editText(message, text) {
      const entry = requireMessage(chat(), message.message_id, "message to edit");
      if (entry.message.from?.id !== personId) throw new Error("only own messages can be edited");
      act();
      const cleaned = cleanText({ text, entities: [] }, { mayBeEmpty: false, hasCommands: true });
      const entities = cleaned.entities.length > 0 ? cleaned.entities : undefined;
      return editByPerson(world, chat(), entry, { text: cleaned.text, entities } as Content);
    },
    deleteMessage(message) {
      requireMessage(chat(), message.message_id, "message to delete");
      act();
      deleteMessages(world, chat(), [message.message_id]);
    },
    openMiniApp(options = {}) {
      const url = options.url ?? mainMiniAppUrl(world, personId);
      if (url === null) {
        const button = menuButtonOf(world, chat());
        throw new Error(`the menu button opens no Mini App: ${JSON.stringify(button)}`);
      }
      act();
      return launchMiniApp(world, personId, { ...options, url });
    },
    allowWriting() {
      const account = accountOf(world, personId);
      if (account.hasStartedBot) return;
      act();
      account.hasStartedBot = true;
      account.isKnownToBot = true;
      const write_access_allowed = { from_request: true };
      addService(world, chat(), account.user, { write_access_allowed });
      world.events.emit({ type: "person", personId });
    },
    sendMiniAppData(data, buttonText) {
      act();
      const from = accountOf(world, personId).user;
      const content = { web_app_data: { data, button_text: buttonText } };
      return addService(world, chat(), from, content).message;
    },
    chatWith(otherId) {
      accountOf(world, otherId);
      const { key } = openChat(world, pairChatKey(personId, otherId), [personId, otherId]);
      world.events.emit({ type: "chat", chatKey: key });
      return key;
    },
  };
}

function pushMyChatMember(world: World, chat: Chat, personId: number, isBlocked: boolean): void {
  const user = userOfBot(world);
  const member: ChatMember = { user, status: "member" };
  const kicked: ChatMember = { user, status: "kicked", until_date: 0 };
  pushUpdate(
    world,
    "my_chat_member",
    {
      chat: apiChat(world, chat),
      from: accountOf(world, personId).user,
      date: nowInSeconds(world),
      old_chat_member: isBlocked ? member : kicked,
      new_chat_member: isBlocked ? kicked : member,
    },
    `my_chat_member:${personId}`,
  );
}
