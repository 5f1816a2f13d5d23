import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRetention } from "../server/jobs/retention.ts";
import { createTestWork, type TestWork } from "../server/testing.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import {
  flat,
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "./testing.ts";

let work: TestWork;
let simulator: Simulator;
let bot: TestBot;

beforeAll(async () => {
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: work.updates, apiRoot: url });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  await bot.stop();
  await simulator.close();
  await work.close();
});

async function askedForClient() {
  const person = await settleIn(simulator.person({ firstName: "Алексей" }));
  person.command("clients");
  await person.waitFor("Клиент");
  person.press("➕ Новый клиент");
  await person.waitFor("Кто это?");
  await simulator.settle();
  return person;
}

/** The nightly job, so many days from now. */
async function forgetAfter(days: number): Promise<void> {
  const handle = createRetention({
    sql: work.database.sql,
    clock: () => new Date(Date.now() + days * 24 * 3600 * 1000),
    log: pino({ level: "silent" }),
  });
  await handle({}, { signal: AbortSignal.timeout(60_000), attempt: 1, isLastAttempt: true });
}

async function countRows(table: "chat_state" | "telegram_updates"): Promise<number> {
  const [row] = await work.database
    .sql`select count(*)::int as count from ${work.database.sql(table)}`;
  return Number(row?.["count"]);
}

describe("an answer that comes late", () => {
  it("is taken as long as the question is kept, and no reminder is sent meanwhile", async () => {
    const person = await askedForClient();
    const before = person.messages().length;
    await forgetAfter(89);
    expect(await countRows("telegram_updates")).toBe(0);
    await simulator.settle();
    expect(person.messages()).toHaveLength(before);
    person.sendText("Иван Петров 8 916 123-45-67");
    expect(await person.waitFor((message) => flat(message).includes("+7 916"))).toBeDefined();
  });

  it("after the question was forgotten is answered in words, and the chat goes on", async () => {
    const person = await askedForClient();
    await forgetAfter(91);
    expect(await countRows("chat_state")).toBe(0);
    const before = person.messages().length;
    person.sendText("Иван Петров");
    await simulator.settle();
    expect(person.messages().length).toBeGreaterThan(before + 1);
    person.command("clients");
    expect(await person.waitFor(/Клиент/)).toBeDefined();
  });
});

describe("a person whose Telegram tells no language", () => {
  it("is spoken to in Russian like everybody, without marks of direction", async () => {
    const update = {
      update_id: 900_000_001,
      message: {
        message_id: 1,
        date: 1_800_000_000,
        chat: { id: 77_001, type: "private" as const, first_name: "Ahmed" },
        from: { id: 77_001, is_bot: false, first_name: "Ahmed" },
        text: "/start",
        entities: [{ type: "bot_command" as const, offset: 0, length: 6 }],
      },
    };
    simulator.person({ id: 77_001, firstName: "Ahmed" }).start();
    await simulator.settle();
    await bot.handleUpdate(update);
    await simulator.settle();
    const texts = simulator.calls
      .of("sendMessage")
      .filter(({ parameters }) => Number(parameters["chat_id"]) === 77_001)
      .map(({ parameters }) => String(parameters["text"]));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.at(-1)).toContain("Как называется ваша компания");
    expect(texts.join("")).not.toMatch(/[\u2066-\u2069\u200e\u200f]/);
  });
});
