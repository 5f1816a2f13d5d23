import { expect, it } from "vitest";
import { type CoverageSummary, figuresOf } from "./coverage.ts";

const file = (lines: [number, number], branches: [number, number]) => ({
  lines: { covered: lines[0], total: lines[1] },
  branches: { covered: branches[0], total: branches[1] },
});

it("sums the files of each room and holds them against the goals, rounding down", () => {
  const summary: CoverageSummary = {
    total: file([1, 1000], [1, 1000]),
    "/smetka/domain/money.ts": file([99, 100], [49, 50]),
    "/smetka/domain/estimate/totals.ts": file([97, 100], [49, 50]),
    "/smetka/server/services/acts.ts": file([1799, 2000], [19, 20]),
    "/smetka/server/main.ts": file([0, 500], [0, 500]),
    "/smetka/bot/bot.ts": file([10, 10], [8, 10]),
  };
  expect(figuresOf(summary, "/smetka")).toEqual([
    { room: "domain", lines: 98, branches: 98, goal: 98, isGood: true },
    { room: "server/services", lines: 89.9, branches: 95, goal: 90, isGood: false },
    { room: "db", lines: 0, branches: 0, goal: 90, isGood: false },
    { room: "bot", lines: 100, branches: 80, goal: 90, isGood: false },
  ]);
});
