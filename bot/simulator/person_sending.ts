import type { Message } from "grammy/types";
import { accountOf, botChatOf } from "./chats.ts";
import { documentOf, photoOf, stickerOf, storeFile, voiceOf } from "./files.ts";
import { countCharacters, takeCharacters } from "./characters.ts";
import { cleanText } from "./cleaned_text.ts";
import { longestText } from "./formatted_text.ts";
import { addMessage, requireMessage, type Content } from "./messages.ts";
import { contentOf, forwardOrigin } from "./methods/chats.ts";
import { nextAlbumId } from "./methods/media.ts";
import type { PersonParts } from "./person_parts.ts";
import { onePixel, silence } from "./sample_files.ts";
import type { Chat } from "./state.ts";

type SendOptions = {
  /** A message of the same chat. */
  replyTo?: Pick<Message, "message_id">;
  /** The chat with the bot unless another is named: see `chats.ts` for keys. */
  chatKey?: string;
  /** The text reaches the bot unchanged, with control characters and spaces that Telegram drops. */
  isRaw?: boolean;
};

type FileOptions = SendOptions & {
  bytes?: Uint8Array;
  name?: string;
  caption?: string;
  durationSeconds?: number;
};

type ContactOptions = SendOptions & {
  phone?: string;
  firstName?: string;
  lastName?: string;
  /** Null for a contact who is not in Telegram; the person's own contact by default. */
  userId?: number | null;
};

/** Everything returns the message as the bot gets it. */
export type PersonSending = {
  /** The START button, or a link `t.me/<bot>?start=<payload>`. */
  start(payload?: string): Message;
  /** A text over 4096 characters goes as several messages, as clients do it; returns the last. */
  sendText(text: string, options?: SendOptions): Message;
  /** `command("new")`, `command("start", "join_abc")`. */
  command(name: string, argument?: string): Message;
  sendPhoto(options?: FileOptions): Message;
  /** 2–10 photos with one `media_group_id`; the caption belongs to the first. */
  sendAlbum(
    options: SendOptions & { count?: number; photos?: Uint8Array[]; caption?: string },
  ): Message[];
  sendDocument(options: FileOptions & { bytes: Uint8Array; name: string }): Message;
  sendVoice(options?: FileOptions): Message;
  sendSticker(emoji?: string, options?: SendOptions): Message;
  /** Without arguments the person's own, as the button «request_contact» sends it. */
  sendContact(options?: ContactOptions): Message;
  sendLocation(latitude: number, longitude: number, options?: SendOptions): Message;
  /** Forwards a message of any chat to the bot, or to the chat of `chatKey`. */
  forward(message: Message, options?: { chatKey?: string }): Message;
};

