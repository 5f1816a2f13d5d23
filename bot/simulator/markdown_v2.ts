import type { MessageEntity } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { byteOffset, takeWhile, type FormattedText } from "./characters.ts";
import { checkLink } from "./links.ts";

type Kind =
  | "Bold"
  | "Italic"
  | "Underline"
  | "Strikethrough"
  | "Spoiler"
  | "Code"
  | "Pre"
  | "TextUrl"
  | "CustomEmoji";

type Open = { kind: Kind; argument: string; offset: number; position: number };

/** A quotation hides what was open before it until it ends. */
type Quote = { offset: number; outside: Open[] };

const types: Record<Exclude<Kind, "TextUrl" | "CustomEmoji">, MessageEntity["type"]> = {
  Bold: "bold",
  Italic: "italic",
  Underline: "underline",
  Strikethrough: "strikethrough",
  Spoiler: "spoiler",
  Code: "code",
  Pre: "pre",
};

const closers: Record<Kind, string> = {
  Bold: "*",
  Italic: "_",
  Underline: "__",
  Strikethrough: "~",
  Spoiler: "||",
  Code: "`",
  Pre: "```",
  TextUrl: "]",
  CustomEmoji: "]",
};

const reserved = "_*[]()~`>#+-=|{}.!\n";

/** MarkdownV2. Refuses what TDLib's `parse_markdown_v2` refuses: «.» without a backslash, for one. */
export function parseMarkdownV2(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  let open: Open[] = [];
  let quote: Quote | null = null;
  let text = "";
  let position = 0;
  let mayQuote = true;

  function demandClosed(): void {
    const left = open.at(-1);
    if (left === undefined) return;
    const at = byteOffset(source, left.position);
    throw complain(`Can't find end of ${left.kind} entity at byte offset ${at}`);
  }

  /** `||` just before the end of a quotation makes it expandable. */
  function endQuote({ offset, outside }: Quote): void {
    const last = open.at(-1);
    const isExpandable =
      last?.kind === "Spoiler" && /^\|\|\r?$/.test(source.slice(last.position, position));
    if (isExpandable) open.pop();
    demandClosed();
    open = outside;
    const type = isExpandable ? "expandable_blockquote" : "blockquote";
    if (text.length > offset) entities.push({ type, offset, length: text.length - offset });
  }

  while (position < source.length) {
    const character = source.charAt(position);
    if (character === "\\" && isEscapable(source.charAt(position + 1))) {
      const escaped = source.charAt(position + 1);
      text += escaped;
      position += 2;
      if (escaped !== "\r") mayQuote = escaped === "\n";
      continue;
    }
    const last = open.at(-1);
    const isVerbatim = last?.kind === "Code" || last?.kind === "Pre";
    if (!(isVerbatim ? "`" : reserved).includes(character)) {
      text += character;
      position += 1;
      if (character !== "\r") mayQuote = false;
      continue;
    }
    if (quote !== null && character === "\n" && source.charAt(position + 1) !== ">") {
      text += "\n";
      endQuote(quote);
      position += 1;
      quote = null;
      mayQuote = true;
      continue;
    }
    if (last !== undefined && closes(last.kind, source, position)) {
      open.pop();
      position = closeEntity(source, position, last, text, entities);
      continue;
    }
    if (character === "\n") {
      text += "\n";
      position += 1;
      mayQuote = true;
      continue;
    }
    if (character === ">" && mayQuote) {
      if (quote === null) {
        quote = { offset: text.length, outside: open };
        open = [];
      }
      position += 1;
      continue;
    }
    const opened = openEntity(source, position);
    open.push({ ...opened, offset: text.length, position: opened.at });
    position = opened.end;
  }
  if (quote !== null) endQuote(quote);
  demandClosed();
  return { text, entities };
}

function isEscapable(character: string): boolean {
  return character !== "" && character.charCodeAt(0) > 0 && character.charCodeAt(0) <= 126;
}

function closes(kind: Kind, source: string, position: number): boolean {
  if (kind === "Italic" && source.startsWith("__", position)) return false;
  return source.startsWith(closers[kind], position);
}

