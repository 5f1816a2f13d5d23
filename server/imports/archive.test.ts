import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArchiveError,
  type ArchiveProblem,
  listEntries,
  packEntries,
  unpackEntry,
} from "./archive.ts";
import { makeArchive, makeWorkbook } from "./testing_files.ts";

const LIMITS = { entries: 100, size: 50_000_000, ratio: 300 };

function problemOf(work: () => unknown): ArchiveProblem | "none" {
  try {
    work();
    return "none";
  } catch (error) {
    if (error instanceof ArchiveError) return error.problem;
    throw error;
  }
}

describe("an archive", () => {
  test("that was packed is unpacked the same", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({ name: fc.string({ minLength: 1, unit: "grapheme" }), data: fc.uint8Array() }),
          {
            selector: ({ name }) => name,
          },
        ),
        (parts) => {
          const entries = parts.map(({ name, data }) => ({ name, data: Buffer.from(data) }));
          const packed = packEntries(entries);
          const unpacked = listEntries(packed, LIMITS).map((entry) => ({
            name: entry.name,
            data: unpackEntry(packed, entry),
          }));
          expect(unpacked).toEqual(entries);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("of another program is listed and unpacked", async () => {
    const bytes = Buffer.from(await makeWorkbook({ name: "Лист", data: [["Плитка"]] }));
    const entries = listEntries(bytes, LIMITS);
    const strings = entries.find(({ name }) => name === "xl/sharedStrings.xml");
    expect(strings && unpackEntry(bytes, strings).toString()).toContain("Плитка");
  });

  test("with a bomb is refused before it is unpacked", () => {
    const bomb = makeArchive([{ name: "a", data: Buffer.alloc(40_000_000) }]);
    expect(problemOf(() => listEntries(bomb, LIMITS))).toBe("suspicious");
    const many = makeArchive(
      Array.from({ length: 101 }, (_, index) => ({ name: `${index}`, data: "" })),
    );
    expect(problemOf(() => listEntries(many, LIMITS))).toBe("suspicious");
    const large = makeArchive([{ name: "a", data: "", claimedSize: 60_000_000 }]);
    expect(problemOf(() => listEntries(large, { ...LIMITS, ratio: 1e9 }))).toBe("too_large");
  });

  test("that lies about a size gives no more than it promised", () => {
    const bytes = makeArchive([{ name: "a", data: Buffer.alloc(10_000_000), claimedSize: 10 }]);
    const [entry] = listEntries(bytes, LIMITS);
    expect(problemOf(() => entry && unpackEntry(bytes, entry))).toBe("broken");
  });

  test("under a password is recognised", () => {
    const bytes = makeArchive([{ name: "a", data: "1", isEncrypted: true }]);
    expect(problemOf(() => listEntries(bytes, LIMITS))).toBe("encrypted");
  });

  test("that is cut off or damaged is broken and nothing worse", () => {
    const bytes = makeArchive([{ name: "a", data: "какие-то слова" }]);
    expect(problemOf(() => listEntries(bytes.subarray(0, -10), LIMITS))).toBe("broken");
    expect(problemOf(() => listEntries(Buffer.alloc(0), LIMITS))).toBe("broken");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (place, value) => {
        const damaged = Buffer.from(bytes);
        damaged[place] = value;
        problemOf(() => listEntries(damaged, LIMITS).map((entry) => unpackEntry(damaged, entry)));
      }),
      { numRuns: 500 },
    );
  });
});
