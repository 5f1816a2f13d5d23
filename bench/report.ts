import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { holds, type Row } from "./measure.ts";

const file = join(import.meta.dirname, "../docs/benchmarks.md");
const KEPT_RUNS = 5;
const HEAD = `# Benchmarks

\`npm run bench\` measures every row against a floor or a peer in the same run and prints ratios: the
machines are shared and noisy, so single times mean little. The newest run is first, the last five are
kept. A goal that does not hold says so.
`;

/** Prints the table and puts it on top of docs/benchmarks.md. */
export async function writeReport(rows: readonly Row[]): Promise<void> {
  const table = drawTable(rows);
  console.log(table);
  const before = await readFile(file, "utf8").catch(() => "");
  const runs = before.split(/^(?=## )/m).filter((part) => part.startsWith("## "));
  const title = `## ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, Node ${process.version}, load ${(loadavg()[1] ?? 0).toFixed(0)} on ${availableParallelism()} processors`;
  const kept = [`${title}\n\n${table}\n`, ...runs].slice(0, KEPT_RUNS);
  await writeFile(file, `${HEAD}\n${kept.map((run) => run.trimEnd()).join("\n\n")}\n`);
}

function drawTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const goal = row.goal ? `${row.goal.at === "most" ? "≤" : "≥"} ${row.goal.ratio}` : "–";
    const verdict = { true: "holds", false: "**does not hold**", null: "–" }[String(holds(row))];
    return `| ${row.work} | ${row.ours} | ${row.peer} | ${row.ratio.toFixed(2)} | ${goal} | ${verdict} |`;
  });
  return [
    "| work | ours | floor or peer | ratio | goal | |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}
