import { beforeEach, describe, expect, test } from "vitest";
import type { Message } from "grammy/types";
import type { Person } from "../person.ts";
import { createTestSimulator } from "../testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
});

const call = (method: string, rest: object = {}) =>
  made.call(method, { chat_id: person.id, ...rest });
const refusal = (method: string, rest: object = {}) =>
  made.refusal(method, { chat_id: person.id, ...rest });

describe("a contact and a place", () => {
  test("are sent as they are", async () => {
    const contact = { phone_number: "79001112233", first_name: "Иван", last_name: "Петров" };
    expect((await call("sendContact", contact)).result).toMatchObject({ contact });
    expect((await call("sendContact", { ...contact, last_name: "" })).result).toMatchObject({
      contact: { phone_number: "79001112233", first_name: "Иван" },
    });
    const location = { latitude: 55.75, longitude: -180 };
    expect((await call("sendLocation", location)).result).toMatchObject({ location });
  });

  test.each<[string, string, object]>([
    ['parameter "phone_number" is required', "sendContact", { first_name: "Иван" }],
    ['parameter "first_name" is required', "sendContact", { phone_number: "79001112233" }],
    ["latitude is empty", "sendLocation", { longitude: 37 }],
    ["longitude is empty", "sendLocation", { latitude: 55, longitude: " " }],
    ["invalid location specified", "sendLocation", { latitude: 91, longitude: 37 }],
    ["invalid location specified", "sendLocation", { latitude: 55, longitude: 181 }],
    ["invalid location specified", "sendLocation", { latitude: "x", longitude: 37 }],
  ])("are refused: %s", async (description, method, parameters) => {
    expect(await refusal(method, parameters)).toBe(`400 Bad Request: ${description}`);
  });
});

describe("what the bot is doing", () => {
  test("must be a known thing, and may be called off", async () => {
    expect(await refusal("sendChatAction", { action: "dance" })).toBe(
      "400 Bad Request: wrong parameter action in request",
    );
    await call("sendChatAction", { action: "UPLOAD_DOCUMENT" });
    expect(person.action()).toBe("upload_document");
    await call("sendChatAction", { action: "cancel" });
    expect(person.action()).toBeNull();
  });
});

describe("a reply", () => {
  const send = (rest: object) => call("sendMessage", { text: "да", ...rest });

  test("names the message, in the old way too, but not what that one replied to", async () => {
    const { message_id } = person.sendText("Сколько?");
    const first = (await send({ reply_parameters: { message_id } })).result as Message;
    expect(first.reply_to_message).toMatchObject({ message_id, text: "Сколько?" });
    const second = await send({ reply_to_message_id: first.message_id });
    expect((second.result as Message).reply_to_message).not.toHaveProperty("reply_to_message");
  });

  test("to what is gone is refused unless it may go without", async () => {
    const gone = { message_id: 99 };
    expect(await refusal("sendMessage", { text: "да", reply_to_message_id: 99 })).toBe(
      "400 Bad Request: message to be replied not found",
    );
    const optional = { reply_parameters: { ...gone, allow_sending_without_reply: true } };
    expect((await send(optional)).result).not.toHaveProperty("reply_to_message");
    expect((await send({ reply_parameters: "" })).ok).toBe(true);
    expect((await send({ reply_to_message_id: -1 })).ok).toBe(true);
  });

  test.each<[string, unknown]>([
    ["can't parse reply parameters JSON object", "{"],
    ["object expected as reply parameters", []],
    ['can\'t find field "message_id"', { chat_id: 1 }],
    ['field "message_id" must be a Number', { message_id: true }],
    ['field "message_id" must be a valid Number', { message_id: "первое" }],
    [
      'field "allow_sending_without_reply" must be of type Boolean',
      { message_id: 1, allow_sending_without_reply: "yes" },
    ],
  ])("is refused: %s", async (description, reply_parameters) => {
    expect(await refusal("sendMessage", { text: "да", reply_parameters })).toBe(
      `400 Bad Request: ${description}`,
    );
  });
});

describe("entities", () => {
  const bold = { type: "bold", offset: 0, length: 1 };
  const entity = "can't parse MessageEntity: ";
  test.each<[string, unknown]>([
    ["can't parse entities JSON object", "["],
    [`${entity}expected an Object`, ["bold"]],
    [`${entity}Can't find field "offset"`, [{ type: "bold", length: 1 }]],
    [`${entity}Field "length" must be a Number`, [{ type: "bold", offset: 0, length: null }]],
    [`${entity}Can't find field "type"`, [{ offset: 0, length: 1 }]],
    ["receive an entity with incorrect offset -1", [{ ...bold, offset: -1 }]],
    ["receive an entity with incorrect length 1000001", [{ ...bold, length: 1_000_001 }]],
    ["entity begins after the end of the text at UTF-16 offset 9", [{ ...bold, offset: 9 }]],
    ["entity begins in a middle of a UTF-16 symbol at byte offset 4", [{ ...bold, offset: 1 }]],
    [
      "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4",
      [bold],
    ],
  ])("are refused: %s", async (description, entities) => {
    expect(await refusal("sendMessage", { text: "😀да", entities })).toBe(
      `400 Bad Request: ${description}`,
    );
  });

  test("that Telegram finds by itself, and those outside the trimmed text, are not kept", async () => {
    const entities = [
      { type: "url", offset: 0, length: 2 },
      { type: "bold", offset: "3", length: 2 },
      { type: "bold", offset: 5, length: 2 },
      { type: "italic", offset: 7, length: 1 },
    ];
    const sent = await call("sendMessage", { text: "да\r нет \n", entities });
    expect(sent.result).toMatchObject({
      text: "да нет",
      entities: [{ type: "bold", offset: 2, length: 4 }],
    });
  });

  test("of code swallow what is inside, and quotations side by side stay two", async () => {
    const sent = await call("sendMessage", {
      text: "<code>/new</code> <blockquote>а</blockquote><blockquote>б</blockquote>",
      parse_mode: "HTML",
    });
    expect((sent.result as Message).entities?.map(({ type }) => type)).toEqual([
      "code",
      "blockquote",
      "blockquote",
    ]);
  });
});
