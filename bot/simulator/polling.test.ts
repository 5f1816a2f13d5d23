import type { Update } from "grammy/types";
import { expect, test } from "vitest";
import { createTestSimulator } from "./testing.ts";

function start() {
  const made = createTestSimulator();
  const person = made.simulator.person({ firstName: "Алексей" });
  const poll = async (parameters: Record<string, unknown> = {}) =>
    (await made.call("getUpdates", parameters)).result as Update[];
  return { ...made, person, poll };
}

test("an update stays until a higher offset confirms it", async () => {
  const { person, poll } = start();
  person.start();
  person.sendText("раз");
  const [first, second] = await poll();
  expect(await poll()).toHaveLength(2);
  expect(await poll({ limit: 1 })).toEqual([first]);
  expect(await poll({ offset: (first?.update_id ?? 0) + 1 })).toEqual([second]);
  expect(await poll({ offset: (second?.update_id ?? 0) + 1 })).toEqual([]);
});

test("a negative offset forgets all but the last", async () => {
  const { person, poll } = start();
  person.start();
  person.sendText("раз");
  expect((await poll({ offset: -1 })).map(({ message }) => message?.text)).toEqual(["раз"]);
  expect(await poll()).toHaveLength(1);
});

test("a long poll ends with the first update", async () => {
  const { person, poll } = start();
  const waiting = poll({ timeout: 30 });
  await new Promise(setImmediate);
  person.sendText("раз");
  expect((await waiting).map(({ message }) => message?.text)).toEqual(["раз"]);
});

test("a long poll ends empty when its time is over", async () => {
  const { clock, poll } = start();
  const waiting = poll({ timeout: 30 });
  await new Promise(setImmediate);
  await clock.advance(30_000);
  expect(await waiting).toEqual([]);
});

test("a second poller ends the first with 409", async () => {
  const { call, person, poll } = start();
  const first = call("getUpdates", { timeout: 30 });
  await new Promise(setImmediate);
  const second = poll({ timeout: 30 });
  expect(await first).toMatchObject({
    status: 409,
    description:
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  });
  person.start();
  expect(await second).toHaveLength(1);
});

test("polling is refused while a webhook is set, and setting one ends the poll", async () => {
  const { call, refusal } = start();
  const waiting = call("getUpdates", { timeout: 30 });
  await new Promise(setImmediate);
  await call("setWebhook", { url: "http://127.0.0.1:1/" });
  expect((await waiting).description).toBe("Conflict: terminated by setWebhook request");
  expect(await refusal("getUpdates")).toBe(
    "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  );
});

test("allowed_updates acts when an update arises, and reactions must be asked for", async () => {
  const { person, poll } = start();
  person.start();
  await poll({ allowed_updates: ["callback_query"] });
  person.sendText("не увидит");
  await poll({ allowed_updates: [] });
  person.sendText("увидит");
  expect((await poll()).map(({ message }) => message?.text)).toEqual(["/start", "увидит"]);
});

test("old updates are thrown away: a press after 150 seconds, a message after a day", async () => {
  const { call, clock, person, poll } = start();
  person.start();
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  await call("sendMessage", { chat_id: person.id, text: "да", reply_markup });
  person.press("A");
  await clock.advance(151_000);
  expect((await poll()).map((update) => Object.keys(update)[1])).toEqual(["message"]);
  await clock.advance(24 * 3_600_000);
  expect(await poll()).toEqual([]);
});

test("held updates are handed out on release, in the order that a test wants", async () => {
  const { person, poll, simulator } = start();
  simulator.updates.hold();
  person.sendText("раз");
  person.sendText("два");
  expect(await poll()).toEqual([]);
  simulator.updates.release((updates) => updates.toReversed());
  expect((await poll()).map(({ message }) => message?.text)).toEqual(["два", "раз"]);
});

test("a confirmed update can be delivered again under its own id", async () => {
  const { person, poll, simulator } = start();
  person.sendText("раз");
  const [update] = await poll();
  const id = update?.update_id ?? 0;
  await poll({ offset: id + 1 });
  await simulator.updates.redeliver(id);
  expect(await poll()).toEqual([update]);
});
