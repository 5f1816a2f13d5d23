import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packId } from "../domain/ids.ts";
import { actions } from "./actions.ts";
import type { Action } from "./callback_data.ts";
import { count, cursor, defineAction, id, MAX_CALLBACK_DATA, optional } from "./callback_data.ts";
import { ACTION_WORDS } from "./testing_actions.ts";

const LARGEST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";
/** The longest cursor that a service makes: a time in microseconds and a packed id. */
const LONGEST_CURSOR = `zzzzzzzzzzz.${packId(LARGEST_ID)}`;
const MAX_COUNT = 2 ** 31 - 1;

const longest = (words: readonly string[]): string =>
  words.reduce((long, word) => (word.length > long.length ? word : long), "");

/** Texts for a field, the longest first; the one that the action reads is its own. */
const candidates = [
  packId(LARGEST_ID),
  `r${LONGEST_CURSOR}`,
  `u${packId(LARGEST_ID)}`,
  MAX_COUNT.toString(36),
  ...ACTION_WORDS.toSorted((a, b) => b.length - a.length),
];

/** The longest data that an action takes; null: a field reads none of the candidates. */
function longestData({ name, fields }: Action<readonly unknown[]>): string | null {
  const texts = fields.map((field) =>
    longest(candidates.filter((candidate) => field.read(candidate) !== null)),
  );
  return texts.includes("") ? null : [name, ...texts].join(":");
}

describe("the data of a button", () => {
  it("of every action fits into 64 bytes with the largest ids", () => {
    for (const action of Object.values(actions) as unknown as Action<readonly unknown[]>[]) {
      const data = longestData(action);
      // A new kind of field: add its words to the candidates.
      expect(data ?? `no words for ${action.name}`).toMatch(new RegExp(`^${action.name}(:|$)`));
      expect(Buffer.byteLength(data ?? "")).toBeLessThanOrEqual(MAX_CALLBACK_DATA);
    }
  });

  it("reads what it wrote", () => {
    const action = defineAction("x.test", id, count, optional(id));
    fc.assert(
      fc.property(
        fc.uuid({ version: 7 }),
        fc.nat(MAX_COUNT),
        fc.option(fc.uuid({ version: 7 }), { nil: null }),
        (first, version, second) => {
          const [name, ...texts] = action.data(first, version, second).split(":");
          expect(name).toBe("x.test");
          expect(action.read(texts)).toEqual([first, version, second]);
        },
      ),
    );
  });

  it("keeps cursors of both forms", () => {
    const action = defineAction("x.list", optional(cursor));
    const uuid = "0198f0a0-0000-7000-8000-000000000001";
    for (const value of [uuid, LONGEST_CURSOR, packId(LARGEST_ID), null]) {
      expect(action.read(action.data(value).split(":").slice(1))).toEqual([value]);
    }
  });

  it("forged in any way throws nothing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...candidates)), { maxLength: 4 }),
        (texts) => {
          for (const action of Object.values(actions) as unknown as Action<readonly unknown[]>[]) {
            expect(() => action.read(texts)).not.toThrow();
          }
        },
      ),
    );
  });

  it("that would be too long is refused where it is made", () => {
    const action = defineAction("x.long", cursor);
    expect(() => action.data(longest(["x".repeat(70)]))).toThrow(RangeError);
  });
});
