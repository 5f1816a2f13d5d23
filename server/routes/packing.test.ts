import { gunzipSync } from "node:zlib";
import type { Context } from "hono";
import { expect, it } from "vitest";
import { fillPacked, packAround, packingOf } from "./packing.ts";

const asking = (accepted: string | undefined) =>
  packingOf({ req: { header: () => accepted } } as unknown as Context);

it.each([
  ["gzip", "gzip"],
  ["gzip, deflate, br, zstd", "gzip"],
  ["br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"],
  ["deflate,GZIP ; q=0.001", "gzip"],
  ["gzip;q=0", "none"],
  ["gzip;q=0.00, br", "none"],
  ["br", "none"],
  ["x-gzipped", "none"],
  ["", "none"],
  [undefined, "none"],
])("packs for who accepts «%s»: %s", (accepted, packing) => {
  expect(asking(accepted)).toBe(packing);
});

it.each([
  ["", ""],
  ["before ", " after"],
  ["Смета ₽ ".repeat(20_000), "№ ".repeat(20_000)],
])("fills a place in what is packed already", (before, after) => {
  const packed = packAround(Buffer.from(before), Buffer.from(after));
  for (const text of ["", "019a0000-0000-7000-8000-000000000001", "ё".repeat(30_000)]) {
    const file = fillPacked(packed, Buffer.from(text));
    expect(gunzipSync(file).toString()).toBe(before + text + after);
  }
});

it("holds no more memory of a packed page than its parts take", () => {
  const { before, after, plainAfter } = packAround(Buffer.from("before "), Buffer.from(" after"));
  for (const part of [before, after, plainAfter]) {
    expect(part.buffer.byteLength).toBe(part.length);
  }
});
