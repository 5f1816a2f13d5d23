import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { holds, type Row } from "./measure.ts";

const file = join(import.meta.dirname, "../docs/benchmarks.md");
const KEPT_RUNS = 5;
const HEAD = `# Benchmarks

\`npm run bench\` measures every row against a floor or a peer in the same run and prints ratios: the
machines are shared and noisy, so single times mean little. \`npm run bench -- part …\` measures some parts.
Of each part the newest run is first and the last five are kept; «before» is the ratio of the run before.
A goal that does not hold says so.
`;

/** Prints the table of one part and puts it on top of that part's runs in docs/benchmarks.md. */
export async function writeReport(part: string, rows: readonly Row[]): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => "");
  const written = addRun(before, part, { title: nameRun(), rows });
  const run = runsOf(written).get(part)?.[0] ?? "";
  console.log(`\n## ${part}\n\n${run.trimEnd()}`);
  await writeFile(file, written);
}

function nameRun(): string {
  const time = new Date().toISOString().slice(0, 16).replace("T", " ");
  const load = (loadavg()[1] ?? 0).toFixed(0);
  return `${time} UTC, Node ${process.version}, load ${load} on ${availableParallelism()} processors`;
}

/** The page with one more run of a part; the oldest of more than five goes. */
export function addRun(
  page: string,
  part: string,
  run: { readonly title: string; readonly rows: readonly Row[] },
): string {
  const parts = runsOf(page);
  const earlier = parts.get(part) ?? [];
  const text = `### ${run.title}\n\n${drawTable(run.rows, ratiosOf(earlier[0] ?? ""))}\n`;
  parts.set(part, [text, ...earlier].slice(0, KEPT_RUNS));
  const sections = [...parts].map(
    ([name, runs]) => `## ${name}\n\n${runs.map((each) => each.trimEnd()).join("\n\n")}\n`,
  );
  return `${HEAD}\n${sections.join("\n")}`;
}

/** The runs of each part, the newest first. */
function runsOf(page: string): Map<string, string[]> {
  const sections = page.split(/^(?=## )/m).filter((section) => section.startsWith("## "));
  return new Map(
    sections.map((section) => {
      const [heading = "", ...runs] = section.split(/^(?=### )/m);
      return [heading.slice("## ".length).trim(), runs];
    }),
  );
}

/** By the name of the work. */
function ratiosOf(run: string): Map<string, string> {
  const rows = run.split("\n").filter((line) => line.startsWith("| "));
  return new Map(
    rows.map((line) => {
      const [, work = "", , , ratio = ""] = line.split("|").map((cell) => cell.trim());
      return [work, ratio];
    }),
  );
}

function drawTable(rows: readonly Row[], before: ReadonlyMap<string, string>): string {
  const lines = rows.map((row) => {
    const goal = row.goal ? `${row.goal.at === "most" ? "≤" : "≥"} ${row.goal.ratio}` : "–";
    const verdict = { true: "holds", false: "**does not hold**", null: "–" }[String(holds(row))];
    const earlier = before.get(row.work) ?? "–";
    const cells = [row.work, row.ours, row.peer, row.ratio.toFixed(2), earlier, goal, verdict];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| work | ours | floor or peer | ratio | before | goal | |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}
