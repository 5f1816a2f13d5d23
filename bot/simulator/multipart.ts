export type Part = { name: string; fileName: string | null; type: string; bytes: Uint8Array };

/**
 * Reads a multipart body. Node's own parser refuses file names without quotes, and that is what
 * grammY sends and Telegram takes.
 */
export function readMultipart(contentType: string, body: Uint8Array): Part[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let start = whole.indexOf(mark);
  while (start !== -1) {
    const end = whole.indexOf(mark, start + mark.length);
    if (end === -1) break;
    const part = readPart(whole.subarray(start + mark.length, end));
    if (part !== null) parts.push(part);
    start = end;
  }
  return parts;
}

function readPart(raw: Buffer): Part | null {
  const headEnd = raw.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = raw.subarray(0, headEnd).toString("utf8");
  const name = parameterOf(head, "name");
  if (name === null) return null;
  return {
    name,
    fileName: parameterOf(head, "filename"),
    type: /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim() ?? "",
    // The line break before the next boundary belongs to the boundary.
    bytes: new Uint8Array(raw.subarray(headEnd + 4, raw.length - 2)),
  };
}

function parameterOf(head: string, name: string): string | null {
  const found = new RegExp(
    `^content-disposition:[^\\r\\n]*?;\\s*${name}=("[^"]*"|[^;\\r\\n]*)`,
    "im",
  ).exec(head);
  return found?.[1]?.replace(/^"|"$/g, "") ?? null;
}
