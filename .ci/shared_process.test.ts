import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/** Test files run one after another in the same process (docs/decisions/0034-tests-share-a-process.md). */

const ROOT = join(import.meta.dirname, "..");
const FOR_GOOD =
  /\bvi\.(?:mock|doMock|stubGlobal|stubEnv)\(|\bprocess\.chdir\(|\bprocess\.env\[[^\]]+\]\s*=[^=]|\bglobalThis\b[^=]*[^=!]=[^=>]/;

function tests(): { path: string; text: string }[] {
  const listed = execFileSync("git", ["ls-files", "*.test.ts", "*.test.tsx"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const paths = listed.trim().split("\n");
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

it("no test changes for good what the tests after it use, too", () => {
  expect(tests().length).toBeGreaterThan(250);
  const changes = tests().flatMap(({ path, text }) =>
    text
      .split("\n")
      .filter((line) => FOR_GOOD.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(changes).toEqual([]);
});

it("a test that stops the clock starts it again", () => {
  const stopping = tests().filter(({ text }) => /vi\.useFakeTimers\(/.test(text));
  expect(stopping.length).toBeGreaterThan(0);
  expect(stopping.filter(({ text }) => !text.includes("vi.useRealTimers("))).toEqual([]);
});
