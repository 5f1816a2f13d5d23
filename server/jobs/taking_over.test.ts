import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../db/pools.ts";
import { reviveJobs } from "../../db/abandoned_jobs.ts";
import { createJobClaims } from "../../db/job_claims.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import type { JobBoard } from "./job_board.ts";
import { DEAD_LETTERS, type Handlers, QUEUE_NAMES, type QueueName } from "./queues.ts";
import { startWorkers, type WorkerOptions } from "./job_workers.ts";
import { startWorkerProcess } from "./testing_worker_process.ts";

const log = pino({ level: "silent" });

let work: TestWork;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  work = await createTestWork();
});

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

afterAll(() => work.close());

interface Run {
  readonly queue: QueueName;
  readonly attempt: number;
}

/** A worker of this process that notes what it runs. */
function startNoting(
  board: Pick<JobBoard, "boss"> = work.board,
  times?: WorkerOptions["times"],
): { runs: Run[] } {
  const runs: Run[] = [];
  const handlers = Object.fromEntries(
    QUEUE_NAMES.map((queue) => [
      queue,
      async (_: object, { attempt }: { attempt: number }) => {
        runs.push({ queue, attempt });
      },
    ]),
  ) as unknown as Handlers;
  const { sql } = work.database;
  const workers = startWorkers({ sql, board, handlers, log, times });
  stops.push(() => workers.stop(1_000));
  return { runs };
}

function startProcess(mode: "hang" | "die" | "hold") {
  const worker = startWorkerProcess(work.database.url, mode);
  stops.push(() => worker.kill());
  return worker;
}

async function statesOf(queue: string): Promise<string[]> {
  const rows = await work.database.sql`
    select state::text as state from pgboss.job where name = ${queue} order by created_on
  `;
  return rows.map((row) => String(row["state"]));
}

describe("a worker that is killed in the middle of a job", () => {
  const payloads: readonly [QueueName, object][] = [
    ["catalogue.learn", { companyId: newId(), estimateId: newId() }],
    ["document.render", { companyId: newId(), documentId: newId() }],
    ["crm.push", { companyId: newId(), connectionId: newId(), estimateId: newId() }],
  ];

  it.each(payloads)("leaves its job of %s to another one, once", async (queue, payload) => {
    const first = startProcess("hang");
    await first.nextEvent();
    await work.board.boss.send(queue, payload, { singletonKey: newId() });
    expect(await first.nextEvent()).toMatchObject({ event: "started", queue, attempt: 1 });
    const { runs } = startNoting();
    await first.kill();
    await expect.poll(() => runs, { timeout: 20_000 }).toEqual([{ queue, attempt: 2 }]);
    await expect.poll(() => statesOf(queue), { timeout: 20_000 }).toEqual([]);
    await expect
      .poll(() => work.database.sql`select job_id from job_claims`, { timeout: 20_000 })
      .toEqual([]);
    expect(runs).toHaveLength(1);
  });

  it("keeps for the job all attempts that its own failures may use up", async () => {
    const payload = { companyId: newId(), connectionId: newId() };
    const id = await work.board.boss.send("crm.check", payload, { singletonKey: newId() });
    await work.database.sql`
      update pgboss.job
      set retry_count = 3, started_on = now()
      where id = ${id}
    `;
    await startProcess("die").gone;
    const { runs } = startNoting();
    await expect.poll(() => runs, { timeout: 20_000 }).toHaveLength(1);
    await expect.poll(() => statesOf("crm.check"), { timeout: 20_000 }).toEqual([]);
    expect(runs).toHaveLength(1);
  });

  it("again and again leaves the job time, so that whatever kills can end before it is given up", async () => {
    const payload = { companyId: newId(), draftId: newId() };
    const id = await work.board.boss.send("crm.connect", payload, { singletonKey: newId() });
    const pauseAfter = async (attempts: number) => {
      await work.database.sql`
        update pgboss.job
        set state = 'active', retry_count = ${attempts}, started_on = now()
        where id = ${id}
      `;
      await work.database.sql`
        insert into job_claims (job_id, queue, worker) values (${id}, 'crm.connect', 77)
      `;
      const [job] = await reviveJobs(work.database.sql, [77]);
      expect(job).toMatchObject({ id, isRevived: true });
      const [row] = await work.database.sql<{ pause: number }[]>`
        select round(extract(epoch from start_after - now()))::int as pause
        from pgboss.job where id = ${id}
      `;
      return row?.pause;
    };
    const pauses = [];
    for (const attempts of [0, 3, 4, 5, 8, 10]) pauses.push(await pauseAfter(attempts));
    expect(pauses).toEqual([0, 0, 2, 4, 32, 60]);
  });

  it("again and again by the job itself ends with the twelfth attempt", async () => {
    const payload = { companyId: newId(), connectionId: newId() };
    const id = await work.board.boss.send("crm.webhook", payload, { singletonKey: newId() });
    // Ten deaths ago it was sent.
    await work.database.sql`
      update pgboss.job
      set retry_count = 9, retry_limit = 11, started_on = now()
      where id = ${id}
    `;
    const hurrying = setInterval(() => {
      void work.database.sql`
        update pgboss.job set start_after = now() where id = ${id} and state = 'retry'
      `.execute();
    }, 100);
    for (let attempt = 11; attempt <= 12; attempt += 1) await startProcess("die").gone;
    clearInterval(hurrying);
    const { runs } = startNoting();
    await expect.poll(() => statesOf("crm.webhook"), { timeout: 20_000 }).toEqual(["failed"]);
    expect(await statesOf(DEAD_LETTERS)).toEqual(["created"]);
    expect(runs).toEqual([]);
  });
});

