import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Sql } from "../db/client.ts";
import { createEmptyDatabase, type TestDatabase } from "../db/testing.ts";
import { fillTestCompany } from "../db/testing_company.ts";
import { programEnvironment } from "../db/testing_environment.ts";
import { newId } from "./new_id.ts";
import { createTestWork, type TestWork } from "./testing.ts";

let folder: string;
let work: TestWork;
let file: string;
const opened: TestDatabase[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-backup-"));
  file = join(folder, "smetka.gz");
  work = await createTestWork();
  const { sql } = work.database;
  await fillTestCompany(sql, "Ромашка", 0);
  const { companyId } = await fillTestCompany(sql, "Вторая", 1);
  // What a text format could stumble over.
  await sql`
    insert into clients (company_id, id, kind, name, note)
    values (${companyId}, ${newId()}, 'person', ${"Таб\t, строка\n, \\N, \\., «ё» \u2028 \r 😀"}, ${"\\."})
  `;
  await work.board.boss.send("crm.hourly", {});
}, 60_000);

afterAll(async () => {
  for (const database of opened) await database.drop();
  await work.close();
  await rm(folder, { recursive: true, force: true });
});

async function openEmpty(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  opened.push(database);
  return database;
}

async function run(command: string, path: string, databaseUrl: string) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "backup_command.ts"), command, path],
    {
      env: programEnvironment({ DATABASE_URL: databaseUrl }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: Buffer.concat(chunks).toString("utf8") };
}

/** Of every table: how many rows, and a sum over their whole content but numbers of transactions. */
async function digest(sql: Sql): Promise<Record<string, string>> {
  const tables = await sql<{ name: string; hidden: string[] }[]>`
    select
      oid::regclass::text as name,
      array(
        select attname::text from pg_attribute
        where attrelid = pg_class.oid and atttypid = 'xid8'::regtype
      ) as hidden
    from pg_class
    where relkind in ('r', 'p') and not relispartition
      and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'
    order by 1
  `;
  const found: Record<string, string> = {};
  for (const { name, hidden } of tables) {
    const [row] = await sql.unsafe(
      `select count(*) || ' ' || coalesce(md5(string_agg(row::text, '' order by row::text)), '') as sum
       from (select to_jsonb(t) - $1::text[] as row from ${name} as t) as rows`,
      [hidden],
    );
    found[name] = String(row?.["sum"]);
  }
  return found;
}

it("writes one file that only its owner may read", async () => {
  const { code, output } = await run("backup", file, work.database.url);
  expect(output).toContain("Сохранено");
  expect(code).toBe(0);
  expect((await stat(file)).mode & 0o077).toBe(0);
});

it("restores every row of every table into a new database, jobs included", async () => {
  const target = await openEmpty();
  const { code, output } = await run("restore", file, target.url);
  expect(output).toMatch(/Восстановлено на .*: таблиц \d+, строк \d+/);
  expect(code).toBe(0);
  const before = await digest(work.database.sql);
  expect(Object.keys(before).length).toBeGreaterThan(30);
  expect(await digest(target.sql)).toEqual(before);
  const jobs = await target.sql`select name, state from pgboss.job where name = 'crm.hourly'`;
  expect(jobs).toEqual([{ name: "crm.hourly", state: "created" }]);
});

it("leaves a database behind that guards its rows as before", async () => {
  const [target] = opened;
  const count = async (sql: Sql) => {
    const [row] = await sql`
      select
        (select count(*)::int from pg_constraint
          where contype = 'f' and connamespace = 'public'::regnamespace) as keys,
        (select count(*)::int from pg_trigger where not tgisinternal and tgenabled = 'O') as triggers,
        (select count(*)::int from pg_trigger where not tgisinternal and tgenabled <> 'O') as off,
        (select count(*)::int from pg_policy) as policies
    `;
    return row;
  };
  if (!target) throw new Error("nothing was restored");
  expect(await count(target.sql)).toEqual(await count(work.database.sql));
  const { sql } = target;
  const change = sql`update estimate_revisions set total_amount = total_amount + 1`;
  await expect(change).rejects.toThrow("a frozen revision does not change");
});

it("refuses a database that has data, and changes nothing there", async () => {
  const before = await digest(work.database.sql);
  const { code, output } = await run("restore", file, work.database.url);
  expect(code).toBe(1);
  expect(output).toMatch(/^В этой базе данных уже есть данные[^\n]+\n$/);
  expect(await digest(work.database.sql)).toEqual(before);
});

it.each([
  ["cut off in the packing", (whole: Buffer) => whole.subarray(0, whole.length - 200)],
  ["cut off in the rows", (whole: Buffer) => gzipSync(gunzipSync(whole).subarray(0, -4_000))],
  ["without its last line", (whole: Buffer) => gzipSync(gunzipSync(whole).subarray(0, -10))],
  ["of another program", () => gzipSync("hello\n")],
  ["not packed at all", () => Buffer.from("hello\n")],
])("refuses a file %s, and leaves the database empty", async (_, spoil) => {
  const spoilt = join(folder, "spoilt.gz");
  await writeFile(spoilt, spoil(await readFile(file)));
  const target = await openEmpty();
  const { code, output } = await run("restore", spoilt, target.url);
  expect(output).toMatch(/^[А-Я][^\n]+\n$/);
  expect(code).toBe(1);
  const [table] = await target.sql`select to_regclass('public.companies') is not null as exists`;
  const companies = table?.["exists"] ? await target.sql`select 1 from companies` : [];
  expect(companies).toHaveLength(0);
});

it("leaves no half of a backup behind when the database does not answer", async () => {
  const { code } = await run("backup", join(folder, "none.gz"), "postgres://a:b@127.0.0.1:1/c");
  expect(code).not.toBe(0);
  expect((await readdir(folder)).filter((name) => name.startsWith("none"))).toEqual([]);
});