export function createPersonSending({ world, personId, act }: PersonParts): PersonSending {
  function send(content: Content, options: SendOptions = {}): Message {
    const account = accountOf(world, personId);
    const chat = chatOf(options.chatKey);
    if (chat.kind === "bot") {
      if (account.hasBlockedBot) throw new Error("unblock the bot before writing to it");
      if (!account.hasStartedBot) {
        account.hasStartedBot = true;
        world.events.emit({ type: "person", personId });
      }
    }
    if (chat.kind !== "pair") account.isKnownToBot = true;
    const replyTo =
      options.replyTo === undefined
        ? undefined
        : requireMessage(chat, options.replyTo.message_id, "message to be replied");
    act();
    return addMessage(world, chat, { author: "person", from: account.user, content, replyTo })
      .message;
  }

  function chatOf(chatKey: string | undefined): Chat {
    if (chatKey === undefined) return botChatOf(world, personId);
    const chat = world.state.chats.get(chatKey);
    if (chat === undefined || !chat.memberIds.includes(personId)) {
      throw new Error(`person ${personId} has no chat ${chatKey}`);
    }
    return chat;
  }

  function sendText(text: string, options: SendOptions = {}): Message {
    const parts = splitLongText(text);
    for (const part of parts.slice(0, -1)) send(textContent(part, options.isRaw), options);
    return send(textContent(parts.at(-1) ?? "", options.isRaw), options);
  }

  function sendFile(kind: "photo" | "voice" | "document", bytes: Uint8Array, options: FileOptions) {
    const name = options.name ?? { photo: "photo.png", voice: "voice.ogg", document: "file" }[kind];
    const file = storeFile(world, kind, { name, type: "", bytes });
    const media: Content =
      kind === "photo"
        ? { photo: photoOf(file) }
        : kind === "voice"
          ? { voice: voiceOf(file, options.durationSeconds ?? 3) }
          : { document: documentOf(file) };
    return send({ ...media, ...captionContent(options.caption) }, options);
  }

  return {
    start: (payload) => sendText(payload === undefined ? "/start" : `/start ${payload}`),
    sendText,
    command: (name, argument) =>
      sendText(argument === undefined ? `/${name}` : `/${name} ${argument}`),
    sendPhoto: (options = {}) => sendFile("photo", options.bytes ?? onePixel, options),
    sendAlbum({ count = 3, photos, caption, ...options }) {
      const album = nextAlbumId(world);
      const pictures = photos ?? Array.from({ length: count }, () => onePixel);
      const contents = pictures.map((bytes, index) => {
        const file = storeFile(world, "photo", { name: "photo.png", type: "", bytes });
        const first = index === 0 ? captionContent(caption) : {};
        return { media_group_id: album, photo: photoOf(file), ...first };
      });
      return contents.map((content) => send(content, options));
    },
    sendDocument: (options) => sendFile("document", options.bytes, options),
    sendVoice: (options = {}) => sendFile("voice", options.bytes ?? silence, options),
    sendSticker(emoji = "👍", options = {}) {
      const upload = { name: "sticker.webp", type: "", bytes: onePixel };
      return send({ sticker: stickerOf(storeFile(world, "sticker", upload), emoji) }, options);
    },
    sendContact(options = {}) {
      const own = accountOf(world, personId);
      const isOwn = options.phone === undefined;
      const userId = options.userId === undefined ? (isOwn ? personId : null) : options.userId;
      const lastName = isOwn ? own.user.last_name : options.lastName;
      return send(
        {
          contact: {
            phone_number: options.phone ?? own.phone,
            first_name: options.firstName ?? (isOwn ? own.user.first_name : "Контакт"),
            ...(lastName === undefined ? {} : { last_name: lastName }),
            ...(userId === null ? {} : { user_id: userId }),
          },
        },
        options,
      );
    },
    sendLocation: (latitude, longitude, options) =>
      send({ location: { latitude, longitude } }, options),
    forward: (message, options = {}) =>
      send({ ...contentOf(message, "forwarded"), ...forwardOrigin(message) }, options),
  };
}

function textContent(text: string, isRaw = false): Content {
  if (isRaw) return { text };
  const cleaned = cleanText({ text, entities: [] }, { mayBeEmpty: false, hasCommands: true });
  return cleaned.entities.length > 0 ? { ...cleaned } : { text: cleaned.text };
}

function captionContent(caption: string | undefined): Content {
  if (caption === undefined || caption === "") return {};
  const formatted = { text: caption, entities: [] };
  const { text, entities } = cleanText(formatted, { mayBeEmpty: true, hasCommands: true });
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

/** As clients do: at the last line break or space that fits, otherwise in the middle of a word. */
export function splitLongText(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (countCharacters(rest) > longestText) {
    const fitting = takeCharacters(rest, longestText);
    const lineEnd = fitting.lastIndexOf("\n");
    const wordEnd = fitting.lastIndexOf(" ");
    const half = fitting.length / 2;
    const end = lineEnd > half ? lineEnd : wordEnd > half ? wordEnd : fitting.length;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^[\n ]/, "");
  }
  return [...parts, rest];
}
