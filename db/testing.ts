import { randomBytes } from "node:crypto";
import { pino } from "pino";
import postgres from "postgres";
import { inject } from "vitest";
import { connect } from "./pools.ts";
import type { Sql } from "./client.ts";
import { databasePrefix, withDatabase } from "./testing_names.ts";

/** A migrated, empty database of its own for one test file. */
export interface TestDatabase {
  /** As the owner of the tables. */
  url: string;
  /** A pool of at most four connections, as the owner. */
  sql: Sql;
  /** Closes `sql`, ends everybody else's connections and removes the database. */
  drop(): Promise<void>;
}

/**
 * Clones the template that `testing_setup.ts` migrated: for the project `real` of vitest only.
 * Call it in `beforeAll` and `drop` in `afterAll`; what is forgotten goes at the end of the run.
 */
export function createTestDatabase(template = migratedTemplate()): Promise<TestDatabase> {
  return createFrom(template);
}

/**
 * Another template, which begins as the migrated one. Returns its name; goes at the end of the run.
 * @param prepare must leave no connection open
 */
export async function createTestTemplate(prepare: (url: string) => Promise<void>): Promise<string> {
  const { url, sql } = await createFrom(migratedTemplate());
  await sql.end({ timeout: 1 });
  await prepare(url);
  return new URL(url).pathname.slice(1);
}

function migratedTemplate(): string {
  return `${databasePrefix}${inject("testRun")}_template`;
}

/** Not even migrated: for the tests of migrations themselves. `locale` is one of libc, such as C. */
export function createEmptyDatabase(options: { locale?: string } = {}): Promise<TestDatabase> {
  return createFrom("template0", options.locale);
}

async function createFrom(template: string, locale?: string): Promise<TestDatabase> {
  const server = inject("testServerUrl");
  const name = `${databasePrefix}${inject("testRun")}_${randomBytes(4).toString("hex")}`;
  await onServer(server, async (admin) => {
    // Without fsync a copy of the files takes half the time of a copy through the log.
    await admin`
      create database ${admin(name)}
      template ${admin(template)}
      strategy file_copy
      ${locale ? admin.unsafe(`locale_provider libc locale '${locale}'`) : admin``}
    `;
  });
  const url = withDatabase(server, name);
  const log = pino({ level: "silent" });
  const sql = connect({ url, max: 4, applicationName: "smetka test", log });
  return {
    url,
    sql,
    drop: async () => {
      await sql.end({ timeout: 1 });
      await onServer(server, async (admin) => {
        await admin`drop database if exists ${admin(name)} with (force)`;
      });
    },
  };
}

async function onServer(url: string, work: (admin: postgres.Sql) => Promise<void>): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await work(admin);
  } finally {
    await admin.end({ timeout: 1 });
  }
}
