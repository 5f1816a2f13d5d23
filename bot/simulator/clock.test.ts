import { describe, expect, test } from "vitest";
import { createManualClock, createSystemClock } from "./clock.ts";

describe.each([
  ["the system's clock", createSystemClock],
  ["a clock that stands still", () => createManualClock()],
])("%s", (_, create) => {
  test("does not wait for what was called off before", async () => {
    const reason = new Error("закрыто");
    await expect(create().wait(60_000, AbortSignal.abort(reason))).rejects.toThrow("закрыто");
  });

  test("stops waiting when it is called off, with an error in any case", async () => {
    const closing = new AbortController();
    const waiting = create().wait(60_000, closing.signal);
    closing.abort("закрыто");
    await expect(waiting).rejects.toThrow("aborted");
  });
});

test("the system's clock wakes by itself", async () => {
  const clock = createSystemClock();
  const begin = clock.now();
  await clock.wait(1, new AbortController().signal);
  await clock.wait(1);
  expect(clock.now()).toBeGreaterThanOrEqual(begin);
});

test("a clock that stands still wakes in the order of time, and only whose time has come", async () => {
  const clock = createManualClock();
  const woken: string[] = [];
  for (const [name, ms] of [
    ["поздно", 30],
    ["рано", 10],
    ["никогда", 99],
  ] as const) {
    void clock.wait(ms).then(() => woken.push(name));
  }
  await clock.advance(50);
  expect(woken).toEqual(["рано", "поздно"]);
  expect(clock.sleeping()).toBe(1);
});
