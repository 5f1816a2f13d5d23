import type { InlineQueryResult } from "grammy/types";
import { accountOf, userOfBot } from "./chats.ts";
import { resultToContent } from "./inline_results.ts";
import { fieldsOf } from "./json_fields.ts";
import { addMessage } from "./messages.ts";
import { countNext, type Entry } from "./state.ts";
import type { World } from "./world.ts";

/**
 * A person sends a result of inline mode into one of their chats. The message has an inline id,
 * by which the bot may edit it in a chat that it can't see; null when it has no keyboard.
 */
export function sendChosenResult(
  world: World,
  personId: number,
  chatKey: string,
  result: InlineQueryResult,
): string | null {
  const chat = world.state.chats.get(chatKey);
  if (chat === undefined) throw new Error(`no chat ${chatKey} in the simulator`);
  const { content, markup } = resultToContent(world, fieldsOf({ ...result }));
  const inlineMessageId = markup === null ? null : `inline${countNext(world.state, "inline")}`;
  const entry: Entry = addMessage(world, chat, {
    author: "person",
    from: accountOf(world, personId).user,
    content: { ...content, via_bot: userOfBot(world) },
    markup,
    ...(inlineMessageId === null ? {} : { inlineMessageId }),
  });
  if (inlineMessageId !== null) {
    world.state.inlineMessages.set(inlineMessageId, {
      chatKey,
      messageId: entry.message.message_id,
    });
  }
  return inlineMessageId;
}
