import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { summarise } from "./summary.ts";
import type { Report } from "./summary.ts";

const run = promisify(execFile);
const clean = { check: 0, tests: 0 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-summary-"));
});

afterEach(() => rm(folder, { recursive: true }));

function report(counts: Partial<Report> = {}): Report {
  return {
    numPassedTests: 10,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...counts,
  };
}

it("counts what passed", () => {
  expect(summarise(report(), clean)).toEqual({ line: "10 passed, 0 failed", isGood: true });
});

it("counts failures and does not count their step again", () => {
  const summary = summarise(report({ numFailedTests: 2 }), { check: 0, tests: 1 });
  expect(summary).toEqual({ line: "10 passed, 2 failed", isGood: false });
});

it("tells skipped tests apart", () => {
  const summary = summarise(report({ numPendingTests: 1, numTodoTests: 2 }), clean);
  expect(summary).toEqual({ line: "10 passed, 0 failed, 3 skipped", isGood: true });
});

it("counts a file that did not load", () => {
  const testResults = [
    { status: "failed", assertionResults: [] },
    { status: "passed", assertionResults: [{ status: "passed" }] },
  ];
  const summary = summarise(report({ testResults }), { check: 0, tests: 1 });
  expect(summary).toEqual({ line: "10 passed, 1 failed", isGood: false });
});

it("counts an error outside of every test", () => {
  expect(summarise(report(), { check: 0, tests: 1 }).line).toBe("10 passed, 1 failed");
});

it("counts a failed check beside passed tests", () => {
  const summary = summarise(report(), { check: 2, tests: 0 });
  expect(summary).toEqual({ line: "10 passed, 1 failed", isGood: false });
});

it("does not call a run good that tested nothing", () => {
  expect(summarise(null, { check: 0, tests: 1 })).toEqual({
    line: "0 passed, 1 failed",
    isGood: false,
  });
  expect(summarise(null, clean).line).toBe("0 passed, 1 failed");
  expect(summarise(report({ numPassedTests: 0 }), clean).isGood).toBe(false);
});

it("prints the line last and ends with the code that says the same", async () => {
  const path = join(folder, "tests.json");
  const program = join(import.meta.dirname, "summary.ts");
  await writeFile(path, JSON.stringify(report()));
  const good = await run(process.execPath, [program, path, "check=0", "tests=0"]);
  const bad = await run(process.execPath, [program, path, "check=1", "tests=0"]).catch(
    (error: unknown) => error,
  );
  await writeFile(path, '{"numPassedTests": 10');
  const torn = await run(process.execPath, [program, path, "tests=0"]).catch(
    (error: unknown) => error,
  );
  expect(torn).toMatchObject({ code: 1, stdout: "0 passed, 1 failed\n" });
  expect(good.stdout.trimEnd().split("\n").at(-1)).toBe("10 passed, 0 failed");
  expect(bad).toMatchObject({ code: 1, stdout: "check: failed\n10 passed, 1 failed\n" });
});
