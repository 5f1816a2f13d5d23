import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { createHearing, type Hearing } from "../hearing.ts";
import { createJobCaller, hearJobCalls } from "./job_calls.ts";

const log = pino({ level: "silent" });

let database: TestDatabase;
let heard: string[];
let hearing: Hearing;

beforeAll(async () => {
  database = await createTestDatabase();
  heard = [];
  hearing = createHearing({ url: database.url, log });
  hearJobCalls(hearing, (queue) => heard.push(queue));
});

afterAll(async () => {
  await hearing.stop();
  await database.drop();
});

async function untilHeard(queue: string): Promise<void> {
  while (!heard.includes(queue)) await sleep(10);
}

it("a process without workers wakes those of another one, each queue by its name", async () => {
  const caller = createJobCaller({ sql: database.sql, log });
  while (!heard.includes("catalogue.learn")) {
    caller.call("catalogue.learn");
    await sleep(20);
  }
  heard.length = 0;
  caller.call("document.render");
  caller.call("crm.push");
  caller.call("crm.push");
  await Promise.all([untilHeard("document.render"), untilHeard("crm.push")]);
  await caller.stop();
  expect(heard.filter((queue) => queue === "crm.push")).toHaveLength(1);
});
