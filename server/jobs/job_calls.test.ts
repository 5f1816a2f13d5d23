import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { createJobCaller, hearJobCalls } from "./job_calls.ts";

const log = pino({ level: "silent" });

let database: TestDatabase;
let heard: string[];
let hearing: ReturnType<typeof hearJobCalls>;

beforeAll(async () => {
  database = await createTestDatabase();
  heard = [];
  hearing = hearJobCalls({ url: database.url, log, onCall: (queue) => heard.push(queue) });
});

afterAll(async () => {
  await hearing.stop();
  await database.drop();
});

/** The connection of `hearJobCalls`, as the database knows it. */
async function untilListening(): Promise<number> {
  for (;;) {
    const [row] = await database.sql`
      select pid
      from pg_stat_activity
      where datname = current_database()
        and application_name = 'smetka job calls'
        and (query like 'listen %' or query = 'select')
    `;
    if (row) return Number(row["pid"]);
    await sleep(20);
  }
}

async function untilHeard(queue: string): Promise<void> {
  while (!heard.includes(queue)) await sleep(10);
}

describe("a process without workers", () => {
  it("wakes those of another process, each queue by its name", async () => {
    await untilListening();
    const caller = createJobCaller({ sql: database.sql, log });
    caller.call("document.render");
    caller.call("crm.push");
    caller.call("crm.push");
    await Promise.all([untilHeard("document.render"), untilHeard("crm.push")]);
    await caller.stop();
    expect(heard.filter((queue) => queue === "crm.push")).toHaveLength(1);
  });

  it("is heard again after the listening connection was lost", async () => {
    const lost = await untilListening();
    await database.sql`select pg_terminate_backend(${lost})`;
    let found = lost;
    while (found === lost) found = await untilListening();
    heard.length = 0;
    const caller = createJobCaller({ sql: database.sql, log });
    caller.call("catalogue.learn");
    await untilHeard("catalogue.learn");
    await caller.stop();
    expect(heard).toEqual(["catalogue.learn"]);
  });
});
