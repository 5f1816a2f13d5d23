import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect } from "./pools.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { inTransaction, tenantTransaction } from "./transactions.ts";

const company = "0190f3a0-0000-7000-8000-000000000001";
const otherCompany = "0190f3a0-0000-7000-8000-000000000002";
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await sql`
    do $$ begin
      if not exists (select 1 from pg_roles where rolname = 'smetka_app') then
        create role smetka_app nologin;
      end if;
    end $$
  `;
  await sql`create table notes (company_id uuid not null, text text not null)`;
  await sql`alter table notes enable row level security`;
  await sql`
    create policy notes_of_company on notes
    using (company_id = nullif(current_setting('app.company_id', true), '')::uuid)
  `;
  await sql`grant select, insert, update, delete on notes to smetka_app`;
});

afterAll(() => database.drop());

describe("tenantTransaction", () => {
  beforeEach(async () => {
    await database.sql`delete from notes`;
    await database.sql`
      insert into notes (company_id, text)
      values (${company}, 'наша'), (${otherCompany}, 'чужая')
    `;
  });

  it("shows the rows of its own company only", async () => {
    const rows = await tenantTransaction(database.sql, company, (tx) => tx`select text from notes`);
    expect([...rows]).toEqual([{ text: "наша" }]);
  });

  it("refuses to write a row of another company", async () => {
    const write = tenantTransaction(
      database.sql,
      company,
      (tx) => tx`insert into notes (company_id, text) values (${otherCompany}, 'подлог')`,
    );
    await expect(write).rejects.toMatchObject({ code: "42501" });
  });

  it("leaves neither the role nor the company on the connection", async () => {
    const sql = connect({
      url: database.url,
      max: 1,
      applicationName: "leftovers",
      log: pino({ level: "silent" }),
    });
    await tenantTransaction(sql, company, (tx) => tx`select 1`);
    const [row] = await inTransaction(
      sql,
      (tx) => tx`
        select
          current_user = session_user as same, current_setting('app.company_id', true) as company
      `,
    );
    await sql.end();
    expect(row).toEqual({ same: true, company: "" });
  });

  it("undoes everything when the work throws", async () => {
    const failing = tenantTransaction(database.sql, company, async (tx) => {
      await tx`insert into notes (company_id, text) values (${company}, 'лишняя')`;
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    const rows = await database.sql`select text from notes where text = 'лишняя'`;
    expect(rows).toHaveLength(0);
  });

  it("runs nothing of the work when the company can't be set", async () => {
    const failing = tenantTransaction(database.sql, "bad\0id", async (tx) => {
      await tx`insert into notes (company_id, text) values (${company}, 'без компании')`;
    });
    await expect(failing).rejects.toMatchObject({ severity_local: "ERROR" });
    const rows = await database.sql`select text from notes where text = 'без компании'`;
    expect(rows).toHaveLength(0);
  });

  it("gives back what the work gave", async () => {
    expect(await tenantTransaction(database.sql, company, async () => null)).toBeNull();
  });

  it("refuses the late queries of work that was given up, before they reach the connection", async () => {
    const handler = Promise.withResolvers<void>();
    let late: Promise<unknown> = Promise.resolve();
    const failing = tenantTransaction(database.sql, company, (tx) => {
      late = handler.promise.then(
        () => tx`insert into notes (company_id, text) values (${otherCompany}, 'поздно')`,
      );
      late.catch(() => undefined);
      return Promise.reject(new Error("took too long"));
    });
    await expect(failing).rejects.toThrow("took too long");
    handler.resolve();
    await expect(late).rejects.toThrow("the transaction is over");
    const rows = await database.sql`select text from notes where text = 'поздно'`;
    expect(rows).toHaveLength(0);
  });

  it("rejects at once when its connection is lost, and what goes on in it reaches nobody", async () => {
    const { sql } = database;
    const answer = Promise.withResolvers<void>();
    let late: Promise<unknown> | null = null;
    const cutOff = inTransaction(sql, async (tx) => {
      const [row] = await tx`select pg_backend_pid() as pid`;
      await sql`select pg_terminate_backend(${Number(row?.["pid"])}::int)`;
      await answer.promise;
      late = Promise.resolve(
        tx`insert into notes (company_id, text) values (${company}, 'после обрыва')`,
      );
      await late;
    });
    await expect(cutOff).rejects.toMatchObject({
      code: expect.stringMatching(/CLOSED|57P01|ECONNRESET/),
    });
    answer.resolve();
    // A refused query throws before there is a promise of it; then the pool is as good as ever.
    const rows = await sql`select text from notes where text = 'после обрыва'`;
    expect({ rows, late }).toEqual({ rows: [], late: null });
  });

  it("gives the reason when its connection is lost in the middle of a query", async () => {
    const { sql } = database;
    const cutOff = inTransaction(sql, async (tx) => {
      const [row] = await tx`select pg_backend_pid() as pid`;
      const sleeping = tx`select pg_sleep(60)`.execute();
      await sql`select pg_terminate_backend(${Number(row?.["pid"])}::int)`;
      await sleeping;
    });
    await expect(cutOff).rejects.toMatchObject({
      code: expect.stringMatching(/CLOSED|57P01|ECONNRESET/),
    });
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });
});
