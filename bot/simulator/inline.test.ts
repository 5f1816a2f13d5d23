import { expect, test } from "vitest";
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

test.each<[string, object]>([
  ["RESULT_ID_DUPLICATE", { results: [article("1"), article("1")] }],
  ["RESULT_ID_INVALID", { results: [article("")] }],
  [
    "too many inline query results specified",
    { results: Array.from({ length: 51 }, (_, n) => article(`${n}`)) },
  ],
  [
    "input message content is not specified",
    { results: [{ type: "article", id: "1", title: "x" }] },
  ],
])("an answer is refused: %s", async (description, parameters) => {
  const { foreman, refusal } = start();
  const query = foreman.typeInline("x");
  expect(await refusal("answerInlineQuery", { inline_query_id: query.id, ...parameters })).toBe(
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
