import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../testing.ts";
import { startJobBoard } from "./job_board.ts";
import { QUEUE_NAMES } from "./queues.ts";

const log = pino({ level: "silent" });
let work: TestWork;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(async () => {
  await work.close();
});

/** As the next process does. */
async function startAgain(): Promise<void> {
  const board = await startJobBoard({ url: work.database.url, log, supervises: false });
  await board.stop();
}

const readQueues = () => work.database.sql<{ name: string; retries: number; changed: Date }[]>`
  select name, retry_limit as retries, updated_on as changed
  from pgboss.queue
  order by name
`;

it("leaves queues alone that have their rules", async () => {
  const before = await readQueues();
  expect(before.length).toBe(QUEUE_NAMES.length + 1);
  await startAgain();
  expect(await readQueues()).toEqual(before);
});

it("gives queues of an earlier version their new rules, and makes those that it did not have", async () => {
  const { sql } = work.database;
  const before = await readQueues();
  await sql`update pgboss.queue set retry_limit = 9 where name = 'crm.check'`;
  await sql`delete from pgboss.queue where name = 'crm.hourly'`;
  await startAgain();
  const after = await readQueues();
  expect(after.map(({ name, retries }) => [name, retries])).toEqual(
    before.map(({ name, retries }) => [name, retries]),
  );
});
