import { pino } from "pino";
import { readSheet } from "read-excel-file/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createListRenderer, type ListRenderer } from "../documents/list_renderer.ts";
import { createManagerExport } from "../jobs/manager_export.ts";
import { QUEUES } from "../jobs/queues.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { runExports } from "./testing_export.ts";
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

const work = () => runExports(stage, renderer);

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

/** As large a list as three pages of the job; none of its estimates has lines. */
async function addEstimates(count: number): Promise<void> {
  const { companyId, userId } = stage.people.foreman;
  await stage.work.database.sql`
    insert into estimates (
      company_id, id, number_year, number_sequence, title, date, vat, price_kind, payment_terms,
      warranty, note, internal_note, foreman_id, created_by
    )
    select
      company_id, uuidv7(), 2025, number, 'Много', date, vat, price_kind, payment_terms, warranty,
      note, internal_note, ${userId}, ${userId}
    from
      (select * from estimates where company_id = ${companyId} limit 1) as pattern,
      generate_series(1, ${count}) as number
  `;
}

/** Lets no job note that two pages are read before it is called. */
async function holdSecondPage(): Promise<() => Promise<void>> {
  const { sql } = stage.work.database;
  await sql`
    create function hold_export() returns trigger language plpgsql as $$
    begin
      if new.done = 2000 then perform pg_advisory_xact_lock(4711); end if;
      return new;
    end $$
  `;
  await sql`
    create trigger hold_export before update on list_exports
      for each row execute function hold_export()
  `;
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(4711)`;
  return async () => {
    await holder`select pg_advisory_unlock(4711)`;
    holder.release();
    await sql`drop trigger hold_export on list_exports`;
    await sql`drop function hold_export`;
  };
}

it("tells how far it is while it is made", async () => {
  await addEstimates(2500);
  const path = await order({ format: "csv", status: "draft" });
  const wordsOf = async () =>
    (await (await stage.get(path, cookie)).text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  const release = await holdSecondPage();
  const running = work();
  try {
    // One of the seed is a draft, too.
    await expect.poll(wordsOf, { timeout: 20_000 }).toContain("Собираем файл: 1 000 из 2 501");
    const page = await (await stage.get(path, cookie)).text();
    expect(page).toMatch(/<progress aria-labelledby="progress" max="2501" value="1000">/);
    expect((await stage.get(`${path}/file`, cookie)).status).toBe(404);
  } finally {
    await release();
    await running;
  }
  expect(await wordsOf()).toContain("Готово: 2 501 смета.");
  const file = await (await stage.get(`${path}/file`, cookie)).text();
  expect(file.trim().split("\r\n")).toHaveLength(2502);
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
