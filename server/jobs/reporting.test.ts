import { describe, expect, it } from "vitest";
import { type Attempt, createReporting } from "./reporting.ts";

const attempt = (id: string): Attempt => ({ id, retryCount: 0 });

/** Reports that wait until they are let through. */
function createGate() {
  const calls: { ids: string[]; settle: (error?: Error) => void }[] = [];
  const report = (attempts: readonly Attempt[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const ids = attempts.map(({ id }) => id);
      calls.push({ ids, settle: (error) => (error ? reject(error) : resolve()) });
    });
  return { calls, report };
}

const turn = () => new Promise(setImmediate);

describe("reports of jobs that ended", () => {
  it("go one call at a time, and together when they gathered meanwhile", async () => {
    const { calls, report } = createGate();
    const tell = createReporting(report, 0);
    const first = tell(attempt("a"));
    await turn();
    const others = [tell(attempt("b")), tell(attempt("c"))];
    await turn();
    expect(calls.map(({ ids }) => ids)).toEqual([["a"]]);
    calls[0]?.settle();
    await first;
    await turn();
    expect(calls.map(({ ids }) => ids)).toEqual([["a"], ["b", "c"]]);
    calls[1]?.settle();
    await Promise.all(others);
  });

  it("fail with their own call, and the next call goes on", async () => {
    const { calls, report } = createGate();
    const tell = createReporting(report, 0);
    const first = tell(attempt("a"));
    await turn();
    const second = tell(attempt("b"));
    calls[0]?.settle(new Error("the database is gone"));
    await expect(first).rejects.toThrow("the database is gone");
    await turn();
    calls[1]?.settle();
    await expect(second).resolves.toBeUndefined();
  });

  it("wait for one another for a moment after a call, however quick it was", async () => {
    const calls: string[][] = [];
    const tell = createReporting(async (attempts) => {
      calls.push(attempts.map(({ id }) => id));
    }, 200);
    await tell(attempt("a"));
    const told = [tell(attempt("b"))];
    await turn();
    told.push(tell(attempt("c")));
    await Promise.all(told);
    expect(calls).toEqual([["a"], ["b", "c"]]);
  });
});
