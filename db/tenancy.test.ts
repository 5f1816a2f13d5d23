import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tenantRole, tenantTransaction } from "./transactions.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, type TestThings } from "./testing_company.ts";

/**
 * Every table that is no company's, each with its reason. On Citus: local tables of the coordinator, or
 * reference tables where rows of companies point to them. The jobs of pg-boss have a schema of their own, which
 * it makes itself and which stays on the coordinator.
 */
const NO_COMPANYS: Readonly<Record<string, string>> = {
  users: "a person may belong to several companies; a reference table",
  telegram_users: "the same person in Telegram; which company is active is a fact about the person",
  sessions:
    "found by the hash of a token before the company is known; has one, but is no company's",
  chat_state:
    "belongs to a chat, in which a person may change the company; storage-psql asks by key",
  telegram_updates: "numbers of updates, seen before anybody knows whose they are",
  telegram_update_failures: "the same numbers, of updates that failed",
  telegram_pace: "what Telegram lets one bot do, for all companies together",
  telegram_slots: "the same, by slots of a second",
  telegram_chat_pace: "the same, by chat",
  rate_limits: "what a CRM lets an account do, whichever company calls it",
  job_claims: "which process works on which job of pg-boss",
  search_words: "the distinct words of all companies, for typos; no word says whose it is",
  schema_migrations: "names of the migrations that were applied",
};
/** Keys to tables of `NO_COMPANYS` that rows of companies may carry: the tables must be reference tables. */
const REFERENCE_TABLES = new Set(["users"]);

let database: TestDatabase;
let ours: TestThings;
let theirs: TestThings;
let tables: string[];
/** Every table of ours, whatever its columns; partitions are part of theirs. */
let all: { schema: string; name: string; hasCompany: boolean }[];

beforeAll(async () => {
  database = await createTestDatabase();
  ours = await fillTestCompany(database.sql, "Ромашка", 0);
  theirs = await fillTestCompany(database.sql, "Чужая", 1);
  all = await database.sql`
    select
      pg_namespace.nspname as schema,
      pg_class.relname as name,
      exists (
        select
        from pg_attribute
        where attrelid = pg_class.oid and attname = 'company_id' and not attisdropped
      ) as "hasCompany"
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    where pg_class.relkind in ('r', 'p', 'f', 'm')
      and not pg_class.relispartition
      and pg_namespace.nspname !~ '^(pg_|information_schema$)'
    order by 1, 2
  `;
  tables = all.flatMap(({ name }) => (name in NO_COMPANYS ? [] : [name]));
});

afterAll(() => database.drop());

