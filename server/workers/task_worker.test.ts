import { afterEach, describe, expect, test } from "vitest";
import { createTaskWorker, type TaskWorker } from "./task_worker.ts";

let worker: TaskWorker<unknown, unknown>;

function start(limits: { timeout?: number; queueLimit?: number; idleTimeout?: number } = {}) {
  worker = createTaskWorker({
    script: new URL("./testing_tasks.ts", import.meta.url),
    timeout: 20_000,
    queueLimit: 10,
    memory: 32,
    ...limits,
  });
  return worker;
}

afterEach(async () => {
  await worker.close();
});

describe("a worker thread", () => {
  test("answers tasks in the order of asking", async () => {
    const tasks = start();
    const answers = await Promise.all(
      [1, "two", new Uint8Array([3])].map((request) => tasks.run(request)),
    );
    expect(answers).toEqual([{ request: 1 }, { request: "two" }, { request: new Uint8Array([3]) }]);
  });

  test("reports what a task threw and goes on", async () => {
    const tasks = start();
    await expect(tasks.run("throw")).rejects.toMatchObject({
      reason: "failed",
      message: /out of range/,
    });
    await expect(tasks.run(1)).resolves.toEqual({ request: 1 });
  });

  test("ends a task that hangs and does the next in a new thread", async () => {
    const tasks = start({ timeout: 4000 });
    const hanging = tasks.run("hang");
    const next = tasks.run(1);
    await expect(hanging).rejects.toMatchObject({ reason: "timeout" });
    await expect(next).resolves.toEqual({ request: 1 });
  });

  test.each(["exit", "swell"])("outlives a thread that dies: %s", async (how) => {
    const tasks = start();
    const dying = tasks.run(how);
    const next = tasks.run(1);
    await expect(dying).rejects.toMatchObject({ reason: "crashed" });
    await expect(next).resolves.toEqual({ request: 1 });
  });

  test("refuses what can't be copied and goes on", async () => {
    const tasks = start();
    await expect(tasks.run(() => 1)).rejects.toMatchObject({ reason: "failed" });
    await expect(tasks.run(1)).resolves.toEqual({ request: 1 });
  });

  test("lets only so many tasks wait", async () => {
    const tasks = start({ queueLimit: 2 });
    const accepted = [tasks.run(1), tasks.run(2), tasks.run(3)];
    await expect(tasks.run(4)).rejects.toMatchObject({ reason: "busy" });
    await expect(Promise.all(accepted)).resolves.toHaveLength(3);
  });

  test("works again after the thread was given back for want of tasks", async () => {
    const tasks = start({ idleTimeout: 1 });
    await tasks.run(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(tasks.run(2)).resolves.toEqual({ request: 2 });
  });

  test("refuses everything once it is closed", async () => {
    const tasks = start();
    const left = [tasks.run(1), tasks.run(2)];
    const closing = tasks.close();
    const outcomes = await Promise.allSettled(left);
    await closing;
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected"]);
    await expect(tasks.run(3)).rejects.toMatchObject({ reason: "closed" });
  });
});
