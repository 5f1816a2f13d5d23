import { expect, test } from "vitest";
import { documentedLimits } from "./sending_limits.ts";
import { createTestSimulator } from "./testing.ts";

function start() {
  const made = createTestSimulator();
  const foreman = made.simulator.person({ firstName: "Алексей" });
  const other = made.simulator.person({ firstName: "Пётр" });
  const group = made.simulator.group({ title: "Ленина 12", members: [foreman, other] });
  return { ...made, foreman, other, group };
}

test("a group is unknown until the bot is added, and the bot is told", async () => {
  const { group, foreman, simulator, call, refusal } = start();
  const text = { chat_id: group.id, text: "да" };
  expect(await refusal("sendMessage", text)).toBe("400 Bad Request: chat not found");
  group.addBot(foreman);
  const [membership, service] = simulator.updates.all();
  expect(membership?.my_chat_member).toMatchObject({
    chat: { id: group.id, type: "group" },
    new_chat_member: { status: "member" },
  });
  expect(service?.message?.new_chat_members).toHaveLength(1);
  expect((await call("sendMessage", text)).ok).toBe(true);
});

test("privacy mode: the bot hears commands and replies to it, nothing else", async () => {
  const { group, foreman, other, simulator, call } = start();
  group.addBot(foreman);
  const sent = await call("sendMessage", { chat_id: group.id, text: "?" });
  const { message_id } = sent.result as { message_id: number };
  const { chatKey } = group;
  const before = simulator.updates.all().length;
  other.sendText("болтовня", { chatKey });
  other.sendText("/new@other_bot", { chatKey });
  other.sendText("/new@smetka_bot", { chatKey });
  other.sendText("ответ", { chatKey, replyTo: { message_id } });
  const heard = simulator.updates
    .all()
    .slice(before)
    .map(({ message }) => message?.text);
  expect(heard).toEqual(["/new@smetka_bot", "ответ"]);
});

test("Mini App, contact and location buttons are refused in a group", async () => {
  const { group, foreman, refusal } = start();
  group.addBot(foreman);
  const send = (reply_markup: object) =>
    refusal("sendMessage", { chat_id: group.id, text: "да", reply_markup });
  const web_app = { url: "https://a.ru/" };
  expect(await send({ inline_keyboard: [[{ text: "A", web_app }]] })).toBe(
    "400 Bad Request: BUTTON_TYPE_INVALID",
  );
  expect(await send({ keyboard: [[{ text: "A", web_app }]] })).toBe(
    "400 Bad Request: web App buttons can be used in private chats only",
  );
  expect(await send({ keyboard: [[{ text: "A", request_contact: true }]] })).toBe(
    "400 Bad Request: phone number can be requested in private chats only",
  );
});

test("a bot that was removed gets 403", async () => {
  const { group, foreman, refusal } = start();
  group.addBot(foreman);
  group.removeBot(foreman);
  expect(await refusal("sendMessage", { chat_id: group.id, text: "да" })).toBe(
    "403 Forbidden: bot was kicked from the group chat",
  );
});

test("a group that became a supergroup answers with its new id", async () => {
  const { group, foreman, call } = start();
  group.addBot(foreman);
  const next = group.migrate(foreman);
  const refused = await call("sendMessage", { chat_id: group.id, text: "да" });
  expect(refused).toMatchObject({
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    parameters: { migrate_to_chat_id: next.id },
  });
  expect((await call("sendMessage", { chat_id: next.id, text: "да" })).ok).toBe(true);
});

test("privacy mode lets through what Telegram itself writes and inline results, no pictures", async () => {
  const { group, foreman, other, simulator, call } = start();
  group.addBot(foreman);
  const { chatKey } = group;
  const query = other.typeInline("");
  const message_text = "СМ-1";
  const article = {
    type: "article",
    id: "1",
    title: "Смета",
    input_message_content: { message_text },
  };
  await call("answerInlineQuery", { inline_query_id: query.id, results: [article] });
  const before = simulator.updates.all().length;
  other.sendPhoto({ chatKey });
  other.sendText("см. https://a.ru/x", { chatKey });
  other.chooseResult(query.id, "1", chatKey);
  other.sendText("/help", { chatKey });
  const heard = simulator.updates
    .all()
    .slice(before)
    .flatMap(({ message }) => message?.text ?? []);
  expect(heard).toEqual(["СМ-1", "/help"]);
});

test("the 21st message of a minute into a group is one too many", async () => {
  const { group, foreman, simulator, call, clock } = start();
  group.addBot(foreman);
  simulator.faults.limitSending(documentedLimits);
  const send = () => call("sendMessage", { chat_id: group.id, text: "да" });
  for (let count = 0; count < 20; count += 1) {
    expect((await send()).ok).toBe(true);
    await clock.advance(1000);
  }
  expect(await send()).toMatchObject({ status: 429, parameters: { retry_after: 40 } });
  await clock.advance(40_000);
  expect((await send()).ok).toBe(true);
});
