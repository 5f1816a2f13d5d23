import { beforeEach, describe, expect, test } from "vitest";
import type { Person } from "./person.ts";
import { createTestSimulator } from "./testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей", lastName: "Смирнов" });
  person.start();
});

describe("a text over 4096 characters is cut", () => {
  test("at a space where there is no line break", () => {
    person.sendText(`${"а".repeat(4000)} ${"б".repeat(200)}`);
    expect(person.messages().map(({ text }) => text?.length)).toEqual([6, 4000, 200]);
  });

  test("in the middle of a word where there is nothing else", () => {
    person.sendText("а".repeat(5000));
    expect(person.messages().map(({ text }) => text?.length)).toEqual([6, 4096, 904]);
  });
});

test("a command may have an argument, a caption its own marks", () => {
  expect(person.command("new").text).toBe("/new");
  expect(person.command("new", "Ленина 12").text).toBe("/new Ленина 12");
  const photo = person.sendPhoto({ caption: "см. https://a.ru/x" });
  expect(photo.caption_entities).toMatchObject([{ type: "url", offset: 4 }]);
  expect(person.sendPhoto({ caption: "" })).not.toHaveProperty("caption");
});

test("a contact is one's own, somebody's from Telegram or only a number", () => {
  expect(person.sendContact().contact).toMatchObject({
    user_id: person.id,
    first_name: "Алексей",
    last_name: "Смирнов",
  });
  const phone = "79005556677";
  expect(person.sendContact({ phone, userId: 42 }).contact).toEqual({
    phone_number: phone,
    first_name: "Контакт",
    user_id: 42,
  });
});

test("a voice message, a sticker and a file come with their kinds", () => {
  expect(person.sendVoice({ durationSeconds: 12 }).voice).toMatchObject({ duration: 12 });
  expect(person.sendSticker().sticker).toMatchObject({ emoji: "👍" });
  const bytes = Buffer.from("x");
  const { document } = person.sendDocument({ bytes, name: "сметы/" });
  expect(document).toMatchObject({ file_name: "file", file_size: 1 });
});

test("people write to each other without the bot hearing of it", async () => {
  const other = made.simulator.person({ firstName: "Иван" });
  const chatKey = other.chatWith(person.id);
  const before = made.simulator.updates.all().length;
  const message = other.sendText("позвоните", { chatKey });
  expect(made.simulator.updates.all()).toHaveLength(before);
  expect((await made.call("getChat", { chat_id: other.id })).description).toContain("not found");
  person.forward(message);
  expect(person.lastMessage()).toMatchObject({
    text: "позвоните",
    forward_origin: { type: "user", sender_user: { id: other.id } },
  });
  const again = other.chatWith(person.id);
  expect(again).toBe(chatKey);
});

describe("what a person can't do is an error of the test", () => {
  test("writing to a bot that is blocked", () => {
    person.block();
    expect(() => person.sendText("да")).toThrow("unblock the bot before writing to it");
  });

  test("writing into a chat of others or of nobody", () => {
    const [a, b] = ["Иван", "Пётр"].map((firstName) => made.simulator.person({ firstName }));
    const chatKey = a?.chatWith(b?.id ?? 0) ?? "";
    expect(() => person.sendText("да", { chatKey })).toThrow(`has no chat ${chatKey}`);
    expect(() => person.sendText("да", { chatKey: "pair:1:2" })).toThrow("has no chat pair:1:2");
    expect(() => person.chatWith(42)).toThrow("no person 42");
  });

  test("changing the bot's message", async () => {
    await made.call("sendMessage", { chat_id: person.id, text: "да" });
    const message = { message_id: 2 };
    expect(() => person.editText(message, "нет")).toThrow("only own messages can be edited");
  });

  test("opening a Mini App without a menu button for it", () => {
    expect(() => person.openMiniApp()).toThrow('opens no Mini App: {"type":"default"}');
  });

  test("choosing what was not offered", () => {
    const { id } = person.typeInline("смета");
    expect(() => person.chooseResult(id, "1", "bot:1")).toThrow("has no result 1");
  });
});

