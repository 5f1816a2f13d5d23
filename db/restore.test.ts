import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBackup } from "./backup.ts";
import { demandEmpty, openBackup, restoreRows } from "./restore.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany } from "./testing_company.ts";

const NOW = new Date("2026-11-29T12:00:00Z");

let source: TestDatabase;
let backup: string;

beforeAll(async () => {
  source = await createTestDatabase();
  await fillTestCompany(source.sql, "Ромашка", 1);
  await fillTestCompany(source.sql, "Лютик", 2);
  const target = new PassThrough();
  const chunks: Buffer[] = [];
  target.on("data", (chunk: Buffer) => chunks.push(chunk));
  await writeBackup(source.sql, target, NOW);
  target.end();
  backup = Buffer.concat(chunks).toString("utf8");
});

afterAll(() => source.drop());

/** In pieces that end in the middle of lines and of letters. */
function read(text: string): Readable {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) =>
    bytes.subarray(index * 1000, (index + 1) * 1000),
  );
  return Readable.from(pieces);
}

async function countRows({ sql }: TestDatabase): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name
    from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'
    order by table_name
  `;
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await sql`select count(*)::int as count from ${sql(name)}`;
    counts[name] = Number(row?.["count"]);
  }
  return counts;
}

describe("a backup that is restored", () => {
  let target: TestDatabase;

  beforeAll(async () => {
    target = await createTestDatabase();
  });

  afterAll(() => target.drop());

  it("is refused where it is cut off anywhere, and leaves nothing behind", async () => {
    const before = await countRows(target);
    const lines = backup.split("\n");
    const places = [Math.floor(lines.length / 2), lines.length - 2];
    for (const place of places) {
      const reader = await openBackup(read(`${lines.slice(0, place).join("\n")}\n`));
      await expect(restoreRows(target.sql, reader)).rejects.toThrow(/обрывается/);
      expect(await countRows(target)).toEqual(before);
    }
    const noTable = `${lines[0]}\n{"neither":"a table","nor":"the end"}\n`;
    await expect(restoreRows(target.sql, await openBackup(read(noTable)))).rejects.toThrow(
      /обрывается/,
    );
    const forged = backup.replace('"DEFAULT"', '"DEFAULT; drop table companies"');
    expect(forged).not.toBe(backup);
    await expect(restoreRows(target.sql, await openBackup(read(forged)))).rejects.toThrow(
      /обрывается/,
    );
    const wrongEnd = backup.replace(/\{"end":\d+\}\n$/, '{"end":1}\n');
    await expect(restoreRows(target.sql, await openBackup(read(wrongEnd)))).rejects.toThrow(
      /обрывается/,
    );
    expect(await countRows(target)).toEqual(before);
  });

  it("brings every row back, with its company and its sums", async () => {
    const reader = await openBackup(read(backup));
    expect(reader.head.createdAt).toBe(NOW.toISOString());
    await demandEmpty(target.sql, reader.head);
    const bare = await createEmptyDatabase();
    await demandEmpty(bare.sql, reader.head);
    await bare.drop();
    await restoreRows(target.sql, reader);
    expect(await countRows(target)).toEqual(await countRows(source));
    const estimates = (database: TestDatabase) => database.sql`
      select company_id, id, number_sequence, total_amount, status
      from estimates
      order by company_id, id
    `;
    expect([...(await estimates(target))]).toEqual([...(await estimates(source))]);
  });

  it("is refused where there are data already, or tables of another version", async () => {
    const { head } = await openBackup(read(backup));
    await expect(demandEmpty(target.sql, head)).rejects.toThrow("уже есть данные");
    const other = await createTestDatabase();
    const [first] = head.migrations;
    await expect(demandEmpty(other.sql, { ...head, migrations: [first ?? ""] })).rejects.toThrow(
      /уже есть данные/,
    );
    await other.drop();
  });
});

it.each(["", "какой-то текст\n", '{"format":"другой"}\n'])(
  "says of %j that it is no backup",
  async (text) => {
    await expect(openBackup(read(text))).rejects.toThrow(/[Рр]езервная копия/);
  },
);