function openEntity(
  source: string,
  position: number,
): { kind: Kind; argument: string; at: number; end: number } {
  const starts = (what: string) => source.startsWith(what, position);
  const one = (kind: Kind, length: number) => ({
    kind,
    argument: "",
    // TDLib reports the last character of `![`; the others by their first.
    at: position,
    end: position + length,
  });
  if (starts("__")) return one("Underline", 2);
  if (starts("_")) return one("Italic", 1);
  if (starts("*")) return one("Bold", 1);
  if (starts("~")) return one("Strikethrough", 1);
  if (starts("||")) return one("Spoiler", 2);
  if (starts("[")) return one("TextUrl", 1);
  if (starts("![")) return one("CustomEmoji", 2);
  if (starts("```")) return openPre(source, position);
  if (starts("`")) return one("Code", 1);
  throw complain(
    `Character '${source.charAt(position)}' is reserved and must be escaped with the preceding '\\'`,
  );
}

function openPre(source: string, position: number) {
  const word = takeWhile(source, position + 3, /[^\s`]/);
  const after = position + 3 + word.length;
  const isLanguage = word !== "" && after < source.length && source.charAt(after) !== "`";
  const start = isLanguage ? after : position + 3;
  const newline = /^(?:\r\n|\n\r|\n|\r)/.exec(source.slice(start, start + 2))?.[0] ?? "";
  return {
    kind: "Pre" as const,
    argument: isLanguage ? word : "",
    at: position,
    end: start + newline.length,
  };
}

function closeEntity(
  source: string,
  position: number,
  entity: Open,
  text: string,
  entities: MessageEntity[],
): number {
  const span = { offset: entity.offset, length: text.length - entity.offset };
  const { kind } = entity;
  if (kind === "TextUrl") return closeLink(source, position, span, text, entities);
  if (kind === "CustomEmoji") return closeEmoji(source, position, span, entities);
  if (span.length > 0) {
    const language = kind === "Pre" && entity.argument !== "" ? { language: entity.argument } : {};
    entities.push({ ...span, type: types[kind], ...language } as MessageEntity);
  }
  return position + closers[kind].length;
}

type Span = { offset: number; length: number };

/** A link without an address is its own text. What is no address is not marked. */
function closeLink(
  source: string,
  position: number,
  span: Span,
  text: string,
  entities: MessageEntity[],
): number {
  const hasAddress = source.charAt(position + 1) === "(";
  const address = hasAddress
    ? readAddress(source, position)
    : { url: text.slice(span.offset), end: position + 1 };
  const link = checkLink(address.url, { beHttps: false });
  if (span.length > 0 && "url" in link)
    entities.push({ ...span, type: "text_link", url: link.url });
  return address.end;
}

function closeEmoji(
  source: string,
  position: number,
  span: Span,
  entities: MessageEntity[],
): number {
  if (source.charAt(position + 1) !== "(") {
    throw complain("The entity must contain a tg://emoji or tg://time URL");
  }
  const { url, end } = readAddress(source, position);
  const id = /^tg:\/\/emoji\?id=([1-9]\d*)$/.exec(url)?.[1];
  if (id === undefined) throw complain("Invalid tg://emoji or tg://time URL specified");
  if (span.length > 0) entities.push({ ...span, type: "custom_emoji", custom_emoji_id: id });
  return end;
}

/** The address in parentheses after the bracket at `position`. */
function readAddress(source: string, position: number): { url: string; end: number } {
  let url = "";
  let end = position + 2;
  while (end < source.length && source.charAt(end) !== ")") {
    if (source.charAt(end) === "\\" && isEscapable(source.charAt(end + 1))) end += 1;
    url += source.charAt(end);
    end += 1;
  }
  if (end >= source.length) {
    throw complain(`Can't find end of a URL at byte offset ${byteOffset(source, position + 2)}`);
  }
  return { url, end: end + 1 };
}

function complain(what: string) {
  return badRequest(`can't parse entities: ${what}`);
}
