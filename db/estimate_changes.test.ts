import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Change } from "../domain/estimate/changes.ts";
import type { Line } from "../domain/estimate/estimate.ts";
import { newIds, someLine } from "../domain/estimate/testing.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { insertChanges, insertChangesWithLines, listChangesSince } from "./estimate_changes.ts";
import { findLines } from "./estimate_lines.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, type TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";
import { countReads } from "./testing_reads.ts";
import { tenantTransaction } from "./transactions.ts";

let database: TestDatabase;
let things: TestThings;
let other: TestThings;

beforeAll(async () => {
  database = await createTestDatabase();
  things = await fillTestCompany(database.sql, "Ромашка", 1);
  other = await fillTestCompany(database.sql, "Лютик", 2);
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, things.companyId, work);
}

const someNewLine = fc
  .tuple(newIds, someLine, fc.constantFrom("", "с «кавычками», \\ и \t табуляцией", "🙂 𝒜"))
  .map(([id, line, text]): Line => ({
    ...line,
    id,
    sectionId: null,
    name: `${text} ${line.name}`.trim(),
    note: text,
    internalNote: text,
  }));

function added(line: Line): Change {
  return { id: testId(), type: "line.add", line };
}

function batchOf(changes: readonly Change[], version = 7) {
  return { version, changes, userId: things.foremanId, source: "bot" as const };
}

it("writes new lines with their log as they were given", async () => {
  const { companyId, estimateId, sectionId } = things;
  const lines = fc.sample(
    fc.tuple(someNewLine, fc.boolean()).map(([line, isInSection]) => ({
      ...line,
      sectionId: isInSection ? sectionId : null,
    })),
    200,
  );
  const section = { id: testId(), title: "Полы", kind: "work", position: "a1" } as const;
  const changes: Change[] = [
    { id: testId(), type: "section.add", section },
    ...lines.map((line) => added(line)),
  ];
  await inCompany((tx) =>
    insertChangesWithLines(tx, companyId, estimateId, batchOf(changes, 100_000)),
  );
  const [log, written] = await inCompany((tx) =>
    Promise.all([
      listChangesSince(tx, companyId, estimateId, 99_999, 1000),
      findLines(
        tx,
        companyId,
        estimateId,
        lines.map(({ id }) => id),
      ),
    ]),
  );
  expect(log).toEqual(changes);
  expect(written).toEqual(lines.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
});

it("writes neither the log nor a line where one of the ids is taken", async () => {
  const { companyId, estimateId, lineId } = things;
  const [line] = fc.sample(someNewLine, 1);
  if (!line) throw new Error("no line was made");
  const changes = [added(line), added({ ...line, id: lineId })];
  const writing = inCompany((tx) =>
    insertChangesWithLines(tx, companyId, estimateId, batchOf(changes, 200_000)),
  );
  await expect(writing).rejects.toThrow("estimate_lines_pkey");
  const [log, found] = await inCompany((tx) =>
    Promise.all([
      listChangesSince(tx, companyId, estimateId, 199_999, 10),
      findLines(tx, companyId, estimateId, [line.id]),
    ]),
  );
  expect([log, found]).toEqual([[], []]);
});

it("refuses changes of an estimate that is unknown or of another company", async () => {
  const [line] = fc.sample(someNewLine, 1);
  if (!line) throw new Error("no line was made");
  const insert = (estimateId: Id) =>
    inCompany((tx) =>
      insertChanges(tx, things.companyId, estimateId, batchOf([added({ ...line, id: testId() })])),
    );
  await expect(insert(testId())).rejects.toThrow("a change of an unknown estimate");
  await expect(insert(other.estimateId)).rejects.toThrow("a change of an unknown estimate");
});

it("looks the estimate of a thousand changes up a few times, not once for each", async () => {
  const { companyId, estimateId } = things;
  const lines = fc.sample(someNewLine, 1000);
  const looks = await inCompany(async (tx) => {
    // As in a connection that is used: PostgreSQL plans the first five runs of a query by themselves.
    for (let run = 0; run < 6; run += 1) {
      await insertChanges(tx, companyId, estimateId, batchOf([], 300_000 + run));
    }
    const before = await countReads(tx, "estimates");
    await insertChanges(tx, companyId, estimateId, batchOf(lines.map(added), 400_000));
    return (await countReads(tx, "estimates")).looks - before.looks;
  });
  expect(looks).toBeLessThan(10);
});
