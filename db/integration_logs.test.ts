import { afterAll, beforeAll, expect, it } from "vitest";
import { keepIntegrationLogs } from "./integration_logs.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

async function months(): Promise<string[]> {
  const rows = await database.sql<{ name: string }[]>`
    select child.relname as name
    from pg_inherits
    join pg_class as child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'integration_logs'::regclass and child.relname ~ '\\d{4}_\\d{2}$'
    order by 1
  `;
  return rows.map(({ name }) => name.replace("integration_logs_", ""));
}

it("keeps 90 days of the log by whole months, and always has the next month ready", async () => {
  const { sql } = database;
  for (const day of ["2031-01-15", "2031-02-15", "2031-03-15", "2031-04-15"]) {
    await keepIntegrationLogs(sql, new Date(`${day}T02:00:00Z`), 90);
  }
  const spring = (await months()).filter((name) => name >= "2031");
  expect(spring).toEqual(["2031_01", "2031_02", "2031_03", "2031_04", "2031_05"]);
  // The last day of January is 90 days old on the 1st of May, and not a day before.
  await keepIntegrationLogs(sql, new Date("2031-04-30T02:00:00Z"), 90);
  expect(await months()).toContain("2031_01");
  await keepIntegrationLogs(sql, new Date("2031-05-03T02:00:00Z"), 90);
  expect((await months()).filter((name) => name >= "2031")).toEqual([
    "2031_02",
    "2031_03",
    "2031_04",
    "2031_05",
    "2031_06",
  ]);
});
