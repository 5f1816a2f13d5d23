import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAround, RawJson } from "./raw_json.ts";

/** What `parseAround` left as bytes, opened. */
function opened(value: unknown): unknown {
  if (value instanceof RawJson) return value.parse();
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

it("reads any message as JSON.parse does, with the members at a path left as bytes", () => {
  const message = fc.record({
    result: fc.oneof(
      fc.record({ result: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())) }),
      fc.jsonValue(),
    ),
    time: fc.jsonValue(),
  });
  fc.assert(
    fc.property(message, fc.constantFrom(undefined, "\t"), (given, indent) => {
      const bytes = Buffer.from(JSON.stringify(given, null, indent));
      expect(opened(parseAround(bytes, ["result", "result"]))).toEqual(JSON.parse(String(bytes)));
    }),
  );
});

it("keeps each page of a batch as bytes, also where PHP wrote a list", () => {
  const map = parseAround(Buffer.from('{"result":{"result":{"p0":{"items":[1]},"p1":[]}}}'), [
    "result",
    "result",
  ]) as { result: { result: Record<string, RawJson> } };
  expect(map.result.result["p0"]).toBeInstanceOf(RawJson);
  expect(map.result.result["p0"]?.parse()).toEqual({ items: [1] });
  const list = parseAround(Buffer.from('{"result":{"result":[]}}'), ["result", "result"]);
  expect(list).toEqual({ result: { result: [] } });
});

it.each([
  "",
  "<html>",
  "{",
  '{"a":1',
  '{"a":"b',
  '{"a":1}}',
  '{"a" 1}',
  '{"result":{"result":{"p0":{"items":[1',
  '{"a":1,}',
])("refuses what is no JSON or half of it: %s", (text) => {
  expect(() => parseAround(Buffer.from(text), ["result", "result"])).toThrow(SyntaxError);
});
