import { afterAll, beforeEach, expect, it } from "vitest";
import { syncConnection } from "../crm/syncing.ts";
import { createCrmWork, type CrmWork, testPdf } from "../crm/testing_crm.ts";
import { stageBitrix24, testSignal } from "../crm/testing.ts";
import { createCrmJobs, scheduleCrmJobs } from "./crm_jobs.ts";

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

const context = { signal: testSignal, attempt: 1, isLastAttempt: false };

function jobs(clock = crm.crm.dependencies.clock) {
  const sources = { approved: async () => null, pdf: testPdf };
  return createCrmJobs({ ...crm.crm.dependencies, clock, sources, chat: {} as never });
}

async function connect(contacts: number) {
  const { portal } = await stageBitrix24({ contacts });
  return crm.connect({ kind: "bitrix24", url: portal.webhookUrl });
}

it("scans and checks every connection that works, each hour, and no other", async () => {
  const { connectionId } = await connect(0);
  const stopped = await connect(0);
  const { sql } = crm.work.database;
  await sql`update crm_connections set state = 'stopped' where id = ${stopped.connectionId}`;
  const schedules: [string, string][] = [];
  await scheduleCrmJobs({
    schedule: async (name, cron) => void schedules.push([name, cron]),
  });
  expect(schedules).toContainEqual(["crm.hourly", "0 * * * *"]);
  // 02:00 in Moscow; the board's clock is UTC.
  expect(schedules).toContainEqual(["crm.daily", "0 23 * * *"]);
  await jobs()["crm.hourly"]({}, context);
  const { boss } = crm.work.board;
  const payload = { companyId: crm.actor.companyId, connectionId };
  for (const queue of ["crm.sync", "crm.check"]) {
    const waiting = await sql`select data from pgboss.job where name = ${queue}`;
    expect([queue, waiting.map(({ data }) => data as unknown)]).toEqual([queue, [payload]]);
    expect(await boss.findJobs(queue)).toHaveLength(1);
  }
});

it("keeps every call with its system, operation, status and time, tied to one piece of work, and drops its month after 90 days", async () => {
  const { connectionId } = await connect(3);
  const { sql } = crm.work.database;
  await sql`delete from integration_logs`;
  const request = { ...crm.actor, connectionId, isFull: false, signal: testSignal };
  await syncConnection(crm.crm.dependencies, request);
  const rows = await sql`
    select system, operation, status, error, duration_ms, correlation_id, request, response
    from integration_logs
  `;
  expect(rows.length).toBeGreaterThan(1);
  for (const row of rows) {
    expect(row).toMatchObject({ system: "bitrix24", operation: "batch", status: 200, error: null });
    expect(row["duration_ms"]).toBeGreaterThanOrEqual(0);
    expect(row["request"]).not.toBeNull();
    expect(row["response"]).not.toBeNull();
  }
  expect(new Set(rows.map((row) => row["correlation_id"] as string)).size).toBe(1);
  const days = (count: number) => () => new Date(Date.now() + count * 86_400_000);
  await jobs(days(60))["crm.daily"]({}, context);
  expect(await crm.count("integration_logs")).toBe(rows.length);
  await jobs(days(130))["crm.daily"]({}, context);
  expect(await crm.count("integration_logs")).toBe(0);
});
