import type { MessageEntity } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { byteOffset, type FormattedText } from "./characters.ts";

type Kind =
  | "Bold"
  | "Italic"
  | "Underline"
  | "Strikethrough"
  | "Spoiler"
  | "Code"
  | "Pre"
  | "TextUrl"
  | "CustomEmoji"
  | "BlockQuote";

type Open = { kind: Kind; argument: string; offset: number; position: number };

const types: Record<Exclude<Kind, "TextUrl" | "CustomEmoji">, MessageEntity["type"]> = {
  Bold: "bold",
  Italic: "italic",
  Underline: "underline",
  Strikethrough: "strikethrough",
  Spoiler: "spoiler",
  Code: "code",
  Pre: "pre",
  BlockQuote: "blockquote",
};

const closers: Record<Exclude<Kind, "BlockQuote">, string> = {
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
  const open: Open[] = [];
  let text = "";
  let position = 0;
  let mayQuote = true;
  let isQuoting = false;

  const unfinished = ({ kind, position }: Open) =>
    complain(`Can't find end of ${kind} entity at byte offset ${byteOffset(source, position)}`);

  while (position < source.length) {
    const character = source.charAt(position);
    if (character === "\\" && isEscapable(source.charAt(position + 1))) {
      text += source.charAt(position + 1);
      position += 2;
      mayQuote = false;
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
    if (isQuoting && character === "\n" && source.charAt(position + 1) !== ">") {
      const quote = closeQuote(open, position, unfinished);
      text += "\n";
      position += 1;
      entities.push({ type: quote.type, offset: quote.offset, length: text.length - quote.offset });
      isQuoting = false;
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
      if (!isQuoting) {
        open.push({ kind: "BlockQuote", argument: "", offset: text.length, position });
        isQuoting = true;
      }
      position += 1;
      continue;
    }
    const opened = openEntity(source, position);
    open.push({ ...opened, offset: text.length, position: opened.at });
    position = opened.end;
    mayQuote = false;
  }
  if (isQuoting) {
    const quote = closeQuote(open, source.length, unfinished);
    const length = text.length - quote.offset;
    if (length > 0) entities.push({ type: quote.type, offset: quote.offset, length });
  }
  const left = open.at(-1);
  if (left !== undefined) throw unfinished(left);
  return { text, entities };
}

function isEscapable(character: string): boolean {
  return character !== "" && character.charCodeAt(0) > 0 && character.charCodeAt(0) <= 126;
}

function closes(kind: Kind, source: string, position: number): boolean {
  if (kind === "BlockQuote") return false;
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
  const language = /[^\s`]*/y;
  language.lastIndex = position + 3;
  const word = language.exec(source)?.[0] ?? "";
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

/** `||` just before the end of a quotation makes it expandable. */
function closeQuote(
  open: Open[],
  position: number,
  unfinished: (entity: Open) => Error,
): { type: "blockquote" | "expandable_blockquote"; offset: number } {
  let type: "blockquote" | "expandable_blockquote" = "blockquote";
  let last = open.pop();
  if (last?.kind === "Spoiler" && last.position === position - 2) {
    type = "expandable_blockquote";
    last = open.pop();
  }
  if (last === undefined || last.kind !== "BlockQuote") {
    throw last === undefined ? complain("Unexpected end of a quotation") : unfinished(last);
  }
  return { type, offset: last.offset };
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
  if (kind === "TextUrl" || kind === "CustomEmoji") {
    const link = readLink(source, position, kind);
    if (kind === "CustomEmoji") {
      const id = /^tg:\/\/emoji\?id=([1-9]\d*)$/.exec(link.url ?? "")?.[1];
      if (id === undefined) throw complain("Invalid tg://emoji or tg://time URL specified");
      if (span.length > 0) entities.push({ ...span, type: "custom_emoji", custom_emoji_id: id });
    } else if (span.length > 0) {
      const url = link.url ?? text.slice(entity.offset);
      if (url !== "") entities.push({ ...span, type: "text_link", url });
    }
    return link.end;
  }
  if (kind === "BlockQuote") throw complain("Unexpected end of a quotation");
  if (span.length > 0) {
    const language = kind === "Pre" && entity.argument !== "" ? { language: entity.argument } : {};
    entities.push({ ...span, type: types[kind], ...language } as MessageEntity);
  }
  return position + closers[kind].length;
}

function readLink(
  source: string,
  position: number,
  kind: "TextUrl" | "CustomEmoji",
): { url: string | null; end: number } {
  if (source.charAt(position + 1) !== "(") {
    if (kind === "TextUrl") return { url: null, end: position + 1 };
    throw complain("The entity must contain a tg://emoji or tg://time URL");
  }
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
