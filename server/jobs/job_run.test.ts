import { expect, it } from "vitest";
import { JobRun } from "./job_run.ts";
import { JobTaken } from "./queues.ts";

function createRun(left = 60_000) {
  const stopping = new AbortController();
  const until = performance.now() + left;
  const run = new JobRun({
    attempt: 1,
    isLastAttempt: false,
    stopping: stopping.signal,
    until,
  });
  return { run, stopping };
}

it("a run is told that its job was taken, before or after it asks for its signal", () => {
  const { run: early } = createRun();
  expect(early.signal.aborted).toBe(false);
  early.take();
  const { run: late } = createRun();
  late.take();
  for (const run of [early, late]) {
    expect(run.isTaken).toBe(true);
    expect(run.signal.reason).toBeInstanceOf(JobTaken);
  }
});

it("a run ends with the program, and is its own job's still", () => {
  const { run, stopping } = createRun();
  stopping.abort();
  expect(run.signal.aborted).toBe(true);
  expect(run.isTaken).toBe(false);
});

it("a run whose time is over is told so", async () => {
  const { run } = createRun(-5);
  await expect.poll(() => run.signal.aborted, { timeout: 10_000 }).toBe(true);
  expect(run.signal.reason).toMatchObject({ name: "TimeoutError" });
});
