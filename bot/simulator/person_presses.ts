import type { InlineKeyboardButton, Message } from "grammy/types";
import { accountOf, apiChat, botChatOf, replyRows } from "./chats.ts";
import type { ReplyButton } from "./keyboards.ts";
import { inaccessible } from "./messages.ts";
import { chatInstanceOf, launchMiniApp, type Launched } from "./mini_apps.ts";
import { dropOldest } from "./oldest.ts";
import type { PersonParts } from "./person_parts.ts";
import type { PersonSending } from "./person_sending.ts";
import { countNext, type CallbackAnswer, type Chat, type Entry } from "./state.ts";
import { pushUpdate } from "./updates.ts";
import type { World } from "./world.ts";
import { waitReal } from "./waiting.ts";

/** A label, or callback data: `{ data: "e:1:pdf" }`. */
type ButtonName = string | { data: string };

type PressOptions = {
  /** The message that carries the button; without it the newest message that has such a button. */
  message?: Pick<Message, "message_id">;
  chatKey?: string;
};

type Press = {
  kind: "callback" | "text" | "contact" | "location" | "url" | "mini_app" | "copy" | "inline";
  /** Of a callback. Rejects when the bot has not answered in ten seconds. */
  answer(): Promise<CallbackAnswer>;
  queryId: string | null;
  /** Of a link and of a Mini App. */
  url: string | null;
  launched: Launched | null;
  /** What a button of the reply keyboard sent. */
  message: Message | null;
  /** Of «copy» and of a switch to inline mode. */
  text: string | null;
};

/** Older ones are too old to be answered anyway. */
const mostQueries = 1000;

export type PersonPresses = {
  /** Presses a button that is on the screen: under a message, else on the reply keyboard. */
  press(button: ButtonName, options?: PressOptions): Press;
  /**
   * Presses a button that the message no longer has, or never had: an old screen, or somebody
   * who forges. The bot gets the message as it is now.
   */
  pressStale(
    data: string,
    message: Pick<Message, "message_id">,
    options?: { chatKey?: string },
  ): Press;
};

export function createPersonPresses(
  parts: PersonParts & { sending: PersonSending },
): PersonPresses {
  const { world, personId, act, sending } = parts;

  function press(button: ButtonName, options: PressOptions = {}): Press {
    const chat = chatOf(world, personId, options.chatKey);
    const found = findInlineButton(chat, button, options.message);
    if (found !== undefined) return pressInline(chat, found.entry, found.button);
    const reply = options.message === undefined ? findReplyButton(chat, button) : undefined;
    if (reply !== undefined) return pressReply(reply);
    throw new Error(
      `no button ${JSON.stringify(button)} on the screen; it shows:\n${screenOf(chat)}`,
    );
  }

  function pressInline(chat: Chat, entry: Entry, button: InlineKeyboardButton): Press {
    if ("callback_data" in button)
      return pressCallback(chat, entry.message, entry, button.callback_data);
    act();
    if ("url" in button) return pressed("url", { url: button.url });
    if ("web_app" in button) return openApp(button.web_app.url, false);
    if ("copy_text" in button) return pressed("copy", { text: button.copy_text.text });
    const query = inlineQueryOf(button);
    if (query === null) throw new Error(`the simulator can't press ${JSON.stringify(button)}`);
    return pressed("inline", { text: query });
  }

  function pressReply(button: ReplyButton): Press {
    hideOneTimeKeyboard(world, botChatOf(world, personId));
    if ("request_contact" in button) return pressed("contact", { message: sending.sendContact() });
    if ("request_location" in button) {
      return pressed("location", { message: sending.sendLocation(55.7558, 37.6173) });
    }
    if ("web_app" in button) {
      act();
      return openApp(button.web_app.url, true);
    }
    return pressed("text", { message: sending.sendText(button.text) });
  }

  function openApp(url: string, isFromKeyboard: boolean): Press {
    const launched = launchMiniApp(world, personId, { url, isFromKeyboard });
    return pressed("mini_app", { url: launched.url, launched });
  }

  function pressCallback(
    chat: Chat,
    message: Pick<Message, "message_id" | "chat">,
    entry: Entry | undefined,
    data: string,
  ): Press {
    act();
    const account = accountOf(world, personId);
    if (account.hasBlockedBot) throw new Error("a blocked bot's buttons do nothing");
    account.isKnownToBot = true;
    const queryId = String(4_611_686_018_000_000_000n + BigInt(countNext(world.state, "query")));
    world.state.callbackQueries.set(queryId, {
      personId,
      createdAt: world.clock.now(),
      answer: null,
    });
    dropOldest(world.state.callbackQueries, mostQueries);
    const isInline = entry !== undefined && entry.inlineMessageId !== null;
    const place = isInline
      ? { inline_message_id: entry.inlineMessageId }
      : { message: entry?.message ?? inaccessible(message) };
    pushUpdate(
      world,
      "callback_query",
      {
        id: queryId,
        from: account.user,
        ...place,
        chat_instance: chatInstanceOf(chat.memberIds[0] ?? 0),
        data,
      },
      `callback:${personId}`,
    );
    return pressed("callback", { queryId }, () => waitForAnswer(world, queryId));
  }

  return {
    press,
    pressStale(data, message, options = {}) {
      const chat = chatOf(world, personId, options.chatKey);
      const entry = chat.messages.get(message.message_id);
      const shown = entry?.message ?? {
        message_id: message.message_id,
        chat: apiChat(world, chat),
      };
      return pressCallback(chat, shown, entry, data);
    },
  };
}

