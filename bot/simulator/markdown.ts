import type { MessageEntity } from "grammy/types";
import { badRequest } from "./api_error.ts";
import { byteOffset, type FormattedText } from "./characters.ts";
import { checkLink } from "./links.ts";

/** Legacy Markdown: no nesting, `_ * [ \`` are the only marks. */
export function parseMarkdown(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  let text = "";
  let position = 0;
  while (position < source.length) {
    const character = source.charAt(position);
    if (character === "\\" && "_*`[".includes(source.charAt(position + 1) || " ")) {
      text += source.charAt(position + 1);
      position += 2;
      continue;
    }
    if (!"_*`[".includes(character)) {
      text += character;
      position += 1;
      continue;
    }
    const mark = source.startsWith("```", position) ? "```" : character;
    const close = mark === "[" ? "]" : mark;
    const end = source.indexOf(close, position + mark.length);
    if (end === -1) {
      throw badRequest(
        `can't parse entities: Can't find end of the entity starting at byte offset ${byteOffset(source, position)}`,
      );
    }
    const inner = source.slice(position + mark.length, end);
    const span = { offset: text.length, length: inner.length };
    text += inner;
    position = end + close.length;
    if (mark === "[") {
      const link = /^\(([^)]*)\)/.exec(source.slice(position));
      position += link?.[0].length ?? 0;
      const checked = checkLink(link?.[1] ?? inner, { beHttps: false });
      if (inner !== "" && "url" in checked) {
        entities.push({ ...span, type: "text_link", url: checked.url });
      }
    } else if (inner !== "")
      entities.push({ ...span, type: types[mark] ?? "pre" } as MessageEntity);
  }
  return { text, entities };
}

const types: Record<string, MessageEntity["type"]> = { _: "italic", "*": "bold", "`": "code" };
