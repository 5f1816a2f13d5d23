import { expect, it } from "vitest";
import type { Sql } from "../../db/client.ts";
import { createReadRouting } from "./replica.ts";

const primary = { name: "primary" } as unknown as Sql;
const replica = { name: "replica" } as unknown as Sql;
const watch = { isFresh: () => true, noteFailure: () => undefined };
const [ours, theirs] = ["company 1", "company 2"];

it("reads from the replica, and from the primary right after a write of the company", () => {
  let now = new Date("2026-11-22T12:00:00Z");
  const routing = createReadRouting({ primary, replica, watch, clock: () => now });
  expect(routing.readSql(ours)).toBe(replica);
  routing.noteWrite(ours);
  expect(routing.readSql(ours)).toBe(primary);
  expect(routing.readSql(theirs)).toBe(replica);
  now = new Date(now.getTime() + 9_999);
  expect(routing.readSql(ours)).toBe(primary);
  routing.noteWrite(ours);
  now = new Date(now.getTime() + 9_999);
  expect(routing.readSql(ours)).toBe(primary);
  now = new Date(now.getTime() + 1);
  expect(routing.readSql(ours)).toBe(replica);
});

it("reads from the primary where there is no replica", () => {
  const routing = createReadRouting({
    primary,
    replica: null,
    watch: null,
    clock: () => new Date(),
  });
  routing.noteWrite(ours);
  expect(routing.readSql(ours)).toBe(primary);
});
