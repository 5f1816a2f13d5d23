/** The smallest PNG: what a person sends when a test does not care about the picture. */
export const onePixel: Uint8Array = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** The first page of an Ogg stream; nobody listens to it. */
export const silence: Uint8Array = Buffer.from("OggS\u0000\u0002".padEnd(64, "\u0000"), "latin1");
