import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChanges } from "./changes.ts";
import { kopecks } from "../money.ts";
import { compareContents } from "./comparison.ts";
import { type Content, emptyContent } from "./estimate.ts";
import { someChange, someLine } from "./testing.ts";

const someContent = fc
  .array(someChange, { maxLength: 60 })
  .map((changes) => applyChanges(emptyContent(), changes));

describe("comparing two revisions", () => {
  it("finds nothing between a content and itself", () => {
    fc.assert(
      fc.property(someContent, (content) => {
        expect(compareContents(content, content)).toMatchObject({
          added: [],
          removed: [],
          changed: [],
          difference: 0n,
        });
      }),
    );
  });

  it("explains works and materials to the kopeck by its lines", () => {
    fc.assert(
      fc.property(someContent, someContent, (first, second) => {
        const plain = (content: Content): Content => ({
          ...content,
          header: emptyContent().header,
          adjustments: new Map([...content.adjustments].filter(([, item]) => item.isHidden)),
        });
        const comparison = compareContents(plain(first), plain(second));
        const lines = [...comparison.added, ...comparison.removed, ...comparison.changed];
        const explained = lines.reduce(
          (sum, line) => sum + line.amountAfter - line.amountBefore,
          0n,
        );
        expect(explained).toBe(comparison.difference);
      }),
    );
  });

  it("turns around when before and after are exchanged", () => {
    fc.assert(
      fc.property(someContent, someContent, (first, second) => {
        const there = compareContents(first, second);
        const back = compareContents(second, first);
        expect(back.difference + there.difference).toBe(0n);
        expect(back.added.map((line) => line.id)).toEqual(there.removed.map((line) => line.id));
      }),
    );
  });

  it("names what changed of a line, and keeps silent about what the client can't see", () => {
    fc.assert(
      fc.property(someLine, (line) => {
        const before = { ...emptyContent(), lines: new Map([[line.id, line]]) };
        const after = (fields: object) => ({
          ...emptyContent(),
          lines: new Map([[line.id, { ...line, ...fields }]]),
        });
        const internal = after({ cost: kopecks(1n), internalNote: "маржа" });
        expect(compareContents(before, internal).changed).toEqual([]);
        const renamed = compareContents(before, after({ name: "Другое имя" }));
        expect(renamed.changed.map((item) => item.fields)).toEqual([["name"]]);
      }),
    );
  });
});
