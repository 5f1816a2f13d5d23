import { pino } from "pino";
import { createSendingApi } from "../../bot/outgoing.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import {
  demandNoSurprises,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "../../bot/testing.ts";
import { createNotificationSending } from "../delivery.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { createDeadLetters } from "./dead_letters.ts";
import { type Handlers, QUEUE_NAMES } from "./queues.ts";
import { startWorkers } from "./job_workers.ts";
import { createTelegramNotify } from "./telegram_notify.ts";

/** A chat on a simulated Telegram, with workers that bring it its notifications. */
export interface TestChat {
  readonly work: TestWork;
  readonly simulator: Simulator;
  readonly bot: TestBot;
  close(): Promise<void>;
}

/** @param handlers what is done with jobs; those of other queues are taken and forgotten */
export async function startTestChat(handlers: Partial<Handlers> = {}): Promise<TestChat> {
  const log = pino({ level: "silent" });
  const work = await createTestWork();
  const simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url: apiRoot } = await simulator.listen({ port: 0 });
  const { sql } = work.database;
  const api = createSendingApi({ token: TEST_TOKEN, apiRoot });
  const notify = createTelegramNotify({
    sql,
    botId: Number(TEST_TOKEN.split(":")[0]),
    send: createNotificationSending({ api, sql, asActor: work.asActor }),
    log,
  });
  const idle = QUEUE_NAMES.map((queue) => [queue, () => Promise.resolve()]);
  const all = { ...Object.fromEntries(idle), "telegram.notify": notify.handle, ...handlers };
  const deadLetters = createDeadLetters({ ...work.dependencies, board: work.board, log });
  const workers = startWorkers({
    sql,
    board: work.board,
    handlers: all as Handlers,
    log,
    onDeath: () => deadLetters.wake(),
  });
  deadLetters.start();
  notify.start();
  const bot = await startTestBot({ updates: work.updates, apiRoot });
  bot.poll();
  return {
    work,
    simulator,
    bot,
    close: async () => {
      await simulator.settle();
      demandNoSurprises(simulator.calls);
      await bot.stop();
      await notify.stop();
      await deadLetters.stop();
      await workers.stop(5_000);
      await simulator.close();
      await work.close();
    },
  };
}
