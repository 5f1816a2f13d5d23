import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Outcome } from "./fault.ts";

const FILE = join(import.meta.dirname, "../../docs/faults.md");
const MARK = "<!-- the table of the last run; everything below is written by npm run faults -->";

const HEAD = [
  "| № | fault | how | acknowledged | lost | doubled | sent again | repeated by people | answers after, s | whole after, s |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

export function writeRow(outcome: Outcome): string {
  const { fault, words, isRun, acknowledged, lost, doubled, resent, repeats } = outcome;
  const cells = isRun
    ? [
        acknowledged,
        lost,
        doubled,
        resent,
        repeats,
        seconds(outcome.answers),
        seconds(outcome.whole),
      ]
    : ["not run here", "", "", "", "", "", ""];
  return `| ${[fault.id, fault.name, words, ...cells].join(" | ")} |`;
}

/** Puts the table behind the words of docs/faults.md. */
export async function writeReport(seed: number, outcomes: readonly Outcome[]): Promise<void> {
  const [words = ""] = (await readFile(FILE, "utf8")).split(MARK);
  const day = new Date().toISOString().slice(0, 10);
  const lines = [
    `${words.trimEnd()}\n`,
    MARK,
    "",
    `## ${day}, seed ${seed}`,
    "",
    ...HEAD,
    ...outcomes.map(writeRow),
    "",
  ];
  await writeFile(FILE, lines.join("\n"));
}

function seconds(value: number): string {
  return value.toFixed(1);
}
