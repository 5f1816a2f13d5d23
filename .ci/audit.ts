/** npm run audit: known holes in what is installed at the customer's, where the registry tells. */
import { spawnSync } from "node:child_process";
import { z } from "zod";

const reportSchema = z.object({
  metadata: z.object({ vulnerabilities: z.record(z.string(), z.number()) }),
});

/** Below these a hole is told of and stops nothing. */
const GRAVE = ["high", "critical"] as const;

export interface Verdict {
  readonly line: string;
  readonly isGood: boolean;
}

/** @param output what `npm audit --json` printed */
export function judge(output: string): Verdict {
  const report = reportSchema.safeParse(readJson(output));
  if (!report.success) {
    return { line: "audit: the registry did not answer, nothing was checked", isGood: true };
  }
  const { total = 0, ...counts } = report.data.metadata.vulnerabilities;
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  const names = found.map(([severity, count]) => `${count} ${severity}`).join(", ");
  return {
    line: total === 0 ? "audit: no known holes" : `audit: ${names}; see npm audit --omit=dev`,
    isGood: GRAVE.every((severity) => (counts[severity] ?? 0) === 0),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function main(): void {
  const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json"], { encoding: "utf8" });
  const { line, isGood } = judge(stdout);
  console.log(line);
  process.exitCode = isGood ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) main();
