import { chmod, mkdtemp, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { expect, inject, it } from "vitest";
import { readClusterLocation } from "./embedded_location.ts";
import { createTestDatabase } from "./testing.ts";
import { listServerProcesses, startParent } from "./testing_processes.ts";
import { removeLeftovers } from "./testing_setup.ts";

it("gives every caller a migrated database of its own", async () => {
  const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const [found] = await first.sql`select count(*)::int > 0 as "isMigrated" from schema_migrations`;
  await first.sql`create table mine (id int)`;
  const others = await second.sql`select 1 from pg_tables where tablename = 'mine'`;
  await Promise.all([first.drop(), second.drop()]);
  expect(found).toEqual({ isMigrated: true });
  expect(others).toHaveLength(0);
});

it("removes a database although somebody is still connected to it", async () => {
  const database = await createTestDatabase();
  const keeper = await createTestDatabase();
  const guest = postgres(database.url, { max: 1 });
  await guest`select 1`;
  await database.drop();
  const name = new URL(database.url).pathname.slice(1);
  const found = await keeper.sql`select 1 from pg_database where datname = ${name}`;
  await guest.end({ timeout: 0 });
  await keeper.drop();
  expect(found).toHaveLength(0);
});

it("clears away what a killed run left, and nothing of a living one", async () => {
  const killed = await createOldFolder();
  const alive = await createOldFolder();
  const parents = [killed, alive].map((folder) => startParent(folder));
  await Promise.all(parents.map((parent) => parent.nextEvent()));
  await parents[0]?.end("SIGKILL");
  await Promise.all([killed, alive].map(age));
  const clusters = await Promise.all([killed, alive].map(readClusterLocation));
  await removeLeftovers();
  const processes = await Promise.all(clusters.map(listServerProcesses));
  const isLeft = await Promise.all(
    [killed, alive].map((folder) => stat(folder).then(Boolean, () => false)),
  );
  await parents[1]?.end("SIGTERM");
  await age(alive);
  await removeLeftovers();
  expect(processes[0]).toEqual([]);
  expect(processes[1]?.length).toBeGreaterThan(0);
  expect(isLeft).toEqual([false, true]);
});

it("tells the workers where the server is", () => {
  expect(inject("testServerUrl")).toMatch(/^postgres:\/\//);
});

async function createOldFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "smetka-test-"));
  await chmod(folder, 0o711);
  return folder;
}

function age(folder: string): Promise<void> {
  return utimes(folder, 0, 0);
}
