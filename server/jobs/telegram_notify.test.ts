import { pino } from "pino";
import { type ExpectStatic, it } from "vitest";
import { createSendingApi } from "../../bot/outgoing.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { documentedLimits } from "../../bot/simulator/sending_limits.ts";
import { TEST_TOKEN, TEST_USERNAME } from "../../bot/testing.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { connect } from "../../db/pools.ts";
import { insertNotifications } from "../../db/notification_events.ts";
import type { Sql } from "../../db/client.ts";
import type { Id } from "../../domain/ids.ts";
import { createNotificationSending } from "../delivery.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import type { Handlers } from "./queues.ts";
import { startWorkerProcess } from "./testing_worker_process.ts";
import { startWorkers } from "./job_workers.ts";
import { createTelegramNotify, type SendNotification } from "./telegram_notify.ts";

const log = pino({ level: "silent" });
const botId = Number(TEST_TOKEN.split(":")[0]);

/** Telegram, a company and its database, for one test of several that run at once: most of it is waiting. */
interface Stage {
  readonly work: TestWork;
  readonly simulator: Simulator;
  readonly apiRoot: string;
  readonly companyId: Id;
  /** What has to end behind the test. */
  readonly stops: (() => Promise<unknown>)[];
}

function onStage(run: (stage: Stage, expect: ExpectStatic) => Promise<void>) {
  return async ({ expect }: { readonly expect: ExpectStatic }): Promise<void> => {
    const work = await createTestWork();
    const simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
    const { url: apiRoot } = await simulator.listen({ port: 0 });
    const { companyId } = await work.newActor();
    const stops: Stage["stops"] = [];
    try {
      await run({ work, simulator, apiRoot, companyId, stops }, expect);
    } finally {
      for (const stop of stops.toReversed()) await stop();
      await simulator.close();
      await work.close();
    }
  };
}

function realSend({ work, apiRoot }: Stage, sql: Sql): SendNotification {
  const api = createSendingApi({ token: TEST_TOKEN, apiRoot });
  return createNotificationSending({ api, sql, asActor: work.asActor });
}

