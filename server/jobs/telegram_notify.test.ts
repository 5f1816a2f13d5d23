import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSendingApi } from "../../bot/outgoing.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { documentedLimits } from "../../bot/simulator/sending_limits.ts";
import { TEST_TOKEN, TEST_USERNAME } from "../../bot/testing.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { connect } from "../../db/pools.ts";
import { insertNotifications } from "../../db/notification_events.ts";
import type { Sql } from "../../db/client.ts";
import { createNotificationSending } from "../delivery.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import type { Handlers } from "./queues.ts";
import { startWorkerProcess } from "./testing_worker_process.ts";
import { startWorkers } from "./slot_loop.ts";
import { createTelegramNotify, type SendNotification } from "./telegram_notify.ts";

const log = pino({ level: "silent" });
const botId = Number(TEST_TOKEN.split(":")[0]);

let work: TestWork;
let simulator: Simulator;
let apiRoot: string;
let companyId: string;
const stops: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  ({ url: apiRoot } = await simulator.listen({ port: 0 }));
  ({ companyId } = await work.newActor());
});

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await simulator.close();
  await work.close();
});

function realSend(sql: Sql): SendNotification {
  const api = createSendingApi({ token: TEST_TOKEN, apiRoot });
  return createNotificationSending({ api, sql, asActor: work.asActor });
}

/** A worker with a pool of its own, as another process has. */
function startWorker(wrap: (send: SendNotification) => SendNotification = (send) => send) {
  const sql = connect({ url: work.database.url, max: 8, applicationName: "worker", log });
  const send = wrap(realSend(sql));
  const notify = createTelegramNotify({ sql, botId, send, log });
  // Nothing is put into the other queues here.
  const handlers = { "telegram.notify": notify.handle } as unknown as Handlers;
  const workers = startWorkers({ sql, board: work.board, handlers, log });
  notify.start();
  return {
    stop: async () => {
      await Promise.all([notify.stop(), workers.stop(5_000)]);
      await sql.end({ timeout: 1 });
    },
    /** What the system does with the connections of a process that died. */
    kill: async () => {
      await sql.end({ timeout: 0 });
      void notify.stop().catch(() => undefined);
      void workers.stop(0);
    },
  };
}

async function newPerson() {
  const person = simulator.person({ firstName: "Прораб" });
  person.start();
  const userId = newId();
  const { sql } = work.database;
  await sql`insert into users (user_id, name) values (${userId}, 'Прораб')`;
  await sql`
    insert into telegram_users (telegram_id, user_id, first_name)
    values (${person.id}, ${userId}, 'Прораб')
  `;
  return person;
}

function note(telegramIds: readonly number[], number: string, collapseKey: string | null = null) {
  const estimateId = newId();
  return tenantTransaction(work.database.sql, companyId, (tx) =>
    insertNotifications(tx, companyId, {
      kind: collapseKey === null ? "created" : "changed",
      content: { estimateId, number, title: "", total: "900.00", byName: "Мария" },
      estimateId: null,
      collapseKey,
      createdAt: new Date(),
      recipients: telegramIds.map((telegramId) => ({ id: newId(), telegramId })),
    }),
  );
}

async function rows() {
  return work.database.sql<
    {
      telegram_id: string;
      status: string;
      attempts: number;
      error: string | null;
      message: string | null;
      is_silent: boolean;
      count: number;
    }[]
  >`
    select telegram_id, status, attempts, error, telegram_message_id as message, is_silent, count
    from telegram_notifications
    order by id
  `;
}

async function untilNoneWaits(): Promise<void> {
  await expect
    .poll(async () => (await rows()).filter(({ status }) => status === "waiting").length, {
      timeout: 60_000,
      interval: 100,
    })
    .toBe(0);
}

function numbersSentTo(telegramId: number): string[] {
  return simulator.calls
    .of("sendMessage")
    .filter(({ parameters }) => Number(parameters["chat_id"]) === telegramId)
    .map(({ parameters }) => /№\d+/.exec(String(parameters["text"]))?.[0] ?? "");
}

