import type { MessageEntity } from "grammy/types";
import { overlaps } from "./characters.ts";

/** What Telegram marks in a text by itself. An approximation: see the gaps in README.md. */
export function detectEntities(text: string): MessageEntity[] {
  const found: MessageEntity[] = [];
  for (const { type, pattern } of patterns) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length } as MessageEntity;
      if (!found.some((other) => overlaps(entity, other))) found.push(entity);
    }
  }
  return found;
}

const topDomains = "ru|рф|com|org|net|me|io|app|dev|su|info|biz|pro|online|site|shop|store";

/** In order of precedence. */
const patterns: { type: MessageEntity["type"]; pattern: RegExp }[] = [
  { type: "email", pattern: /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w-])/giu },
  {
    type: "url",
    pattern: new RegExp(
      String.raw`(?<![\p{L}\p{N}@.])(?:https?://[^\s<>"«»]+?|(?:[\p{L}\p{N}-]+\.)+(?:${topDomains})(?![\p{L}\p{N}])(?:[/?#][^\s<>"«»]*?)?)(?=[.,:;!?)»"]*(?:\s|$))`,
      "giu",
    ),
  },
  { type: "mention", pattern: /(?<![\p{L}\p{N}_@])@[A-Za-z]\w{3,31}(?!\w)/gu },
  {
    type: "bot_command",
    pattern: /(?<![\p{L}\p{N}_/<>])\/\w{1,64}(?:@\w{3,32})?(?![\p{L}\p{N}_/])/gu,
  },
  { type: "hashtag", pattern: /(?<![\p{L}\p{N}_#])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu },
];
