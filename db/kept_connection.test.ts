import { afterAll, beforeAll, expect, it } from "vitest";
import { keepConnection } from "./kept_connection.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

it("keeps one session, whatever the pool does", async () => {
  const kept = keepConnection(database.sql);
  const pidOf = async () => (await kept.sql`select pg_backend_pid() as pid`)[0]?.["pid"];
  const pid = await pidOf();
  await Promise.all(Array.from({ length: 8 }, () => database.sql`select pg_sleep(0.01)`));
  expect(await pidOf()).toBe(pid);
  kept.close();
});

it("rejects everything after the server has closed it, and harms nobody", async () => {
  const kept = keepConnection(database.sql);
  const [row] = await kept.sql`select pg_backend_pid() as pid`;
  await database.sql`select pg_terminate_backend(${Number(row?.["pid"])}::int)`;
  await expect.poll(() => kept.isLost()).toBe(true);
  await expect(kept.sql`select 1`).rejects.toThrow(/CONNECTION|closed/);
  expect(await database.sql`select 1 as one`).toEqual([{ one: 1 }]);
});

it("lets go of its locks when it is closed", async () => {
  const kept = keepConnection(database.sql);
  await kept.sql`select pg_advisory_lock(77)`;
  kept.close();
  await expect
    .poll(async () => {
      const [row] = await database.sql`
        select count(*)::int as count from pg_locks where locktype = 'advisory' and objid = 77
      `;
      return row?.["count"];
    })
    .toBe(0);
});