it(
  "keeps Telegram's limits and each chat's order with two workers",
  { timeout: 90_000 },
  async () => {
    const people = await Promise.all(Array.from({ length: 30 }, newPerson));
    const expected = Array.from({ length: 10 }, (_, index) => `№${index + 1}`);
    const ids = people.map(({ id }) => id);
    for (const number of expected) await note(ids, number);
    simulator.faults.limitSending(documentedLimits);
    for (const worker of [startWorker(), startWorker()]) stops.push(worker.stop);
    await untilNoneWaits();
    for (const id of ids) expect(numbersSentTo(id)).toEqual(expected);
    expect(simulator.calls.refused()).toEqual([]);
    const sent = await rows();
    expect(sent.every(({ status, attempts }) => status === "sent" && attempts === 1)).toBe(true);
    expect(sent.every(({ message }) => message !== null)).toBe(true);
  },
);

it(
  "loses nothing when a worker dies, and repeats only what Telegram may not have",
  { timeout: 60_000 },
  async () => {
    const person = await newPerson();
    for (const number of ["№1", "№2", "№3"]) await note([person.id], number);
    let died = (): void => undefined;
    const dying = new Promise<void>((resolve) => {
      died = resolve;
    });
    const first = startWorker((send) => async (notification, options) => {
      await send(notification, options);
      died();
      return new Promise(() => undefined);
    });
    await dying;
    await first.kill();
    const second = startWorker();
    stops.push(second.stop);
    await untilNoneWaits();
    expect(numbersSentTo(person.id)).toEqual(["№1", "№1", "№2", "№3"]);
    expect((await rows()).map(({ attempts }) => attempts)).toEqual([2, 1, 1]);
  },
);

it(
  "loses nothing when the process of a worker is killed in the middle",
  { timeout: 90_000 },
  async () => {
    const people = await Promise.all(Array.from({ length: 10 }, newPerson));
    const ids = people.map(({ id }) => id);
    const expected = Array.from({ length: 6 }, (_, index) => `№${index + 1}`);
    for (const number of expected) await note(ids, number);
    simulator.faults.limitSending(documentedLimits);
    const telegram = { apiRoot, token: TEST_TOKEN };
    const killed = startWorkerProcess(work.database.url, "send", telegram);
    await killed.nextEvent();
    const countSent = async () => (await rows()).filter(({ status }) => status === "sent").length;
    await expect.poll(countSent, { timeout: 30_000 }).toBeGreaterThan(10);
    await killed.kill();
    const waiting = (await rows()).filter(({ status }) => status === "waiting");
    expect(waiting.length).toBeGreaterThan(0);
    const underWay = waiting.filter(({ attempts }) => attempts > 0).length;
    stops.push(startWorker().stop);
    await untilNoneWaits();
    for (const id of ids) expect([...new Set(numbersSentTo(id))]).toEqual(expected);
    const sent = simulator.calls.of("sendMessage").length;
    expect(sent - ids.length * expected.length).toBeLessThanOrEqual(underWay);
    expect(simulator.calls.refused()).toEqual([]);
    expect((await rows()).every(({ status }) => status === "sent")).toBe(true);
  },
);

it(
  "leaves a message that it was sending to another process when it is killed",
  { timeout: 120_000 },
  async () => {
    const person = await newPerson();
    const killed = startWorkerProcess(work.database.url, "send", { apiRoot, token: TEST_TOKEN });
    stops.push(() => killed.kill());
    await killed.nextEvent();
    simulator.faults.next("sendMessage", { kind: "silence" });
    await note([person.id], "№1");
    await simulator.calls.waitFor("sendMessage");
    stops.push(startWorker().stop);
    await killed.kill();
    const got = () => person.messages().filter(({ text }) => text?.includes("№1")).length;
    await expect.poll(got, { timeout: 15_000, interval: 100 }).toBe(1);
    await untilNoneWaits();
    expect(got()).toBe(1);
  },
);

