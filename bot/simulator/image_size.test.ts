import { expect, test } from "vitest";
import { readImageSize } from "./image_size.ts";
import { onePixel } from "./sample_files.ts";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
    ),
  );

const segment = (marker: number, length: number): number[] => [
  0xff,
  marker,
  length >> 8,
  length & 0xff,
  ...Array.from({ length: length - 2 }, () => 0),
];

/** 300 × 2 pixels: the first bytes of what a browser's canvas wrote. */
const lossy = [0xb0, 0x03, 0x00, 0x9d, 0x01, 0x2a, 0x2c, 0x01, 0x02, 0x00, 0x3f, 0x71];
const lossless = [0x2f, 0x2b, 0x41, 0x00, 0x00, 0x07, 0xd0, 0xff, 0xfe, 0xf7, 0xbf, 0xff];
const extended = [0x30, 0, 0, 0, 0x2b, 0x01, 0x00, 0x01, 0x00, 0x00, 0x41, 0x4c];
const webp = (kind: string, data: number[]) =>
  bytes("RIFF", [52, 0, 0, 0], "WEBP", kind, [40, 0, 0, 0], data);

const frame = (marker: number) => [0xff, marker, 0, 11, 8, 0, 2, 1, 0x2c, 1, 1, 0x11, 0];

test.each<[string, Uint8Array, { width: number; height: number }]>([
  ["PNG", onePixel, { width: 1, height: 1 }],
  ["GIF", bytes("GIF89a", [0x2c, 0x01, 2, 0, 0x80, 0, 0]), { width: 300, height: 2 }],
  ["WebP with losses", webp("VP8 ", lossy), { width: 300, height: 2 }],
  ["WebP without losses", webp("VP8L", lossless), { width: 300, height: 2 }],
  ["WebP with transparency", webp("VP8X", extended), { width: 300, height: 2 }],
  [
    "JPEG",
    bytes([0xff, 0xd8], segment(0xe0, 16), segment(0xdb, 67), frame(0xc0)),
    { width: 300, height: 2 },
  ],
  [
    "progressive JPEG, its tables first",
    bytes([0xff, 0xd8], segment(0xc4, 31), segment(0xcc, 4), frame(0xc2)),
    { width: 300, height: 2 },
  ],
])("the size of a %s is read from its header", (_, picture, size) => {
  expect(readImageSize(picture)).toEqual(size);
});

test.each<[string, Uint8Array]>([
  ["nothing", bytes()],
  ["a text", bytes("Смета на ремонт квартиры, лист 1")],
  ["a cut PNG", onePixel.subarray(0, 20)],
  ["a cut GIF", bytes("GIF89a", [0x2c])],
  ["a sound in RIFF", bytes("RIFF", [52, 0, 0, 0], "WAVEfmt ".padEnd(40))],
  ["WebP of an unknown kind", webp("ANIM", lossy)],
  ["a JPEG without a frame", bytes([0xff, 0xd8], segment(0xe0, 16))],
  ["a broken JPEG", bytes([0xff, 0xd8], "и это не отрезок")],
])("%s is no picture", (_, picture) => {
  expect(readImageSize(picture)).toBeNull();
});
