import { type ChatContext, chatIdOf } from "../context.ts";
import { classifyTelegramError } from "../telegram_errors.ts";
import { COMMON } from "../texts_common.ts";
import { isChosen } from "./links.ts";

/**
 * Estimates are a private matter. Groups are told so once when the bot is added and at each word to it;
 * everything else there passes by.
 */
export async function refuseGroup(ctx: ChatContext): Promise<void> {
  if (!isAddressed(ctx)) return;
  try {
    await ctx.api.sendMessage(chatIdOf(ctx), COMMON.group(ctx.me.username).html, {
      parse_mode: "HTML",
    });
  } catch (error) {
    // Removed again, not allowed to write, or the group moved: there is nobody to tell.
    const kind = classifyTelegramError(error)?.kind;
    if (kind !== "unreachable" && kind !== "moved" && kind !== "refused") throw error;
  }
}

function isAddressed(ctx: ChatContext): boolean {
  const { message, myChatMember } = ctx;
  if (myChatMember) {
    const { old_chat_member: before, new_chat_member: after } = myChatMember;
    const isIn = after.status === "member" || after.status === "administrator";
    return isIn && (before.status === "left" || before.status === "kicked");
  }
  // What a member sent by «@bot word» is for the people there.
  if (!message || isChosen(ctx)) return false;
  const text = message.text ?? message.caption ?? "";
  return (
    text.startsWith("/") ||
    text.toLowerCase().includes(`@${ctx.me.username.toLowerCase()}`) ||
    message.reply_to_message?.from?.id === ctx.me.id
  );
}

/** The person blocked the bot, or came back. */
export async function noteReachable(ctx: ChatContext): Promise<void> {
  const status = ctx.myChatMember?.new_chat_member.status;
  if (ctx.chat?.type !== "private" || status === undefined) return;
  await ctx.work.setReachable(status !== "kicked");
}