describe("the schema", () => {
  it("has tenant tables", () => {
    expect(tables).toEqual(expect.arrayContaining(["companies", "estimates", "documents"]));
    expect(tables.length).toBeGreaterThanOrEqual(26);
  });

  it("has no table that is neither a company's nor named here with the reason", () => {
    const strange = all.filter(({ schema, name, hasCompany }) => {
      return schema !== "public" || !(hasCompany || name in NO_COMPANYS);
    });
    // A new table: give it company_id, first in every key; only what no company owns is named above.
    expect(strange).toEqual([]);
    const names = new Set(all.map(({ name }) => name));
    expect(Object.keys(NO_COMPANYS).filter((name) => !names.has(name))).toEqual([]);
  });

  it("is described as it is where the way to Citus is", async () => {
    const page = await readFile(join(import.meta.dirname, "../docs/scale.md"), "utf8");
    expect(Object.keys(NO_COMPANYS).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("guards every tenant table with row-level security for reading and writing", async () => {
    const guarded = await database.sql<{ name: string }[]>`
      select pg_class.relname as name
      from pg_class
      join pg_policy on pg_policy.polrelid = pg_class.oid
      where pg_class.relrowsecurity
        and pg_policy.polcmd = '*'
        and pg_get_expr(pg_policy.polqual, pg_policy.polrelid) like '%current_company()%'
        and pg_get_expr(pg_policy.polwithcheck, pg_policy.polrelid) like '%current_company()%'
      order by 1
    `;
    expect(guarded.map((row) => row.name)).toEqual(tables);
  });

  it("has no other policy that would open a tenant table again", async () => {
    const [row] = await database.sql<{ count: number }[]>`
      select count(*)::int as count from pg_policy
    `;
    expect(row?.count).toBe(tables.length);
  });

  it("begins every primary key and unique index with company_id", async () => {
    const indexes = await database.sql<{ index: string; first: string }[]>`
      select pg_index.indexrelid::regclass::text as index, pg_attribute.attname as first
      from pg_index
      join pg_class on pg_class.oid = pg_index.indrelid
      join pg_attribute
        on pg_attribute.attrelid = pg_index.indrelid and pg_attribute.attnum = pg_index.indkey[0]
      where pg_index.indisunique and pg_class.relname = any(${tables})
    `;
    expect(indexes.length).toBeGreaterThanOrEqual(tables.length);
    expect(indexes.filter((index) => index.first !== "company_id")).toEqual([]);
  });

  it("gives every tenant table a primary key", async () => {
    const keys = await database.sql<{ name: string }[]>`
      select pg_class.relname as name
      from pg_index
      join pg_class on pg_class.oid = pg_index.indrelid
      where pg_index.indisprimary and pg_class.relname = any(${tables})
      order by 1
    `;
    expect(keys.map((row) => row.name)).toEqual(tables);
  });

  it("carries company_id in every foreign key of and to a tenant table", async () => {
    const keys = await database.sql<{ from: string; to: string; pairs: string[] }[]>`
      select
        pg_constraint.conrelid::regclass::text as from,
        pg_constraint.confrelid::regclass::text as to,
        array_agg(own.attname || ' → ' || other.attname) as pairs
      from pg_constraint
      cross join lateral unnest(pg_constraint.conkey, pg_constraint.confkey) as pair (own, other)
      join pg_attribute as own
        on own.attrelid = pg_constraint.conrelid and own.attnum = pair.own
      join pg_attribute as other
        on other.attrelid = pg_constraint.confrelid and other.attnum = pair.other
      where pg_constraint.contype = 'f'
        -- A partition repeats the keys of its table.
        and pg_constraint.conparentid = 0
      group by pg_constraint.oid
    `;
    expect(keys.length).toBeGreaterThan(50);
    const loose = keys.filter(({ from, to, pairs }) => {
      if (pairs.includes("company_id → company_id")) return false;
      // Between tables that are no company's, or to a table that every node has.
      return tables.includes(from) ? !REFERENCE_TABLES.has(to) : tables.includes(to);
    });
    // Which company a person works for right now is a fact about the person: no key on Citus.
    const known = {
      from: "telegram_users",
      to: "companies",
      pairs: ["active_company_id → company_id"],
    };
    expect(loose).toEqual([known]);
  });

  it("lets the program work under a role that owns nothing and bypasses nothing", async () => {
    const [role] = await database.sql`
      select
        rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        (select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
      from pg_roles
      where rolname = ${tenantRole}
    `;
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      owned: 0,
    });
  });
});

describe("row-level security", () => {
  it("is tried on rows of both companies in every tenant table", async () => {
    const empty: string[] = [];
    for (const table of tables) {
      const [row] = await database.sql<{ companies: number }[]>`
        select count(distinct company_id)::int as companies
        from ${database.sql(table)}
        where company_id in (${ours.companyId}, ${theirs.companyId})
      `;
      if (row?.companies !== 2) empty.push(table);
    }
    // A new table: give it rows in testing_company.ts.
    expect(empty).toEqual([]);
  });

  it("shows no row of any tenant table when no company is set", async () => {
    const { sql } = database;
    const visible = await sql.begin(async (tx) => {
      await tx`select set_config('role', ${tenantRole}, true)`;
      const found: string[] = [];
      for (const table of tables) {
        if ((await tx`select 1 from ${sql(table)} limit 1`).length > 0) found.push(table);
      }
      return found;
    });
    expect(visible).toEqual([]);
  });

  it("shows the own rows and none of another company", async () => {
    const { sql } = database;
    const counts = await tenantTransaction(sql, ours.companyId, async (tx) => {
      const found: { table: string; own: number; foreign: number }[] = [];
      for (const table of tables) {
        const [row] = await tx<{ own: number; foreign: number }[]>`
          select
            count(*) filter (where company_id = ${ours.companyId})::int as own,
            count(*) filter (where company_id <> ${ours.companyId})::int as foreign
          from ${sql(table)}
        `;
        found.push({ table, own: row?.own ?? 0, foreign: row?.foreign ?? 0 });
      }
      return found;
    });
    expect(counts.filter(({ own, foreign }) => own === 0 || foreign !== 0)).toEqual([]);
  });

  it("neither changes nor removes the rows of another company", async () => {
    const { sql } = database;
    const touched: string[] = [];
    for (const table of tables) {
      await tenantTransaction(sql, ours.companyId, async (tx) => {
        const updated = await tx`
          update ${sql(table)}
          set company_id = company_id
          where company_id = ${theirs.companyId}
        `;
        const deleted = await tx`
          delete from ${sql(table)}
          where company_id = ${theirs.companyId}
        `;
        if (updated.count + deleted.count > 0) touched.push(table);
      });
    }
    expect(touched).toEqual([]);
  });

  it("refuses to give an own row to another company", async () => {
    const { sql } = database;
    const refused: string[] = [];
    for (const table of tables) {
      const giving = tenantTransaction(
        sql,
        ours.companyId,
        (tx) => tx`update ${sql(table)} set company_id = ${theirs.companyId}`,
      );
      await giving.catch((error: { code: string }) => {
        if (error.code === "42501") refused.push(table);
      });
    }
    expect(refused).toEqual(tables);
  });
});
