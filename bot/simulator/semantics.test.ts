import type { Message } from "grammy/types";
import { beforeEach, expect, test } from "vitest";
import type { Person } from "./person.ts";
import { createTestSimulator } from "./testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей", username: "alexey" });
  person.start();
});

async function send(parameters: Record<string, unknown> = {}): Promise<Message> {
  const answer = await made.call("sendMessage", { chat_id: person.id, text: "да", ...parameters });
  return answer.result as Message;
}

const markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
const lastUpdate = () => made.simulator.updates.all().at(-1);

test("an edit that does not name the keyboard removes it", async () => {
  const { message_id } = await send({ reply_markup: markup });
  await made.call("editMessageText", { chat_id: person.id, message_id, text: "нет" });
  expect(person.lastMessage()).toMatchObject({ text: "нет" });
  expect(person.lastMessage()?.reply_markup).toBeUndefined();
  expect(person.lastMessage()?.edit_date).toBeTypeOf("number");
});

test("an edit of the text drops the old entities", async () => {
  const { message_id } = await send({ text: "<b>да</b>", parse_mode: "HTML" });
  await made.call("editMessageText", { chat_id: person.id, message_id, text: "да" });
  expect(person.lastMessage()?.entities).toBeUndefined();
});

test("editMessageReplyMarkup leaves the text and may take the keyboard away", async () => {
  const { message_id } = await send({ reply_markup: markup });
  await made.call("editMessageReplyMarkup", { chat_id: person.id, message_id });
  expect(person.lastMessage()).toMatchObject({ text: "да" });
  expect(person.buttons()).toEqual([]);
});

test("a bot gets no updates of what it does itself", async () => {
  const before = made.simulator.updates.all().length;
  const { message_id } = await send();
  await made.call("editMessageText", { chat_id: person.id, message_id, text: "нет" });
  await made.call("deleteMessage", { chat_id: person.id, message_id });
  expect(made.simulator.updates.all()).toHaveLength(before);
});

test("a person's text comes trimmed and with its commands marked", () => {
  person.sendText("  /new Ленина 12 \n");
  expect(lastUpdate()?.message).toMatchObject({
    text: "/new Ленина 12",
    entities: [{ type: "bot_command", offset: 0, length: 4 }],
    chat: { id: person.id, type: "private", first_name: "Алексей", username: "alexey" },
    from: { id: person.id, is_bot: false, language_code: "ru" },
  });
});

test("a text over 4096 characters comes as several messages, cut at a line", () => {
  const line = "Штукатурка стен 120 м2 450";
  const list = Array.from({ length: 300 }, (_, index) => `${index} ${line}`);
  person.sendText(list.join("\n"));
  const texts = made.simulator.updates
    .all()
    .slice(1)
    .map(({ message }) => message?.text ?? "");
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.join("\n").split("\n")).toEqual(list);
});

test("a raw text reaches the bot with its control characters", () => {
  person.sendText("а\u0000б", { isRaw: true });
  expect(lastUpdate()?.message?.text).toBe("а\u0000б");
});

test("ids and dates are counted: two equal runs are equal", () => {
  const run = () => {
    const { simulator } = createTestSimulator();
    const other = simulator.person({ firstName: "Алексей" });
    other.start();
    other.sendPhoto();
    return JSON.stringify(simulator.updates.all());
  };
  expect(run()).toBe(run());
});

test("message ids are the chat's own", async () => {
  const second = made.simulator.person({ firstName: "Марина" });
  expect(second.start().message_id).toBe(1);
  expect((await send()).message_id).toBe(2);
});

test("a press carries the message as it is now, a stale one of a deleted message only its id", async () => {
  const { message_id } = await send({ reply_markup: markup });
  await made.call("editMessageText", {
    chat_id: person.id,
    message_id,
    text: "нет",
    reply_markup: markup,
  });
  person.press("A");
  expect(lastUpdate()?.callback_query).toMatchObject({ data: "a", message: { text: "нет" } });

  await made.call("deleteMessage", { chat_id: person.id, message_id });
  person.pressStale("a", { message_id });
  expect(lastUpdate()?.callback_query?.message).toEqual({
    chat: expect.objectContaining({ id: person.id }),
    message_id,
    date: 0,
  });
});

test("a button that is not on the screen can't be pressed by its label", async () => {
  await send({ reply_markup: markup });
  expect(() => person.press("Б")).toThrow("[A]");
});

test("a reply keyboard stays until it is replaced, removed or its message deleted", async () => {
  const keyboard = { keyboard: [["Смета", { text: "Телефон", request_contact: true }]] };
  const { message_id } = await send({ reply_markup: keyboard });
  await send();
  expect(person.keyboard()).toEqual([["Смета", "Телефон"]]);
  await send({ reply_markup: markup });
  expect(person.keyboard()).toEqual([["Смета", "Телефон"]]);
  await made.call("deleteMessage", { chat_id: person.id, message_id });
  expect(person.keyboard()).toEqual([]);

  await send({ reply_markup: keyboard });
  await send({ reply_markup: { remove_keyboard: true } });
  expect(person.keyboard()).toEqual([]);
});

