import type { InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup } from "grammy/types";
import { cutText } from "../domain/text.ts";
import { rememberedCard } from "./chat_memory.ts";
import { type ChatContext, chatIdOf } from "./context.ts";
import type { Html } from "./html.ts";
import { classifyTelegramError } from "./telegram_errors.ts";

export type Rows = readonly (readonly InlineKeyboardButton[])[];

/** A message with its buttons. */
export interface View {
  readonly text: Html;
  readonly rows?: Rows;
}

/** What Telegram shows over the chat at a press: at most 200 characters. */
const MAX_TOAST = 200;

/** Sends a message; its id, or null when the person can't be reached any more. */
export async function say(
  ctx: ChatContext,
  { text, rows }: View,
  keyboard?: ReplyKeyboardMarkup,
): Promise<number | null> {
  const markup = keyboard ?? inline(rows);
  try {
    const sent = await ctx.api.sendMessage(chatIdOf(ctx), text.html, {
      parse_mode: "HTML",
      link_preview_options: { is_disabled: true },
      ...(markup ? { reply_markup: markup } : {}),
    });
    return sent.message_id;
  } catch (error) {
    if (classifyTelegramError(error)?.kind !== "unreachable") throw error;
    await ctx.work.setReachable(false);
    return null;
  }
}

/** Changes a message; false when it can't be changed any more and a new one is needed. */
export async function edit(
  ctx: ChatContext,
  messageId: number,
  { text, rows }: View,
): Promise<boolean> {
  const markup = inline(rows);
  ctx.touched.add(messageId);
  return attempt(ctx, () =>
    ctx.api.editMessageText(chatIdOf(ctx), messageId, text.html, {
      parse_mode: "HTML",
      link_preview_options: { is_disabled: true },
      ...(markup ? { reply_markup: markup } : {}),
    }),
  );
}

/** Puts the view in place of the pressed message, or below when there is none or it can't be edited. */
export async function show(ctx: ChatContext, view: View): Promise<number | null> {
  const pressed = ctx.callbackQuery?.message?.message_id;
  if (pressed !== undefined && (await edit(ctx, pressed, view))) return pressed;
  return say(ctx, view);
}

/**
 * Shows what has living buttons: a card, a list. In place at a press; below when the person has typed,
 * and then the one before loses its buttons, so that there is one place to press.
 * `thing` names what is shown, to tell a press on something that is not there any more.
 */
export async function showCard(
  ctx: ChatContext,
  view: View,
  thing: string,
): Promise<number | null> {
  const messageId = await show(ctx, view);
  if (messageId === null) return null;
  const before = await rememberedCard.read(ctx);
  if (before && before.messageId !== messageId) await dropButtons(ctx, before.messageId);
  if (before?.messageId !== messageId || before.thing !== thing) {
    await rememberedCard.write(ctx, { messageId, thing });
  }
  return messageId;
}

/**
 * Whether the pressed message still shows this. It does not after the first of two taps changed it, or
 * when it is an old message whose buttons could not be taken away.
 */
export async function isOnScreen(ctx: ChatContext, thing: string): Promise<boolean> {
  const card = await rememberedCard.read(ctx);
  return card?.messageId === ctx.callbackQuery?.message?.message_id && card?.thing === thing;
}

export async function dropButtons(ctx: ChatContext, messageId: number): Promise<void> {
  if (ctx.touched.has(messageId)) return;
  ctx.touched.add(messageId);
  await attempt(ctx, () => ctx.api.editMessageReplyMarkup(chatIdOf(ctx), messageId));
}

/** Deletes a message of the person: it held a key. False when it stays. */
export async function removeMessage(ctx: ChatContext, messageId: number): Promise<boolean> {
  try {
    return await ctx.api.deleteMessage(chatIdOf(ctx), messageId);
  } catch (error) {
    const kind = classifyTelegramError(error)?.kind;
    if (kind !== "gone" && kind !== "refused") throw error;
    return false;
  }
}

/** Answers a press with words over the chat. The first answer counts; Telegram refuses a second one. */
export async function toast(ctx: ChatContext, text: string): Promise<void> {
  if (!ctx.callbackQuery || ctx.isPressAnswered) return;
  ctx.isPressAnswered = true;
  const short = cutText(text, MAX_TOAST);
  await answerPress(ctx, { text: short, ...(short.length > 60 ? { show_alert: true } : {}) });
}

/** Ends the spinner on a button that nobody answered in words. */
export async function endPress(ctx: ChatContext): Promise<void> {
  if (!ctx.callbackQuery || ctx.isPressAnswered) return;
  ctx.isPressAnswered = true;
  await answerPress(ctx, {});
}

async function answerPress(
  ctx: ChatContext,
  answer: { text?: string; show_alert?: boolean },
): Promise<void> {
  try {
    await ctx.answerCallbackQuery(answer);
  } catch (error) {
    // Too late for words over the chat: what was done is on the screen all the same.
    if (classifyTelegramError(error)?.kind !== "late") throw error;
  }
}

async function attempt(ctx: ChatContext, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    const kind = classifyTelegramError(error)?.kind;
    if (kind === "same") return true;
    if (kind === "gone") return false;
    if (kind !== "unreachable") throw error;
    await ctx.work.setReachable(false);
    return true;
  }
}

function inline(rows: Rows | undefined): InlineKeyboardMarkup | undefined {
  if (!rows || rows.length === 0) return undefined;
  return { inline_keyboard: rows.map((row) => [...row]) };
}
