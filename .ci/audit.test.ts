import { describe, expect, it } from "vitest";
import { judge } from "./audit.ts";

function report(counts: Record<string, number>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return JSON.stringify({ metadata: { vulnerabilities: { ...counts, total } } });
}

describe("the check for known holes", () => {
  it("is content where there is none", () => {
    expect(judge(report({ info: 0, low: 0, high: 0, critical: 0 }))).toEqual({
      line: "audit: no known holes",
      isGood: true,
    });
  });

  it("tells of small ones and stops at grave ones", () => {
    expect(judge(report({ low: 2, moderate: 1 }))).toEqual({
      line: "audit: 2 low, 1 moderate; see npm audit --omit=dev",
      isGood: true,
    });
    expect(judge(report({ high: 1 })).isGood).toBe(false);
    expect(judge(report({ critical: 1 })).isGood).toBe(false);
  });

  it.each(["", "<html>", '{"message":"405 Method Not Allowed","statusCode":405}'])(
    "says aloud that the registry did not answer: %s",
    (output) => {
      expect(judge(output).line).toContain("did not answer");
    },
  );
});
