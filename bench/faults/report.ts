import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Outcome } from "./fault.ts";

const FILE = join(import.meta.dirname, "../../docs/faults.md");
const MARK =
  "<!-- each row is of the last run of its fault; everything below is written by npm run faults -->";

const HEAD = [
  "| № | fault | how | acknowledged | lost | doubled | sent again | repeated by people | gave up | answers after, s | whole after, s | run |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

export function writeRow(outcome: Outcome, run: string): string {
  const { fault, words, isRun, acknowledged, lost, doubled, resent, repeats } = outcome;
  const cells = isRun
    ? [
        acknowledged,
        lost,
        doubled,
        resent,
        repeats,
        outcome.gaveUp,
        seconds(outcome.answers),
        seconds(outcome.whole),
      ]
    : ["not run here", "", "", "", "", "", "", ""];
  return `| ${[fault.id, fault.name, words, ...cells, run].join(" | ")} |`;
}

/** Puts the rows into the table of docs/faults.md, each in the place of its fault's last one. */
export async function keepRows(rows: readonly string[]): Promise<void> {
  const [words = "", table = ""] = (await readFile(FILE, "utf8")).split(MARK);
  const kept = new Map<string, string>();
  const known = table.split("\n").filter((line) => /^\| \d/.test(line));
  for (const row of [...known, ...rows]) kept.set(idOf(row), row);
  const sorted = [...kept].sort(([one], [other]) => compare(one, other)).map(([, row]) => row);
  await writeFile(FILE, [`${words.trimEnd()}\n`, MARK, "", ...HEAD, ...sorted, ""].join("\n"));
}

function idOf(row: string): string {
  return row.split(" ")[1] ?? "";
}

/** By number, then by letter. */
function compare(one: string, other: string): number {
  const byNumber = Number.parseInt(one, 10) - Number.parseInt(other, 10);
  return byNumber === 0 ? one.localeCompare(other, "en") : byNumber;
}

function seconds(value: number): string {
  return value.toFixed(1);
}
