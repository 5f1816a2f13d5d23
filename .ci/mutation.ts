/** npm run mutation [-- files of domain] [-- --workers=2]: changes in the code that no test notices. */
import { appendFileSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { measure, type Tried } from "./mutation/measure.ts";
import { describeSurvivor, figureOf, TABLE_HEAD, tableRow } from "./mutation/report.ts";

const GOAL = 85;
const SURVIVORS = ".data/mutation/survivors.txt";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { workers: { type: "string", default: "1" } },
  });
  const root = join(import.meta.dirname, "..");
  const all = globSync("domain/**/*.ts", { cwd: root }).sort();
  const sources = all.filter((path) => !/\.test\.ts$|\/testing[^/]*$/.test(path));
  const files = positionals.length > 0 ? positionals : sources;
  const survivors = join(root, SURVIVORS);
  mkdirSync(dirname(survivors), { recursive: true });
  writeFileSync(survivors, "");
  console.log(TABLE_HEAD);
  const { tried, atLoad, testCount, longTests } = await measure({
    root,
    files,
    tests: all.filter((path) => path.endsWith(".test.ts")),
    workers: Number(values.workers),
    onEnd: (file, ended) => {
      // A file of types or constants has no row.
      if (ended.length > 0) console.log(tableRow(figureOf(file.replace("domain/", ""), ended)));
      appendFileSync(survivors, describeSurvivors(ended));
    },
  });
  const together = figureOf("together", tried);
  console.log(tableRow(together));
  console.log(
    `\n${testCount} tests; ${atLoad} mutants of what is made while a module loads left out.`,
  );
  console.log(
    `${longTests.length} long tests were run only for the file beside them, or where no other reaches a mutant.`,
  );
  console.log(`Survivors: ${SURVIVORS}`);
  process.exitCode = together.score >= GOAL ? 0 : 1;
}

function describeSurvivors(tried: readonly Tried[]): string {
  return tried
    .filter(({ outcome }) => outcome === "survived" || outcome === "not reached")
    .map((one) => `${describeSurvivor(one)}\n`)
    .join("");
}

if (process.argv[1] === import.meta.filename) await main();