/** Long enough on a machine that does much else. */
const times = { patience: 3_000, watching: 500 };

describe("a worker that stands still in the middle of a job", () => {
  it("leaves its job and the rows it had locked to another one, and ends nothing when it goes on", async () => {
    const payload = { companyId: newId(), estimateId: newId() };
    const still = startProcess("hold");
    await still.nextEvent();
    await work.board.boss.send("catalogue.learn", payload, { singletonKey: newId() });
    expect(await still.nextEvent()).toMatchObject({ event: "started", attempt: 1 });
    still.process.kill("SIGSTOP");
    const { runs } = startNoting(work.board, times);
    await expect
      .poll(() => runs, { timeout: 20_000 })
      .toEqual([{ queue: "catalogue.learn", attempt: 2 }]);
    await work.database.sql`
      insert into rate_limits (key, tokens, refilled_at) values ('held', 2, now())
    `;
    still.process.kill("SIGCONT");
    expect(await still.nextEvent()).toMatchObject({
      event: "ended",
      outcome: "rolled back",
      reason: "taken",
    });
    expect(runs).toHaveLength(1);
  });
});

it("runs a job once, and soon, when the answer that brought it was lost", async () => {
  const { boss } = work.board;
  let isLost = false;
  const losing = new Proxy(boss, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      const method = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
      if (name !== "fetch") return method;
      return async (...given: unknown[]) => {
        const found = (await method(...given)) as unknown[];
        if (isLost || found.length === 0) return found;
        isLost = true;
        throw new Error("Connection terminated unexpectedly");
      };
    },
  });
  const { runs } = startNoting({ boss: losing });
  const payload = { companyId: newId(), exportId: newId() };
  await boss.send("manager.export", payload);
  await expect
    .poll(() => runs, { timeout: 20_000 })
    .toEqual([{ queue: "manager.export", attempt: 1 }]);
  await expect.poll(() => statesOf("manager.export"), { timeout: 20_000 }).toEqual([]);
  expect(isLost).toBe(true);
  expect(runs).toHaveLength(1);
});

