import type { InlineKeyboardButton, Message } from "grammy/types";
import type { CallbackAnswer } from "../../state.ts";
import type { PressView } from "../views.ts";
import type { Composer } from "./composer.ts";
import { h } from "./dom.ts";
import { icon, type IconName } from "./icons.ts";
import type { Phone } from "./phone.ts";
import { pickChat } from "./pick_chat.ts";
import { act } from "./requests.ts";

export type Presses = {
  press(message: Message, button: InlineKeyboardButton, element: HTMLButtonElement): void;
  onAnswer(queryId: string, answer: CallbackAnswer): void;
};

/** Telegram's clients stop to wait for an answer after about as long. */
const waitLimitMs = 30_000;

/** Presses of inline buttons: the spinner turns until the bot answers. */
export function createPresses(phone: Phone, chatKey: string, composer: Composer): Presses {
  const waiting = new Map<string, HTMLButtonElement>();
  const early = new Map<string, CallbackAnswer>();

  async function pressCallback(message: Message, data: string, element: HTMLButtonElement) {
    element.setAttribute("aria-busy", "true");
    const pressed = await act<PressView>(phone.personId, "press", {
      chatKey,
      messageId: message.message_id,
      data,
    });
    const queryId = pressed?.queryId ?? null;
    if (queryId === null) {
      element.removeAttribute("aria-busy");
      phone.toast("Кнопка уже не действует");
      return;
    }
    waiting.set(queryId, element);
    setTimeout(() => finish(queryId), waitLimitMs);
    const answer = early.get(queryId);
    if (answer !== undefined) onAnswer(queryId, answer);
  }

  function finish(queryId: string): void {
    waiting.get(queryId)?.removeAttribute("aria-busy");
    waiting.delete(queryId);
    early.delete(queryId);
  }

  function onAnswer(queryId: string, answer: CallbackAnswer): void {
    if (!waiting.has(queryId)) {
      // The answer was quicker than the reply to the press itself.
      early.set(queryId, answer);
      return;
    }
    finish(queryId);
    if (answer.url !== "") phone.openLink(answer.url);
    if (answer.text === "") return;
    if (answer.showAlert) phone.alert(answer.text);
    else phone.toast(answer.text);
  }

  function press(message: Message, button: InlineKeyboardButton, element: HTMLButtonElement): void {
    if ("callback_data" in button) void pressCallback(message, button.callback_data, element);
    else if ("url" in button) phone.openLink(button.url);
    else if ("web_app" in button) void phone.openMiniApp({ url: button.web_app.url });
    else if ("copy_text" in button) void copy(phone, button.copy_text.text);
    else if ("switch_inline_query_current_chat" in button) {
      composer.setDraft(
        `@${phone.model.bot().username} ${button.switch_inline_query_current_chat}`,
      );
    } else if ("switch_inline_query" in button) {
      void switchInline(phone, button.switch_inline_query);
    } else if ("switch_inline_query_chosen_chat" in button) {
      void switchInline(phone, button.switch_inline_query_chosen_chat.query ?? "");
    } else phone.toast("Симулятор не умеет нажимать такие кнопки");
  }

  return { press, onAnswer };
}

export async function switchInline(phone: Phone, query: string): Promise<void> {
  const chatKey = await pickChat(phone, "Кому отправить?");
  if (chatKey !== null)
    phone.openChat(chatKey, { draft: `@${phone.model.bot().username} ${query}` });
}

export async function copy(phone: Phone, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    phone.toast("Скопировано");
  } catch {
    phone.toast("Браузер не дал скопировать");
  }
}

export function viewInlineKeyboard(message: Message, presses: Presses): HTMLElement | null {
  const rows = message.reply_markup?.inline_keyboard;
  if (rows === undefined) return null;
  return h(
    "div",
    { class: "inline-keyboard" },
    ...rows.map((row) =>
      h("div", { class: "key-row" }, ...row.map((button) => viewButton(message, button, presses))),
    ),
  );
}

function viewButton(
  message: Message,
  button: InlineKeyboardButton,
  presses: Presses,
): HTMLButtonElement {
  const mark = markOf(button);
  const style = "style" in button && button.style !== undefined ? ` is-${button.style}` : "";
  const element = h(
    "button",
    { class: `inline-key${style}`, type: "button" },
    h("span", { class: "key-label" }, button.text),
    mark !== null && icon(mark),
  );
  element.addEventListener("click", () => presses.press(message, button, element));
  return element;
}

function markOf(button: InlineKeyboardButton): IconName | null {
  if ("url" in button) return "link";
  if ("web_app" in button) return "app";
  if ("copy_text" in button) return "copy";
  if ("switch_inline_query" in button || "switch_inline_query_chosen_chat" in button)
    return "forward";
  return null;
}