test("a contact button sends one's own contact, an attached one somebody else's", async () => {
  await send({ reply_markup: { keyboard: [[{ text: "Телефон", request_contact: true }]] } });
  person.press("Телефон");
  expect(lastUpdate()?.message?.contact).toMatchObject({
    user_id: person.id,
    phone_number: person.phone,
  });
  person.sendContact({ phone: "79005556677", firstName: "Иван" });
  expect(lastUpdate()?.message?.contact).toEqual({
    phone_number: "79005556677",
    first_name: "Иван",
  });
});

test("an album is several updates with one group id and the caption on the first", () => {
  person.sendAlbum({ count: 3, caption: "Ванная" });
  const album = made.simulator.updates
    .all()
    .slice(-3)
    .map(({ message }) => message);
  expect(new Set(album.map((message) => message?.media_group_id)).size).toBe(1);
  expect(album.map((message) => message?.caption)).toEqual(["Ванная", undefined, undefined]);
});

test("blocking tells the bot by my_chat_member, and so does unblocking", () => {
  person.block();
  expect(lastUpdate()?.my_chat_member).toMatchObject({
    old_chat_member: { status: "member" },
    new_chat_member: { status: "kicked" },
  });
  person.unblock();
  expect(lastUpdate()?.my_chat_member?.new_chat_member.status).toBe("member");
});

test("an edited message of a person comes as edited_message", () => {
  const message = person.sendText("12 м2");
  person.editText(message, "13 м2");
  expect(lastUpdate()?.edited_message).toMatchObject({
    text: "13 м2",
    message_id: message.message_id,
  });
});

test("deleteMessages skips what is gone", async () => {
  const { message_id } = await send();
  const answer = await made.call("deleteMessages", {
    chat_id: person.id,
    message_ids: [message_id, 99],
  });
  expect(answer.result).toBe(true);
  expect(person.messages().map((message) => message.message_id)).not.toContain(message_id);
});

test("a copy loses its author and takes a keyboard, a forward keeps its author and loses it", async () => {
  const { message_id } = await send({ reply_markup: markup });
  const from = { chat_id: person.id, from_chat_id: person.id, message_id };
  const copied = await made.call("copyMessage", { ...from, reply_markup: markup });
  expect(copied.result).toEqual({ message_id: message_id + 1 });
  expect(person.lastMessage()).toMatchObject({ text: "да", reply_markup: markup });
  await made.call("forwardMessage", from);
  expect(person.lastMessage()).toMatchObject({ forward_origin: { type: "user" } });
  expect(person.lastMessage()?.reply_markup).toBeUndefined();
});

test("a pinned message is announced and can be unpinned", async () => {
  const { message_id } = await send();
  await made.call("pinChatMessage", { chat_id: person.id, message_id });
  expect(person.lastMessage()?.pinned_message).toMatchObject({ message_id });
  expect((await made.call("unpinChatMessage", { chat_id: person.id })).ok).toBe(true);
  expect(await made.refusal("unpinChatMessage", { chat_id: person.id })).toBe(
    "400 Bad Request: message to unpin not found",
  );
});

test("commands are kept by scope and language and shown by the narrowest", async () => {
  const set = (name: string, rest: object) =>
    made.call("setMyCommands", { commands: [{ command: name, description: "x" }], ...rest });
  await set("all", {});
  await set("russian", { language_code: "ru" });
  await set("own", { scope: { type: "chat", chat_id: person.id } });
  expect((await made.call("getMyCommands", { language_code: "ru" })).result).toEqual([
    { command: "russian", description: "x" },
  ]);
  expect(person.commands().map(({ command }) => command)).toEqual(["own"]);
  await made.call("deleteMyCommands", { scope: { type: "chat", chat_id: person.id } });
  expect(person.commands().map(({ command }) => command)).toEqual(["russian"]);
});

test("a document's type comes from its name, whatever the upload said", async () => {
  const body = new FormData();
  body.set("chat_id", String(person.id));
  body.set("document", new Blob(["x"], { type: "text/html" }), "Смета № 1.xlsx");
  const url = "http://simulator/bot5000000001:AAFirstTestToken/sendDocument";
  await made.simulator.fetch(new Request(url, { method: "POST", body }));
  expect(person.lastMessage()?.document).toMatchObject({
    file_name: "Смета № 1.xlsx",
    mime_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  });
});

test("«печатает…» is shown for five seconds or until the message", async () => {
  await made.call("sendChatAction", { chat_id: person.id, action: "typing" });
  expect(person.action()).toBe("typing");
  await made.clock.advance(5001);
  expect(person.action()).toBeNull();
  await made.call("sendChatAction", { chat_id: person.id, action: "typing" });
  await send();
  expect(person.action()).toBeNull();
});
