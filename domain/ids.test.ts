import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idSchema, makeId, packId, unpackId } from "./ids.ts";

describe("an id", () => {
  it("is a uuid v7 with its time in front", () => {
    const id = makeId(Date.UTC(2026, 10, 22), new Uint8Array(10).fill(0xff));
    expect(id).toBe(
      "019aa8a4-ac00-7fff-bfff-ffffffffffff".replace("019aa8a4-ac00", id.slice(0, 13)),
    );
    expect(Number.parseInt(id.slice(0, 13).replace("-", ""), 16)).toBe(Date.UTC(2026, 10, 22));
    expect(makeId(0, new Uint8Array(10))).toBe("00000000-0000-7000-8000-000000000000");
  });

  it("takes every random byte, and stands by its time", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 10, maxLength: 10 }),
        fc.integer({ min: 0, max: 2 ** 44 }),
        (random, now) => {
          const id = makeId(now, random);
          expect(idSchema.safeParse(id).success).toBe(true);
          expect(id.slice(14)).toMatch(/^7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
          expect(makeId(now + 1, random) > id).toBe(true);
          const changed = random.map((byte, index) => (index === 9 ? byte ^ 1 : byte));
          expect(makeId(now, changed)).not.toBe(id);
        },
      ),
    );
  });

  it("is packed into 22 characters and comes back", () => {
    fc.assert(
      fc.property(fc.uuid({ version: 7 }), (id) => {
        expect(packId(id)).toMatch(/^[A-Za-z0-9_-]{22}$/);
        expect(unpackId(packId(id))).toBe(id);
      }),
    );
  });

  it.each([
    "",
    "x",
    "=".repeat(22),
    "A".repeat(21),
    "A".repeat(23),
    "_".repeat(21) + "!",
    "-".repeat(22),
  ])("is not read out of «%s»", (packed) => {
    expect(unpackId(packed)).toBe(null);
  });
});
