import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeBackup } from "./backup.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

/** Around what a stream keeps before it asks the other end to wait. */
const ROWS = [40, 60, 70, 80, 100, 120, 150, 200];
const NOW = new Date("2026-11-29T12:00:00Z");

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  for (const rows of ROWS) {
    await database.sql.unsafe(`
      create table kept_${rows} as
      select repeat('x', 1000) as text from generate_series(1, ${rows})
    `);
  }
});

afterAll(() => database.drop());

it("comes to its end where the disk is slower than the database", async () => {
  let last = "";
  const disk = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _encoding, callback) => {
      last = chunk.toString("utf8");
      setImmediate(callback);
    },
  });
  await writeBackup(database.sql, disk, NOW);
  expect(JSON.parse(last)).toEqual({ end: expect.any(Number) });
});
