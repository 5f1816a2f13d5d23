import type { BotCommand, MenuButton, Message, User } from "grammy/types";
import type { Chronicle } from "./chronicle.ts";
import { accountOf, actionOf, botChatOf, replyRows } from "./chats.ts";
import { commandsFor, menuButtonOf } from "./commands.ts";
import { countNext, type Chat } from "./state.ts";
import { createPersonActions, type PersonActions } from "./person_actions.ts";
import { createPersonInline, type PersonInline } from "./person_inline.ts";
import { createPersonPresses, type PersonPresses } from "./person_presses.ts";
import { createPersonSending, type PersonSending } from "./person_sending.ts";
import { createPersonWaiting, type PersonWaiting } from "./person_waiting.ts";
import { writeTranscript } from "./transcript.ts";
import type { World } from "./world.ts";

/**
 * Somebody with a phone. Actions happen at once; what the bot makes of them is awaited with
 * `waitFor`, which looks at everything shown since this person's last action.
 */
export type Person = PersonSending &
  PersonPresses &
  PersonActions &
  PersonInline &
  PersonWaiting & {
    readonly id: number;
    readonly user: User;
    readonly phone: string;
    /** The chat with the bot as this person sees it, oldest first. */
    messages(): Message[];
    lastMessage(): Message | undefined;
    /** Labels of the reply keyboard, row by row; empty when there is none. */
    keyboard(): string[][];
    /** Labels of a message's inline keyboard; without a message, of the newest that has one. */
    buttons(message?: Message): string[][];
    /** What the bot «is doing»: typing, upload_document … */
    action(): string | null;
    /** The commands that the menu shows to this person. */
    commands(): BotCommand[];
    menuButton(): MenuButton;
    transcript(): string;
  };

export type PersonOptions = {
  id?: number;
  firstName: string;
  lastName?: string;
  username?: string;
  /** Digits with the country code. */
  phone?: string;
  languageCode?: string;
  /** Shown on the page beside the name; Telegram knows nothing of it. */
  role?: string;
};

/** Finds the person of this id, or lets a new one into the simulated Telegram. */
export function createPerson(world: World, chronicle: Chronicle, options: PersonOptions): Person {
  const id = options.id ?? nextPersonId(world);
  if (!world.state.accounts.has(id)) addAccount(world, id, options);
  const mark = { since: chronicle.last() };
  const parts = { world, personId: id, act: () => void (mark.since = chronicle.last()) };
  const chat = () => botChatOf(world, id);
  const waiting = createPersonWaiting(world, chronicle, id, mark);
  const sending = createPersonSending(parts);
  return {
    id,
    get user() {
      return accountOf(world, id).user;
    },
    get phone() {
      return accountOf(world, id).phone;
    },
    ...sending,
    ...createPersonPresses({ ...parts, sending }),
    ...createPersonActions(parts),
    ...createPersonInline(parts),
    ...waiting,
    messages: () => [...chat().messages.values()].map(({ message }) => message),
    lastMessage: () => [...chat().messages.values()].at(-1)?.message,
    keyboard: () => labelsOf(replyRows(chat())),
    buttons: (message) => buttonLabels(chat(), message),
    action: () => actionOf(world, chat())?.name ?? null,
    commands: () => commandsFor(world, chat(), accountOf(world, id).user.language_code),
    menuButton: () => menuButtonOf(world, chat()),
    transcript: () => writeTranscript(chat()),
  };
}

function nextPersonId(world: World): number {
  for (;;) {
    const id = 700_000_000 + countNext(world.state, "person");
    if (!world.state.accounts.has(id)) return id;
  }
}

function addAccount(world: World, id: number, options: PersonOptions): void {
  const { firstName, lastName, username, languageCode } = options;
  world.state.accounts.set(id, {
    user: {
      id,
      is_bot: false,
      first_name: firstName,
      ...(lastName === undefined ? {} : { last_name: lastName }),
      ...(username === undefined ? {} : { username }),
      language_code: languageCode ?? "ru",
    },
    phone: options.phone ?? `7900${String(id).slice(-7).padStart(7, "0")}`,
    role: options.role ?? "",
    isKnownToBot: false,
    hasStartedBot: false,
    hasBlockedBot: false,
  });
  botChatOf(world, id);
  world.events.emit({ type: "everything" });
}

function buttonLabels(chat: Chat, message: Message | undefined): string[][] {
  const messages = [...chat.messages.values()].map((entry) => entry.message);
  const current =
    message === undefined
      ? messages.findLast(({ reply_markup }) => reply_markup !== undefined)
      : messages.find(({ message_id }) => message_id === message.message_id);
  return labelsOf(current?.reply_markup?.inline_keyboard ?? []);
}

function labelsOf(rows: readonly (readonly { text: string }[])[]): string[][] {
  return rows.map((row) => row.map(({ text }) => text));
}