test("blocking twice, or unblocking what is not blocked, tells nobody anything", () => {
  person.unblock();
  person.block();
  const before = made.simulator.updates.all().length;
  person.block();
  expect(made.simulator.updates.all()).toHaveLength(before);
});

test("leave to write opens the chat once, without a start", async () => {
  const other = made.simulator.person({ firstName: "Иван" });
  other.allowWriting();
  expect(other.lastMessage()).toMatchObject({ write_access_allowed: { from_request: true } });
  other.allowWriting();
  expect(other.messages()).toHaveLength(1);
  expect((await made.call("sendMessage", { chat_id: other.id, text: "да" })).ok).toBe(true);
});

test("an edited text has its own marks, a deleted message is gone without a word", () => {
  const message = person.sendText("да");
  expect(person.editText(message, "/new").entities).toHaveLength(1);
  expect(person.editText(message, "нет")).not.toHaveProperty("entities");
  const before = made.simulator.updates.all().length;
  person.deleteMessage(message);
  expect(made.simulator.updates.all()).toHaveLength(before);
  expect(() => person.deleteMessage(message)).toThrow("message to delete not found");
});

test("a Mini App from the keyboard sends its data as a message", () => {
  person.sendMiniAppData('{"id":1}', "Приложение");
  expect(made.simulator.updates.all().at(-1)?.message?.web_app_data).toEqual({
    data: '{"id":1}',
    button_text: "Приложение",
  });
});

test("the transcript shows every kind of message", async () => {
  const chat_id = person.id;
  person.sendPhoto({ caption: "Кухня" });
  person.sendVoice();
  person.sendContact();
  person.sendLocation(55, 37);
  person.sendSticker("🔥");
  const { document } = person.sendDocument({ bytes: Buffer.from("x"), name: "a.txt" });
  const reply_markup = { inline_keyboard: [[{ text: "PDF", callback_data: "a" }]] };
  const file = { chat_id, document: document?.file_id, caption: "Смета", reply_markup };
  await made.call("sendDocument", file);
  const markup = { keyboard: [["Сметы", "Ещё"], ["Помощь"]] };
  await made.call("sendMessage", { chat_id, text: "да", reply_markup: markup });
  await made.call("sendMessage", { chat_id, text: "нет" });
  await made.call("editMessageText", { chat_id, message_id: 10, text: "может быть" });
  await made.call("pinChatMessage", { chat_id, message_id: 9 });
  expect(made.simulator.transcript(person)).toBe(
    [
      "#1 Алексей: /start",
      "#2 Алексей: <photo> Кухня",
      "#3 Алексей: <voice>",
      "#4 Алексей: <contact Алексей>",
      "#5 Алексей: <location>",
      "#6 Алексей: <sticker 🔥>",
      "#7 Алексей: <file a.txt>",
      "#8 Смётка: <file a.txt> Смета",
      "    [PDF]",
      "#9 Смётка: да",
      "#10 Смётка (edited): может быть",
      "#11 Смётка: <service message>",
      "--- keyboard ---",
      "[Сметы] [Ещё]",
      "[Помощь]",
    ].join("\n"),
  );
  expect(made.simulator.transcript({ id: 42 })).toBe("");
  expect(made.simulator.transcript({ id: -42 })).toBe("");
});

test("a file of the bot is opened, a message without one is not", async () => {
  const photo = person.sendPhoto();
  const voice = person.sendVoice({ bytes: Buffer.from("OggS") });
  expect(person.download(photo)).not.toHaveLength(0);
  expect(Buffer.from(person.download(voice)).toString()).toBe("OggS");
  expect(() => person.download(person.sendText("да"))).toThrow("has no file");
  expect(() => person.download({ ...photo, photo: [] })).toThrow("has no file");
});

test("waiting in vain tells for what, and shows the chat", async () => {
  await made.call("sendMessage", { chat_id: person.id, text: "да" });
  const nothing = { limitMs: 1 };
  await expect(person.waitFor("нет", nothing)).rejects.toThrow(
    "no message passed нет; the chat of",
  );
  await expect(person.waitFor(/нет/, nothing)).rejects.toThrow("#2 Смётка: да");
  await expect(person.waitFor(() => false, nothing)).rejects.toThrow("no message passed the test");
});
