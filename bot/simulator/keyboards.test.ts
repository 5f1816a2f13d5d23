import { beforeEach, describe, expect, test } from "vitest";
import type { Person } from "./person.ts";
import { createTestSimulator } from "./testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
});

const inline = (...buttons: unknown[]) => ({ inline_keyboard: [buttons] });
const reply = (...buttons: unknown[]) => ({ keyboard: [buttons] });
const send = (markup: unknown) =>
  made.call("sendMessage", { chat_id: person.id, text: "да", reply_markup: markup });

describe("a keyboard is refused as Telegram refuses it", () => {
  const button = "can't parse keyboard button: ";
  const inlineButton = "can't parse inline keyboard button: ";
  test.each<[string, unknown]>([
    ['field "keyboard" must be of type Array', { keyboard: "A" }],
    ['field "keyboard" must be an Array of Arrays', { keyboard: ["A"] }],
    ['field "remove_keyboard" must be of type Boolean', { remove_keyboard: "yes" }],
    ['field "selective" must be of type Boolean', { force_reply: true, selective: null }],
    ['field "input_field_placeholder" must be of type String', { input_field_placeholder: {} }],
    [`${button}KeyboardButton must be a String or an Object`, reply(1)],
    [`${button}Can't find field "text"`, reply({})],
    [`${button}Field "text" must be of type String`, reply({ text: null })],
    [
      `${button}Field "request_contact" must be of type Boolean`,
      reply({ text: "A", request_contact: 1 }),
    ],
    [`${button}invalid button style specified`, reply({ text: "A", style: "red" })],
    [
      `${button}Field "web_app" must be of type Object`,
      reply({ text: "A", web_app: "https://a.ru" }),
    ],
    [`${button}Can't find field "url"`, reply({ text: "A", web_app: {} })],
    [`${inlineButton}InlineKeyboardButton must be an Object`, inline("A")],
    [`${inlineButton}Field "url" must be of type String`, inline({ text: "A", url: null })],
    [
      `${inlineButton}invalid button style specified`,
      inline({ text: "A", callback_data: "a", style: "red" }),
    ],
    [
      `${inlineButton}Field "switch_inline_query" must be of type String`,
      inline({ text: "A", switch_inline_query: {} }),
    ],
    [
      `${inlineButton}Field "switch_inline_query_chosen_chat" must be of type Object`,
      inline({ text: "A", switch_inline_query_chosen_chat: "x" }),
    ],
    [`${inlineButton}Can't find field "url"`, inline({ text: "A", login_url: {} })],
    [
      `${inlineButton}Field "copy_text" must be of type Object`,
      inline({ text: "A", copy_text: "x" }),
    ],
    [
      "inline keyboard button URL 'a b' is invalid: Wrong HTTP URL",
      inline({ text: "A", url: "a b" }),
    ],
    [
      "inline keyboard button URL 'http://[' is invalid: Wrong HTTP URL",
      inline({ text: "A", url: "http://[" }),
    ],
    [
      "inline keyboard button URL 'ftp://a.ru' is invalid: Wrong HTTP URL",
      inline({ text: "A", url: "ftp://a.ru" }),
    ],
    [
      "inline keyboard button Web App URL 'tg://resolve' is invalid: Only HTTPS links are allowed",
      inline({ text: "A", web_app: { url: "tg://resolve" } }),
    ],
  ])("%s", async (description, markup) => {
    expect((await send(markup)).description).toBe(`Bad Request: ${description}`);
  });
});

describe("a keyboard that passes", () => {
  test("has its texts, styles and flags; a number is its digits, an empty button is left out", async () => {
    await send({
      keyboard: [
        ["Смета", { text: 5, style: "Primary" }, { text: "", request_contact: true }],
        [{ text: "" }],
        [{ text: "Я здесь", request_location: true, style: "default" }],
        [{ text: "Кто", request_users: { request_id: 1 } }],
      ],
      is_persistent: true,
      one_time_keyboard: true,
      selective: true,
      input_field_placeholder: "Что дальше?",
    });
    expect(person.keyboard()).toEqual([["Смета", "5"], ["Я здесь"], ["Кто"]]);
    const state = await made.simulator.fetch(new Request("http://simulator/events"));
    const reader = state.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(first).toContain('"isPersistent":true,"placeholder":"Что дальше?"');
    expect(first).toContain('{"text":"5","style":"primary"}');
  });

  test("of empty buttons only is no keyboard at all", async () => {
    const sent = await send(inline({ text: "", callback_data: "a" }));
    expect(sent.result).not.toHaveProperty("reply_markup");
    await send(reply(""));
    await send({});
    expect(person.keyboard()).toEqual([]);
  });

  test("a forced reply leaves no buttons on the screen", async () => {
    await send({ force_reply: true, input_field_placeholder: "Адрес" });
    expect(person.keyboard()).toEqual([]);
    expect(person.transcript()).not.toContain("--- keyboard ---");
  });

  test("has links that Telegram writes in full", async () => {
    const sent = await send(
      inline({ text: "A", url: "a.ru" }, { text: "Б", url: "TG:resolve?domain=smetka_bot" }),
    );
    expect(sent.result).toMatchObject({
      reply_markup: {
        inline_keyboard: [[{ url: "http://a.ru/" }, { url: "tg://resolve?domain=smetka_bot" }]],
      },
    });
  });
});
