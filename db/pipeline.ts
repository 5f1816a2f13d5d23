/**
 * PostgreSQL's pipeline mode for postgres.js, on the bytes of one connection. After every Sync the server sends
 * what it has, so each statement's answer is a packet of its own and wakes Node anew: dearer than the statement.
 * Of the statements that are written at once, only the last keeps its Sync here.
 *
 * postgres.js awaits a ReadyForQuery behind every statement: those that the server does not send any more are
 * put back. Where one fails the server passes over the others up to the Sync: they are told to have failed as
 * in any failed transaction (25P02).
 *
 * Only for a connection on which all that is written at once belongs to one transaction.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export interface Pipeline {
  /** Whole messages as postgres.js writes them; returns them without the Syncs between. */
  send(bytes: Buffer): Buffer;
  /** A part of what the server sends; returns it with what postgres.js awaits besides. */
  receive(bytes: Buffer): Buffer;
}

/** Behind a statement: a ReadyForQuery that the server sends, or one that has to be put back. */
type Ready = "sent" | "missing";

export function createPipeline(): Pipeline {
  const awaited: Ready[] = [];
  const messages = createMessages();
  let isSealed = false;

  /** What belongs behind a message of the server. */
  const behind = (type: number, body: () => Buffer): readonly Buffer[] => {
    const isMissing = awaited[0] === "missing";
    if (type === READY_FOR_QUERY) {
      awaited.shift();
    } else if (isMissing && (type === COMMAND_COMPLETE || type === EMPTY_QUERY)) {
      awaited.shift();
      return [READY];
    } else if (isMissing && type === ERROR && !isLast(body())) {
      return [READY, ...passOver()];
    }
    return NOTHING;
  };

  /** Takes off what failed and tells of those behind it; the server itself is ready after the last. */
  const passOver = (): Buffer[] => {
    const skipped: Buffer[] = [];
    while (awaited.shift() === "missing" && awaited[0] === "missing") skipped.push(SKIPPED, READY);
    return [...skipped, SKIPPED];
  };

  return {
    send: (bytes) => {
      if (isSealed) return bytes;
      // Only what opens a connection has no type before its length.
      if (bytes[0] === 0) {
        isSealed = isAskingForTls(bytes);
        awaited.push("sent");
        return bytes;
      }
      const statements = readStatements(bytes);
      const parts: Buffer[] = [];
      let from = 0;
      for (const [index, { isPlain, syncAt }] of statements.entries()) {
        const isJoined = isPlain && statements[index + 1]?.isPlain === true;
        awaited.push(isJoined ? "missing" : "sent");
        if (!isJoined) continue;
        parts.push(bytes.subarray(from, syncAt));
        from = syncAt + SYNC_LENGTH;
      }
      return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
    },
    receive: (bytes) => {
      return isSealed ? bytes : messages.follow(bytes, behind);
    },
  };
}

/** Whether what is written asks the server for TLS: all that follows is sealed, if it agrees. */
export function isAskingForTls(bytes: Buffer): boolean {
  return bytes.length >= 8 && bytes[0] === 0 && bytes.readInt32BE(4) === SSL_REQUEST;
}

interface Statement {
  /** Parse, Bind, Describe, Execute and Sync: nothing that has to be answered before it ends. */
  readonly isPlain: boolean;
  readonly syncAt: number;
}

/** What in these messages the server answers with ReadyForQuery. */
function readStatements(bytes: Buffer): Statement[] {
  const statements: Statement[] = [];
  let isPlain = true;
  let executed = 0;
  for (let at = 0; at + HEADER_LENGTH <= bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    const type = bytes[at] ?? 0;
    if (type === EXECUTE) executed += 1;
    else if (type !== PARSE && type !== BIND && type !== DESCRIBE && type !== SYNC) isPlain = false;
    if (type !== SYNC && type !== QUERY) continue;
    statements.push({ isPlain: isPlain && executed === 1, syncAt: at });
    isPlain = true;
    executed = 0;
  }
  return statements;
}

/** Follows the server's messages over the borders of what is read at once. */
function createMessages() {
  const header = Buffer.alloc(HEADER_LENGTH);
  let headerLength = 0;
  /** Bytes of the message's body that are still to come. */
  let left = 0;
  let type = 0;
  let body: Buffer[] = [];

  return {
    follow: (
      bytes: Buffer,
      behind: (type: number, body: () => Buffer) => readonly Buffer[],
    ): Buffer => {
      const parts: Buffer[] = [];
      let from = 0;
      let at = 0;
      while (at < bytes.length) {
        if (left === 0) {
          const taken = bytes.copy(header, headerLength, at);
          headerLength += taken;
          at += taken;
          if (headerLength < HEADER_LENGTH) break;
          headerLength = 0;
          [type = 0] = header;
          left = header.readUInt32BE(1) - 4;
          body = [];
        }
        const end = Math.min(at + left, bytes.length);
        if (type === ERROR) body.push(bytes.subarray(at, end));
        left -= end - at;
        at = end;
        if (left > 0) break;
        const added = behind(type, () => Buffer.concat(body));
        if (added.length === 0) continue;
        parts.push(bytes.subarray(from, at), ...added);
        from = at;
      }
      return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
    },
  };
}

/** The server says no more: the connection is closed behind it. The field is not translated. */
function isLast(body: Buffer): boolean {
  return body.includes("\0VFATAL\0") || body.includes("\0VPANIC\0");
}

const codeOf = (letter: string): number => letter.charCodeAt(0);

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const [PARSE, BIND, DESCRIBE, EXECUTE, SYNC, QUERY] = ["P", "B", "D", "E", "S", "Q"].map(codeOf);
const [COMMAND_COMPLETE, EMPTY_QUERY, ERROR, READY_FOR_QUERY] = ["C", "I", "E", "Z"].map(codeOf);
const HEADER_LENGTH = 5;
const SYNC_LENGTH = 5;
const SSL_REQUEST = 80_877_103;
const NOTHING: readonly Buffer[] = [];
/** Inside a transaction. */
const READY = messageOf("Z", "T");
const SKIPPED = messageOf(
  "E",
  "SERROR\0VERROR\0C25P02\0" +
    "Mcurrent transaction is aborted, commands ignored until end of transaction block\0\0",
);

function messageOf(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(HEADER_LENGTH + body.length);
  bytes.write(type + "\0\0\0\0" + body, "latin1");
  bytes.writeUInt32BE(4 + body.length, 1);
  return bytes;
}
