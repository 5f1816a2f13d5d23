import { expect, it } from "vitest";
import { readJpegSize } from "./jpeg.ts";

const START = [0xff, 0xd8];
const TABLES = [0xff, 0xdb, 0, 4, 0, 0];
const FRAME = [0xff, 0xc0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0];

it("the size of a JPEG is read from its frame, whatever stands before", () => {
  expect(readJpegSize(new Uint8Array([...START, ...TABLES, ...FRAME]))).toEqual({
    width: 3,
    height: 2,
  });
});

it.each([
  ["nothing", []],
  ["a PNG", [0x89, 0x50, 0x4e, 0x47]],
  ["a beginning without a segment", [...START, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ["a picture that begins before its frame", [...START, 0xff, 0xda, ...TABLES, ...FRAME]],
  ["tables only", [...START, ...TABLES]],
])("%s is no JPEG that can be shown", (_, bytes) => {
  expect(readJpegSize(new Uint8Array(bytes))).toBeNull();
});
