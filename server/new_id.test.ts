import { randomFillSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { idSchema } from "../domain/ids.ts";
import { createIdMaker, newId } from "./new_id.ts";

const NOON = Date.UTC(2026, 10, 22, 12);

/** Ids by a clock that shows what it is told to. */
function makerAt(times: { now: number }, fillRandom = fill) {
  return createIdMaker({ now: () => times.now, fillRandom });
}

function fill(bytes: Uint8Array): void {
  randomFillSync(bytes);
}

function momentOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The first two neighbours that are out of order; empty when all grow. */
function findFall(ids: readonly string[]): readonly string[] {
  const index = ids.findIndex((id, index) => index > 0 && id <= (ids[index - 1] ?? ""));
  return ids.slice(Math.max(0, index - 1), index + 1);
}

describe("new ids", () => {
  it("grow while the clock stands still, longer than one millisecond can count", () => {
    const make = makerAt({ now: NOON });
    const ids = Array.from({ length: 20_000 }, make);
    expect(findFall(ids)).toEqual([]);
    expect(momentOf(ids[0] ?? "")).toBe(NOON);
    expect(momentOf(ids.at(-1) ?? "") - NOON).toBeLessThanOrEqual(10);
  });

  it("grow when the clock is set back, and follow it when it has caught up", () => {
    const times = { now: NOON };
    const make = makerAt(times);
    const ids = Array.from({ length: 1000 }, (_, index) => {
      times.now = index % 3 === 0 ? NOON - 3_600_000 : NOON + index;
      return make();
    });
    times.now = NOON + 5000;
    expect(findFall([...ids, make()])).toEqual([]);
    expect(momentOf(make())).toBe(NOON + 5000);
  });

  it("are uuids of version 7 whatever the random bytes are", () => {
    for (const byte of [0x00, 0x7f, 0xff]) {
      const make = makerAt({ now: NOON }, (bytes) => bytes.fill(byte));
      const ids = Array.from({ length: 5000 }, make);
      expect(findFall(ids)).toEqual([]);
      expect(idSchema.safeParse(ids.at(-1)).success).toBe(true);
      expect(ids.at(-1)).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
    }
  });

  it("grow from the process's own clock as well", () => {
    expect(findFall(Array.from({ length: 10_000 }, newId))).toEqual([]);
  });
});
