import { Api, type ApiClientOptions } from "grammy";
import type { Update } from "grammy/types";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPolling, type Polling } from "./polling.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import { createTelegramFetch } from "./telegram_fetch.ts";
import { createTelegramHttp } from "./telegram_http.ts";
import { TEST_TOKEN, TEST_USERNAME } from "./testing.ts";

const log = pino({ level: "silent" });

let simulator: Simulator;
let api: Api;
let running: Polling[] = [];

beforeEach(async () => {
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  const fetch: NonNullable<ApiClientOptions["fetch"]> = createTelegramFetch({
    send: createTelegramHttp(),
    log,
  });
  api = new Api(TEST_TOKEN, { apiRoot: url, fetch });
});

afterEach(async () => {
  for (const polling of running) await polling.stop();
  running = [];
  await simulator.close();
});

function start(handle: (update: Update) => Promise<void>): Polling {
  const polling = createPolling({ api, handle, log });
  running.push(polling);
  void polling.run();
  return polling;
}

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

describe("polling", () => {
  it("keeps the order of a chat and lets other chats pass", async () => {
    const slow = simulator.person({ firstName: "Медленный" });
    const quick = simulator.person({ firstName: "Быстрый" });
    const handled: string[] = [];
    const blocked = gate();
    const quickDone = gate();
    start(async ({ message }) => {
      if (message?.text === "1") await blocked.passed;
      handled.push(`${message?.from?.first_name} ${message?.text}`);
      if (message?.text === "3") quickDone.open();
    });
    slow.sendText("1");
    slow.sendText("2");
    await simulator.calls.waitFor("getUpdates");
    quick.sendText("3");
    await quickDone.passed;
    expect(handled).toEqual(["Быстрый 3"]);
    blocked.open();
    await simulator.settle();
    expect(handled).toEqual(["Быстрый 3", "Медленный 1", "Медленный 2"]);
  });

  it("confirms an update only after it was handled", async () => {
    const person = simulator.person({ firstName: "Иван" });
    const begun = gate();
    const blocked = gate();
    start(async () => {
      begun.open();
      await blocked.passed;
    });
    person.sendText("важно");
    await begun.passed;
    expect(simulator.updates.pending()).toHaveLength(1);
    blocked.open();
    await simulator.settle();
    expect(simulator.updates.pending()).toEqual([]);
  });

  it("on stop waits for what is at work and confirms it", async () => {
    const person = simulator.person({ firstName: "Иван" });
    const begun = gate();
    const blocked = gate();
    let isDone = false;
    const polling = start(async () => {
      begun.open();
      await blocked.passed;
      isDone = true;
    });
    person.sendText("важно");
    await begun.passed;
    const stopped = polling.stop();
    blocked.open();
    await stopped;
    expect(isDone).toBe(true);
    expect(simulator.updates.pending()).toEqual([]);
  });

  it("leaves an update that failed when it was stopped to the next process", async () => {
    const person = simulator.person({ firstName: "Иван" });
    const failed = gate();
    const polling = start(() => {
      failed.open();
      return Promise.reject(new Error("broken"));
    });
    person.sendText("важно");
    await failed.passed;
    await polling.stop();
    expect(simulator.updates.pending()).toHaveLength(1);
    const taken = gate();
    start(({ message }) => {
      expect(message?.text).toBe("важно");
      taken.open();
      return Promise.resolve();
    });
    await taken.passed;
  });

  it("tries a failed update again before the chat's next one", async () => {
    const person = simulator.person({ firstName: "Иван" });
    const handled: string[] = [];
    let failures = 0;
    const done = gate();
    start(({ message }) => {
      if (message?.text === "1" && failures === 0) {
        failures += 1;
        return Promise.reject(new Error("broken"));
      }
      handled.push(message?.text ?? "");
      if (handled.length === 2) done.open();
      return Promise.resolve();
    });
    person.sendText("1");
    person.sendText("2");
    await done.passed;
    expect(handled).toEqual(["1", "2"]);
  });

  it("lives through a failing Telegram and asks for the kinds of updates that it needs", async () => {
    simulator.faults.next("getUpdates", { kind: "server_error", code: 502 });
    simulator.faults.next("getUpdates", { kind: "reset_before" });
    const person = simulator.person({ firstName: "Иван" });
    const taken = gate();
    start(() => {
      taken.open();
      return Promise.resolve();
    });
    person.sendText("привет");
    await taken.passed;
    const [first] = simulator.calls.of("getUpdates");
    expect(first?.parameters["allowed_updates"]).toEqual([
      "message",
      "edited_message",
      "callback_query",
      "inline_query",
      "my_chat_member",
    ]);
  });

  it("ends when the token is refused", async () => {
    const polling = createPolling({
      api: new Api(`${TEST_TOKEN}x`, { apiRoot: api.options?.apiRoot ?? "" }),
      handle: () => Promise.resolve(),
      log,
    });
    await expect(polling.run()).rejects.toThrow("Unauthorized");
  });
});