it(
  "stops writing to whoever blocked the bot, and says so in the history",
  { timeout: 30_000 },
  async () => {
    const person = await newPerson();
    person.block();
    await note([person.id], "№1");
    await note([person.id], "№2");
    stops.push(startWorker().stop);
    await untilNoneWaits();
    expect((await rows()).map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect((await rows())[1]?.error).toContain("blocked");
    const [user] = await work.database.sql`
    select is_active from telegram_users where telegram_id = ${person.id}
  `;
    expect(user?.["is_active"]).toBe(false);
    expect(numbersSentTo(person.id)).toEqual(["№1"]);
  },
);

it.each([
  [403, "Forbidden: user is deactivated"],
  [400, "Bad Request: chat not found"],
])(
  "gives up a chat after %i %s, until the person writes again",
  { timeout: 30_000 },
  async (code, description) => {
    const person = await newPerson();
    simulator.faults.next("sendMessage", { kind: "refuse", code, description });
    await note([person.id], "№1");
    await note([person.id], "№2");
    stops.push(startWorker().stop);
    await untilNoneWaits();
    expect((await rows()).map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(numbersSentTo(person.id)).toHaveLength(1);
    const isActive = async () => {
      const [user] = await work.database.sql`
        select is_active from telegram_users where telegram_id = ${person.id}
      `;
      return user?.["is_active"];
    };
    expect(await isActive()).toBe(false);
    const sender = {
      id: person.id,
      username: null,
      firstName: "Прораб",
      lastName: null,
      languageCode: "ru",
    };
    const update = { botId, updateId: 1, chatId: person.id, sender };
    await work.updates.run(update, () => Promise.resolve());
    expect(await isActive()).toBe(true);
    await note([person.id], "№3");
    await untilNoneWaits();
    expect((await rows()).at(-1)?.status).toBe("sent");
  },
);

it("follows a chat that got another id", { timeout: 30_000 }, async () => {
  const [before, after] = [await newPerson(), await newPerson()];
  simulator.faults.next("sendMessage", {
    kind: "refuse",
    code: 400,
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    parameters: { migrate_to_chat_id: after.id },
  });
  await note([before.id], "№1");
  await note([before.id], "№2");
  stops.push(startWorker().stop);
  await untilNoneWaits();
  expect(numbersSentTo(before.id)).toEqual(["№1"]);
  expect(numbersSentTo(after.id)).toEqual(["№1", "№2"]);
  expect((await rows()).map(({ status }) => status)).toEqual(["sent", "sent"]);
});

it(
  "pauses everybody after 429 and repeats after a broken answer",
  { timeout: 60_000 },
  async () => {
    const [first, second] = [await newPerson(), await newPerson()];
    simulator.faults.next("sendMessage", { kind: "too_many_requests", retryAfterSeconds: 2 });
    simulator.faults.next("sendMessage", { kind: "server_error", code: 502 });
    await note([first.id], "№1");
    await note([second.id], "№2");
    stops.push(startWorker().stop);
    await untilNoneWaits();
    expect((await rows()).map(({ status }) => status)).toEqual(["sent", "sent"]);
    const [pace] = await work.database.sql`
    select paused_until > '-infinity' as was_paused from telegram_pace
  `;
    expect(pace?.["was_paused"]).toBe(true);
    // Both may have met the same chat: two attempts failed, and each message went out.
    const attempts = (await rows()).map((row) => row.attempts);
    expect(attempts.reduce((sum, count) => sum + count, 0)).toBe(4);
  },
);

it("gathers a burst into one message with the last content", { timeout: 30_000 }, async () => {
  const person = await newPerson();
  for (const number of ["№1", "№2", "№3"]) await note([person.id], number, "changed:1");
  await note([person.id], "№4");
  expect((await rows()).map(({ count }) => count)).toEqual([3, 1]);
  stops.push(startWorker().stop);
  await expect.poll(() => numbersSentTo(person.id), { timeout: 10_000 }).toEqual(["№4"]);
  await work.database.sql`update telegram_notifications set not_before = now()`;
  await untilNoneWaits();
  const last = person.lastMessage();
  expect(last?.text).toContain("Смета №3 изменена: Мария (3 правки)");
});

it("makes no sound at night by the company's time", { timeout: 30_000 }, async () => {
  const person = await newPerson();
  const hour = new Date().getUTCHours();
  const zone = (shift: number) => `Etc/GMT${shift > 0 ? "-" : "+"}${Math.abs(shift)}`;
  const shiftTo = (wanted: number) => ((wanted - hour + 36) % 24) - 12;
  for (const [wanted, isSilent] of [
    [3, true],
    [12, false],
  ] as const) {
    await work.database.sql`update companies set timezone = ${zone(shiftTo(wanted))}`;
    await note([person.id], `№${wanted}`);
    const worker = startWorker();
    await untilNoneWaits();
    await worker.stop();
    expect((await rows()).at(-1)?.is_silent).toBe(isSilent);
  }
  const sounds = simulator.calls
    .of("sendMessage")
    .map(({ parameters }) => parameters["disable_notification"]);
  expect(sounds.map(String)).toEqual(["true", "undefined"]);
});
