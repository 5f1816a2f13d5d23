import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type CanonicalValue } from "./canonical_json.ts";

describe("canonical JSON", () => {
  it("does not depend on the order of keys", () => {
    expect(canonicalJson({ b: 1, a: [true, null, "ё"] })).toBe('{"a":[true,null,"ё"],"b":1}');
    expect(canonicalJson({ a: [true, null, "ё"], b: 1 })).toBe('{"a":[true,null,"ё"],"b":1}');
  });

  it("reads back as the same value", () => {
    const { tree } = fc.letrec<{ tree: CanonicalValue }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: "grapheme" }),
        fc.maxSafeInteger().map((number) => (Object.is(number, -0) ? 0 : number)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree")),
        fc.dictionary(fc.string(), tie("tree"), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses %s", (value) => {
    expect(() => canonicalJson(value)).toThrow("only whole numbers");
  });

  it("mends halves of surrogate pairs, so that the bytes are always the same UTF-8", () => {
    expect(canonicalJson("\ud800")).toBe('"\ufffd"');
  });
});
