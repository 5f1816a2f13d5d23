import { GrammyError, HttpError } from "grammy";

/**
 * What a refused or lost call means for the one who made it.
 * `same`: the message is so already. `gone`: it can't be edited any more. `late`: the press is too old.
 * `unreachable`: the person blocked the bot, left, or never came. `moved`: the group has a new id.
 * `busy`: wait. `markup`: our mistake in the HTML. `token`: the bot is not itself any more.
 * `conflict`: another process polls. `network`: repeat; the call may have arrived.
 */
export type TelegramFailure =
  | { readonly kind: "same" | "gone" | "late" | "unreachable" | "markup" | "token" | "conflict" }
  | { readonly kind: "moved"; readonly chatId: number }
  | { readonly kind: "busy"; readonly retryAfter: number }
  | { readonly kind: "network" | "refused" };

/** Null when the error is not Telegram's. Texts: core.telegram.org/bots/api, tdlib/telegram-bot-api. */
export function classifyTelegramError(error: unknown): TelegramFailure | null {
  if (error instanceof HttpError) return { kind: "network" };
  if (!(error instanceof GrammyError)) return null;
  const { error_code: code, description, parameters } = error;
  if (code >= 500) return { kind: "network" };
  if (code === 429) return { kind: "busy", retryAfter: parameters.retry_after ?? 1 };
  if (code === 401 || code === 404) return { kind: "token" };
  if (code === 403) return { kind: "unreachable" };
  if (code === 409) return { kind: "conflict" };
  if (parameters.migrate_to_chat_id)
    return { kind: "moved", chatId: parameters.migrate_to_chat_id };
  return { kind: kindOf(description) };
}

function kindOf(
  description: string,
): "same" | "gone" | "late" | "unreachable" | "markup" | "refused" {
  if (/message is not modified/i.test(description)) return "same";
  if (/message to (edit|delete) not found|message can't be (edited|deleted)/i.test(description)) {
    return "gone";
  }
  if (/query is too old|query id is invalid/i.test(description)) return "late";
  if (/chat not found|user not found|user is deactivated/i.test(description)) return "unreachable";
  if (/can't parse entities/i.test(description)) return "markup";
  return "refused";
}

/** Whether repeating the whole update later may help: nothing is wrong with the update itself. */
export function isPassing(error: unknown): boolean {
  const kind = classifyTelegramError(error)?.kind;
  return kind === "network" || kind === "busy" || kind === "conflict" || kind === "token";
}
