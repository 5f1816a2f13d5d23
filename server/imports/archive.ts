import { crc32, inflateRawSync } from "node:zlib";

/** too_large: unpacked it would be; suspicious: packed as nothing real is; broken: not a whole archive. */
export type ArchiveProblem = "broken" | "too_large" | "suspicious" | "encrypted";

export class ArchiveError extends Error {
  readonly problem: ArchiveProblem;

  constructor(problem: ArchiveProblem, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "ArchiveError";
    this.problem = problem;
  }
}

export interface ArchiveEntry {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

export interface ArchiveLimits {
  readonly entries: number;
  /** Bytes of all entries, unpacked. */
  readonly size: number;
  /** How many times smaller a large entry may be packed. */
  readonly ratio: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
/** Smaller entries may be packed as tightly as they like. */
const RATIO_MATTERS_FROM = 1_000_000;
const STORED = 0;
const DEFLATED = 8;

/**
 * Lists a zip by its central directory and refuses bombs before anything is unpacked (APPNOTE.TXT,
 * 4.3). What the directory promises is enforced by `unpackEntry`.
 */
export function listEntries(bytes: Buffer, limits: ArchiveLimits): ArchiveEntry[] {
  try {
    const end = findEnd(bytes);
    const count = bytes.readUInt16LE(end + 10);
    if (count > limits.entries) throw new ArchiveError("suspicious", `${count} entries`);
    const entries = readDirectory(bytes, bytes.readUInt32LE(end + 16), count);
    checkSizes(entries, limits);
    return entries;
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    throw new ArchiveError("broken", "the directory can't be read", { cause });
  }
}

/** The last record; a comment of up to 65 535 bytes may follow it. */
function findEnd(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - 22 - 0xffff);
  for (let offset = bytes.length - 22; offset >= lowest; offset -= 1) {
    if (bytes.readUInt32LE(offset) === END_OF_DIRECTORY) return offset;
  }
  throw new ArchiveError("broken", "no end of the directory");
}

function readDirectory(bytes: Buffer, start: number, count: number): ArchiveEntry[] {
  const entries: ArchiveEntry[] = [];
  let offset = start;
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(offset) !== DIRECTORY_ENTRY) {
      throw new ArchiveError("broken", "the directory is damaged");
    }
    if ((bytes.readUInt16LE(offset + 8) & 1) === 1) {
      throw new ArchiveError("encrypted", "an entry is encrypted");
    }
    const nameEnd = offset + 46 + bytes.readUInt16LE(offset + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(offset + 30);
    const extra = bytes.subarray(nameEnd, extraEnd);
    entries.push({
      name: bytes.toString("utf8", offset + 46, nameEnd),
      method: bytes.readUInt16LE(offset + 10),
      ...readSizes(bytes, offset, extra),
    });
    offset = extraEnd + bytes.readUInt16LE(offset + 32);
  }
  return entries;
}

/** Some writers always use the 64-bit fields (zip64, header 1): in order, only those that overflowed. */
function readSizes(bytes: Buffer, offset: number, extra: Buffer) {
  const wide = findExtra(extra, 1);
  let at = 0;
  const read = (value: number): number => {
    if (value !== 0xffffffff || !wide) return value;
    at += 8;
    return Number(wide.readBigUInt64LE(at - 8));
  };
  const size = read(bytes.readUInt32LE(offset + 24));
  const packedSize = read(bytes.readUInt32LE(offset + 20));
  return { size, packedSize, offset: read(bytes.readUInt32LE(offset + 42)) };
}

function findExtra(extra: Buffer, id: number): Buffer | null {
  let offset = 0;
  while (offset + 4 <= extra.length) {
    const end = offset + 4 + extra.readUInt16LE(offset + 2);
    if (extra.readUInt16LE(offset) === id) return extra.subarray(offset + 4, end);
    offset = end;
  }
  return null;
}

function checkSizes(entries: readonly ArchiveEntry[], limits: ArchiveLimits): void {
  let total = 0;
  for (const { name, size, packedSize } of entries) {
    total += size;
    if (size > RATIO_MATTERS_FROM && size > packedSize * limits.ratio) {
      throw new ArchiveError("suspicious", `${name}: ${packedSize} bytes for ${size}`);
    }
  }
  if (total > limits.size) throw new ArchiveError("too_large", `${total} bytes unpacked`);
}

/** The bytes of an entry, never more than the directory promised. */
export function unpackEntry(bytes: Buffer, entry: ArchiveEntry): Buffer {
  try {
    if (bytes.readUInt32LE(entry.offset) !== LOCAL_ENTRY) throw new Error("no local header");
    const nameLength = bytes.readUInt16LE(entry.offset + 26);
    const extraLength = bytes.readUInt16LE(entry.offset + 28);
    const start = entry.offset + 30 + nameLength + extraLength;
    const packed = bytes.subarray(start, start + entry.packedSize);
    if (packed.length !== entry.packedSize) throw new Error("the file is cut off");
    if (entry.method === STORED) return packed;
    if (entry.method !== DEFLATED) throw new Error(`method ${entry.method}`);
    const unpacked = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
    if (unpacked.length !== entry.size) throw new Error("another size than promised");
    return unpacked;
  } catch (cause) {
    throw new ArchiveError("broken", `${entry.name} can't be unpacked`, { cause });
  }
}

/**
 * A plain archive without compression of what was checked. A reader that goes by the local headers
 * would otherwise see entries that the directory hides.
 */
export function packEntries(entries: readonly { name: string; data: Buffer }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data } of entries) {
    const nameBytes = Buffer.from(name, "utf8");
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    parts.push(signature(LOCAL_ENTRY), common, nameBytes, data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    const version = Buffer.from([20, 0]);
    directory.push(signature(DIRECTORY_ENTRY), version, common, rest, nameBytes);
    offset += 30 + nameBytes.length + data.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directoryBytes.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, directoryBytes, signature(END_OF_DIRECTORY), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}
