import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { callWorkers } from "../db/job_calls.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { createHearing, type Hearing } from "./hearing.ts";
import { type Ear, startEar } from "./testing_hearing.ts";

const log = pino({ level: "silent" });
/** Nobody may be deaf for longer. */
const NOTICED = { timeout: 15_000, interval: 20 };

let database: TestDatabase;
let ear: Ear;
let hearing: Hearing;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

afterEach(async () => {
  await hearing.stop();
  ear.proxy.close();
});

async function start(): Promise<void> {
  ear = await startEar(database.url, database.sql);
  hearing = createHearing({ url: ear.proxy.url, log });
}

/** What was called on a channel, and how often it was opened. */
function hear(channel: string): { calls: string[]; opened: number; lost: number } {
  const heard = { calls: [] as string[], opened: 0, lost: 0 };
  hearing.hear(channel, {
    onCall: (payload) => heard.calls.push(payload),
    onOpen: () => {
      heard.opened += 1;
    },
    onLost: () => {
      heard.lost += 1;
    },
  });
  return heard;
}

async function call(channel: string, payload: string): Promise<void> {
  await callWorkers(database.sql, channel, [payload]);
}

describe("the connection that listens", () => {
  it("is one for all channels, also for those that come later, and each hears its own", async () => {
    await start();
    const jobs = hear("test_jobs");
    await expect.poll(() => jobs.opened, NOTICED).toBe(1);
    const live = hear("test_live");
    await expect.poll(() => live.opened, NOTICED).toBe(1);
    for (let count = 0; count < 5; count += 1) {
      await call("test_jobs", `job ${count}`);
      await call("test_live", `event ${count}`);
    }
    await expect.poll(() => live.calls.length, NOTICED).toBe(5);
    expect(jobs.calls).toEqual(["job 0", "job 1", "job 2", "job 3", "job 4"]);
    expect(live.calls).toEqual(["event 0", "event 1", "event 2", "event 3", "event 4"]);
    const listening = await ear.listening();
    expect([...listening.values()]).toEqual([["test_jobs", "test_live"]]);
  });

  it("is not opened as long as nobody hears", async () => {
    await start();
    await hearing.stop();
    expect((await ear.listening()).size).toBe(0);
  });

  it("comes back when it was ended, for every channel, and tells them", async () => {
    await start();
    const [jobs, live] = [hear("test_jobs"), hear("test_live")];
    for (let round = 1; round <= 3; round += 1) {
      await expect.poll(() => [jobs.opened, live.opened], NOTICED).toEqual([round, round]);
      expect(await ear.cut()).toBe(1);
    }
    await expect.poll(() => [jobs.opened, live.opened], NOTICED).toEqual([4, 4]);
    expect([jobs.lost, live.lost]).toEqual([3, 3]);
    await call("test_jobs", "again");
    await call("test_live", "again");
    await expect.poll(() => [...jobs.calls, ...live.calls], NOTICED).toEqual(["again", "again"]);
    expect((await ear.listening()).size).toBe(1);
  });

  it("is found half-open within fifteen seconds", { timeout: 60_000 }, async () => {
    await start();
    const jobs = hear("test_jobs");
    await expect.poll(() => jobs.opened, NOTICED).toBe(1);
    ear.proxy.freeze();
    await call("test_jobs", "into the void");
    await expect.poll(() => jobs.opened, NOTICED).toBe(2);
    await call("test_jobs", "again");
    await expect.poll(() => jobs.calls, NOTICED).toEqual(["again"]);
  });

  it("ends also while the database does not answer", async () => {
    await start();
    const jobs = hear("test_jobs");
    await expect.poll(() => jobs.opened, NOTICED).toBe(1);
    ear.proxy.freeze();
    await hearing.stop();
    expect(jobs.lost).toBe(1);
    await expect.poll(async () => (await ear.listening()).size, NOTICED).toBe(0);
  });
});
