import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HeldJob } from "../../db/held_jobs.ts";
import { HeldBatch } from "./held_batch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createBatch(...ids: string[]): HeldBatch {
  return new HeldBatch(ids.map((id): HeldJob => ({ id, data: {}, retryCount: 0, retryLimit: 3 })));
}

/** Ids of what is left when the transaction is due; null before. */
async function leftOf(batch: HeldBatch) {
  const early = Promise.resolve(null);
  const left = await Promise.race([batch.left, early.then(() => null)]);
  const ids = (jobs: readonly HeldJob[]) => jobs.map(({ id }) => id);
  return left && { running: ids(left.running), waiting: ids(left.waiting) };
}

describe("the transaction that holds jobs is due", () => {
  it("at once where there are none", async () => {
    expect(await leftOf(createBatch())).toEqual({ running: [], waiting: [] });
  });

  it("when all have ended, with nothing left", async () => {
    const batch = createBatch("a", "b");
    void batch.end("a");
    expect(await leftOf(batch)).toBeNull();
    void batch.end("b");
    expect(await leftOf(batch)).toEqual({ running: [], waiting: [] });
  });

  it("after a moment, with those that still run", async () => {
    const batch = createBatch("a", "b");
    void batch.end("a");
    vi.advanceTimersByTime(249);
    expect(await leftOf(batch)).toBeNull();
    vi.advanceTimersByTime(1);
    expect(await leftOf(batch)).toEqual({ running: ["b"], waiting: [] });
  });

  it("when all have ended, failed or gone back, and says which", async () => {
    const batch = createBatch("a", "b", "c");
    void batch.end("a");
    void batch.fail("b");
    void batch.giveBack("c");
    expect(await leftOf(batch)).toEqual({ running: ["b"], waiting: ["c"] });
  });
});

describe("after the transaction", () => {
  it("a job that was done is gone, one that failed is claimed", async () => {
    const batch = createBatch("a", "b", "c");
    const outcomes = [batch.end("a"), batch.fail("b"), batch.giveBack("c")];
    batch.finish(true);
    expect(await Promise.all(outcomes)).toEqual(["deleted", "claimed", "deleted"]);
  });

  it("a job that ended too late is claimed, whatever became of it", async () => {
    const batch = createBatch("a", "b", "c");
    vi.advanceTimersByTime(250);
    const outcomes = [batch.end("a"), batch.fail("b"), batch.giveBack("c")];
    batch.finish(true);
    expect(await Promise.all(outcomes)).toEqual(["claimed", "claimed", "claimed"]);
  });

  it("that was lost everything is lost, and those under way are told", async () => {
    const batch = createBatch("a", "b", "c");
    const take = vi.fn<() => void>();
    batch.begin({ take });
    const outcomes = [batch.end("a"), batch.fail("b")];
    expect(take).not.toHaveBeenCalled();
    batch.finish(false);
    expect(take).toHaveBeenCalledOnce();
    expect(await Promise.all([...outcomes, batch.end("c")])).toEqual(["lost", "lost", "lost"]);
  });

  it("that was committed nobody is told", () => {
    const batch = createBatch("a");
    const take = vi.fn<() => void>();
    batch.begin({ take });
    batch.finish(true);
    expect(take).not.toHaveBeenCalled();
  });
});
