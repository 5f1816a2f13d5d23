/** npm run mutation [-- files of domain] [-- --workers=2]: changes in the code that no test notices. */
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measure, type Tried } from "./mutation/measure.ts";
import { describeSurvivor, figureOf, TABLE_HEAD, tableRow } from "./mutation/report.ts";

const GOAL = 85;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { workers: { type: "string", default: "1" } },
  });
  const root = join(import.meta.dirname, "..");
  const all = globSync("domain/**/*.ts", { cwd: root }).sort();
  const sources = all.filter((path) => !/\.test\.ts$|\/testing[^/]*$/.test(path));
  const files = positionals.length > 0 ? positionals : sources;
  console.log(TABLE_HEAD);
  const { tried, atLoad, testCount, longTests } = await measure({
    root,
    files,
    tests: all.filter((path) => path.endsWith(".test.ts")),
    workers: Number(values.workers),
    onEnd: print,
  });
  const together = figureOf("together", tried);
  console.log(tableRow(together));
  console.log(
    `\n${testCount} tests; ${atLoad} mutants of what is made while a module loads left out.`,
  );
  console.log(
    `${longTests.length} long tests were run only where no shorter one reaches a mutant.`,
  );
  const path = writeSurvivors(root, tried);
  console.log(`Survivors: ${path}`);
  process.exitCode = together.score >= GOAL ? 0 : 1;
}

/** A file without mutants (types, constants) has no row. */
function print(file: string, tried: readonly Tried[]): void {
  if (tried.length > 0) console.log(tableRow(figureOf(file.replace("domain/", ""), tried)));
}

function writeSurvivors(root: string, tried: readonly Tried[]): string {
  const survivors = tried.filter(
    ({ outcome }) => outcome === "survived" || outcome === "not reached",
  );
  const path = ".data/mutation/survivors.txt";
  mkdirSync(join(root, ".data/mutation"), { recursive: true });
  writeFileSync(join(root, path), survivors.map((one) => `${describeSurvivor(one)}\n`).join(""));
  return path;
}

if (process.argv[1] === import.meta.filename) await main();
