import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunnerOption } from "node-pg-migrate";
import type { Sql } from "./client.ts";
import { isConcurrently, splitStatements } from "./migration_rules.ts";

/**
 * How node-pg-migrate reads our files: each is one transaction, but for those that build or drop indexes
 * `concurrently`, which PostgreSQL refuses inside of one. Their statements run one by one.
 */
export const migrationLoaders: NonNullable<RunnerOption["migrationLoaderStrategies"]> = [
  { extensions: [".sql"], loader: (paths) => Promise.all(paths.map(loadMigration)) },
];

type Loader = Exclude<(typeof migrationLoaders)[number]["loader"], string>;
type Migration = Awaited<ReturnType<Loader>>[number];

async function loadMigration(path: string): Promise<Migration> {
  const sql = await readFile(path, "utf8");
  const statements = splitStatements(sql);
  const up: Migration["actions"]["up"] = (builder) => {
    if (!statements.some(({ text }) => isConcurrently(text))) return builder.sql(sql);
    builder.noTransaction();
    for (const { raw } of statements) builder.sql(raw);
  };
  return { id: path, filePaths: [path], actions: { up, down: false } };
}

/** Node-pg-migrate's own number: versions of the program that left the lock to it wait for us, too. */
const MIGRATIONS = 7_241_865_325_823_964n;
const BETWEEN_LOOKS = 100; // ms

/**
 * Waits until nobody else migrates; the lock is the connection's. By looking again and again: who waits inside
 * of the server holds what it saw at its start, and an index that is built `concurrently` waits for all that
 * saw something before: for each other they would wait for ever.
 */
export async function waitForMigrations(sql: Sql): Promise<void> {
  for (;;) {
    const [row] = await sql<{ isOurs: boolean }[]>`
      select pg_try_advisory_lock(${MIGRATIONS}) as "isOurs"
    `;
    if (row?.isOurs) return;
    await sleep(BETWEEN_LOOKS);
  }
}
