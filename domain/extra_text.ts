/** Extra work as it is written in one message: what to do, and why. */
export interface ExtraText {
  /** The works, for the parser of lists. */
  readonly list: string;
  readonly reason: string;
}

const PREFIX =
  /^\s*доп(?:олнительн\p{L}*)?(?:\.(?:\s*работ\p{L}*)?\s*[:—–-]*|(?:\s*работ\p{L}*)?(?:\s*[:—–-]+|(?=\s)))\s*/iu;
const REASON = /(?:^|[\n;,.])\s*причина\s*[:—–-]\s*([\s\S]+)$/iu;

/** «доп: штробление 12 м 450, причина: розетки». Null for every other text. */
export function readExtraText(text: string): ExtraText | null {
  const prefix = PREFIX.exec(text);
  if (!prefix) return null;
  const rest = text.slice(prefix[0].length);
  const reason = REASON.exec(rest);
  const list = reason ? rest.slice(0, reason.index) : rest;
  return list.trim() === "" ? null : { list: list.trim(), reason: (reason?.[1] ?? "").trim() };
}
