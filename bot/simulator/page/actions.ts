import { z } from "zod";
import { botChatKey } from "../chats.ts";
import { mainMiniAppUrl } from "../mini_apps.ts";
import type { Person } from "../person.ts";
import type { World } from "../world.ts";
import type { PressView } from "./views.ts";

type Act = (person: Person, body: unknown) => unknown;

const place = { chatKey: z.string().optional() };
const chatBody = z.object(place);
const target = z.object({ ...place, messageId: z.number().int() });

const textBody = z.object({
  ...place,
  text: z.string().min(1),
  replyTo: z.number().int().optional(),
});
const editBody = z.object({ messageId: z.number().int(), text: z.string().min(1) });
const pressBody = z.object({
  ...place,
  messageId: z.number().int().optional(),
  label: z.string().optional(),
  data: z.string().optional(),
});
const contactBody = z.object({
  ...place,
  phone: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  userId: z.number().int().nullable().optional(),
});
const locationBody = z.object({ ...place, latitude: z.number(), longitude: z.number() });
const forwardBody = z.object({ chatKey: z.string(), messageId: z.number(), toChatKey: z.string() });
const miniAppBody = z.object({
  url: z.string().optional(),
  startParameter: z
    .string()
    .regex(/^[\w-]{0,512}$/)
    .optional(),
  theme: z.record(z.string(), z.string()).optional(),
  platform: z.string().optional(),
  isFromKeyboard: z.boolean().optional(),
});

/** What a person can do, by the last part of the address. Bodies are checked; impossible acts throw. */
export function createActions(world: World): Record<string, Act> {
  return {
    start(person, body) {
      const { payload } = z.object({ payload: z.string().optional() }).parse(body);
      return sent(person.start(payload === "" ? undefined : payload));
    },
    text(person, body) {
      const { text, replyTo, chatKey } = textBody.parse(body);
      return sent(
        person.sendText(text, {
          ...at(chatKey),
          ...(replyTo === undefined ? {} : { replyTo: { message_id: replyTo } }),
        }),
      );
    },
    edit(person, body) {
      const { messageId, text } = editBody.parse(body);
      person.editText({ message_id: messageId }, text);
    },
    delete(person, body) {
      person.deleteMessage({ message_id: target.parse(body).messageId });
    },
    press: (person, body) => press(person, body),
    contact(person, body) {
      const { chatKey, phone, firstName, lastName, userId } = contactBody.parse(body);
      return sent(
        person.sendContact({
          ...at(chatKey),
          ...(phone === undefined ? {} : { phone }),
          ...(firstName === undefined ? {} : { firstName }),
          ...(lastName === undefined ? {} : { lastName }),
          ...(userId === undefined ? {} : { userId }),
        }),
      );
    },
    location(person, body) {
      const { latitude, longitude, chatKey } = locationBody.parse(body);
      return sent(person.sendLocation(latitude, longitude, at(chatKey)));
    },
    voice: (person, body) => sent(person.sendVoice(at(chatBody.parse(body).chatKey))),
    sticker: (person, body) => sent(person.sendSticker("👍", at(chatBody.parse(body).chatKey))),
    forward(person, body) {
      const { chatKey, messageId, toChatKey } = forwardBody.parse(body);
      const message = world.state.chats.get(chatKey)?.messages.get(messageId)?.message;
      if (message === undefined) throw new Error(`no message ${messageId} in ${chatKey}`);
      return sent(person.forward(message, { chatKey: toChatKey }));
    },
    "allow-writing": (person) => person.allowWriting(),
    block: (person) => person.block(),
    unblock: (person) => person.unblock(),
    "mini-app": (person, body) => openMiniApp(world, person, body),
    "mini-app-data"(person, body) {
      const data = z.object({ data: z.string(), buttonText: z.string() }).parse(body);
      return sent(person.sendMiniAppData(data.data, data.buttonText));
    },
    inline(person, body) {
      const { query } = z.object({ query: z.string() }).parse(body);
      return { queryId: person.typeInline(query).id };
    },
    choose(person, body) {
      const chosen = z.object({ queryId: z.string(), resultId: z.string(), chatKey: z.string() });
      const { queryId, resultId, chatKey } = chosen.parse(body);
      person.chooseResult(queryId, resultId, chatKey);
    },
    share(person, body) {
      const shared = z.object({ preparedId: z.string(), chatKey: z.string() }).parse(body);
      person.sharePrepared(shared.preparedId, shared.chatKey);
    },
    chat(person, body) {
      const { otherId } = z.object({ otherId: z.number().int() }).parse(body);
      return { chatKey: person.chatWith(otherId) };
    },
    read(person, body) {
      const { chatKey = botChatKey(person.id), messageId } = target.parse(body);
      const chat = world.state.chats.get(chatKey);
      if (chat === undefined || (chat.readUpTo[person.id] ?? 0) >= messageId) return;
      chat.readUpTo[person.id] = messageId;
      world.events.emit({ type: "chat", chatKey });
    },
  };
}

function press(person: Person, body: unknown): PressView {
  const { chatKey, messageId, label, data } = pressBody.parse(body);
  const name = data === undefined ? (label ?? "") : { data };
  const { kind, queryId, url, text } = person.press(name, {
    ...at(chatKey),
    ...(messageId === undefined ? {} : { message: { message_id: messageId } }),
  });
  return { kind, queryId, url, text };
}

function openMiniApp(world: World, person: Person, body: unknown) {
  const { url, startParameter, theme, platform, isFromKeyboard } = miniAppBody.parse(body);
  const address = url ?? mainMiniAppUrl(world, person.id);
  if (address === null) return { url: null };
  const launched = person.openMiniApp({
    url: address,
    ...(startParameter === undefined ? {} : { startParameter }),
    ...(theme === undefined ? {} : { theme }),
    ...(platform === undefined ? {} : { platform }),
    ...(isFromKeyboard === undefined ? {} : { isFromKeyboard }),
  });
  return { url: launched.url };
}

/** The chat with the bot when no other is named. */
export function at(chatKey: string | undefined): { chatKey?: string } {
  return chatKey === undefined ? {} : { chatKey };
}

function sent(message: { message_id: number }): { messageId: number } {
  return { messageId: message.message_id };
}
