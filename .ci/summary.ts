/** Ends `.ci/run`: node .ci/summary.ts <vitest's JSON report> <step>=<exit code>… */
import { readFile } from "node:fs/promises";
import { z } from "zod";

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

export type Report = z.infer<typeof reportSchema>;

/** The exit code of each step of the run, by its name. */
export type Steps = Readonly<Record<string, number>>;

export interface Summary {
  /** "N passed, N failed", and ", N skipped" if any were. */
  line: string;
  isGood: boolean;
}

/**
 * Counts tests, and one failure more for what no test can tell: a file that did not load, and a step
 * that failed although no test did. `report` is null when vitest did not get as far as writing one.
 */
export function summarise(report: Report | null, steps: Steps): Summary {
  const { tests = 1, ...others } = steps;
  const brokenFiles = (report?.testResults ?? []).filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some(({ status }) => status === "failed"),
  );
  const failedTests = (report?.numFailedTests ?? 0) + brokenFiles.length;
  const hasFailed = tests !== 0 || report === null;
  const silentFailure = hasFailed && failedTests === 0 ? 1 : 0;
  const failedSteps = Object.values(others).filter((code) => code !== 0).length;
  const failed = failedTests + silentFailure + failedSteps;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const passed = report?.numPassedTests ?? 0;
  const end = skipped > 0 ? `, ${skipped} skipped` : "";
  // A run without a single test proves nothing.
  const isGood = failed === 0 && passed > 0;
  return { line: `${passed} passed, ${failed} failed${end}`, isGood };
}

/** Null for a report that is missing or was cut off. */
async function readReport(path: string): Promise<Report | null> {
  try {
    return reportSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

async function main([path = "", ...words]: readonly string[]): Promise<void> {
  const steps = Object.fromEntries(
    words.map((word) => {
      const [name = "", code] = word.split("=");
      return [name, Number(code)];
    }),
  );
  for (const [name, code] of Object.entries(steps)) {
    if (code !== 0) console.log(`${name}: failed`);
  }
  const { line, isGood } = summarise(await readReport(path), steps);
  console.log(line);
  process.exitCode = isGood ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
