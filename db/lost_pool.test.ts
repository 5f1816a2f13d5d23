import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Sql } from "./client.ts";
import { inTransaction } from "./transactions.ts";
import { connect } from "./pools.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { programEnvironment } from "./testing_environment.ts";

const log = pino({ level: "silent" });
const NAME = "a pool that is lost";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(() => sql.end({ timeout: 1 }));

afterAll(() => database.drop());

/** Opens `count` connections and waits until each did something. */
async function openPool(count: number): Promise<void> {
  sql = connect({ url: database.url, max: count, applicationName: NAME, log });
  await Promise.all(Array.from({ length: count }, () => sql`select pg_sleep(0.2)`));
}

/** Ends every connection of the pool at once. */
async function endAll(): Promise<void> {
  await database.sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database() and application_name = ${NAME}
  `;
}

/** What became of it within a time in which a whole pool can be opened anew. */
async function outcomeOf(asking: Promise<unknown>): Promise<string> {
  return Promise.race([
    asking.then(
      () => "answered",
      () => "refused",
    ),
    sleep(5_000, "forgotten"),
  ]);
}

it.each([1, 3, 8])(
  "forgets no query that follows at once on a lost one, with %i connections",
  async (count) => {
    await openPool(count);
    const nextOf = async (running: Promise<unknown>): Promise<string[]> => {
      await running.catch(() => undefined);
      return Promise.all([
        outcomeOf(sql`select 1`),
        outcomeOf(inTransaction(sql, (tx) => tx`select 1`)),
        outcomeOf(sql`select ${count}::int`),
      ]);
    };
    const all = Promise.all(Array.from({ length: count }, () => nextOf(sql`select pg_sleep(30)`)));
    await expect
      .poll(async () => {
        const rows = await database.sql`
          select pid from pg_stat_activity
          where application_name = ${NAME} and state = 'active' and wait_event = 'PgSleep'
        `;
        return rows.length;
      })
      .toBe(count);
    await endAll();
    expect((await all).flat()).not.toContain("forgotten");
    expect(await outcomeOf(sql`select 1`)).toBe("answered");
  },
);

it("works again at once, however many connections were lost", async () => {
  await openPool(8);
  for (let round = 0; round < 3; round += 1) {
    await endAll();
    const isBack = () => outcomeOf(sql`select 1`);
    // By itself postgres.js would wait for up to 20 s.
    await expect.poll(isBack, { timeout: 5_000 }).toBe("answered");
  }
});

it("answers or refuses every query while all connections are lost again and again", async () => {
  const program = join(import.meta.dirname, "testing_lost_pool.ts");
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [program, database.url], {
    env: programEnvironment({}),
    timeout: 60_000,
  });
  const { asked, ...outcomes } = JSON.parse(stdout) as Record<string, number>;
  expect(outcomes["answered"]).toBeGreaterThan(20);
  // That long only who never wrote his first word waits.
  expect(outcomes["CONNECT_TIMEOUT"]).toBeUndefined();
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(asked);
}, 90_000);
