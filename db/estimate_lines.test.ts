import { afterAll, beforeAll, expect, it } from "vitest";
import type { Transaction } from "./client.ts";
import { findLastPositions, findLines } from "./estimate_lines.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, type TestThings } from "./testing_company.ts";
import { countReads } from "./testing_reads.ts";
import { tenantTransaction } from "./transactions.ts";

const LINES = 2000;

let database: TestDatabase;
let things: TestThings;

beforeAll(async () => {
  database = await createTestDatabase();
  things = await fillTestCompany(database.sql, "Ромашка", 1);
  // Nobody has gathered statistics yet, as in a database that is new.
  await database.sql`
    insert into estimate_lines (
      company_id, estimate_id, id, position, kind, name, unit, quantity, price, is_optional,
      is_chosen, price_source, note, internal_note
    )
    select
      ${things.companyId}, ${things.estimateId}, gen_random_uuid(), 'b' || lpad(number::text, 5, '0'),
      'work', 'Стяжка', 'м2', 1, 100, false, false, 'typed', '', ''
    from generate_series(1, ${LINES}::int) as number
  `;
});

afterAll(() => database.drop());

/** What `work` returns, and how many rows of lines PostgreSQL read for it. */
async function countRead<Result>(
  work: (tx: Transaction) => Promise<Result>,
): Promise<{ result: Result; read: number }> {
  return tenantTransaction(database.sql, things.companyId, async (tx) => {
    const before = await countReads(tx, "estimate_lines");
    const result = await work(tx);
    return { result, read: (await countReads(tx, "estimate_lines")).rows - before.rows };
  });
}

it("finds the last place of a long estimate without reading all of it", async () => {
  const { companyId, estimateId } = things;
  const { result, read } = await countRead((tx) => findLastPositions(tx, companyId, estimateId));
  expect(result.get(null)).toBe(`b0${LINES}`);
  expect(read).toBeLessThan(10);
});

it("finds some lines of a long estimate without reading the others", async () => {
  const { companyId, estimateId, lineId } = things;
  const { result, read } = await countRead((tx) => findLines(tx, companyId, estimateId, [lineId]));
  expect(result.map(({ id }) => id)).toEqual([lineId]);
  expect(read).toBeLessThan(10);
});
