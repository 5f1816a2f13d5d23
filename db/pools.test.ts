import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allowLongTransaction, connect, giveDefaults } from "./pools.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "./testing.ts";
import { inTransaction } from "./transactions.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

describe("connect", () => {
  it("keeps exact numbers and days as text, instants as Date and jsonb parsed", async () => {
    const [row] = await database.sql`
      select
        9007199254740993::bigint as count,
        12345678901234567.89::numeric(19, 2) as amount,
        date '2026-01-01' as day,
        timestamptz '2026-01-01 03:00:00+03' as moment,
        '{"a": [1, "ё"]}'::jsonb as data,
        array['а', 'б'] as words
    `;
    expect(row).toEqual({
      count: "9007199254740993",
      amount: "12345678901234567.89",
      day: "2026-01-01",
      moment: new Date("2026-01-01T00:00:00Z"),
      data: { a: [1, "ё"] },
      words: ["а", "б"],
    });
  });

  it("sends days, exact numbers and json back as they came", async () => {
    const { sql } = database;
    const [row] = await sql`
      select
        ${"2026-02-28"}::date as day,
        ${"0.0000001"}::numeric as quantity,
        ${9007199254740993n}::bigint as count,
        jsonb_typeof(${sql.json({ name: "Ё" })}) as kind
    `;
    expect(row).toEqual({
      day: "2026-02-28",
      quantity: "0.0000001",
      count: "9007199254740993",
      kind: "object",
    });
  });

  it("tells the server its name, UTC and the limits of patience", async () => {
    const [row] = await database.sql`
      select
        current_setting('application_name') as name,
        current_setting('TimeZone') as zone,
        current_setting('statement_timeout') as statement,
        current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle
    `;
    expect(row).toEqual({
      name: "smetka test",
      zone: "UTC",
      statement: "30s",
      lock: "10s",
      idle: "1min",
    });
  });

  it("ends a transaction that lasts too long, unless it has to", async () => {
    const limits = await inTransaction(database.sql, async (tx) => {
      const [usual] = await tx`select current_setting('transaction_timeout') as value`;
      await allowLongTransaction(tx);
      const [long] = await tx`select current_setting('transaction_timeout') as value`;
      return [usual?.["value"], long?.["value"]];
    });
    expect(limits).toEqual(["1min", "0"]);
    // The next transaction on the same connection.
    const [again] = await inTransaction(
      database.sql,
      (tx) => tx`select current_setting('transaction_timeout') as value`,
    );
    expect(again?.["value"]).toBe("1min");
  });

  it("finds its limits in the database where a pooler takes none with the connection", async () => {
    await giveDefaults(database.sql);
    const log = pino({ level: "silent" });
    const pooled = connect({
      url: database.url,
      max: 1,
      applicationName: "pooled",
      log,
      isPooled: true,
    });
    const [row] = await pooled`
      select
        current_setting('transaction_timeout') as transaction,
        current_setting('statement_timeout') as statement
    `;
    await pooled.end();
    expect(row).toEqual({ transaction: "1min", statement: "30s" });
  });

  it("has its limits written by processes that start at once", async () => {
    const fresh = await createEmptyDatabase();
    const log = pino({ level: "silent" });
    const starts = Array.from({ length: 6 }, () =>
      connect({ url: fresh.url, max: 1, applicationName: "start", log }),
    );
    await Promise.all(starts.map((sql) => sql`select 1`));
    await Promise.all(starts.map((sql) => giveDefaults(sql)));
    const [row] = await fresh.sql`
      select cardinality(setconfig) as count
      from pg_db_role_setting
      where setdatabase = (select oid from pg_database where datname = current_database())
    `;
    await Promise.all(starts.map((sql) => sql.end()));
    await fresh.drop();
    expect(row?.["count"]).toBe(5);
  });

  it("writes the server's notices to the debug log", async () => {
    const lines: string[] = [];
    const log = pino({ level: "debug" }, { write: (line: string) => lines.push(line) });
    const sql = connect({ url: database.url, max: 1, applicationName: "notices", log });
    await sql`do $$ begin raise notice 'вот так'; end $$`;
    await sql.end();
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 20, notice: "вот так" }),
    ]);
  });
});
