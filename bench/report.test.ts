import { describe, expect, it } from "vitest";
import type { Row } from "./measure.ts";
import { addRun } from "./report.ts";

function row(work: string, ratio: number): Row {
  return { work, ours: "1 ms", peer: "floor: 1 ms", ratio, goal: { at: "most", ratio: 2 } };
}

function addRuns(page: string, part: string, ratios: readonly number[]): string {
  return ratios.reduce(
    (written, ratio, index) =>
      addRun(written, part, { title: `run ${index + 1}`, rows: [row("one job", ratio)] }),
    page,
  );
}

describe("docs/benchmarks.md", () => {
  it("keeps the last five runs of a part, the newest first", () => {
    const page = addRuns("", "jobs", [1, 2, 3, 4, 5, 6]);
    expect(page.match(/^### .*$/gm)).toEqual([6, 5, 4, 3, 2].map((run) => `### run ${run}`));
  });

  it("keeps the runs of other parts as they are", () => {
    const live = addRuns("", "live", [1, 1.5]);
    const page = addRuns(live, "jobs", [1, 2, 3, 4, 5, 6]);
    expect(page.startsWith(live.trimEnd())).toBe(true);
  });

  it("shows the ratio of the run before beside the new one, and whether the goal holds", () => {
    const page = addRuns("", "jobs", [1.25, 2.5]);
    expect(page).toContain(
      "| one job | 1 ms | floor: 1 ms | 2.50 | 1.25 | ≤ 2 | **does not hold** |",
    );
    expect(page).toContain("| one job | 1 ms | floor: 1 ms | 1.25 | – | ≤ 2 | holds |");
  });
});
