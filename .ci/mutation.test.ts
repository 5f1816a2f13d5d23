import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { measure, type Tried } from "./mutation/measure.ts";
import { describeSurvivor, figureOf, tableRow } from "./mutation/report.ts";

const MODULE = `
export const LIMITS = [1 + 2, 3];

const known = new Map<number, number>();

export function double(value: number): number {
  const found = known.get(value) ?? value * 2;
  known.set(value, found);
  return found;
}

export function isGrown(age: number): boolean {
  return age >= 18;
}

export function countDown(from: number): number {
  const step = 2 - 1;
  let left = from;
  while (left !== 0) left -= step;
  return left;
}

export function neverCalled(value: number): number {
  return -value;
}
`;

const TESTS = `
import { describe, expect, it } from "vitest";
import { countDown, double, isGrown } from "./example.ts";

describe("example", () => {
  it("doubles", () => {
    expect(double(3)).toBe(6);
  });

  it.each([[17, false], [19, true]])("tells who is grown: %s", (age, expected) => {
    expect(isGrown(age)).toBe(expected);
  });

  it("counts down", { timeout: 5 }, () => {
    expect(countDown(4)).toBe(0);
  });
});
`;

it("tells which mutants are found, survive, hang and are not reached", async () => {
  const root = mkdtempSync(join(tmpdir(), "mutation-"));
  try {
    writeFileSync(join(root, "example.ts"), MODULE);
    writeFileSync(join(root, "example.test.ts"), TESTS);
    const { tried, atLoad, testCount } = await measure({
      root,
      files: ["example.ts"],
      tests: ["example.test.ts"],
      patience: 1_000,
    });
    const outcomes = Map.groupBy(tried, ({ outcome }) => outcome);
    const described = (outcome: Tried["outcome"]) => outcomes.get(outcome)?.map(describeSurvivor);
    expect(outcomes.get("found")).toHaveLength(10);
    expect(described("survived")).toEqual([
      "example.ts:8:3 CallExpression: known.set(value, found); → ;",
      "example.ts:13:10 EqualityOperator: age >= 18 → age > 18",
    ]);
    // The first one is not passed again while it hangs, the second one is.
    expect(described("out of time")).toEqual([
      "example.ts:17:16 ArithmeticOperator: 2 - 1 → 2 + 1",
      "example.ts:19:22 AssignmentOperator: left -= step → left += step",
    ]);
    expect(described("not reached")).toEqual([
      "example.ts:23:52 BlockStatement (not reached): { return -value; } → {}",
      "example.ts:24:10 UnaryOperator (not reached): -value → +value",
    ]);
    expect(atLoad).toBe(2);
    expect(testCount).toBe(4);
    expect(tableRow(figureOf("example.ts", tried))).toBe(
      "| example.ts | 16 | 12 | 2 | 2 | 2 | 75 % |",
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});
