import type { MessageEntity } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { byteOffset, takeWhile, type FormattedText } from "./characters.ts";
import { checkLink } from "./links.ts";

type OpenTag = { name: string; argument: string; offset: number };

const tagNames = new Set(
  "a b strong i em s strike del u ins tg-spoiler tg-emoji span pre code blockquote".split(" "),
);

const simpleTypes: Record<string, MessageEntity["type"]> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  u: "underline",
  ins: "underline",
  "tg-spoiler": "spoiler",
  span: "spoiler",
};

/** Telegram's HTML. Refuses what TDLib's `parse_html` refuses, with its texts and byte offsets. */
export function parseHtml(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  const open: OpenTag[] = [];
  let text = "";
  let position = 0;
  while (position < source.length) {
    const character = source.charAt(position);
    if (character === "&") {
      const decoded = decodeEntity(source, position);
      text += decoded?.value ?? "&";
      position = decoded?.end ?? position + 1;
    } else if (character !== "<") {
      text += character;
      position += 1;
    } else if (source.charAt(position + 1) === "/") {
      position = closeTag(source, position, text, open, entities);
    } else {
      const tag = openTag(source, position);
      open.push({ name: tag.name, argument: tag.argument, offset: text.length });
      position = tag.end;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    throw complain(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  }
  if (!text.isWellFormed()) {
    throw complain(
      "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
    );
  }
  return { text, entities };
}

function openTag(source: string, start: number): { name: string; argument: string; end: number } {
  const at = byteOffset(source, start);
  const tagName = takeWhile(source, start + 1, notTagEnd).toLowerCase();
  let position = start + 1 + tagName.length;
  if (position >= source.length) throw complain(`Unclosed start tag at byte offset ${at}`);
  if (!tagNames.has(tagName)) {
    throw complain(`Unsupported start tag "${tagName}" at byte offset ${at}`);
  }
  let argument = "";
  for (;;) {
    position = skipSpaces(source, position);
    if (source.charAt(position) === ">") break;
    const attribute = readAttribute(source, position, tagName, at);
    argument = argumentFrom(tagName, attribute.name, attribute.value) ?? argument;
    position = attribute.end;
  }
  if (tagName === "span" && argument !== "spoiler") {
    throw complain(`Tag "span" must have class "tg-spoiler" at byte offset ${at}`);
  }
  return { name: tagName, argument, end: position + 1 };
}

type Attribute = { name: string; value: string | null; end: number };

function readAttribute(source: string, start: number, tagName: string, at: number): Attribute {
  const unclosed = () => complain(`Unclosed start tag "${tagName}" at byte offset ${at}`);
  const name = takeWhile(source, start, /[^\s=>/"']/);
  if (name === "") {
    throw complain(`Empty attribute name in the tag "${tagName}" at byte offset ${at}`);
  }
  let position = skipSpaces(source, start + name.length);
  if (source.charAt(position) !== "=") {
    if (position >= source.length) throw unclosed();
    return { name, value: null, end: position };
  }
  position = skipSpaces(source, position + 1);
  if (position >= source.length) throw unclosed();
  const quote = source.charAt(position);
  if (quote === '"' || quote === "'") return readQuoted(source, position, name, at);

  const value = takeWhile(source, position, /[A-Za-z0-9.-]/).toLowerCase();
  const end = position + value.length;
  if (!/[\s>]/.test(source.charAt(end))) {
    throw complain(`Unexpected end of name token at byte offset ${byteOffset(source, position)}`);
  }
  return { name, value, end };
}

function readQuoted(source: string, start: number, name: string, at: number): Attribute {
  const close = source.indexOf(source.charAt(start), start + 1);
  if (close === -1 || close === source.length - 1) {
    throw complain(`Unclosed start tag at byte offset ${at}`);
  }
  const raw = source.slice(start + 1, close);
  const value = raw.replace(entityPattern, (found) => decodeEntity(found, 0)?.value ?? found);
  return { name, value, end: close + 1 };
}

function argumentFrom(tag: string, name: string, value: string | null): string | null {
  if (tag === "blockquote" && name === "expandable") return "expandable";
  if (value === null) return null;
  if (tag === "a" && name === "href") return value;
  if (tag === "tg-emoji" && name === "emoji-id") return value;
  if (tag === "code" && name === "class" && value.startsWith("language-")) return value.slice(9);
  if (tag === "span" && name === "class" && value.startsWith("tg-")) return value.slice(3);
  return null;
}

function closeTag(
  source: string,
  start: number,
  text: string,
  open: OpenTag[],
  entities: MessageEntity[],
): number {
  const at = byteOffset(source, start);
  const tag = open.pop();
  if (tag === undefined) throw complain(`Unexpected end tag at byte offset ${at}`);
  const rawName = takeWhile(source, start + 2, notTagEnd);
  const end = skipSpaces(source, start + 2 + rawName.length);
  if (source.charAt(end) !== ">") throw complain(`Unclosed end tag at byte offset ${at}`);
  const name = rawName.toLowerCase();
  if (name !== "" && name !== tag.name) {
    throw complain(
      `Unmatched end tag at byte offset ${at}, expected "</${tag.name}>", found "</${name}>"`,
    );
  }
  const length = text.length - tag.offset;
  if (length > 0) addEntity(entities, tag, length, text.slice(tag.offset));
  return end + 1;
}

function addEntity(entities: MessageEntity[], tag: OpenTag, length: number, inner: string): void {
  const span = { offset: tag.offset, length };
  const simple = simpleTypes[tag.name];
  const last = entities.at(-1);
  const isSameSpan = last?.offset === tag.offset && last.length === length;
  if (simple !== undefined) entities.push({ ...span, type: simple } as MessageEntity);
  else if (tag.name === "a") {
    const link = checkLink(tag.argument === "" ? inner : tag.argument, { beHttps: false });
    if ("url" in link) entities.push({ ...span, type: "text_link", url: link.url });
  } else if (tag.name === "tg-emoji") {
    if (!/^-?[1-9]\d*$/.test(tag.argument)) {
      throw complain("Invalid custom emoji identifier specified");
    }
    entities.push({ ...span, type: "custom_emoji", custom_emoji_id: tag.argument });
  } else if (tag.name === "blockquote") {
    const type = tag.argument === "" ? "blockquote" : "expandable_blockquote";
    entities.push({ ...span, type });
  } else if (tag.name === "pre") {
    const language = isSameSpan && last.type === "code" ? languageOf.get(last) : undefined;
    if (language !== undefined) entities.pop();
    entities.push({ ...span, type: "pre", ...(language === undefined ? {} : { language }) });
  } else if (isSameSpan && last.type === "pre" && tag.argument !== "") {
    last.language = tag.argument;
  } else {
    const code: MessageEntity = { ...span, type: "code" };
    if (tag.argument !== "") languageOf.set(code, tag.argument);
    entities.push(code);
  }
}

/** The language of a `<code>` counts only when a `<pre>` around it has the same span. */
const languageOf = new WeakMap<MessageEntity, string>();

const entityPattern = /&(?:#x[0-9a-fA-F]+|#\d+|[a-zA-Z]+);?/g;
const named = new Map(Object.entries({ lt: "<", gt: ">", amp: "&", quot: '"' }));

function decodeEntity(source: string, start: number): { value: string; end: number } | null {
  const pattern = new RegExp(entityPattern.source, "y");
  pattern.lastIndex = start;
  const found = pattern.exec(source)?.[0];
  if (found === undefined) return null;
  const name = found.replace(/^&|;$/g, "");
  const value = name.startsWith("#") ? numbered(name) : named.get(name);
  return value === undefined ? null : { value, end: start + found.length };
}

/** `#1071` and `#x42F`; undefined for what Telegram leaves as it is. */
function numbered(name: string): string | undefined {
  const code = Number(name.replace("#x", "0x").replace("#", ""));
  if (code === 0 || code >= 0x10ffff || name.length >= 9) return undefined;
  // Half of a surrogate pair too: its other half may follow.
  return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
}

const notTagEnd = /[^\s>]/;

function skipSpaces(source: string, from: number): number {
  return from + takeWhile(source, from, /\s/).length;
}

function complain(what: string) {
  return badRequest(`can't parse entities: ${what}`);
}
