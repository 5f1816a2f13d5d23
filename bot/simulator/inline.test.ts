import { describe, expect, test } from "vitest";
import type { Message } from "grammy/types";
import { createTestSimulator } from "./testing.ts";

const article = (id: string, extra: object = {}) => ({
  type: "article",
  id,
  title: "Смета",
  input_message_content: { message_text: "<b>СМ-2026-0001</b>", parse_mode: "HTML" },
  ...extra,
});

const withButton = {
  reply_markup: { inline_keyboard: [[{ text: "Согласовать", callback_data: "ok" }]] },
};

function start() {
  const made = createTestSimulator();
  const foreman = made.simulator.person({ firstName: "Алексей" });
  const client = made.simulator.person({ firstName: "Иван" });
  const chatKey = foreman.chatWith(client.id);
  return { ...made, foreman, client, chatKey };
}

test("a result lands in the other person's chat, by whom and via which bot is seen", async () => {
  const { foreman, simulator, call, chatKey } = start();
  const query = foreman.typeInline("ленина");
  expect(simulator.updates.all().at(-1)?.inline_query).toMatchObject({
    query: "ленина",
    id: query.id,
  });
  await call("answerInlineQuery", { inline_query_id: query.id, results: [article("1")] });
  expect(await query.results()).toHaveLength(1);
  foreman.chooseResult(query.id, "1", chatKey);
  expect(simulator.updates.all().at(-1)?.chosen_inline_result).toMatchObject({ result_id: "1" });
});

test("a press under an inline message comes without the message, and an edit finds it", async () => {
  const { foreman, client, simulator, call, chatKey } = start();
  const query = foreman.typeInline("");
  await call("answerInlineQuery", {
    inline_query_id: query.id,
    results: [article("1", withButton)],
  });
  const inlineMessageId = foreman.chooseResult(query.id, "1", chatKey);
  client.press("Согласовать", { chatKey });
  const pressed = simulator.updates.all().at(-1)?.callback_query;
  expect(pressed).toMatchObject({ inline_message_id: inlineMessageId, from: { id: client.id } });
  expect(pressed?.message).toBeUndefined();
  const edit = { inline_message_id: inlineMessageId, text: "Согласовано" };
  expect((await call("editMessageText", edit)).result).toBe(true);
  expect(await client.waitFor("Согласовано", { chatKey })).toMatchObject({
    via_bot: { is_bot: true },
  });
});

test("a prepared message is shared once, by the one it was prepared for", async () => {
  const { foreman, client, call, chatKey } = start();
  const prepared = await call("savePreparedInlineMessage", {
    user_id: foreman.id,
    result: article("1"),
    allow_user_chats: true,
  });
  const { id } = prepared.result as { id: string };
  expect(() => client.sharePrepared(id, chatKey)).toThrow("no prepared message");
  foreman.sharePrepared(id, chatKey);
  expect(() => foreman.sharePrepared(id, chatKey)).toThrow("no prepared message");
});

describe("an answer is refused", () => {
  const one = (result: object) => ({ results: [result] });
  const without = (name: string) =>
    one(Object.fromEntries(Object.entries(article("1")).filter(([key]) => key !== name)));
  const content = (input: unknown) => one(article("1", { input_message_content: input }));
  const photo = { type: "photo", id: "1" };
  const result = "can't parse inline query result: ";
  test.each<[string, object]>([
    ["RESULT_ID_DUPLICATE", { results: [article("1"), article("1")] }],
    ["RESULT_ID_INVALID", one(article(""))],
    ["RESULT_ID_INVALID", one(article("ы".repeat(33)))],
    ["ARTICLE_TITLE_EMPTY", one(article("1", { title: "" }))],
    [
      "too many inline query results specified",
      { results: Array.from({ length: 51 }, (_, n) => article(`${n}`)) },
    ],
    ["expected an Array of inline query results", { results: {} }],
    [`${result}Inline query result must be an object`, { results: ["1"] }],
    [`${result}Can't find field "type"`, without("type")],
    [`${result}Can't find field "id"`, without("id")],
    [`${result}Can't find field "title"`, without("title")],
    [`${result}Can't find field "message_text"`, without("input_message_content")],
    [
      `${result}type "venue" is unsupported for the inline query result`,
      one({ ...photo, type: "venue" }),
    ],
    [`${result}Can't find field "photo_file_id"`, one(photo)],
    [
      `${result}Can't find field "document_file_id"`,
      one({ ...photo, type: "document", title: "x" }),
    ],
    [`${result}Field "input_message_content" must be of type Object`, content("x")],
    ["input message content is not specified", content({})],
    [
      "message text is empty",
      one({ ...article("1"), input_message_content: undefined, message_text: "" }),
    ],
    ["text must be non-empty", content({ message_text: " " })],
    ["MESSAGE_TOO_LONG", content({ message_text: "ы".repeat(4097) })],
    ["wrong file identifier/HTTP URL specified", one({ ...photo, photo_file_id: "nonsense" })],
    [
      "BUTTON_TYPE_INVALID",
      one(
        article("1", {
          reply_markup: { inline_keyboard: [[{ text: "A", web_app: { url: "https://a.ru" } }]] },
        }),
      ),
    ],
  ])("%s", async (description, parameters) => {
    const { foreman, refusal } = start();
    const query = foreman.typeInline("x");
    expect(await refusal("answerInlineQuery", { inline_query_id: query.id, ...parameters })).toBe(
      `400 Bad Request: ${description}`,
    );
  });

  test("with no results at all it is an answer all the same", async () => {
    const { foreman, call } = start();
    const query = foreman.typeInline("x");
    await call("answerInlineQuery", { inline_query_id: query.id });
    expect(await query.results()).toEqual([]);
  });
});

