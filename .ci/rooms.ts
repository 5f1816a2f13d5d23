import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";

const root = join(import.meta.dirname, "..");
const picture = join(root, "docs/rooms.md");
const ROOMS = ["domain", "db", "bot", "miniapp", "server"];
/** Fewer modules than this: the tool read nothing, and nothing proves nothing. */
const FEWEST_MODULES = 100;

export interface RoomsReport {
  readonly moduleCount: number;
  /** "rule: from → to" */
  readonly violations: readonly string[];
  /** "server → db", with how many imports. */
  readonly arrows: ReadonlyMap<string, number>;
}

/** Reads the imports of a checkout and holds them against `.dependency-cruiser.cjs`. */
export async function readRooms(folder: string): Promise<RoomsReport> {
  const rules = createRequire(import.meta.url)("../.dependency-cruiser.cjs") as {
    options: ICruiseOptions;
  };
  const { output } = await cruise(ROOMS, {
    ...rules.options,
    baseDir: folder,
    ruleSet: rules,
    validate: true,
  } as ICruiseOptions);
  const result = (typeof output === "string" ? JSON.parse(output) : output) as ICruiseResult;
  const arrows = new Map<string, number>();
  for (const { source, dependencies } of result.modules) {
    if (/\.test\.tsx?$/.test(source)) continue;
    for (const { resolved } of dependencies) {
      const [from, to] = [roomOf(source), roomOf(resolved)];
      if (!from || !to || from === to) continue;
      arrows.set(`${from} → ${to}`, (arrows.get(`${from} → ${to}`) ?? 0) + 1);
    }
  }
  return {
    moduleCount: result.modules.filter(({ source }) => roomOf(source) !== null).length,
    violations: result.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
    ),
    arrows,
  };
}

function roomOf(path: string): string | null {
  return ROOMS.find((room) => path.startsWith(`${room}/`)) ?? null;
}

function drawRooms({ arrows }: RoomsReport): string {
  const lines = [...arrows.keys()].sort().map((arrow) => `  ${arrow.replace(" → ", " --> ")}`);
  return [
    "# The rooms",
    "",
    "Drawn from the code's own imports by `npm run rooms`; `npm run check` fails when it is stale or when",
    "an arrow points where `.dependency-cruiser.cjs` does not allow it.",
    "",
    "```mermaid",
    "flowchart TD",
    ...lines,
    "```",
    "",
    "| room | holds |",
    "| --- | --- |",
    "| `domain` | the trade's rules and words: pure, runs in the browser too |",
    "| `db` | PostgreSQL: the only room with SQL |",
    "| `bot` | the Telegram chat: an update in, service calls and answers out |",
    "| `miniapp` | the Telegram Mini App: the only browser code |",
    "| `server` | HTTP, jobs, outside systems and the wiring (`main.ts`) |",
    "",
  ].join("\n");
}

async function main(): Promise<void> {
  const report = await readRooms(root);
  const problems = [...report.violations];
  if (report.moduleCount < FEWEST_MODULES) {
    problems.push(`only ${report.moduleCount} modules were read: the rules were not checked`);
  }
  const drawn = drawRooms(report);
  if (process.argv.includes("--check")) {
    const stored = await readFile(picture, "utf8").catch(() => "");
    if (stored !== drawn) problems.push("docs/rooms.md is stale: npm run rooms");
  } else {
    await writeFile(picture, drawn);
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  console.log(`${report.moduleCount} modules, every arrow allowed`);
}

if (process.argv[1] === import.meta.filename) await main();
