const JPEG_HEADER = [
  0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0,
];

/** 3 × 2 pixels, as far as its header tells. */
export function testJpeg(): Uint8Array {
  return new Uint8Array(JPEG_HEADER);
}

/** A PNG by its first bytes; each number makes another one. */
export function testPng(number: number): Uint8Array {
  return new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, number]);
}
