import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sql } from "./client.ts";
import { memorySettings } from "./embedded_memory.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

const GB = 1024 ** 3;

describe("the embedded server's memory for pages", () => {
  it("is an eighth of the machine's", () => {
    expect(memorySettings(4 * GB)).toEqual({
      shared_buffers: "512MB",
      effective_cache_size: "2048MB",
    });
  });

  it("is 128 MB on the smallest machine and 2 GB on the largest", () => {
    expect(memorySettings(GB / 2).shared_buffers).toBe("128MB");
    expect(memorySettings(512 * GB).shared_buffers).toBe("2048MB");
  });

  it("is never more than this machine has", () => {
    const shared = Number.parseInt(memorySettings().shared_buffers, 10) * 1024 ** 2;
    expect(shared).toBeLessThanOrEqual(Math.max(totalmem() / 8, 128 * 1024 ** 2));
    expect(shared).toBeGreaterThan(0);
  });
});

// What a given server was started with is not ours to say.
describe.skipIf(process.platform !== "linux" || process.env["TEST_DATABASE_URL"] !== undefined)(
  "the memory that a backend has freed",
  () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase();
    });
    afterAll(() => database.drop());

    it("serves its next query", async () => {
      const { sql } = database;
      const connection = await sql.reserve();
      try {
        const pid = await pidOf(connection);
        for (let round = 0; round < 5; round += 1) await sortMuch(connection);
        const before = await countFreshPages(pid);
        for (let round = 0; round < 10; round += 1) await sortMuch(connection);
        const each = ((await countFreshPages(pid)) - before) / 10;
        // It sorts more than a megabyte, 256 pages of the system.
        expect(each).toBeLessThan(100);
      } finally {
        connection.release();
      }
    });
  },
);

async function pidOf(sql: Pick<Sql, "unsafe">): Promise<number> {
  const [row] = await sql.unsafe("select pg_backend_pid() as pid");
  return Number(row?.["pid"]);
}

async function sortMuch(sql: Pick<Sql, "unsafe">): Promise<void> {
  await sql.unsafe(
    "select count(*) from (select n from generate_series(1, 20000) n order by -n offset 0) as sorted",
  );
}

/** Pages that the system had to give a process anew: `minflt` of proc_pid_stat(5). */
async function countFreshPages(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[7]);
}
