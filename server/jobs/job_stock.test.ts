import { describe, expect, it } from "vitest";
import { HeldBatch } from "./held_batch.ts";
import { type Job, JobStock } from "./job_stock.ts";

const jobs = (...ids: string[]) => ids.map((id) => ({ id })) as Job[];
const many = (count: number) =>
  jobs(...Array.from({ length: count }, (_, index) => `job ${index}`));

/** A stock for ten slots, and its clock. */
function createStock() {
  const time = { now: 1_000 };
  const stock = new JobStock(() => time.now, 10);
  /** So many jobs end that took so many milliseconds each. */
  const end = (count: number, took: number) => {
    for (let ended = 0; ended < count; ended += 1) stock.countEnd(took);
  };
  return { stock, time, end };
}

describe("jobs that are taken ahead", () => {
  it("are none before one has ended", () => {
    const { stock, time } = createStock();
    expect(stock.measureLack(false)).toBe(0);
    time.now += 500;
    expect(stock.measureLack(false)).toBe(0);
  });

  it("are as many as the slots get through in 60 ms, four hundred at most", () => {
    const { stock, end } = createStock();
    end(1, 6);
    expect(stock.measureLack(false)).toBe(100);
    end(200, 0);
    expect(stock.measureLack(false)).toBe(400);
  });

  it("are none where jobs take their time", () => {
    const { stock, end } = createStock();
    end(4, 1_000);
    expect(stock.measureLack(false)).toBe(0);
    end(200, 10);
    expect(stock.measureLack(false)).toBe(59);
    end(10, 2_000);
    expect(stock.measureLack(false)).toBe(0);
  });

  it("are fewer and fewer while all slots are full and nothing ends", () => {
    const { stock, time, end } = createStock();
    end(100, 3);
    time.now += 20;
    expect(stock.measureLack(false)).toBe(200);
    expect(stock.measureLack(true)).toBe(30);
    time.now += 1_000;
    expect(stock.measureLack(true)).toBe(0);
  });

  it("are fetched anew when three quarters of them have begun", () => {
    const { stock, end } = createStock();
    end(1, 6);
    expect(stock.measureLack(false)).toBe(100);
    stock.add(many(26), null);
    expect(stock.measureLack(false)).toBe(0);
    stock.next();
    stock.next();
    expect(stock.measureLack(false)).toBe(76);
  });

  it("begin in the order in which they were taken, with the time of it", () => {
    const { stock, time } = createStock();
    stock.add(jobs("a", "b"), null);
    time.now += 5;
    stock.add(jobs("c"), null);
    stock.remove("b");
    expect([stock.next(), stock.next(), stock.next()]).toEqual([
      { job: { id: "a" }, takenAt: 1_000, batch: null },
      { job: { id: "c" }, takenAt: 1_005, batch: null },
      undefined,
    ]);
  });

  it("are none any more when the transaction that holds them is lost", () => {
    const { stock } = createStock();
    const [lost, other] = [new HeldBatch([]), new HeldBatch([])];
    stock.add(jobs("a"), lost);
    stock.add(jobs("b"), other);
    stock.add(jobs("c"), null);
    stock.add(jobs("d"), lost);
    stock.drop(lost);
    expect(stock.clear().map(({ job }) => job.id)).toEqual(["b", "c"]);
  });

  it("are given up together when the first has waited for a second", () => {
    const { stock, time } = createStock();
    stock.add(jobs("a"), null);
    time.now += 900;
    stock.add(jobs("b"), null);
    expect(stock.clearStale()).toEqual([]);
    time.now += 101;
    expect(stock.clearStale().map(({ job }) => job.id)).toEqual(["a", "b"]);
    expect(stock.size).toBe(0);
    expect(stock.clearStale()).toEqual([]);
  });
});

describe("jobs are quick", () => {
  it("once the first one ended more than a second ago and the last ones took a moment", () => {
    const { stock, time, end } = createStock();
    expect(stock.isQuick(false)).toBe(false);
    end(1, 3);
    time.now += 1_000;
    expect(stock.isQuick(false)).toBe(false);
    time.now += 1;
    expect(stock.isQuick(false)).toBe(true);
  });

  it("no longer when some of them took their time, until others did not", () => {
    const { stock, time, end } = createStock();
    end(1, 3);
    time.now += 1_001;
    expect(stock.isQuick(true)).toBe(false);
    end(1, 500);
    expect(stock.isQuick(false)).toBe(false);
    end(20, 3);
    expect(stock.isQuick(false)).toBe(true);
  });
});
