/** npm run coverage [-- what vitest takes]: what the tests see of the rooms, beside the goals. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";

/** Per cent of lines and of branches, both. */
const GOALS = { domain: 98, "server/services": 90, db: 90, bot: 90 } as const;

const countSchema = z.object({ total: z.number(), covered: z.number() });
const fileSchema = z.object({ lines: countSchema, branches: countSchema });
const summarySchema = z.record(z.string(), fileSchema);

export type CoverageSummary = z.infer<typeof summarySchema>;

export interface RoomFigure {
  readonly room: string;
  /** Per cent, rounded down to a tenth: 97.99 is not 98. */
  readonly lines: number;
  readonly branches: number;
  readonly goal: number;
  readonly isGood: boolean;
}

/** @param summary by the absolute path of a file in `root`; `total` is left out */
export function figuresOf(summary: CoverageSummary, root: string): RoomFigure[] {
  return Object.entries(GOALS).map(([room, goal]) => {
    const files = Object.entries(summary).filter(([path]) =>
      relative(root, path).startsWith(`${room}/`),
    );
    const share = (what: "lines" | "branches") => {
      const total = files.reduce((sum, [, file]) => sum + file[what].total, 0);
      const covered = files.reduce((sum, [, file]) => sum + file[what].covered, 0);
      return total === 0 ? 0 : Math.floor((covered * 1000) / total) / 10;
    };
    const [lines, branches] = [share("lines"), share("branches")];
    return { room, lines, branches, goal, isGood: lines >= goal && branches >= goal };
  });
}

function main(words: readonly string[]): void {
  const root = join(import.meta.dirname, "..");
  const tests = spawnSync("vitest", ["run", "--coverage", ...words], {
    cwd: root,
    stdio: "inherit",
  });
  const path = join(root, "coverage/coverage-summary.json");
  const summary = summarySchema.parse(JSON.parse(readFileSync(path, "utf8")));
  const figures = figuresOf(summary, root);
  console.log("room              lines  branches  goal");
  for (const { room, lines, branches, goal, isGood } of figures) {
    const cells = [
      `${lines} %`.padStart(7),
      `${branches} %`.padStart(8),
      `≥ ${goal} %`.padStart(7),
    ];
    console.log(`${room.padEnd(16)} ${cells.join(" ")}  ${isGood ? "holds" : "missed"}`);
  }
  const isGood = tests.status === 0 && figures.every((figure) => figure.isGood);
  process.exitCode = isGood ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2));
