import { readdir } from "node:fs/promises";
import type { Logger } from "pino";
import { connect } from "./pools.ts";
import type { Sql } from "./client.ts";
import { isErrorCode } from "./embedded_failures.ts";
import { migrationLoaders, waitForMigrations } from "./migration_files.ts";
import { StartupError } from "./startup_error.ts";

export interface MigrateOptions {
  /** As the owner of the tables, on a direct connection (not through a transaction pool). */
  url: string;
  /** Holds `0001_name.sql`, `0002_name.sql`, …: forward only; see `migration_rules.ts`. */
  directory: string;
  log: Logger;
  /** Only these, which must be the first ones of the directory: for a backup of an older version. */
  upTo?: readonly string[];
}

const migrationsTable = "schema_migrations";
const migrationFile = /^(\d{4}_[a-z0-9_]+)\.sql$/;
const anyOtherFile = String.raw`(?!\d{4}_[a-z0-9_]+\.sql$).*`;

/**
 * Brings the database to the newest schema and returns the names of the migrations it applied.
 * Processes that start at once wait for each other. A migration that fails leaves no trace of
 * itself; those before it stay. Throws a StartupError for that, and when the database was migrated
 * by other files than these: renamed, reordered, or newer than the program.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { url, directory, log, upTo } = options;
  const all = await listMigrations(directory);
  const known = all.slice(0, upTo?.length);
  if (upTo) refuseNewerDatabase(known, upTo);
  if (known.length === 0) return [];
  const sql = connect({ url, max: 1, applicationName: "smetka migrate", log });
  try {
    const applied = await applyMissing(sql, options, known).catch(async (cause: unknown) => {
      throw explain(cause, await findNext(sql, known));
    });
    refuseNewerDatabase(known, await readApplied(sql));
    if (applied.length > 0) log.info({ migrations: applied }, "database migrated");
    return applied;
  } finally {
    await sql.end();
  }
}

async function listMigrations(directory: string): Promise<string[]> {
  const files = await readdir(directory).catch((error: unknown) => {
    if (isErrorCode(error, "ENOENT")) return [];
    throw error;
  });
  return files.flatMap((file) => migrationFile.exec(file)?.[1] ?? []).sort();
}

async function applyMissing(
  sql: Sql,
  options: MigrateOptions,
  known: readonly string[],
): Promise<string[]> {
  if (await isCurrent(sql, known)) return [];
  await waitForMigrations(sql);
  return runMigrations(options, known.length);
}

/** Whether just these migrations were applied: most starts need neither the library nor its connection. */
async function isCurrent(sql: Sql, known: readonly string[]): Promise<boolean> {
  const [row] = await sql<{ isThere: boolean }[]>`
    select to_regclass(${migrationsTable}) is not null as "isThere"
  `;
  if (!row?.isThere) return false;
  const applied = await readApplied(sql);
  return applied.length === known.length && applied.every((name, index) => name === known[index]);
}

async function runMigrations(
  { url, directory, log }: MigrateOptions,
  most: number,
): Promise<string[]> {
  const { runner } = await import("node-pg-migrate");
  const tell = (message: string) => log.debug(message);
  const applied = await runner({
    databaseUrl: url,
    dir: directory,
    ignorePattern: anyOtherFile,
    direction: "up",
    count: most,
    migrationsTable,
    singleTransaction: false,
    noLock: true,
    migrationLoaderStrategies: migrationLoaders,
    checkOrder: true,
    // Its errors repeat the whole file; the thrown one says enough.
    logger: { info: tell, warn: tell, error: tell },
  });
  return applied.map(({ name }) => name);
}

async function readApplied(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name
    from ${sql(migrationsTable)}
    order by id
  `;
  return rows.map(({ name }) => name);
}

/** The migration that did not go through. Null when the database does not even answer. */
async function findNext(sql: Sql, known: readonly string[]): Promise<string | null> {
  const applied = await readApplied(sql).catch(() => null);
  return known.find((name) => applied !== null && !applied.includes(name)) ?? null;
}

function refuseNewerDatabase(known: readonly string[], applied: readonly string[]): void {
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new StartupError(
    "unsupported",
    `База данных новее этой версии Смётки (в ней есть ${unknown.join(", ")}). Установите новую версию; данные целы.`,
  );
}

function explain(cause: unknown, next: string | null): StartupError {
  const said = cause instanceof Error ? cause.message : "";
  if (said.startsWith("Not run migration")) {
    return new StartupError(
      "unsupported",
      "База данных создана другим набором изменений, чем в этой версии Смётки. Верните прежнюю версию или укажите другую базу в DATABASE_URL.",
      { cause },
    );
  }
  return new StartupError(
    "broken",
    `Не удалось обновить базу данных${next ? ` (шаг ${next})` : ""}: изменения этого шага отменены, данные целы.`,
    { cause },
  );
}
