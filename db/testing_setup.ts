import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres, stopOrphan } from "./embedded.ts";
import type { EmbeddedPostgres } from "./embedded.ts";
import { readClusterLocation } from "./embedded_location.ts";
import { migrate } from "./migrate.ts";
import { databasePrefix, withDatabase } from "./testing_names.ts";

/** Speed over safety: these data may die with the machine. */
const fastSettings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "300",
  shared_buffers: "256MB",
};

const folderPrefix = "smetka-test-";
const leftoverAge = 60_000; // ms; a younger folder may be a run that is just starting
const migrations = join(import.meta.dirname, "migrations");
const log = pino({ level: "warn" });

/**
 * vitest calls this once before the tests of the project `real`; what it returns runs after them,
 * also when they fail. TEST_DATABASE_URL names a server to use (as a superuser) instead of an own.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["TEST_DATABASE_URL"];
  const server = given ? { url: given, stop: async () => undefined } : await startOwnServer();
  const sql = postgres(server.url, { max: 1, max_lifetime: null, onnotice: () => undefined });
  const run = randomBytes(4).toString("hex");
  const tearDown = async () => {
    await dropDatabases(sql, run);
    await sql.end();
    await server.stop();
  };
  try {
    await removeDeadRuns(sql);
    await sql`select pg_advisory_lock(hashtext(${run}))`;
    const template = `${databasePrefix}${run}_template`;
    await sql`create database ${sql(template)}`;
    await migrate({ url: withDatabase(server.url, template), directory: migrations, log });
    await sql`alter database ${sql(template)} with allow_connections false`;
    project.provide("testServerUrl", server.url);
    project.provide("testRun", run);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

async function startOwnServer(): Promise<EmbeddedPostgres> {
  await removeLeftovers();
  const dataDir = await mkdtemp(join(tmpdir(), folderPrefix));
  // As root the server runs as another user, who must be able to enter.
  await chmod(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, log, settings: fastSettings });
  const stop = async () => {
    await server.stop();
    await removeData(dataDir);
  };
  return { url: server.url, stop };
}

/** Servers and data of runs that were killed. Those of living runs and of other users stay. */
export async function removeLeftovers(): Promise<void> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith(folderPrefix));
  for (const name of folders) {
    const dataDir = join(tmpdir(), name);
    const found = await stat(dataDir).catch(() => null);
    if (found?.uid !== process.getuid?.() || found === null) continue;
    if (Date.now() - found.mtimeMs < leftoverAge) continue;
    if (await stopOrphan(dataDir)) await removeData(dataDir);
  }
}

async function removeData(dataDir: string): Promise<void> {
  await rm(await readClusterLocation(dataDir), { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
}

/** A living run holds the advisory lock of its name. */
async function removeDeadRuns(sql: postgres.Sql): Promise<void> {
  const databases = await sql<{ run: string }[]>`
    select distinct split_part(datname, '_', 3) as run
    from pg_database
    where starts_with(datname, ${databasePrefix})
  `;
  for (const { run } of databases) {
    const [lock] = await sql<{ taken: boolean }[]>`
      select pg_try_advisory_lock(hashtext(${run})) as taken
    `;
    if (!lock?.taken) continue;
    await dropDatabases(sql, run);
    await sql`select pg_advisory_unlock(hashtext(${run}))`;
  }
}

async function dropDatabases(sql: postgres.Sql, run: string): Promise<void> {
  const databases = await sql<{ name: string }[]>`
    select datname as name
    from pg_database
    where starts_with(datname, ${`${databasePrefix}${run}_`})
  `;
  for (const { name } of databases) {
    await sql`drop database if exists ${sql(name)} with (force)`;
  }
}
