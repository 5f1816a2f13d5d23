import type { Context } from "grammy";
import { AppError, OutageError } from "../domain/errors.ts";
import type { TelegramSender, Updates, UpdateWork } from "../domain/services.ts";
import { cleanText, cutText } from "../domain/text.ts";
import type { ChatContext, ChatTools } from "./context.ts";
import { classifyTelegramError, isPassing } from "./telegram_errors.ts";
import { escapeHtml } from "./html.ts";
import { COMMON } from "./texts_common.ts";
import { describeError } from "../domain/described_error.ts";
import { createTimeLimit, TimeLimitError } from "./time_limit.ts";

/** Longer than any update takes; then its transaction ends and the update comes again. */
export const UPDATE_TIMEOUT = 25_000; // ms
const MAX_TOAST = 200;

/**
 * One update is one transaction: the chat's lock, the question it waits at, what is written and the jobs
 * commit together or not at all. Rejects when the update should be delivered again.
 */
export function inTransaction(
  updates: Updates,
  tools: ChatTools,
  timeout = UPDATE_TIMEOUT,
): (ctx: ChatContext, handle: () => Promise<void>) => Promise<void> {
  return async (ctx, handle) => {
    const update = {
      botId: ctx.me.id,
      updateId: ctx.update.update_id,
      chatId: ctx.chatId ?? null,
      sender: senderOf(ctx),
    };
    const limit = createTimeLimit(timeout);
    // Calls of this update end with its time. What is told afterwards has time of its own.
    ctx.callLimit.signal = limit.signal;
    try {
      await updates.run(update, (work) => limit.keep(prepared(ctx, { work, tools }, handle)));
    } catch (thrown) {
      ctx.callLimit.signal = null;
      if (thrown instanceof TimeLimitError) ctx.work = OVER;
      // Nothing is wrong with the update: however often it meets an outage, it is not given up.
      if (thrown instanceof OutageError) {
        tools.log.warn({ error: describeError(thrown.cause), updateId: update.updateId }, "outage");
        throw thrown;
      }
      // An aborted transaction adds errors of its own; the first one is the cause.
      const error = thrown instanceof TimeLimitError ? thrown : (ctx.failure ?? thrown);
      if (error instanceof AppError && error.code !== "internal")
        return explain(ctx, error.message);
      const { updateId, botId } = update;
      tools.log.error({ error: describeError(error), updateId }, "update failed");
      if (isPassing(error)) throw error;
      const isGivenUp = await updates.recordFailure({ botId, updateId, error: nameOf(error) });
      if (!isGivenUp) throw error;
      await apologise(ctx);
    }
  };
}

/** For what still runs after its update: nothing may be written any more. */
const OVER: UpdateWork = new Proxy({} as UpdateWork, {
  get: () => {
    throw new TypeError("the update is over");
  },
});

async function prepared(
  ctx: ChatContext,
  { work, tools }: { work: UpdateWork; tools: ChatTools },
  handle: () => Promise<void>,
): Promise<void> {
  ctx.work = work;
  ctx.tools = tools;
  ctx.asked = null;
  ctx.answer = null;
  ctx.isOutdated = false;
  ctx.isPressAnswered = false;
  ctx.touched = new Set();
  ctx.failure = undefined;
  await handle();
}

function senderOf(ctx: Context): TelegramSender | null {
  const { from } = ctx;
  if (!from) return null;
  return {
    id: from.id,
    username: from.username ?? null,
    firstName: cleanText(from.first_name),
    lastName: from.last_name === undefined ? null : cleanText(from.last_name),
    languageCode: from.language_code ?? null,
  };
}

/** Outside the transaction: an expected refusal. Nothing was changed, an open question stays open. */
async function explain(ctx: ChatContext, message: string): Promise<void> {
  if (ctx.callbackQuery) {
    if (ctx.isPressAnswered) return sendAfter(ctx, message);
    return attemptAfter(ctx, () =>
      ctx.answerCallbackQuery({ text: cutText(message, MAX_TOAST), show_alert: true }),
    );
  }
  return sendAfter(ctx, message);
}

async function apologise(ctx: ChatContext): Promise<void> {
  if (ctx.callbackQuery && !ctx.isPressAnswered) {
    await attemptAfter(ctx, () =>
      ctx.answerCallbackQuery({ text: COMMON.failedToast, show_alert: true }),
    );
  }
  await sendAfter(ctx, COMMON.failed.html, { isHtml: true });
}

async function sendAfter(
  ctx: ChatContext,
  message: string,
  { isHtml = false } = {},
): Promise<void> {
  const chatId = ctx.chatId ?? ctx.from?.id;
  if (chatId === undefined || ctx.inlineQuery) return;
  const text = isHtml ? message : escapeHtml(message);
  await attemptAfter(ctx, () => ctx.api.sendMessage(chatId, text, { parse_mode: "HTML" }));
}

/** The update is over already: what can't be said is only logged. */
async function attemptAfter(ctx: ChatContext, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (classifyTelegramError(error) === null) throw error;
    const updateId = ctx.update.update_id;
    ctx.tools.log.warn({ error: describeError(error), updateId }, "could not tell the person");
  }
}

/** For the table of failures: names, no texts of people. */
function nameOf(error: unknown): string {
  return error instanceof Error ? cutText(`${error.name}: ${error.message}`, 500) : "unknown";
}
