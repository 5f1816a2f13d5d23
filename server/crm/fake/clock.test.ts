import { expect, test } from "vitest";
import { createVirtualClock } from "./clock.ts";

test("runs what falls due in order, also what was planned on the way", async () => {
  const clock = createVirtualClock(1000);
  const seen: string[] = [];
  clock.schedule(50, () => {
    seen.push(`b ${String(clock.now())}`);
    clock.schedule(10, () => void seen.push(`c ${String(clock.now())}`));
  });
  clock.schedule(20, async () => {
    await Promise.resolve();
    seen.push(`a ${String(clock.now())}`);
  });
  const cancel = clock.schedule(30, () => void seen.push("never"));
  cancel();
  clock.schedule(5000, () => void seen.push("later"));
  await clock.advance(100);
  expect(seen).toEqual(["a 1020", "b 1050", "c 1060"]);
  expect(clock.now()).toBe(1100);
});
