import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readDatabaseTime } from "../db/database_time.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { type SharedClock, startDatabaseClock } from "./database_clock.ts";
import { createNewId } from "./new_id.ts";

let database: TestDatabase;
let clock: SharedClock;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = await startDatabaseClock({ sql: database.sql, log: pino({ level: "silent" }) });
});

afterAll(async () => {
  await clock.stop();
  await database.drop();
});

it("tells the time of the database, never an earlier one than it has told", async () => {
  const before = (await readDatabaseTime(database.sql)).getTime();
  const own = clock.now().getTime();
  // Errs by the way of one question at most: towards later.
  expect(own).toBeGreaterThanOrEqual(before - 1);
  const seen = Array.from({ length: 100 }, () => clock.now().getTime());
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
});

it("gives ids that grow with the database's time", async () => {
  const newId = createNewId(() => clock.now().getTime());
  const made = newId();
  const moment = Number.parseInt(made.replaceAll("-", "").slice(0, 12), 16);
  const after = clock.now().getTime();
  expect(moment).toBeLessThanOrEqual(after);
  expect(after - moment).toBeLessThan(60_000);
});
