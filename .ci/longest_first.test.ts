import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LONGEST, longestFirst } from "./longest_first.ts";

const ROOT = join(import.meta.dirname, "..");
const file = (path: string, name = "real") => ({ moduleId: join(ROOT, path), project: { name } });

it("starts the longest first and the quick ones last, the others as they come", () => {
  const [first = "", second = ""] = LONGEST;
  const others = [file("db/b.test.ts"), file("db/a.test.ts")];
  const quick = file("domain/money.test.ts", "pure");
  expect(longestFirst([quick, ...others, file(second), file(first)])).toEqual([
    file(first),
    file(second),
    ...others,
    quick,
  ]);
});

it.each(LONGEST)("knows where the longest are: %s", (path) => {
  expect(existsSync(join(ROOT, path))).toBe(true);
});
