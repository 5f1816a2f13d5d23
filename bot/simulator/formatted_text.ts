import type { MessageEntity } from "grammy/types";
import { badRequest } from "./api_error.ts";
import type { FormattedText } from "./characters.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdown } from "./markdown.ts";
import { parseMarkdownV2 } from "./markdown_v2.ts";
import { fieldsOf } from "./json_fields.ts";
import { isRecord } from "./parameters.ts";

/** In code points, as Telegram counts. */
export const longestText = 4096;
export const longestCaption = 1024;

/** Applies `parse_mode`, or reads the given entities. A parse mode takes precedence. */
export function readFormattedText(
  text: string,
  parseMode: string,
  entities: unknown,
): FormattedText {
  if (Buffer.byteLength(text) > 1 << 15) throw badRequest("Text is too long");
  const mode = parseMode.toLowerCase();
  if (text !== "" && mode !== "" && mode !== "none") {
    if (mode === "html") return parseHtml(text);
    if (mode === "markdownv2") return parseMarkdownV2(text);
    if (mode === "markdown") return parseMarkdown(text);
    throw badRequest("Unsupported parse_mode");
  }
  if (!Array.isArray(entities)) return { text, entities: [] };
  return { text, entities: entities.flatMap((entity) => readEntity(entity)) };
}

const givenTypes = new Set(
  "bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji".split(
    " ",
  ),
);

function readEntity(value: unknown): MessageEntity[] {
  const complain = (what: string) => badRequest(`Can't parse MessageEntity: ${what}`);
  if (!isRecord(value)) throw complain("expected an Object");
  const fields = fieldsOf(value, complain);
  const span = { offset: fields.integer("offset"), length: fields.integer("length") };
  const type = fields.text("type");
  // Telegram finds mentions, links and commands itself and ignores those that the bot names.
  return givenTypes.has(type) ? [{ ...value, ...span } as unknown as MessageEntity] : [];
}
