import { pino } from "pino";
import { readSheet } from "read-excel-file/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createListRenderer, type ListRenderer } from "../documents/list_renderer.ts";
import { createManagerExport } from "../jobs/manager_export.ts";
import { QUEUES } from "../jobs/queues.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { seedCompany } from "./testing_seed.ts";

let stage: ManagerStage;
let renderer: ListRenderer;
let cookie: string;

beforeAll(async () => {
  stage = await createManagerStage();
  renderer = createListRenderer();
  await seedCompany(stage);
  await stage.work.database.sql`
    update clients
    set name = '=HYPERLINK("http://evil.example")'
    where company_id = ${stage.people.owner.companyId}
  `;
  cookie = await stage.login(stage.people.manager);
});
afterAll(async () => {
  await renderer.close();
  await stage.close();
});

/** Orders a file on the page and lets the job run; the path of its page. */
async function order(fields: Record<string, string>): Promise<string> {
  const answer = await stage.post("/manager/exports", cookie, fields);
  expect(answer.status).toBe(303);
  return answer.headers.get("Location") ?? "";
}

async function work(): Promise<void> {
  const handle = createManagerExport({
    sql: stage.work.database.sql,
    renderer,
    log: pino({ level: "silent" }),
  });
  const jobs = await stage.work.board.boss.fetch("manager.export", { batchSize: 10 });
  const context = { signal: AbortSignal.timeout(60_000), attempt: 1, isLastAttempt: true };
  for (const job of jobs) await handle(QUEUES["manager.export"].schema.parse(job.data), context);
}

it("writes the narrowed list for a spreadsheet in Russia, formulas as texts", async () => {
  const path = await order({ format: "csv", status: "approved", order: "sum" });
  const waiting = await stage.get(path, cookie);
  expect(await waiting.text()).toContain("Считаем сметы");
  expect((await stage.get(`${path}/file`, cookie)).status).toBe(404);
  await work();
  expect(await (await stage.get(path, cookie)).text()).toContain("Скачать CSV");
  const file = await stage.get(`${path}/file`, cookie);
  expect(file.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
  const bytes = new Uint8Array(await file.arrayBuffer());
  expect(bytes.slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
  const lines = new TextDecoder().decode(bytes).trim().split("\r\n");
  expect(lines).toHaveLength(6);
  expect(lines[1]).toMatch(/^"СМ-2026-\d{4}";"\d\d\.\d\d\.2026";"утверждена";/);
  expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
  expect(lines[1]).toMatch(/;\d+,\d\d$/);
});

it("writes a workbook with sums as numbers", async () => {
  const path = await order({ format: "xlsx" });
  await work();
  const file = await stage.get(`${path}/file`, cookie);
  const rows = await readSheet(Buffer.from(await file.arrayBuffer()));
  expect(rows[0]?.[0]).toBe("Номер");
  expect(rows).toHaveLength(10);
  expect(typeof rows[1]?.[8]).toBe("number");
});

it("gives a file to the person who ordered it only", async () => {
  const path = await order({ format: "csv" });
  await work();
  const other = await stage.login(stage.people.owner);
  expect((await stage.get(path, other)).status).toBe(404);
  expect((await stage.get(`${path}/file`, other)).status).toBe(404);
});

it("says that it failed, and that the estimates are whole", async () => {
  const path = await order({ format: "csv" });
  const broken = createManagerExport({
    sql: stage.work.database.sql,
    renderer: { ...renderer, render: () => Promise.reject(new Error("no paper")) },
    log: pino({ level: "silent" }),
  });
  const [job] = await stage.work.board.boss.fetch("manager.export", { batchSize: 10 });
  const payload = QUEUES["manager.export"].schema.parse(job?.data);
  const context = { signal: AbortSignal.timeout(60_000), attempt: 4, isLastAttempt: true };
  await expect(broken(payload, context)).rejects.toThrow("no paper");
  expect(await (await stage.get(path, cookie)).text()).toContain("Сметы целы");
});
