import { createAdaptorServer } from "@hono/node-server";
import type { Update } from "grammy/types";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createTestSimulator } from "./testing.ts";

type Arrival = { update: Update; secret: string | null; at: number };
type Answer = Response | Promise<Response>;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A bot's web server that answers as the test says. */
async function listen(answer: (arrival: Arrival) => Answer, now: () => number = () => 0) {
  const arrivals: Arrival[] = [];
  const server = createAdaptorServer({
    fetch: async (request) => {
      const secret = request.headers.get("x-telegram-bot-api-secret-token");
      const arrival = { update: (await request.json()) as Update, secret, at: now() };
      arrivals.push(arrival);
      return answer(arrival);
    },
  }) as Server;
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { arrivals, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function start(answer: (arrival: Arrival) => Answer = () => new Response()) {
  const made = createTestSimulator();
  const hook = await listen(answer, () => made.clock.now());
  await made.call("setWebhook", { url: hook.url, secret_token: "s3cret" });
  const person = made.simulator.person({ firstName: "Алексей" });
  return { ...made, ...hook, person };
}

/** Lets deliveries through the real sockets until the condition holds. */
async function until(isTrue: () => boolean) {
  while (!isTrue()) await new Promise(setImmediate);
}

test("posts each update with the secret, once when it is taken", async () => {
  const { arrivals, person, simulator } = await start();
  person.start();
  person.sendText("раз");
  await simulator.settle();
  expect(arrivals.map(({ update }) => update.message?.text)).toEqual(["/start", "раз"]);
  expect(arrivals[0]?.secret).toBe("s3cret");
  await simulator.close();
});

test("retries at once, then after 2, 4, 8 seconds, and holds the rest of the chat back", async () => {
  let failures = 4;
  const { arrivals, clock, person, simulator } = await start(() => {
    failures -= 1;
    return new Response(null, { status: failures >= 0 ? 500 : 200 });
  });
  const begin = clock.now();
  person.sendText("раз");
  person.sendText("два");
  await until(() => arrivals.length === 2);
  for (const [seconds, count] of [
    [2, 3],
    [4, 4],
    [8, 5],
  ] as const) {
    await until(() => clock.sleeping() > 0);
    await clock.advance(seconds * 1000);
    await until(() => arrivals.length >= count);
  }
  await simulator.settle();
  expect(arrivals.map(({ update, at }) => [update.message?.text, (at - begin) / 1000])).toEqual([
    ["раз", 0],
    ["раз", 0],
    ["раз", 2],
    ["раз", 6],
    ["раз", 14],
    ["два", 14],
  ]);
  await simulator.close();
});

test("obeys Retry-After and reports the failure in getWebhookInfo", async () => {
  let isBusy = true;
  const { arrivals, call, clock, person, simulator } = await start(() => {
    const headers = { "retry-after": "30" };
    return isBusy ? new Response(null, { status: 503, headers }) : new Response();
  });
  person.sendText("раз");
  await until(() => arrivals.length === 1);
  await until(() => clock.sleeping() > 0);
  isBusy = false;
  await clock.advance(29_000);
  expect(arrivals).toHaveLength(1);
  const info = await call("getWebhookInfo");
  expect(info.result).toMatchObject({ pending_update_count: 1, max_connections: 40 });
  expect(info.result).toHaveProperty(
    "last_error_message",
    expect.stringContaining("Wrong response from the webhook: 503"),
  );
  await clock.advance(1000);
  await simulator.settle();
  expect(arrivals).toHaveLength(2);
  await simulator.close();
});

test("delivers a message and a press of one chat at the same time", async () => {
  const open = Promise.withResolvers<Response>();
  const { arrivals, call, person, simulator } = await start(({ update }) =>
    update.message?.text === "медленно" ? open.promise : new Response(),
  );
  person.start();
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  await simulator.settle();
  await call("sendMessage", { chat_id: person.id, text: "да", reply_markup });
  person.sendText("медленно");
  person.press("A");
  await until(() => arrivals.some(({ update }) => update.callback_query !== undefined));
  expect(simulator.updates.pending().map(({ message }) => message?.text)).toContain("медленно");
  open.resolve(new Response());
  await simulator.settle();
  await simulator.close();
});

test("runs the method that a webhook puts into its answer", async () => {
  const { person, simulator } = await start(({ update }) =>
    Response.json({ method: "sendMessage", chat_id: update.message?.chat.id, text: "из ответа" }),
  );
  person.start();
  expect((await person.waitFor("из ответа")).from?.is_bot).toBe(true);
  await simulator.close();
});

test("delivers an update again on demand and to two processes at once", async () => {
  const { arrivals, person, simulator } = await start();
  const second = await listen(() => new Response());
  simulator.updates.mirrorTo({ url: second.url, secretToken: "s3cret" });
  person.sendText("раз");
  await simulator.settle();
  expect(second.arrivals[0]?.update).toEqual(arrivals[0]?.update);
  const again = await simulator.updates.redeliver(arrivals[0]?.update.update_id ?? 0);
  expect(again.status).toBe(200);
  expect(arrivals).toHaveLength(2);
  const elsewhere = await simulator.updates.redeliver(arrivals[0]?.update.update_id ?? 0, second);
  expect(elsewhere.url).toBe(second.url);
  expect(second.arrivals).toHaveLength(2);
  await simulator.close();
});

test("hands out held updates in the order that a test wants", async () => {
  const { arrivals, person, simulator } = await start();
  simulator.updates.hold();
  person.sendText("раз");
  person.sendText("два");
  simulator.updates.release((updates) => updates.toReversed());
  await simulator.settle();
  expect(arrivals.map(({ update }) => update.message?.text)).toEqual(["два", "раз"]);
  await simulator.close();
});

test("keeps updates that came before the webhook, and drops them when asked", async () => {
  const made = createTestSimulator();
  const person = made.simulator.person({ firstName: "Алексей" });
  person.sendText("до");
  const { arrivals, url } = await listen(() => new Response());
  await made.call("setWebhook", { url, drop_pending_updates: true });
  person.sendText("после");
  await made.simulator.settle();
  expect(arrivals.map(({ update }) => update.message?.text)).toEqual(["после"]);
  await made.simulator.close();
});

test("takes no more deliveries at a time than the webhook allows", async () => {
  const open = Promise.withResolvers<Response>();
  const made = createTestSimulator();
  const { arrivals, url } = await listen(({ update }) =>
    update.message?.text === "медленно" ? open.promise : new Response(),
  );
  const [first, second] = ["Алексей", "Иван"].map((firstName) =>
    made.simulator.person({ firstName }),
  );
  await made.call("setWebhook", { url, max_connections: 1 });
  first?.sendText("медленно");
  second?.sendText("раз");
  await until(() => arrivals.length === 1);
  open.resolve(new Response());
  await made.simulator.settle();
  expect(arrivals.map(({ update }) => update.message?.text)).toEqual(["медленно", "раз"]);
  await made.simulator.close();
});

test("does not count what an old webhook took as taken by the new one", async () => {
  const open = Promise.withResolvers<Response>();
  const { arrivals, call, person, simulator } = await start(() => open.promise);
  const second = await listen(() => new Response());
  person.sendText("раз");
  await until(() => arrivals.length === 1);
  await call("setWebhook", { url: second.url });
  open.resolve(new Response());
  await simulator.settle();
  expect(second.arrivals.map(({ update }) => update.message?.text)).toEqual(["раз"]);
  await simulator.close();
});

test.each([
  ["is gone", "forgotten", () => 410, ""],
  ["was there in between", "kept", (half: number) => (half === 9 ? 500 : 410), expect.any(String)],
])("a webhook that for 23 hours %s is %s", async (_, _fate, statusAt, url) => {
  const { arrivals, call, clock, person, simulator } = await start(() => {
    const status = statusAt(arrivals.length);
    return new Response(null, { status, headers: { "retry-after": "1800" } });
  });
  const info = async () => (await call("getWebhookInfo")).result as { url: string };
  person.sendText("раз");
  for (let half = 0; half < 47; half += 1) {
    await until(() => arrivals.length === half + 1 && clock.sleeping() > 0);
    await clock.advance(1_800_000);
  }
  await until(() => arrivals.length === 48);
  while (clock.sleeping() === 0 && (await info()).url !== "") await new Promise(setImmediate);
  expect(await info()).toMatchObject({ url, pending_update_count: 1 });
  await simulator.close();
});

test.each([
  ["a text", "ок"],
  ["JSON without a method", '{"ok":true}'],
  ["a broken object", "{"],
  ["a method that asks something", '{"method":"getMe"}'],
  ["the end of the webhook", '{"method":"deleteWebhook"}'],
])("makes nothing of %s in an answer", async (_, body) => {
  const { call, person, simulator } = await start(() => new Response(body));
  person.start();
  await simulator.settle();
  expect(simulator.calls.all().map(({ method }) => method)).toEqual(["setWebhook"]);
  expect((await call("getWebhookInfo")).result).toMatchObject({ pending_update_count: 0 });
  await simulator.close();
});

test("a refusal of what an answer asks for harms nothing", async () => {
  const { person, simulator } = await start(() => Response.json({ method: "sendMessage" }));
  person.start();
  await simulator.settle();
  expect(simulator.calls.refused()).toHaveLength(1);
  expect(simulator.updates.pending()).toEqual([]);
  await simulator.close();
});

test("knows a webhook only while one is set, and what it was told to send", async () => {
  const { call } = createTestSimulator();
  const info = async () => (await call("getWebhookInfo")).result;
  const none = { url: "", has_custom_certificate: false, pending_update_count: 0 };
  expect(await info()).toEqual(none);
  await call("setWebhook", {
    url: "http://127.0.0.1:1/",
    max_connections: 500,
    allowed_updates: ["message", "nonsense"],
  });
  expect(await info()).toEqual({
    ...none,
    url: "http://127.0.0.1:1/",
    max_connections: 100,
    allowed_updates: ["message"],
  });
  await call("setWebhook", { url: "" });
  expect(await info()).toEqual({ ...none, allowed_updates: ["message"] });
});

test("deleteWebhook may drop what waits", async () => {
  const { call, simulator } = createTestSimulator();
  simulator.person({ firstName: "Алексей" }).start();
  await call("deleteWebhook");
  expect(simulator.updates.pending()).toHaveLength(1);
  await call("deleteWebhook", { drop_pending_updates: true });
  expect(simulator.updates.pending()).toEqual([]);
});

test.each([
  ["invalid webhook URL specified", { url: "ftp://a.ru" }],
  ["secret token contains unallowed characters", { url: "https://a.ru", secret_token: "а б" }],
  ["secret token is too long", { url: "https://a.ru", secret_token: "x".repeat(257) }],
])("refuses a webhook: %s", async (description, parameters) => {
  const { refusal } = createTestSimulator();
  expect(await refusal("setWebhook", parameters)).toBe(`400 Bad Request: ${description}`);
});
