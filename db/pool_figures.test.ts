import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import type { Sql } from "./client.ts";
import { connect, poolOf } from "./pools.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { inTransaction } from "./transactions.ts";

const log = pino({ level: "silent" });
const LOCK = 77_001;

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

beforeEach(() => {
  sql = connect({ url: database.url, max: 2, maxSingle: 2, applicationName: "counted", log });
});

afterEach(() => sql.end({ timeout: 1 }));

/** What waits for this lock waits until the returned function is called. */
async function holdLock(): Promise<() => Promise<void>> {
  const holding = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const held = inTransaction(database.sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    holding.resolve();
    await release.promise;
  });
  await holding.promise;
  return async () => {
    release.resolve();
    await held;
  };
}

describe("the figures of a pool", () => {
  it("count single queries from being sent until they are answered, refused ones too", async () => {
    const { singles } = poolOf(sql);
    expect(singles()).toEqual({ size: 2, open: 0, inUse: 0, waiting: 0 });
    const free = await holdLock();
    const asked = Array.from({ length: 5 }, () => sql`select pg_advisory_xact_lock(${LOCK})`);
    // A query is sent when its answer is asked for.
    expect(singles()).toMatchObject({ inUse: 0, waiting: 0 });
    const [first, second, third, ...others] = asked;
    void first?.execute();
    const all = [
      second?.catch(() => undefined),
      third?.finally(() => undefined),
      ...others.map((query) => query.then(() => undefined)),
    ];
    await expect.poll(singles).toEqual({ size: 2, open: 2, inUse: 2, waiting: 3 });
    await free();
    await Promise.all([first, ...all]);
    expect(singles()).toEqual({ size: 2, open: 2, inUse: 0, waiting: 0 });
    await expect(sql`select 1 / 0`).rejects.toThrow("division by zero");
    await expect(sql.unsafe("select nothing")).rejects.toThrow("nothing");
    expect(singles()).toMatchObject({ inUse: 0, waiting: 0 });
  });

  it("count no fragment, and answer what the queries are made of as before", async () => {
    const part = sql`and ${true}`;
    const rows = await sql`select 1 as ${sql("one")} where true ${part} ${sql``}`;
    expect(rows).toEqual([{ one: 1 }]);
    expect((await sql.unsafe("select $1::int as two", [2])).at(0)).toEqual({ two: 2 });
    const raw = await sql`select 3 as three`.values();
    expect([...raw]).toEqual([[3]]);
    expect(poolOf(sql).singles()).toMatchObject({ inUse: 0, waiting: 0 });
  });

  it("count transactions that run and those that wait for a connection", async () => {
    const transactions = () => poolOf(sql).transactions();
    expect(transactions()).toEqual({ size: 2, open: 0, inUse: 0, waiting: 0 });
    const release = Promise.withResolvers<void>();
    const all = Array.from({ length: 5 }, () => inTransaction(sql, () => release.promise));
    await expect.poll(transactions).toEqual({ size: 2, open: 2, inUse: 2, waiting: 3 });
    release.resolve();
    await Promise.all(all);
    expect(transactions()).toEqual({ size: 2, open: 2, inUse: 0, waiting: 0 });
  });

  it("forget connections that were lost", async () => {
    await Promise.all([sql`select 1`, inTransaction(sql, (tx) => tx`select 1`)]);
    const { singles, transactions } = poolOf(sql);
    expect([singles().open, transactions().open]).toEqual([1, 1]);
    await database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'counted'
    `;
    const opened = () => [singles().open, transactions().open, transactions().inUse];
    await expect.poll(opened).toEqual([0, 0, 0]);
  });
});
