import { Api, GrammyError, HttpError } from "grammy";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Person } from "./person.ts";
import { documentedLimits } from "./sending_limits.ts";
import { createTestSimulator, testToken } from "./testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;
let api: Api;

beforeEach(async () => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
  const { url } = await made.simulator.listen({ port: 0 });
  api = new Api(testToken, { apiRoot: url, timeoutSeconds: 2 });
});

afterEach(() => made.simulator.close());

const send = (text = "да") => api.sendMessage(person.id, text);
const sentTexts = () =>
  person
    .messages()
    .filter(({ from }) => from?.is_bot)
    .map(({ text }) => text);

async function failure(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error,
  );
}

test("429 carries retry_after in body and header, as many times as planned", async () => {
  made.simulator.faults.next("sendMessage", { kind: "too_many_requests", retryAfterSeconds: 7 }, 2);
  const error = await failure(send());
  expect(error).toBeInstanceOf(GrammyError);
  expect(error).toMatchObject({
    error_code: 429,
    description: "Too Many Requests: retry after 7",
    parameters: { retry_after: 7 },
  });
  await failure(send());
  expect((await send()).text).toBe("да");
});

test("500 is a refusal in JSON, 502 a page that is no JSON", async () => {
  made.simulator.faults.next("sendMessage", { kind: "server_error", code: 500 });
  expect(await failure(send())).toMatchObject({ error_code: 500 });
  made.simulator.faults.next("sendMessage", { kind: "server_error", code: 502 });
  expect(await failure(send())).toBeInstanceOf(HttpError);
});

test("a reset before the work leaves nothing, a reset after it leaves the message", async () => {
  made.simulator.faults.next("sendMessage", { kind: "reset_before" });
  expect(await failure(send("раз"))).toBeInstanceOf(HttpError);
  expect(sentTexts()).toEqual([]);
  made.simulator.faults.next("sendMessage", { kind: "reset_after" });
  expect(await failure(send("два"))).toBeInstanceOf(HttpError);
  expect(sentTexts()).toEqual(["два"]);
});

test("a slow answer comes when the clock has moved", async () => {
  made.simulator.faults.next("sendMessage", { kind: "slow", ms: 60_000 });
  const sending = send();
  while (made.simulator.calls.of("sendMessage").length === 0) await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(sentTexts()).toEqual([]);
  await made.clock.advance(60_000);
  expect((await sending).text).toBe("да");
});

test("silence ends with the bot's own patience", async () => {
  made.simulator.faults.next("*", { kind: "silence" });
  expect(await failure(send())).toBeInstanceOf(HttpError);
  expect(sentTexts()).toEqual([]);
});

test("any refusal can be planned, and other methods are left alone", async () => {
  made.simulator.faults.next("sendDocument", {
    kind: "refuse",
    code: 403,
    description: "Forbidden: user is deactivated",
  });
  expect((await send()).text).toBe("да");
  const error = await failure(api.sendDocument(person.id, "x"));
  expect(error).toMatchObject({ description: "Forbidden: user is deactivated" });
});

test("limits are off until asked for", async () => {
  for (let count = 0; count < 40; count += 1) await send(String(count));
  expect(sentTexts()).toHaveLength(40);
});

test("the limit of a chat is one message a second", async () => {
  made.simulator.faults.limitSending(documentedLimits);
  await send("раз");
  expect(await failure(send("два"))).toMatchObject({ parameters: { retry_after: 1 } });
  await made.clock.advance(1000);
  await send("два");
  expect(sentTexts()).toEqual(["раз", "два"]);
});

test("the limit over all chats is thirty messages a second; edits and answers do not count", async () => {
  made.simulator.faults.limitSending(documentedLimits);
  const people = Array.from({ length: 31 }, (_, index) =>
    made.simulator.person({ firstName: `Прораб ${index}` }),
  );
  for (const somebody of people) somebody.start();
  for (const somebody of people.slice(0, 30)) {
    const { message_id } = await api.sendMessage(somebody.id, "да");
    await api.editMessageText(somebody.id, message_id, "нет");
  }
  const last = people[30]?.id ?? 0;
  expect(await failure(api.sendMessage(last, "да"))).toMatchObject({ error_code: 429 });
  await made.clock.advance(1000);
  expect((await api.sendMessage(last, "да")).text).toBe("да");
});
