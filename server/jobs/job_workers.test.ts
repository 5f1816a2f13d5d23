import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import type { JobBoard } from "./job_board.ts";
import { type Handlers, type JobContext, QUEUE_NAMES } from "./queues.ts";
import { startWorkers } from "./job_workers.ts";

const log = pino({ level: "silent" });

let work: TestWork;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(() => work.close());

/** The board as it is while the database goes away under its reports, so many times. */
function boardWithOutages(times: number): Pick<JobBoard, "boss"> {
  let left = times;
  const boss = new Proxy(work.board.boss, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      const method = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
      if (name !== "deleteJob") return method;
      return async (...given: unknown[]) => {
        left -= 1;
        if (left >= 0) throw new Error("Connection terminated unexpectedly");
        return method(...given);
      };
    },
  });
  return { boss };
}

it("reports a job that is done when the database comes back, and runs it once", async () => {
  let runs = 0;
  const count = async () => {
    runs += 1;
  };
  const handlers = Object.fromEntries(QUEUE_NAMES.map((queue) => [queue, count]));
  const workers = startWorkers({
    sql: work.database.sql,
    board: boardWithOutages(2),
    handlers: handlers as unknown as Handlers,
    log,
  });
  const states = async () => {
    const rows = await work.database.sql`
      select state::text as state from pgboss.job where name = 'catalogue.learn'
    `;
    return rows.map((row) => String(row["state"]));
  };
  try {
    const payload = { companyId: newId(), estimateId: newId() };
    await work.board.boss.send("catalogue.learn", payload, { singletonKey: newId() });
    await expect.poll(() => runs, { timeout: 20_000 }).toBe(1);
    await expect.poll(states, { timeout: 20_000 }).toEqual([]);
    expect(runs).toBe(1);
  } finally {
    await workers.stop(1_000);
  }
});

it("lets a job that is told to stop clear up before the workers are stopped", async () => {
  let isBegun = false;
  let isClear = false;
  const untilAborted = async (_: object, { signal }: JobContext) => {
    isBegun = true;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await work.database.sql`select pg_sleep(0.1)`;
    isClear = true;
  };
  const workers = startWorkers({
    sql: work.database.sql,
    board: work.board,
    handlers: Object.fromEntries(
      QUEUE_NAMES.map((queue) => [queue, untilAborted]),
    ) as unknown as Handlers,
    log,
  });
  await work.board.boss.send("manager.export", { companyId: newId(), exportId: newId() });
  await expect.poll(() => isBegun, { timeout: 20_000 }).toBe(true);
  await workers.stop(0);
  expect(isClear).toBe(true);
});
