import { expect, test } from "vitest";
import { createSeedTimes } from "./seed_times.ts";
import { createSeededTable, type SeededTable } from "./seeded_table.ts";
import { select } from "./selection.ts";

interface Row {
  id: number;
  at: number;
  name: string;
}

function createTable(
  count: number,
  seedUpdatedAt = (index: number): number => 100 + index,
): SeededTable<Row> {
  return createSeededTable<Row>({
    count,
    firstId: 11,
    step: 2,
    seedUpdatedAt,
    updatedAt: ({ at }) => at,
    generate: (id, index) => ({ id, at: seedUpdatedAt(index), name: `seed ${String(index)}` }),
  });
}

const page = { offset: 0, limit: 10, countTotal: true };

test("keeps only what was changed, added or removed", () => {
  const table = createTable(5);
  expect(table.size).toBe(5);
  table.save(13, { id: 13, at: 900, name: "changed" });
  const id = table.nextId();
  table.save(id, { id, at: 901, name: "new" });
  expect(table.remove(15)).toBe(true);
  expect(table.remove(15)).toBe(false);
  expect([...table.idsAfter(0)]).toEqual([11, 13, 17, 19, 21]);
  expect([...table.idsAfter(13)]).toEqual([17, 19, 21]);
  expect(table.get(15)).toBeUndefined();
  expect(table.get(12)).toBeUndefined();
  expect(table.get(13)?.name).toBe("changed");
  expect(table.size).toBe(5);
  expect([...table.changed().keys()]).toEqual([13, 21]);
});

test("merges changed rows into the order of changes", () => {
  const table = createTable(5);
  table.save(19, { id: 19, at: 101, name: "older" });
  table.save(11, { id: 11, at: 500, name: "newest" });
  expect([...table.idsByUpdate(0)]).toEqual([13, 19, 15, 17, 11]);
  expect([...table.idsByUpdate(102)]).toEqual([15, 17, 11]);
});

test("selects by bounds, conditions and order, with or without a count", () => {
  const table = createTable(100);
  const byId = { by: "id", descending: false } as const;
  expect(select(table, { ...page, order: byId, offset: 95 })).toMatchObject({
    total: 100,
    hasMore: false,
    rows: { length: 5 },
  });
  expect(select(table, { ...page, order: byId, countTotal: false })).toMatchObject({
    total: 0,
    hasMore: true,
  });
  expect(
    select(table, { ...page, order: byId, ids: [15, 11, 12, 999] }).rows.map(({ id }) => id),
  ).toEqual([11, 15]);
  const odd = select(table, { ...page, order: byId, matches: ({ name }) => name.endsWith("7") });
  expect(odd).toMatchObject({ total: 10, hasMore: false });
  const late = select(table, {
    ...page,
    order: { by: "updated", descending: true },
    updatedFrom: 150,
    updatedTo: 153,
  });
  expect(late.rows.map(({ at }) => at)).toEqual([153, 152, 151, 150]);
  const sorted = select(table, {
    ...page,
    order: { by: "comparison", compare: (a, b) => b.id - a.id },
    limit: 2,
  });
  expect(sorted).toMatchObject({ total: 100, hasMore: true, rows: [{ id: 209 }, { id: 207 }] });
});

test("spreads seeded changes over the past, whole imports in one second", () => {
  const times = createSeedTimes(1_000_000_000, 5000);
  const seconds = Array.from({ length: 5000 }, (_, index) => times(index));
  expect(seconds.every((second, index) => index === 0 || second >= (seconds[index - 1] ?? 0))).toBe(
    true,
  );
  expect(seconds.filter((second) => second === seconds[1000])).toHaveLength(300);
  expect(Math.max(...seconds)).toBeLessThan(1_000_000_000);
});