describe("a job", () => {
  async function claimed(onTaken?: (id: string) => void) {
    const pool = (applicationName: string) =>
      connect({ url: work.database.url, max: 3, applicationName, log });
    const [sql, otherSql] = [pool("claims that die"), pool("claims")];
    stops.push(() => sql.end({ timeout: 1 }));
    stops.push(() => otherSql.end({ timeout: 1 }));
    const first = createJobClaims(sql, 1, { times, ...(onTaken ? { onTaken } : {}) });
    const other = createJobClaims(otherSql, 2, { times });
    const queue = "crm.sync";
    const key = newId();
    const payload = { companyId: newId(), connectionId: newId() };
    await work.board.boss.send(queue, payload, { singletonKey: key });
    await first.look();
    const [job] = await first.take(queue, (db) =>
      work.board.boss.fetch(queue, { db, includeMetadata: true }),
    );
    const id = job?.id ?? "";
    return { sql, first, other, queue, id };
  }

  it("stays with a worker that lives, however often others look", async () => {
    const { other, queue, id } = await claimed();
    for (let round = 0; round < 5; round += 1) expect(await other.look()).toEqual([]);
    await work.board.boss.complete(queue, id);
  });

  it("stays with a worker that lost its connection and took another one", async () => {
    const { first, other, queue, id } = await claimed();
    await work.database.sql`
      select pg_terminate_backend(pid)
      from pg_stat_activity
      where datname = current_database() and application_name = 'claims that die'
    `;
    const isBack = () =>
      first.look().then(
        () => true,
        () => false,
      );
    await expect.poll(isBack).toBe(true);
    for (let round = 0; round < 5; round += 1) expect(await other.look()).toEqual([]);
    await work.board.boss.complete(queue, id);
  });

  it("is revived at the second look that finds its worker dead, and only once", async () => {
    const { sql, other, queue, id } = await claimed();
    await sql.end({ timeout: 0 });
    // PostgreSQL lets go of the lock when it notices that the connection is gone.
    const seen: unknown[] = [];
    await expect
      .poll(async () => seen.push(...(await other.look())), { timeout: 20_000 })
      .toBeGreaterThan(0);
    expect(seen).toEqual([{ id, queue, retryCount: 0, isRevived: true }]);
    for (let round = 0; round < 3; round += 1) expect(await other.look()).toEqual([]);
    const [again] = await work.board.boss.fetch(queue);
    expect(again?.id).toBe(id);
    await work.board.boss.complete(queue, id);
  });

  it("is taken from a worker that stands still, which is told so when it goes on", async () => {
    const taken: string[] = [];
    const { first, other, queue, id } = await claimed((lost) => taken.push(lost));
    const seen: unknown[] = [];
    await expect
      .poll(async () => seen.push(...(await other.look())), { timeout: 20_000, interval: 100 })
      .toBeGreaterThan(0);
    expect(seen).toEqual([{ id, queue, retryCount: 0, isRevived: true }]);
    expect(taken).toEqual([]);
    const look = async () => {
      await first.look().catch(() => undefined);
      return taken;
    };
    await expect.poll(look, { timeout: 20_000 }).toEqual([id]);
    await work.board.boss.deleteJob(queue, id);
  });

  it("stays with a worker that stood still together with everybody else", async () => {
    const { first, other, queue, id } = await claimed();
    await other.look();
    await sleep(times.patience + times.watching);
    expect(await other.look()).toEqual([]);
    await first.look();
    for (let round = 0; round < 8; round += 1) {
      await sleep(100);
      await first.look();
      expect(await other.look()).toEqual([]);
    }
    await work.board.boss.complete(queue, id);
  });

  it("that is over is not run again when its worker dies later", async () => {
    const { sql, first, other, queue, id } = await claimed();
    await work.board.boss.complete(queue, id);
    first.release(id);
    await sql.end({ timeout: 0 });
    const claims = () => work.database.sql`select job_id from job_claims`;
    const look = async () => {
      expect(await other.look()).toEqual([]);
      return claims();
    };
    await expect.poll(look, { timeout: 20_000 }).toEqual([]);
    expect(await work.board.boss.fetch(queue)).toEqual([]);
  });
});
