import type { JobWithMetadata } from "pg-boss";
import { describe, expect, it } from "vitest";
import { JobStock } from "./job_stock.ts";

const jobs = (...ids: string[]) => ids.map((id) => ({ id })) as JobWithMetadata[];
const many = (count: number) =>
  jobs(...Array.from({ length: count }, (_, index) => `job ${index}`));

/** A stock, and its clock. */
function createStock() {
  const time = { now: 1_000 };
  const stock = new JobStock(() => time.now);
  /** So many jobs end within so many milliseconds. */
  const end = (count: number, within: number) => {
    for (let ended = 0; ended < count; ended += 1) stock.countEnd();
    time.now += within;
  };
  return { stock, time, end };
}

describe("jobs that are taken ahead", () => {
  it("are none before one has ended", () => {
    const { stock, time } = createStock();
    expect(stock.measureLack()).toBe(0);
    time.now += 500;
    expect(stock.measureLack()).toBe(0);
  });

  it("are as many as end in a tenth of a second, four hundred at most", () => {
    const { stock, end } = createStock();
    end(200, 100);
    expect(stock.measureLack()).toBe(200);
    end(2_000, 100);
    expect(stock.measureLack()).toBe(400);
  });

  it("are none where jobs take their time", () => {
    const { stock, end } = createStock();
    end(4, 1_000);
    expect(stock.measureLack()).toBe(0);
    end(200, 100);
    expect(stock.measureLack()).toBe(200);
    end(0, 1_000);
    expect(stock.measureLack()).toBe(0);
  });

  it("are fetched anew when three quarters of them have begun", () => {
    const { stock, end } = createStock();
    end(100, 100);
    expect(stock.measureLack()).toBe(100);
    stock.add(many(26));
    expect(stock.measureLack()).toBe(0);
    stock.next();
    stock.next();
    expect(stock.measureLack()).toBe(76);
  });

  it("begin in the order in which they were taken, with the time of it", () => {
    const { stock, time } = createStock();
    stock.add(jobs("a", "b"));
    time.now += 5;
    stock.add(jobs("c"));
    stock.remove("b");
    expect([stock.next(), stock.next(), stock.next()]).toEqual([
      { job: { id: "a" }, takenAt: 1_000 },
      { job: { id: "c" }, takenAt: 1_005 },
      undefined,
    ]);
  });

  it("are given up together when the first has waited for a second", () => {
    const { stock, time } = createStock();
    stock.add(jobs("a"));
    time.now += 900;
    stock.add(jobs("b"));
    expect(stock.clearStale()).toEqual([]);
    time.now += 101;
    expect(stock.clearStale()).toEqual(["a", "b"]);
    expect(stock.size).toBe(0);
    expect(stock.clearStale()).toEqual([]);
  });
});