/** A worker with a pool of its own, as another process has. */
function startWorker(
  stage: Stage,
  wrap: (send: SendNotification) => SendNotification = (send) => send,
) {
  const { work } = stage;
  const sql = connect({ url: work.database.url, max: 8, applicationName: "worker", log });
  const send = wrap(realSend(stage, sql));
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

async function newPerson({ work, simulator }: Stage) {
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

function note(
  { work, companyId }: Stage,
  telegramIds: readonly number[],
  number: string,
  collapseKey: string | null = null,
) {
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

async function rows({ work }: Stage) {
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

async function untilNoneWaits(stage: Stage, expect: ExpectStatic): Promise<void> {
  await expect
    .poll(async () => (await rows(stage)).filter(({ status }) => status === "waiting").length, {
      timeout: 60_000,
      interval: 100,
    })
    .toBe(0);
}

function numbersSentTo({ simulator }: Stage, telegramId: number): string[] {
  return simulator.calls
    .of("sendMessage")
    .filter(({ parameters }) => Number(parameters["chat_id"]) === telegramId)
    .map(({ parameters }) => /№\d+/.exec(String(parameters["text"]))?.[0] ?? "");
}

it.concurrent(
  "keeps Telegram's limits and each chat's order with two workers",
  { timeout: 90_000 },
  onStage(async (stage, expect) => {
    const people = await Promise.all(Array.from({ length: 30 }, () => newPerson(stage)));
    const expected = Array.from({ length: 10 }, (_, index) => `№${index + 1}`);
    const ids = people.map(({ id }) => id);
    for (const number of expected) await note(stage, ids, number);
    stage.simulator.faults.limitSending(documentedLimits);
    for (const worker of [startWorker(stage), startWorker(stage)]) stage.stops.push(worker.stop);
    await untilNoneWaits(stage, expect);
    for (const id of ids) expect(numbersSentTo(stage, id)).toEqual(expected);
    expect(stage.simulator.calls.refused()).toEqual([]);
    const sent = await rows(stage);
    expect(sent.every(({ status, attempts }) => status === "sent" && attempts === 1)).toBe(true);
    expect(sent.every(({ message }) => message !== null)).toBe(true);
  }),
);

it.concurrent(
  "loses nothing when a worker dies, and repeats only what Telegram may not have",
  { timeout: 60_000 },
  onStage(async (stage, expect) => {
    const person = await newPerson(stage);
    for (const number of ["№1", "№2", "№3"]) await note(stage, [person.id], number);
    let died = (): void => undefined;
    const dying = new Promise<void>((resolve) => {
      died = resolve;
    });
    const first = startWorker(stage, (send) => async (notification, options) => {
      await send(notification, options);
      died();
      return new Promise(() => undefined);
    });
    await dying;
    await first.kill();
    const second = startWorker(stage);
    stage.stops.push(second.stop);
    await untilNoneWaits(stage, expect);
    expect(numbersSentTo(stage, person.id)).toEqual(["№1", "№1", "№2", "№3"]);
    expect((await rows(stage)).map(({ attempts }) => attempts)).toEqual([2, 1, 1]);
  }),
);

it.concurrent(
  "loses nothing when the process of a worker is killed in the middle",
  { timeout: 90_000 },
  onStage(async (stage, expect) => {
    const people = await Promise.all(Array.from({ length: 10 }, () => newPerson(stage)));
    const ids = people.map(({ id }) => id);
    const expected = Array.from({ length: 6 }, (_, index) => `№${index + 1}`);
    for (const number of expected) await note(stage, ids, number);
    stage.simulator.faults.limitSending(documentedLimits);
    const telegram = { apiRoot: stage.apiRoot, token: TEST_TOKEN };
    const killed = startWorkerProcess(stage.work.database.url, "send", telegram);
    await killed.nextEvent();
    const countSent = async () =>
      (await rows(stage)).filter(({ status }) => status === "sent").length;
    await expect.poll(countSent, { timeout: 30_000 }).toBeGreaterThan(10);
    await killed.kill();
    const waiting = (await rows(stage)).filter(({ status }) => status === "waiting");
    expect(waiting.length).toBeGreaterThan(0);
    const underWay = waiting.filter(({ attempts }) => attempts > 0).length;
    stage.stops.push(startWorker(stage).stop);
    await untilNoneWaits(stage, expect);
    for (const id of ids) expect([...new Set(numbersSentTo(stage, id))]).toEqual(expected);
    const sent = stage.simulator.calls.of("sendMessage").length;
    expect(sent - ids.length * expected.length).toBeLessThanOrEqual(underWay);
    expect(stage.simulator.calls.refused()).toEqual([]);
    expect((await rows(stage)).every(({ status }) => status === "sent")).toBe(true);
  }),
);

it.concurrent(
  "leaves a message that it was sending to another process when it is killed",
  { timeout: 120_000 },
  onStage(async (stage, expect) => {
    const person = await newPerson(stage);
    const killed = startWorkerProcess(stage.work.database.url, "send", {
      apiRoot: stage.apiRoot,
      token: TEST_TOKEN,
    });
    stage.stops.push(() => killed.kill());
    await killed.nextEvent();
    stage.simulator.faults.next("sendMessage", { kind: "silence" });
    await note(stage, [person.id], "№1");
    await stage.simulator.calls.waitFor("sendMessage");
    stage.stops.push(startWorker(stage).stop);
    await killed.kill();
    const got = () => person.messages().filter(({ text }) => text?.includes("№1")).length;
    await expect.poll(got, { timeout: 15_000, interval: 100 }).toBe(1);
    await untilNoneWaits(stage, expect);
    expect(got()).toBe(1);
  }),
);

it.concurrent(
  "stops writing to whoever blocked the bot, and says so in the history",
  { timeout: 30_000 },
  onStage(async (stage, expect) => {
    const person = await newPerson(stage);
    person.block();
    await note(stage, [person.id], "№1");
    await note(stage, [person.id], "№2");
    stage.stops.push(startWorker(stage).stop);
    await untilNoneWaits(stage, expect);
    expect((await rows(stage)).map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect((await rows(stage))[1]?.error).toContain("blocked");
    const [user] = await stage.work.database.sql`
    select is_active from telegram_users where telegram_id = ${person.id}
  `;
    expect(user?.["is_active"]).toBe(false);
    expect(numbersSentTo(stage, person.id)).toEqual(["№1"]);
  }),
);

it.concurrent.for([
  [403, "Forbidden: user is deactivated"],
  [400, "Bad Request: chat not found"],
] as const)(
  "gives up a chat after %i %s, until the person writes again",
  { timeout: 30_000 },
  ([code, description], context) =>
    onStage(async (stage, expect) => {
      const person = await newPerson(stage);
      stage.simulator.faults.next("sendMessage", { kind: "refuse", code, description });
      await note(stage, [person.id], "№1");
      await note(stage, [person.id], "№2");
      stage.stops.push(startWorker(stage).stop);
      await untilNoneWaits(stage, expect);
      expect((await rows(stage)).map(({ status }) => status)).toEqual(["failed", "failed"]);
      expect(numbersSentTo(stage, person.id)).toHaveLength(1);
      const isActive = async () => {
        const [user] = await stage.work.database.sql`
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
      await stage.work.updates.run(update, () => Promise.resolve());
      expect(await isActive()).toBe(true);
      await note(stage, [person.id], "№3");
      await untilNoneWaits(stage, expect);
      expect((await rows(stage)).at(-1)?.status).toBe("sent");
    })(context),
);

it.concurrent(
  "follows a chat that got another id",
  { timeout: 30_000 },
  onStage(async (stage, expect) => {
    const [before, after] = [await newPerson(stage), await newPerson(stage)];
    stage.simulator.faults.next("sendMessage", {
      kind: "refuse",
      code: 400,
      description: "Bad Request: group chat was upgraded to a supergroup chat",
      parameters: { migrate_to_chat_id: after.id },
    });
    await note(stage, [before.id], "№1");
    await note(stage, [before.id], "№2");
    stage.stops.push(startWorker(stage).stop);
    await untilNoneWaits(stage, expect);
    expect(numbersSentTo(stage, before.id)).toEqual(["№1"]);
    expect(numbersSentTo(stage, after.id)).toEqual(["№1", "№2"]);
    expect((await rows(stage)).map(({ status }) => status)).toEqual(["sent", "sent"]);
  }),
);

it.concurrent(
  "pauses everybody after 429 and repeats after a broken answer",
  { timeout: 60_000 },
  onStage(async (stage, expect) => {
    const [first, second] = [await newPerson(stage), await newPerson(stage)];
    stage.simulator.faults.next("sendMessage", { kind: "too_many_requests", retryAfterSeconds: 2 });
    stage.simulator.faults.next("sendMessage", { kind: "server_error", code: 502 });
    await note(stage, [first.id], "№1");
    await note(stage, [second.id], "№2");
    stage.stops.push(startWorker(stage).stop);
    await untilNoneWaits(stage, expect);
    expect((await rows(stage)).map(({ status }) => status)).toEqual(["sent", "sent"]);
    const [pace] = await stage.work.database.sql`
    select paused_until > '-infinity' as was_paused from telegram_pace
  `;
    expect(pace?.["was_paused"]).toBe(true);
    // Both may have met the same chat: two attempts failed, and each message went out.
    const attempts = (await rows(stage)).map((row) => row.attempts);
    expect(attempts.reduce((sum, count) => sum + count, 0)).toBe(4);
  }),
);

it.concurrent(
  "gathers a burst into one message with the last content",
  { timeout: 30_000 },
  onStage(async (stage, expect) => {
    const person = await newPerson(stage);
    for (const number of ["№1", "№2", "№3"]) await note(stage, [person.id], number, "changed:1");
    await note(stage, [person.id], "№4");
    expect((await rows(stage)).map(({ count }) => count)).toEqual([3, 1]);
    stage.stops.push(startWorker(stage).stop);
    await expect.poll(() => numbersSentTo(stage, person.id), { timeout: 10_000 }).toEqual(["№4"]);
    await stage.work.database.sql`update telegram_notifications set not_before = now()`;
    await untilNoneWaits(stage, expect);
    const last = person.lastMessage();
    expect(last?.text).toContain("Смета №3 изменена: Мария (3 правки)");
  }),
);

it.concurrent(
  "makes no sound at night by the company's time",
  { timeout: 30_000 },
  onStage(async (stage, expect) => {
    const person = await newPerson(stage);
    const hour = new Date().getUTCHours();
    const zone = (shift: number) => `Etc/GMT${shift > 0 ? "-" : "+"}${Math.abs(shift)}`;
    const shiftTo = (wanted: number) => ((wanted - hour + 36) % 24) - 12;
    for (const [wanted, isSilent] of [
      [3, true],
      [12, false],
    ] as const) {
      await stage.work.database.sql`update companies set timezone = ${zone(shiftTo(wanted))}`;
      await note(stage, [person.id], `№${wanted}`);
      const worker = startWorker(stage);
      await untilNoneWaits(stage, expect);
      await worker.stop();
      expect((await rows(stage)).at(-1)?.is_silent).toBe(isSilent);
    }
    const sounds = stage.simulator.calls
      .of("sendMessage")
      .map(({ parameters }) => parameters["disable_notification"]);
    expect(sounds.map(String)).toEqual(["true", "undefined"]);
  }),
);
