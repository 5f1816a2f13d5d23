import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../testing.ts";
import { newId } from "../new_id.ts";
import { type Handlers, QUEUE_NAMES, type QueueName } from "./queues.ts";
import { startWorkers, type Workers } from "./job_workers.ts";

const log = pino({ level: "silent" });

let work: TestWork;
let workers: Workers;
const waiting = new Map<QueueName, () => void>();

beforeAll(async () => {
  work = await createTestWork();
  const handlers = Object.fromEntries(
    QUEUE_NAMES.map((queue) => [queue, async () => waiting.get(queue)?.()]),
  ) as unknown as Handlers;
  workers = startWorkers({ sql: work.database.sql, board: work.board, handlers, log });
});

afterAll(async () => {
  await workers.stop(1_000);
  await work.close();
});

function started(queue: QueueName): Promise<void> {
  return new Promise((resolve) => waiting.set(queue, resolve));
}

const payload = () => ({ companyId: newId(), estimateId: newId() });

describe("a queue that nobody woke", () => {
  it("is found by its job, each queue for itself", async () => {
    const both = [started("catalogue.learn"), started("crm.hourly")];
    await work.board.boss.send("catalogue.learn", payload());
    await work.board.boss.send("crm.hourly", {});
    expect(await Promise.all(both)).toHaveLength(2);
  });

  it("is found when a job's time has come, and not before", async () => {
    const order: string[] = [];
    const note = async (queue: QueueName): Promise<void> => {
      await started(queue);
      order.push(queue);
    };
    const later = note("catalogue.learn");
    const id = await work.board.boss.send("catalogue.learn", payload(), { startAfter: 3600 });
    const now = note("crm.hourly");
    await work.board.boss.send("crm.hourly", {});
    await now;
    await work.database.sql`update pgboss.job set start_after = now() where id = ${id ?? ""}`;
    await later;
    expect(order).toEqual(["crm.hourly", "catalogue.learn"]);
  });
});
