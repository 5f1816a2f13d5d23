import { Api, InputFile } from "grammy";
import { cutText } from "../domain/text.ts";
import { escapeHtml } from "./html.ts";
import type { View } from "./messages.ts";
import { createSingleFetch } from "./telegram_fetch.ts";
import { createTelegramHttp } from "./telegram_http.ts";
import { classifyTelegramError, type TelegramFailure } from "./telegram_errors.ts";

/** What became of something that was sent outside an update. Never throws for Telegram's refusals. */
export type Delivery =
  | { readonly outcome: "sent"; readonly messageId: number }
  | { readonly outcome: "failed"; readonly failure: TelegramFailure; readonly description: string };

const MAX_CAPTION = 1024;

/** Sends a file to a chat. Up to 50 MB; a job calls it, never an update. */
export async function sendDocument(
  api: Api,
  document: {
    readonly chatId: number;
    readonly bytes: Uint8Array;
    readonly fileName: string;
    /** Plain text. */
    readonly caption: string;
    readonly isSilent?: boolean;
  },
): Promise<Delivery> {
  const { chatId, bytes, fileName, caption, isSilent = false } = document;
  return deliver(() =>
    api.sendDocument(chatId, new InputFile(bytes, fileName), {
      caption: escapeHtml(cutText(caption, MAX_CAPTION)),
      parse_mode: "HTML",
      ...(isSilent ? { disable_notification: true } : {}),
    }),
  );
}

/** Sends a plain text to a chat. */
export async function sendNotice(
  api: Api,
  notice: { readonly chatId: number; readonly text: string; readonly isSilent?: boolean },
): Promise<Delivery> {
  const { chatId, text, isSilent = false } = notice;
  return deliver(() =>
    api.sendMessage(chatId, escapeHtml(text), {
      parse_mode: "HTML",
      ...(isSilent ? { disable_notification: true } : {}),
    }),
  );
}

/** Takes a message away; what stood against it, or null. Telegram keeps what is older than 48 hours. */
export async function removeMessage(
  api: Api,
  chatId: number,
  messageId: number,
): Promise<TelegramFailure | null> {
  try {
    await api.deleteMessage(chatId, messageId);
    return null;
  } catch (error) {
    const failure = classifyTelegramError(error);
    if (failure === null) throw error;
    return failure;
  }
}

/** Sends a message with its buttons. */
export async function sendView(
  api: Api,
  message: { readonly chatId: number; readonly view: View; readonly isSilent: boolean },
): Promise<Delivery> {
  const { chatId, view, isSilent } = message;
  const rows = view.rows ?? [];
  return deliver(() =>
    api.sendMessage(chatId, view.text.html, {
      parse_mode: "HTML",
      link_preview_options: { is_disabled: true },
      ...(isSilent ? { disable_notification: true } : {}),
      ...(rows.length === 0
        ? {}
        : { reply_markup: { inline_keyboard: rows.map((row) => [...row]) } }),
    }),
  );
}

/** Changes a message; one that is so already counts as sent. */
export async function editView(
  api: Api,
  message: { readonly chatId: number; readonly messageId: number; readonly view: View },
): Promise<Delivery> {
  const { chatId, messageId, view } = message;
  const inline_keyboard = (view.rows ?? []).map((row) => [...row]);
  const delivery = await deliver(async () => {
    await api.editMessageText(chatId, messageId, view.text.html, {
      parse_mode: "HTML",
      link_preview_options: { is_disabled: true },
      ...(inline_keyboard.length === 0 ? {} : { reply_markup: { inline_keyboard } }),
    });
    return { message_id: messageId };
  });
  const isSame = delivery.outcome === "failed" && delivery.failure.kind === "same";
  return isSame ? { outcome: "sent", messageId } : delivery;
}

/** Seconds that one message may take: shorter than its chat is held for its sender. */
const SENDING_TIMEOUT = 10;

/** A way to Telegram that repeats nothing: whoever keeps the pace must hear of each refusal at once. */
export function createSendingApi(telegram: {
  readonly token: string;
  readonly apiRoot: string;
}): Api {
  return new Api(telegram.token, {
    apiRoot: telegram.apiRoot,
    timeoutSeconds: SENDING_TIMEOUT,
    fetch: createSingleFetch(createTelegramHttp()),
  });
}

async function deliver(send: () => Promise<{ message_id: number }>): Promise<Delivery> {
  try {
    const { message_id: messageId } = await send();
    return { outcome: "sent", messageId };
  } catch (error) {
    const failure = classifyTelegramError(error);
    if (failure === null) throw error;
    return { outcome: "failed", failure, description: describe(error) };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? cutText(error.message, 500) : "";
}
