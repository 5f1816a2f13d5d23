/** A value of a large message, kept as its bytes until it is wanted. */
export class RawJson {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Throws `SyntaxError`: only the place of the value was looked at before. */
  parse(): unknown {
    return JSON.parse(this.bytes.toString("utf8"));
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/**
 * JSON of `bytes`, where each member of the map or list at `path` is a `RawJson`: fifty pages of
 * records are some megabytes, and as objects ten times as much. Throws `SyntaxError`.
 */
export function parseAround(bytes: Buffer, path: readonly string[]): unknown {
  const start = skipSpace(bytes, 0);
  const { value, end } = readAround(bytes, start, path);
  if (skipSpace(bytes, end) !== bytes.length) throw new SyntaxError("more behind the value");
  return value;
}

interface Read {
  readonly value: unknown;
  readonly end: number;
}

function readAround(bytes: Buffer, start: number, path: readonly string[]): Read {
  const isMap = bytes[start] === OPEN_MAP;
  const isList = bytes[start] === OPEN_LIST;
  if (!isMap && !(isList && path.length === 0)) return readPlain(bytes, start);
  const close = isMap ? CLOSE_MAP : CLOSE_LIST;
  const members: [string, unknown][] = [];
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] !== close) {
    if (members.length > 0) at = skipSpace(bytes, expect(bytes, at, COMMA));
    let name = String(members.length);
    if (isMap) {
      const key = readPlain(bytes, at);
      name = String(key.value);
      at = skipSpace(bytes, expect(bytes, skipSpace(bytes, key.end), COLON));
    }
    const member = readMember(bytes, at, name, path);
    members.push([name, member.value]);
    at = skipSpace(bytes, member.end);
  }
  const value = isMap ? Object.fromEntries(members) : members.map(([, member]) => member);
  return { value, end: at + 1 };
}

function readMember(bytes: Buffer, at: number, name: string, path: readonly string[]): Read {
  const [next, ...rest] = path;
  if (next === undefined) {
    const end = skipValue(bytes, at);
    return { value: new RawJson(bytes.subarray(at, end)), end };
  }
  return next === name ? readAround(bytes, at, rest) : readPlain(bytes, at);
}

function readPlain(bytes: Buffer, start: number): Read {
  const end = skipValue(bytes, start);
  return { value: JSON.parse(bytes.toString("utf8", start, end)), end };
}

/** Behind the value that begins at `start`. Counts brackets; what is between them is not checked. */
function skipValue(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfText(bytes, at);
      if (depth === 0) return at + 1;
    } else if (byte === OPEN_MAP || byte === OPEN_LIST) {
      depth += 1;
    } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      // The closing bracket of what surrounds a number, `true` or `null`.
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && byte === COMMA) {
      return at;
    }
  }
  if (depth > 0) throw new SyntaxError("the message ends in the middle");
  return bytes.length;
}

/** The closing quote of the text that opens at `start`. */
function endOfText(bytes: Buffer, start: number): number {
  for (let at = start + 1; ;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) throw new SyntaxError("a text does not end");
    let slashes = 0;
    while (bytes[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function expect(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte) throw new SyntaxError(`unexpected byte at ${at}`);
  return at + 1;
}

function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) {
    at += 1;
  }
  return at;
}
