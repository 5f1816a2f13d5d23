import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { KEEPING, LEASE, whileHeld } from "./lease.ts";

const TIMES = { renewal: 5, trust: 20 };
const never = new AbortController().signal;

/** Work that ends when it is told to. */
async function untilEnded(signal: AbortSignal): Promise<string> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
  }
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}

describe("work under a lease", () => {
  it("goes on as long as it is renewed, and is not renewed behind its end", async () => {
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
      return true;
    };
    const result = await whileHeld(
      { signal: never, renew },
      async (signal) => {
        await expect.poll(() => renewals).toBeGreaterThan(10);
        return signal.aborted;
      },
      TIMES,
    );
    expect(result).toBe(false);
    const before = renewals;
    await sleep(10 * TIMES.renewal);
    expect(renewals - before).toBeLessThanOrEqual(1);
  });

  it.each([
    ["somebody else has it", async () => false],
    ["the database is away", () => Promise.reject(new Error("away"))],
    ["the database does not answer", () => new Promise<never>(() => undefined)],
  ])("is told to end when %s", async (_, renew) => {
    expect(await whileHeld({ signal: never, renew }, untilEnded, TIMES)).toContain("lease_lost");
  });

  it("is told to end by whoever asked for it", async () => {
    const asked = new AbortController();
    const held = { signal: asked.signal, renew: async () => true };
    const running = whileHeld(held, untilEnded, TIMES);
    asked.abort(new Error("stop"));
    expect(await running).toBe("stop");
  });

  it("is told to end before anything else when the whole process stood still", async () => {
    const times = { renewal: 30, trust: 60 };
    const isLost = await whileHeld(
      { signal: never, renew: async () => true },
      async (signal) => {
        await sleep(10);
        const end = performance.now() + 2 * times.trust;
        while (performance.now() < end);
        // As long as somebody waits before a call that writes.
        await sleep(0);
        return signal.aborted;
      },
      times,
    );
    expect(isLost).toBe(true);
  });

  it("survives a database that is away for a moment", async () => {
    let calls = 0;
    const renew = async () => {
      calls += 1;
      if (calls % 2 === 1) throw new Error("away");
      return true;
    };
    const isLost = await whileHeld(
      { signal: never, renew },
      async (signal) => {
        await expect.poll(() => calls).toBeGreaterThan(8);
        return signal.aborted;
      },
      { renewal: 5, trust: 1_000 },
    );
    expect(isLost).toBe(false);
  });
});

it("a dead holder's lease ends soon, and a living one is done with calling well before", () => {
  expect(LEASE).toBeLessThan(15);
  expect(KEEPING.trust + KEEPING.renewal).toBeLessThan(LEASE * 1000);
});
