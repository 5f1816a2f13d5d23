import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { documentedLimits } from "../bot/simulator/sending_limits.ts";
import { createSimulator } from "../bot/simulator/simulator.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { insertNotifications } from "../db/notification_events.ts";
import { type Handlers, QUEUE_NAMES } from "../server/jobs/queues.ts";
import { startWorkers } from "../server/jobs/job_workers.ts";
import { startWorkerProcess } from "../server/jobs/testing_worker_process.ts";
import { newId } from "../server/new_id.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, type Row } from "./measure.ts";
import { goFirst } from "./priority.ts";

const TOKEN = "5000000001:AAFirstTestToken";
const CHATS = 300;
const MESSAGES_OF_A_CHAT = 10;
const MESSAGES = CHATS * MESSAGES_OF_A_CHAT;
const FIRST_CHAT = 810_000_000;
const KILLS = 5;

/**
 * Notifications with Telegram's limits on, and jobs whose worker is killed: promises in wall time, so our
 * processes and the database's go before whatever else runs on the machine.
 */
export async function measureNotifications(bench: Bench): Promise<Row[]> {
  const [row] = await bench.sql`select pg_backend_pid() as database`;
  const goBack = await goFirst([process.pid, Number(row?.["database"])]);
  try {
    return [...(await measureSending(bench)), await measureTakingOver(bench)];
  } finally {
    await goBack();
  }
}

/** 3 000 messages into 300 chats by two processes, one of which is killed on the way. */
async function measureSending({ sql, url, actor }: Bench): Promise<Row[]> {
  const simulator = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url: apiRoot } = await simulator.listen({ port: 0 });
  const ids = Array.from({ length: CHATS }, (_, index) => FIRST_CHAT + index);
  for (const id of ids) {
    simulator.person({ id, firstName: "Прораб" }).start();
    const userId = newId();
    await sql`insert into users (user_id, name) values (${userId}, 'Прораб')`;
    await sql`
      insert into telegram_users (telegram_id, user_id, first_name)
      values (${id}, ${userId}, 'Прораб')
    `;
  }
  simulator.faults.limitSending(documentedLimits);
  for (let index = 0; index < MESSAGES_OF_A_CHAT; index += 1) {
    const number = `№${index}`;
    await tenantTransaction(sql, actor.companyId, (tx) =>
      insertNotifications(tx, actor.companyId, {
        kind: "created",
        content: { estimateId: newId(), number, title: "", total: "900.00", byName: "Мария" },
        estimateId: null,
        collapseKey: null,
        createdAt: new Date(),
        recipients: ids.map((telegramId) => ({ id: newId(), telegramId })),
      }),
    );
  }
  const telegram = { apiRoot, token: TOKEN };
  const first = startWorkerProcess(url, "send", telegram);
  const second = startWorkerProcess(url, "send", telegram);
  await Promise.all([first.nextEvent(), second.nextEvent()]);
  const start = performance.now();
  await untilSent(sql, MESSAGES / 3);
  await first.kill();
  await untilSent(sql, MESSAGES);
  const seconds = (performance.now() - start) / 1000;
  await second.kill();
  const [row] = await sql`
    select count(*)::int as sent
    from telegram_notifications
    where telegram_id >= ${FIRST_CHAT} and status = 'sent'
  `;
  const calls = simulator.calls.of("sendMessage");
  const refused = simulator.calls.refused().length;
  await simulator.close();
  const lost = MESSAGES - Number(row?.["sent"]);
  const arrivals = calls
    .filter(({ response }) => response?.ok === true)
    .map(({ parameters }) => ({
      chat: String(parameters["chat_id"]),
      number: /№\d+/.exec(String(parameters["text"]))?.[0] ?? "",
    }));
  const chats = Map.groupBy(arrivals, ({ chat }) => chat);
  const isOrderKept = [...chats.values()].every(isInOrder);
  const again = arrivals.length - MESSAGES + lost;
  const rate = MESSAGES / seconds;
  const limit = documentedLimits.overallPerSecond;
  return [
    {
      work: "3 000 notifications to 300 chats by two processes, one killed on the way",
      ours: `${rate.toFixed(1)}/s; ${lost} lost, ${again} sent again, ${refused} × 429, order ${isOrderKept ? "kept" : "**broken**"}`,
      peer: `what Telegram allows: ${limit}/s`,
      ratio: rate / limit,
      goal: { at: "least", ratio: 0.95 },
    },
  ];
}

/** A message that was sent again stands beside its first one. */
function isInOrder(arrivals: readonly { number: string }[]): boolean {
  const numbers = arrivals.map(({ number }) => Number(number.slice(1)));
  return numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0));
}

async function untilSent(sql: Bench["sql"], wanted: number): Promise<void> {
  for (;;) {
    const [row] = await sql`
      select count(*)::int as sent
      from telegram_notifications
      where telegram_id >= ${FIRST_CHAT} and status <> 'waiting'
    `;
    if (Number(row?.["sent"]) >= wanted) return;
    await sleep(50);
  }
}

/** From SIGKILL of the process that runs a job to its start in another one. */
async function measureTakingOver({ sql, url, board }: Bench): Promise<Row> {
  const times: number[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const worker = startWorkerProcess(url, "hang");
    await worker.nextEvent();
    const payload = { companyId: newId(), estimateId: newId() };
    await board.boss.send("catalogue.learn", payload, { singletonKey: newId() });
    await worker.nextEvent();
    let started = (): void => undefined;
    const isStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    const handlers = Object.fromEntries(
      QUEUE_NAMES.map((queue) => [queue, async () => started()]),
    ) as unknown as Handlers;
    const workers = startWorkers({ sql, board, handlers, log: pino({ level: "silent" }) });
    await sleep(500);
    const start = performance.now();
    await worker.kill();
    await isStarted;
    times.push(performance.now() - start);
    await workers.stop(1_000);
  }
  return {
    work: "a job whose process is killed starts in another process",
    ours: `${milliseconds(median(times))}, at most ${milliseconds(Math.max(...times))}`,
    peer: "the promise: 1 000 ms",
    ratio: Math.max(...times) / 1000,
    goal: { at: "most", ratio: 1 },
  };
}
