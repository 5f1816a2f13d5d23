import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Sql } from "../../db/client.ts";
import { fillTestCompany, type TestThings } from "../../db/testing_company.ts";
import { newId } from "../new_id.ts";
import { renderPrivacyPage } from "../pages/privacy_page.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import type { JobContext } from "./queues.ts";
import { createRetention } from "./retention.ts";

const NOW = new Date("2026-11-22T23:00:00Z");
const MINUTE = 60_000; // ms
const DAY = 86_400_000; // ms
const context: JobContext = {
  signal: new AbortController().signal,
  attempt: 1,
  isLastAttempt: false,
};

let work: TestWork;
let sql: Sql;
let companies: TestThings[];
let tableNames: string[] = [];

beforeAll(async () => {
  work = await createTestWork();
  ({ sql } = work.database);
  // Filled by hand and full of things; nothing of it is older than today.
  companies = [await fillTestCompany(sql, "Ромашка", 0), await fillTestCompany(sql, "Василёк", 1)];
  await sql`update kept_lists set created_at = ${NOW}`;
  await sql`update chat_state set updated_at = ${NOW}`;
  await sql`update list_exports set created_at = ${NOW}`;
  const tables = await sql<{ name: string }[]>`
    select relname as name
    from pg_class
    where relkind in ('r', 'p') and not relispartition
      and relnamespace = 'public'::regnamespace
    order by 1
  `;
  tableNames = tables.map(({ name }) => name);
});

beforeEach(() => {
  work.clock.now = NOW;
});

afterAll(() => work.close());

const forget = (signal = context.signal) => {
  const { clock } = work.dependencies;
  const run = createRetention({ sql, clock, log: pino({ level: "silent" }) });
  return run({}, { ...context, signal });
};

/** Every row of every table, so that a changed one shows. */
async function digests(): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const table of tableNames) {
    const [row] = await sql<{ digest: string | null }[]>`
      select md5(string_agg(t::text, '' order by t::text)) as digest from ${sql(table)} as t
    `;
    found[table] = row?.digest ?? null;
  }
  return found;
}

interface Kept {
  /** Table and the column of its time. */
  readonly table: string;
  readonly column: string;
  readonly days: number;
  /** Puts one row there, whose age is counted from `at`. */
  readonly add: (company: TestThings, at: Date) => Promise<unknown>;
  /** How the page for everybody says it, and docs/privacy.md. */
  readonly page: string | null;
  readonly document: string;
}

let number = 0;

const KEPT: readonly Kept[] = [
  {
    table: "login_links",
    column: "expires_at",
    days: 1,
    add: ({ companyId, managerId }, at) => sql`
      insert into login_links (company_id, id, user_id, token_hash, expires_at)
      values (${companyId}, ${newId()}, ${managerId}, ${Buffer.from(newId())}, ${at})
    `,
    page: null,
    document: "five minutes and a day",
  },
  {
    table: "sessions",
    column: "expires_at",
    days: 1,
    add: ({ companyId, managerId }, at) => sql`
      insert into sessions (token_hash, company_id, user_id, kind, expires_at)
      values (${Buffer.from(newId())}, ${companyId}, ${managerId}, 'manager', ${at})
    `,
    page: "Входы в кабинет: 30 дней",
    document: "30 days and one",
  },
  {
    table: "repeatable_requests",
    column: "created_at",
    days: 1,
    add: ({ companyId, foremanId }, at) => sql`
      insert into repeatable_requests (company_id, user_id, key, digest, status, created_at)
      values (${companyId}, ${foremanId}, ${newId()}, '', 201, ${at})
    `,
    page: "ответы на запросы программ: сутки",
    document: "a day, forgotten at the next 02:00",
  },
  {
    table: "list_exports",
    column: "created_at",
    days: 1,
    add: ({ companyId, managerId }, at) => sql`
      insert into list_exports (company_id, id, user_id, format, filter, created_at)
      values (${companyId}, ${newId()}, ${managerId}, 'csv', '{}', ${at})
    `,
    page: "файлы выгрузок",
    document: "30 days and one · five minutes and a day · a day",
  },
  {
    table: "kept_lists",
    column: "created_at",
    days: 30,
    add: ({ companyId, foremanId }, at) => sql`
      insert into kept_lists (company_id, id, user_id, text, created_at)
      values (${companyId}, ${newId()}, ${foremanId}, 'Стяжка 10 м2', ${at})
    `,
    page: "Присланные списки работ, не ставшие сметой: 30 дней",
    document: "30 days |",
  },
  {
    table: "telegram_updates",
    column: "received_at",
    days: 7,
    add: (_company, at) => sql`
      insert into telegram_updates (bot_id, update_id, received_at)
      values (1, ${(number += 1)}, ${at})
    `,
    page: "Номера сообщений Telegram: 7 дней",
    document: "7 days · 90 days after the last message",
  },
  {
    table: "telegram_update_failures",
    column: "failed_at",
    days: 7,
    add: (_company, at) => sql`
      insert into telegram_update_failures (bot_id, update_id, attempts, error, failed_at)
      values (1, ${(number += 1)}, 1, 'timeout', ${at})
    `,
    page: "Номера сообщений Telegram: 7 дней",
    document: "7 days · 90 days after the last message",
  },
  {
    table: "chat_state",
    column: "updated_at",
    days: 90,
    add: (_company, at) => sql`
      insert into chat_state (key, value, updated_at)
      values (${newId()}, '{}', ${at})
    `,
    page: "на каком вопросе остановился чат: 90 дней",
    document: "7 days · 90 days after the last message",
  },
];

