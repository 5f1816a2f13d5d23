import { describe, expect, it } from "vitest";
import { createShutdown } from "./shutdown.ts";

/** Never ends. */
const hang = () => new Promise<never>(() => undefined);
const SHORT = { finishing: 20, whole: 40 };

describe("ending the program", () => {
  it("ends what takes work in side by side, then the rest in reverse order of starting", async () => {
    const shutdown = createShutdown();
    const done: string[] = [];
    let release = () => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    shutdown.add(async () => done.push("database"));
    shutdown.add(async () => done.push("renderer"));
    shutdown.addIntake(() => both.then(() => done.push("requests")));
    shutdown.addIntake(async () => {
      done.push("jobs");
      release();
    });
    await shutdown.run();
    expect(done).toEqual(["jobs", "requests", "renderer", "database"]);
  });

  it("goes on behind steps that fail", async () => {
    const shutdown = createShutdown();
    const done: string[] = [];
    shutdown.add(async () => done.push("database"));
    shutdown.add(() => Promise.reject(new Error("broken")));
    shutdown.add(() => {
      throw new Error("broken at once");
    });
    shutdown.addIntake(() => {
      throw new Error("broken at once");
    });
    await shutdown.run();
    expect(done).toEqual(["database"]);
  });

  it("comes to its end whatever hangs, and starts every step all the same", async () => {
    const shutdown = createShutdown(SHORT);
    const started: string[] = [];
    shutdown.add(async () => started.push("database"));
    for (const name of ["renderer", "queue", "telegram"]) {
      shutdown.add(() => {
        started.push(name);
        return hang();
      });
    }
    shutdown.addIntake(hang);
    await shutdown.run();
    expect(started).toEqual(["telegram", "queue", "renderer", "database"]);
  });

  it("happens once, however often it is asked for", async () => {
    const shutdown = createShutdown();
    let count = 0;
    shutdown.add(async () => (count += 1));
    await Promise.all([shutdown.run(), shutdown.run()]);
    await shutdown.run();
    expect(count).toBe(1);
  });
});
