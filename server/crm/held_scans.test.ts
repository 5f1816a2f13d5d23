import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createCrmJobs } from "../jobs/crm_jobs.ts";
import type { Handlers } from "../jobs/queues.ts";
import { startWorkers } from "../jobs/slot_loop.ts";
import { newId } from "../new_id.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { stageBitrix24 } from "./testing.ts";

const log = pino({ level: "silent" });
/** Nobody watches. */
const chat = {};

let crm: CrmWork;

beforeAll(async () => {
  crm = await createCrmWork();
});

afterAll(() => crm.work.close());

it("a scan that a dead worker holds goes on by itself when its lease has run out", async () => {
  const { portal } = await stageBitrix24({ contacts: 3 });
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: portal.webhookUrl });
  const { companyId } = crm.actor;
  const { sql } = crm.work.database;
  await sql`
    insert into crm_syncs (company_id, connection_id, state, lease_holder, lease_until)
    values (${companyId}, ${connectionId}, 'running', ${newId()}, now() + interval '1 second')
  `;
  const sources = { approved: async () => null, pdf: async () => null };
  const handlers = createCrmJobs({ ...crm.crm.dependencies, sources, chat: chat as never });
  const { board } = crm.work;
  const workers = startWorkers({ sql, board, handlers: handlers as Handlers, log });
  try {
    await board.boss.send("crm.sync", { companyId, connectionId });
    await expect
      .poll(async () => (await sql`select state from crm_syncs`)[0]?.["state"], { timeout: 20_000 })
      .toBe("done");
    expect(await crm.count("clients")).toBe(3);
  } finally {
    await workers.stop(1_000);
  }
});