describe.each(KEPT)("what is in $table", ({ table, column, days, add, page, document }) => {
  it(`stays for ${days} days and then goes, of every company`, async () => {
    const before = await digests();
    const over = new Date(NOW.getTime() - days * DAY - MINUTE);
    const under = new Date(NOW.getTime() - days * DAY + MINUTE);
    for (const company of companies) {
      await add(company, over);
      await add(company, under);
    }
    await forget();
    const left = await sql`
      select ${sql(column)} as at
      from ${sql(table)}
      where ${sql(column)} in (${over}, ${under})
    `;
    expect(left.map((row) => row["at"] as Date)).toEqual([under, under]);
    const others = await digests();
    expect({ ...others, [table]: "" }).toEqual({ ...before, [table]: "" });
    // A run that is repeated finds nothing more.
    await forget();
    expect(await digests()).toEqual(others);
    await sql`delete from ${sql(table)} where ${sql(column)} = ${under}`;
    expect(await digests()).toEqual(before);
  });

  it("is said on the page for everybody and in docs/privacy.md", async () => {
    const shown = String(await renderPrivacyPage()).replaceAll(/\s+/g, " ");
    expect(shown).toContain(page ?? "");
    const written = await readFile(join(import.meta.dirname, "../../docs/privacy.md"), "utf8");
    expect(written).toContain(document);
  });
});

/** Counts what each statement takes away. */
async function watchStatements(table: string): Promise<() => Promise<number[]>> {
  await sql`create table watched_statements (rows int)`;
  await sql`
    create function watch_statement() returns trigger language plpgsql as $$ begin
      insert into watched_statements select count(*) from gone;
      return null;
    end $$
  `;
  await sql`
    create trigger watched after delete on ${sql(table)}
    referencing old table as gone for each statement execute function watch_statement()
  `;
  return async () => {
    const rows = await sql<{ rows: number }[]>`select rows from watched_statements`;
    await sql`drop function watch_statement cascade`;
    await sql`drop table watched_statements`;
    return rows.map((row) => row.rows);
  };
}

async function addOldLists(count: number): Promise<void> {
  const [{ companyId, foremanId } = { companyId: "", foremanId: "" }] = companies;
  await sql`
    insert into kept_lists (company_id, id, user_id, text, created_at)
    select ${companyId}, uuidv7(), ${foremanId}, 'Стяжка', '2026-01-01'
    from generate_series(1, ${count}::int)
  `;
}

const countOld = async (): Promise<number> => {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from kept_lists where created_at = '2026-01-01'
  `;
  return row?.count ?? 0;
};

describe("forgetting", () => {
  it("goes in batches, for no statement may hold much", async () => {
    await addOldLists(2_500);
    const statements = await watchStatements("kept_lists");
    await forget();
    expect(await countOld()).toBe(0);
    expect(await statements()).toEqual([1_000, 1_000, 500]);
  });

  it("ends between two batches when the program does, and goes on the next time", async () => {
    await addOldLists(2_500);
    const stopping = new AbortController();
    stopping.abort();
    await forget(stopping.signal);
    expect(await countOld()).toBe(2_500);
    await forget();
    expect(await countOld()).toBe(0);
  });

  it("takes what was signed of every erased client whose five years are over, and of no other", async () => {
    const [ours, theirs] = companies;
    if (!ours || !theirs) throw new Error("no companies");
    const addErasures = (
      { companyId, clientId, ownerId }: TestThings,
      until: string,
      count: number,
    ) =>
      sql`
        insert into erasures (
          company_id, id, client_id, erased_by, erased_at, kept_revisions, kept_until
        )
        select
          ${companyId}, uuidv7(), ${clientId}, ${ownerId}, '2021-11-22', 1, ${until}::date
        from generate_series(1, ${count}::int)
      `;
    // More than one batch.
    await addErasures(ours, "2026-11-22", 130);
    await addErasures(theirs, "2026-11-23", 1);
    const signed = async ({ companyId, clientId }: TestThings) => {
      const [row] = await sql<{ names: string[] | null; documents: number }[]>`
        select
          (
            select array_agg(name) from approvals
            where company_id = ${companyId} and side = 'client'
          ) as names,
          (
            select count(*)::int
            from documents
            join estimates
              on estimates.company_id = documents.company_id
              and estimates.id = documents.estimate_id
            where documents.company_id = ${companyId} and estimates.client_id = ${clientId}
          ) as documents
      `;
      return row;
    };
    const theirPapers = await signed(theirs);
    expect(theirPapers?.documents).toBeGreaterThan(0);
    await forget();
    const [due] = await sql`
      select count(*)::int as count from erasures where kept_until <= '2026-11-22'
    `;
    expect(due).toEqual({ count: 0 });
    const left = await signed(ours);
    expect(left?.documents).toBe(0);
    expect(left?.names?.join("") ?? "").toBe("");
    expect(await signed(theirs)).toEqual(theirPapers);
    const [waiting] = await sql`
      select kept_until from erasures
      where company_id = ${theirs.companyId} and kept_until is not null
    `;
    expect(waiting).toEqual({ kept_until: "2026-11-23" });
  });
});
