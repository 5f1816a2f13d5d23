import { constants, crc32, deflateRawSync } from "node:zlib";
import type { Context } from "hono";

/** How a body travels. */
export type Packing = "gzip" | "none";

export type Bytes = Uint8Array<ArrayBuffer>;

/** With a weight above nought, if with any. */
const TAKES_GZIP = /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i;

/** What the one who asks can read. */
export function packingOf({ req }: Pick<Context, "req">): Packing {
  const accepted = req.header("Accept-Encoding");
  return accepted !== undefined && TAKES_GZIP.test(accepted) ? "gzip" : "none";
}

export function sayPacking(context: Context, packing: Packing): void {
  if (packing === "gzip") context.header("Content-Encoding", "gzip");
}

/**
 * A copy in memory of its own, for what is kept: what zlib returns holds 64 kB however short it is, and a
 * short buffer a whole pool.
 */
export function ownBytes(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}

/** A body that is packed but for one place, which is another in each copy; in memory of its own. */
export interface PackedAround {
  /** The beginning of the file, up to the place. */
  readonly before: Buffer;
  readonly after: Buffer;
  /** Of what is before the place, unpacked. */
  readonly crcBefore: number;
  /** Unpacked, for the sum at the end. */
  readonly plainAfter: Buffer;
  /** Bytes without the place, unpacked. */
  readonly length: number;
}

/** RFC 1952 §2.3: deflate, no name, no time, Unix. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

export function packAround(before: Buffer, after: Buffer): PackedAround {
  // Ends on a whole byte, so that another block can follow.
  const flushed = deflateRawSync(before, { finishFlush: constants.Z_SYNC_FLUSH });
  return {
    before: ownBytes(Buffer.concat([HEADER, flushed])),
    after: ownBytes(deflateRawSync(after)),
    crcBefore: crc32(before),
    plainAfter: ownBytes(after),
    length: before.length + after.length,
  };
}

/**
 * The gzip file with a text at its place, in a block that is not packed (RFC 1951 §3.2.4).
 * @param text shorter than 64 kB
 */
export function fillPacked(packed: PackedAround, text: Buffer): Bytes {
  const block = Buffer.alloc(5);
  block.writeUInt16LE(text.length, 1);
  block.writeUInt16LE(text.length ^ 0xffff, 3);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(packed.plainAfter, crc32(text, packed.crcBefore)), 0);
  trailer.writeUInt32LE(packed.length + text.length, 4);
  return Buffer.concat([packed.before, block, text, packed.after, trailer]);
}