test("files are offered with a caption of their own or a text instead", async () => {
  const { foreman, call, chatKey, client } = start();
  const photo = foreman.sendPhoto().photo?.at(-1)?.file_id;
  const document = foreman.sendDocument({ bytes: Buffer.from("x"), name: "a.pdf" }).document;
  const query = foreman.typeInline("");
  await call("answerInlineQuery", {
    inline_query_id: query.id,
    results: [
      { type: "photo", id: "1", photo_file_id: photo, caption: "<b>Кухня</b>", parse_mode: "HTML" },
      { type: "Document", id: "2", document_file_id: document?.file_id, title: "Смета" },
      {
        type: "document",
        id: "3",
        document_file_id: document?.file_id,
        title: "Смета",
        input_message_content: { message_text: "вместо неё" },
        reply_markup: { inline_keyboard: [] },
      },
      { type: "article", id: "4", title: "По-старому", message_text: "текст" },
    ],
  });
  for (const id of ["1", "2", "3", "4"]) foreman.chooseResult(query.id, id, chatKey);
  const seen = (test: (message: Message) => boolean) => client.waitFor(test, { chatKey });
  expect(await seen((message) => message.photo !== undefined)).toMatchObject({
    caption: "Кухня",
    caption_entities: [{ type: "bold", offset: 0, length: 5 }],
  });
  expect(await seen((message) => message.document !== undefined)).not.toHaveProperty("caption");
  expect(await seen(({ text }) => text === "вместо неё")).not.toHaveProperty("reply_markup");
  expect(await seen(({ text }) => text === "текст")).toMatchObject({ via_bot: { is_bot: true } });
});

test("a Mini App's query is answered once; the message goes to the chat with the bot", async () => {
  const { foreman, call, refusal } = start();
  foreman.start();
  const { queryId } = foreman.openMiniApp({ url: "https://a.ru/app/" });
  const answer = { web_app_query_id: queryId, result: article("1") };
  expect((await call("answerWebAppQuery", answer)).result).toEqual({});
  expect(foreman.lastMessage()).toMatchObject({ text: "СМ-2026-0001", from: { id: foreman.id } });
  expect(await refusal("answerWebAppQuery", answer)).toContain("query is too old");
  const second = foreman.openMiniApp({ url: "https://a.ru/app/" });
  const button = { web_app_query_id: second.queryId, result: article("1", withButton) };
  expect((await call("answerWebAppQuery", button)).result).toMatchObject({
    inline_message_id: expect.any(String),
  });
});

test.each<[string, object]>([
  ["invalid user_id specified", { user_id: 0 }],
  ["result isn't specified", { result: undefined }],
  ["inline query result must be an object", { result: [] }],
  ['can\'t find field "type"', { result: {} }],
  ["user not found", { user_id: 42 }],
  ["PEER_TYPES_INVALID", { allow_user_chats: false }],
])("a message is not prepared: %s", async (description, parameters) => {
  const { foreman, refusal } = start();
  const whole = { user_id: foreman.id, result: article("1"), allow_user_chats: true };
  expect(await refusal("savePreparedInlineMessage", { ...whole, ...parameters })).toBe(
    `400 Bad Request: ${description}`,
  );
});

test("a prepared message is gone after a day", async () => {
  const { foreman, call, chatKey, clock } = start();
  const whole = { user_id: foreman.id, result: article("1"), allow_user_chats: true };
  const { id } = (await call("savePreparedInlineMessage", whole)).result as { id: string };
  await clock.advance(25 * 3_600_000);
  expect(() => foreman.sharePrepared(id, chatKey)).toThrow("no prepared message");
});

test.each<[string, object]>([
  ["message identifier is not specified", {}],
  ["MESSAGE_ID_INVALID", { inline_message_id: "inline99" }],
])("an inline message is not edited: %s", async (description, parameters) => {
  const { refusal } = start();
  expect(await refusal("editMessageText", { text: "да", ...parameters })).toBe(
    `400 Bad Request: ${description}`,
  );
});

test("a second or a late answer is refused", async () => {
  const { foreman, call, refusal, clock } = start();
  const query = foreman.typeInline("x");
  const answer = { inline_query_id: query.id, results: [] };
  await call("answerInlineQuery", answer);
  expect(await refusal("answerInlineQuery", answer)).toContain("query is too old");
  const late = foreman.typeInline("y");
  await clock.advance(31_000);
  expect(await refusal("answerInlineQuery", { inline_query_id: late.id, results: [] })).toContain(
    "query is too old",
  );
});
