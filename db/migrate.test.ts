import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
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
