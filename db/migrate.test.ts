import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inTransaction } from "./transactions.ts";
import { migrate } from "./migrate.ts";
import { StartupError } from "./startup_error.ts";
import { createEmptyDatabase } from "./testing.ts";
import type { TestDatabase } from "./testing.ts";

const log = pino({ level: "silent" });
let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = await mkdtemp(join(tmpdir(), "smetka-migrations-"));
  await add("0001_walls.sql", "create table walls (id int primary key);");
  await add(
    "0002_doors.sql",
    "create table doors (id int primary key);\ninsert into doors values (1);",
  );
});

afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

function add(name: string, text: string): Promise<void> {
  return writeFile(join(directory, name), text);
}

function run(): Promise<string[]> {
  return migrate({ url: database.url, directory, log });
}

async function listTables(): Promise<string[]> {
  const rows = await database.sql<{ name: string }[]>`
    select tablename as name
    from pg_tables
    where schemaname = 'public'
    order by tablename
  `;
  return rows.map(({ name }) => name);
}

it("applies every migration once and in order", async () => {
  expect(await run()).toEqual(["0001_walls", "0002_doors"]);
  expect(await run()).toEqual([]);
  await add("0003_roofs.sql", "create table roofs (id int);");
  expect(await run()).toEqual(["0003_roofs"]);
  expect(await listTables()).toEqual(["doors", "roofs", "schema_migrations", "walls"]);
});

it("lets processes that start at once wait for each other", async () => {
  await add("0003_slow.sql", "select pg_sleep(0.2); create table slow (id int);");
  const applied = await Promise.all([run(), run(), run()]);
  expect(applied.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, 0, 3]);
});

it("builds an index beside people who write, also while others wait to migrate", async () => {
  await run();
  await add(
    "0003_doors_by_size.sql",
    "drop index concurrently if exists doors_by_size;\n-- Not now.\ncreate index concurrently doors_by_size on doors ((id + 1)) where id::text <> 'a;b';",
  );
  const writing = Promise.withResolvers<void>();
  const hasWritten = Promise.withResolvers<void>();
  const work = inTransaction(database.sql, async (tx) => {
    await tx`insert into doors (id) values (2)`;
    hasWritten.resolve();
    await writing.promise;
  });
  await hasWritten.promise;
  // The index waits for the one who writes, and the others for who builds it.
  const all = Promise.all([run(), run(), run()]);
  const isBuilding = async () => {
    const rows = await database.sql`select phase from pg_stat_progress_create_index`;
    return rows.length;
  };
  await expect.poll(isBuilding, { timeout: 10_000 }).toBe(1);
  await database.sql`insert into doors (id) values (3)`;
  writing.resolve();
  await work;
  expect((await all).flat()).toEqual(["0003_doors_by_size"]);
  const [index] = await database.sql`
    select indisvalid, pg_get_indexdef(indexrelid) as definition
    from pg_index
    where indexrelid = 'doors_by_size'::regclass
  `;
  expect(index).toEqual({ indisvalid: true, definition: expect.stringContaining("'a;b'") });
});

it("builds an index anew whose first attempt failed", async () => {
  await run();
  await database.sql`alter table doors add column size int`;
  await database.sql`insert into doors (id, size) values (2, 90), (3, 90)`;
  const build = "create unique index concurrently doors_by_size on doors (size);";
  await add("0003_doors_by_size.sql", `drop index concurrently if exists doors_by_size; ${build}`);
  await expect(run()).rejects.toThrow("шаг 0003_doors_by_size");
  await database.sql`update doors set size = 80 where id = 3`;
  expect(await run()).toEqual(["0003_doors_by_size"]);
  const [index] = await database.sql`
    select indisvalid from pg_index where indexrelid = 'doors_by_size'::regclass
  `;
  expect(index).toEqual({ indisvalid: true });
});

it("takes a failed migration back whole and keeps those before it", async () => {
  await add("0003_broken.sql", "create table half (id int); select 1 / 0;");
  await expect(run()).rejects.toThrow(
    new StartupError(
      "broken",
      "Не удалось обновить базу данных (шаг 0003_broken): изменения этого шага отменены, данные целы.",
    ),
  );
  expect(await listTables()).toEqual(["doors", "schema_migrations", "walls"]);
  await add("0003_broken.sql", "create table half (id int);");
  expect(await run()).toEqual(["0003_broken"]);
});

it("refuses a database that was migrated by files of other names", async () => {
  await run();
  await rename(join(directory, "0002_doors.sql"), join(directory, "0002_gates.sql"));
  await expect(run()).rejects.toMatchObject({ name: "StartupError", code: "unsupported" });
});

it("refuses a migration that was put before an applied one", async () => {
  await run();
  await add("0001_a_late_thought.sql", "create table late (id int);");
  await expect(run()).rejects.toMatchObject({ name: "StartupError", code: "unsupported" });
  expect(await listTables()).not.toContain("late");
});

it("refuses a database that is newer than the program", async () => {
  await add("0003_roofs.sql", "create table roofs (id int);");
  await run();
  await rm(join(directory, "0003_roofs.sql"));
  await expect(run()).rejects.toThrow(/База данных новее этой версии Смётки.*0003_roofs/);
});

it("leaves files that are no migrations alone", async () => {
  await add("README.md", "Nothing to run.");
  await add("0003_roofs.sql.bak", "select 1 / 0;");
  await add("drop_all.sql", "drop table walls;");
  expect(await run()).toEqual(["0001_walls", "0002_doors"]);
});

it("has nothing to do where there are no migrations", async () => {
  expect(await migrate({ url: database.url, directory: join(directory, "none"), log })).toEqual([]);
});

it("says that the base can't be reached without showing its password", async () => {
  const url = "postgres://smetka:very-secret@127.0.0.1:1/smetka";
  const failure = await migrate({ url, directory, log }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartupError);
  expect(String(failure)).not.toContain("very-secret");
});