/** What the button puts behind `@bot`; null for a button of another kind. */
function inlineQueryOf(button: InlineKeyboardButton): string | null {
  if ("switch_inline_query" in button) return button.switch_inline_query;
  if ("switch_inline_query_current_chat" in button) return button.switch_inline_query_current_chat;
  if (!("switch_inline_query_chosen_chat" in button)) return null;
  return button.switch_inline_query_chosen_chat.query ?? "";
}

function chatOf(world: World, personId: number, chatKey: string | undefined): Chat {
  if (chatKey === undefined) return botChatOf(world, personId);
  const chat = world.state.chats.get(chatKey);
  if (chat === undefined) throw new Error(`no chat ${chatKey} in the simulator`);
  return chat;
}

function pressed(
  kind: Press["kind"],
  details: Partial<Press>,
  answer: () => Promise<CallbackAnswer> = () =>
    Promise.reject(new Error(`a press of a ${kind} button has no answer`)),
): Press {
  return {
    kind,
    queryId: null,
    url: null,
    launched: null,
    message: null,
    text: null,
    ...details,
    answer,
  };
}

function waitForAnswer(world: World, queryId: string): Promise<CallbackAnswer> {
  const current = () => world.state.callbackQueries.get(queryId)?.answer ?? undefined;
  return waitReal(world.events, current, () => `the bot did not answer the press ${queryId}`);
}

function findInlineButton(
  chat: Chat,
  name: ButtonName,
  message: Pick<Message, "message_id"> | undefined,
): { entry: Entry; button: InlineKeyboardButton } | undefined {
  const entries = [...chat.messages.values()]
    .filter((entry) => message === undefined || entry.message.message_id === message.message_id)
    .toReversed();
  for (const entry of entries) {
    const buttons = entry.message.reply_markup?.inline_keyboard.flat() ?? [];
    const button = buttons.find((candidate) => matches(candidate, name));
    if (button !== undefined) return { entry, button };
  }
  return undefined;
}

function matches(button: InlineKeyboardButton, name: ButtonName): boolean {
  if (typeof name === "string") return button.text === name;
  return "callback_data" in button && button.callback_data === name.data;
}

function findReplyButton(chat: Chat, name: ButtonName): ReplyButton | undefined {
  return replyRows(chat)
    .flat()
    .find((button) => button.text === name);
}

/** Clients hide it after one use; nobody tells the bot. */
function hideOneTimeKeyboard(world: World, chat: Chat): void {
  const markup = chat.replyKeyboard?.markup;
  if (markup === undefined || !("keyboard" in markup && markup.one_time_keyboard)) return;
  chat.replyKeyboard = null;
  world.events.emit({ type: "chat", chatKey: chat.key });
}

function screenOf(chat: Chat): string {
  const inline = [...chat.messages.values()].flatMap(({ message }) =>
    (message.reply_markup?.inline_keyboard.flat() ?? []).map(({ text }) => text),
  );
  const labels = [
    ...inline,
    ...replyRows(chat)
      .flat()
      .map(({ text }) => text),
  ];
  return labels.length === 0 ? "no buttons" : labels.map((label) => `[${label}]`).join(" ");
}
