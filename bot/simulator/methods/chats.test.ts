import { beforeEach, describe, expect, test } from "vitest";
import type { Message } from "grammy/types";
import type { Person } from "../person.ts";
import { createTestSimulator } from "../testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;
let message: Message;

beforeEach(async () => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
  const sent = await made.call("sendMessage", { chat_id: person.id, text: "да" });
  message = sent.result as Message;
});

const here = (rest: object = {}) => ({
  chat_id: person.id,
  message_id: message.message_id,
  ...rest,
});

function groupOf(...members: Person[]) {
  const group = made.simulator.group({ title: "Ленина 12", members });
  group.addBot(person);
  return group;
}

describe("a chat", () => {
  test("is described by its name, a group by its title and its people", async () => {
    const { result } = await made.call("getChat", { chat_id: person.id });
    expect(result).toMatchObject({ type: "private", first_name: "Алексей" });
    const { id } = groupOf(person);
    const chat_id = id;
    expect((await made.call("getChat", { chat_id })).result).toMatchObject({
      type: "group",
      title: "Ленина 12",
    });
    expect((await made.call("getChatMemberCount", { chat_id })).result).toBe(2);
  });

  test("has the bot and its people as members, others have left, strangers are unknown", async () => {
    const other = made.simulator.person({ firstName: "Иван" });
    const chat_id = groupOf(person).id;
    const member = async (user_id: number) =>
      (await made.call("getChatMember", { chat_id, user_id })).result;
    const bot = (await made.call("getMe")).result as { id: number };
    expect(await member(bot.id)).toMatchObject({ status: "member", user: { is_bot: true } });
    expect(await member(person.id)).toMatchObject({ status: "member", user: { id: person.id } });
    expect(await member(other.id)).toMatchObject({ status: "left" });
    expect(await made.refusal("getChatMember", { chat_id, user_id: 42 })).toBe(
      "400 Bad Request: PARTICIPANT_ID_INVALID",
    );
  });

  test("that the bot left gets nothing from it any more; a private one can't be left", async () => {
    expect(await made.refusal("leaveChat", { chat_id: person.id })).toBe(
      "400 Bad Request: can't leave private chats",
    );
    const group = groupOf(person);
    expect((await made.call("leaveChat", { chat_id: group.id })).result).toBe(true);
    expect(await made.refusal("sendMessage", { chat_id: group.id, text: "да" })).toBe(
      "403 Forbidden: bot is not a member of the group chat",
    );
    const before = made.simulator.updates.all().length;
    person.sendText("/new", { chatKey: group.chatKey });
    expect(made.simulator.updates.all()).toHaveLength(before);
  });
});

describe("a pinned message", () => {
  test("is unpinned by its id, the last or all at once", async () => {
    const { result } = await made.call("sendMessage", { chat_id: person.id, text: "нет" });
    const second = result as Message;
    for (const { message_id } of [message, second]) {
      await made.call("pinChatMessage", { chat_id: person.id, message_id });
    }
    await made.call("unpinChatMessage", here());
    await made.call("unpinChatMessage", { chat_id: person.id });
    expect(await made.refusal("unpinChatMessage", { chat_id: person.id })).toBe(
      "400 Bad Request: message to unpin not found",
    );
    await made.call("pinChatMessage", here());
    expect((await made.call("unpinAllChatMessages", { chat_id: person.id })).result).toBe(true);
    expect((await made.refusal("unpinChatMessage", { chat_id: person.id })).length).toBeGreaterThan(
      0,
    );
  });

  test("must be there, to be pinned and to be unpinned", async () => {
    const gone = { chat_id: person.id, message_id: 99 };
    expect(await made.refusal("pinChatMessage", gone)).toBe(
      "400 Bad Request: message to pin not found",
    );
    expect(await made.refusal("unpinChatMessage", gone)).toBe(
      "400 Bad Request: message to unpin not found",
    );
  });
});

describe("a reaction", () => {
  const reacted = async () => {
    const response = await made.simulator.fetch(new Request("http://simulator/events"));
    const reader = response.body?.getReader();
    const text = new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    return /"reactions":\["[^\]]*\]/.exec(text)?.[0] ?? null;
  };

  test("is shown until it is taken back", async () => {
    await made.call("setMessageReaction", here({ reaction: [{ type: "emoji", emoji: "❤️" }] }));
    expect(await reacted()).toBe('"reactions":["❤️"]');
    await made.call("setMessageReaction", here({ reaction: [] }));
    expect(await reacted()).toBeNull();
    expect((await made.call("setMessageReaction", here())).result).toBe(true);
  });

  const type = "can't parse ReactionType: ";
  test.each<[string, unknown]>([
    ["can't parse reaction types JSON object", "["],
    ["expected an Array of ReactionType", {}],
    [`${type}expected an Object`, ["👍"]],
    [`${type}Can't find field "type"`, [{}]],
    [`${type}Can't find field "emoji"`, [{ type: "emoji" }]],
    [`${type}invalid reaction type specified`, [{ type: "star" }]],
    ["REACTION_INVALID", [{ type: "emoji", emoji: "🧱" }]],
    ["REACTION_INVALID", [{ type: "custom_emoji", custom_emoji_id: "1" }]],
  ])("is refused: %s", async (description, reaction) => {
    expect(await made.refusal("setMessageReaction", here({ reaction }))).toBe(
      `400 Bad Request: ${description}`,
    );
  });
});

describe("a copy and a forward", () => {
  const from = (rest: object = {}) => here({ from_chat_id: person.id, ...rest });

  test("a copy may have another caption", async () => {
    const { message_id, photo } = person.sendPhoto({ caption: "Кухня" });
    await made.call(
      "copyMessage",
      from({ message_id, caption: "<b>Ванная</b>", parse_mode: "HTML" }),
    );
    expect(person.lastMessage()).toMatchObject({
      photo,
      caption: "Ванная",
      caption_entities: [{ type: "bold", offset: 0, length: 6 }],
    });
  });

  test("a forward keeps a keyboard of links, and who wrote it first", async () => {
    const reply_markup = { inline_keyboard: [[{ text: "Сайт", url: "https://a.ru/" }]] };
    await made.call("sendMessage", { chat_id: person.id, text: "см.", reply_markup });
    const other = made.simulator.person({ firstName: "Иван" });
    other.start();
    const first = other.forward(person.sendText("моё"));
    const forward = { from_chat_id: other.id, message_id: first.message_id, chat_id: person.id };
    await made.call("forwardMessage", forward);
    expect(person.lastMessage()).toMatchObject({
      text: "моё",
      forward_origin: { type: "user", sender_user: { id: person.id } },
    });
    await made.call("forwardMessage", from({ message_id: message.message_id + 1 }));
    expect(person.lastMessage()).toMatchObject({ text: "см.", reply_markup });
  });

  test("of a service message or of nothing is refused", async () => {
    await made.call("pinChatMessage", here());
    const service = { message_id: person.lastMessage()?.message_id };
    expect(await made.refusal("copyMessage", from(service))).toBe(
      "400 Bad Request: the message can't be copied",
    );
    expect(await made.refusal("forwardMessage", from(service))).toBe(
      "400 Bad Request: the message can't be forwarded",
    );
    expect(await made.refusal("forwardMessage", from({ message_id: 99 }))).toBe(
      "400 Bad Request: message to forward not found",
    );
  });
});
