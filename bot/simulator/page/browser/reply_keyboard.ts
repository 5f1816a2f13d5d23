import type { KeyboardButton } from "grammy/types";
import { fill, h } from "./dom.ts";
import { icon } from "./icons.ts";
import type { Phone } from "./phone.ts";
import { act } from "./requests.ts";
import { ask } from "./sheet.ts";

export type ReplyKeyboard = {
  readonly element: HTMLElement;
  readonly toggle: HTMLButtonElement;
  render(isClosed: boolean): void;
};

/** The bot's buttons below the input. A new keyboard opens by itself. */
export function createReplyKeyboard(phone: Phone, chatKey: string): ReplyKeyboard {
  const { model, personId } = phone;
  const element = h("div", {
    class: "reply-keyboard",
    hidden: true,
    role: "group",
    "aria-label": "Кнопки бота",
  });
  const toggle = h("button", { class: "round", type: "button", on: { click: onToggle } });
  let shownFor = 0;
  let drawn = "";
  let isOpen = true;
  let isClosedForWriting = false;

  function render(isClosed: boolean): void {
    isClosedForWriting = isClosed;
    const keyboard = model.chat(personId, chatKey)?.keyboard ?? null;
    const rows = keyboard?.rows ?? [];
    if (keyboard !== null && keyboard.messageId !== shownFor) {
      shownFor = keyboard.messageId;
      isOpen = true;
    }
    const hasButtons = rows.length > 0 && !isClosed;
    toggle.hidden = !hasButtons;
    element.hidden = !hasButtons || !isOpen;
    toggle.setAttribute("aria-label", isOpen ? "Скрыть кнопки" : "Показать кнопки");
    toggle.setAttribute("aria-expanded", String(isOpen));
    fill(toggle, icon(isOpen ? "down" : "buttons"));
    const now = JSON.stringify(rows);
    if (now === drawn) return;
    drawn = now;
    fill(element, ...rows.map((row) => h("div", { class: "key-row" }, ...row.map(viewButton))));
  }

  function onToggle(): void {
    isOpen = !isOpen;
    render(isClosedForWriting);
  }

  function viewButton(button: Exclude<KeyboardButton, string>): HTMLButtonElement {
    const style = button.style === undefined ? "" : ` is-${button.style}`;
    return h(
      "button",
      { class: `reply-key${style}`, type: "button", on: { click: () => void press(button) } },
      button.text,
    );
  }

  async function press(button: Exclude<KeyboardButton, string>): Promise<void> {
    if ("web_app" in button) {
      await phone.openMiniApp({ url: button.web_app.url, buttonText: button.text });
      return;
    }
    if ("request_contact" in button) {
      const agreed = await ask(
        phone.element,
        "Отправить номер?",
        "Бот увидит ваш номер телефона.",
        "Отправить",
      );
      if (!agreed) return;
    }
    const pressed = await act(personId, "press", { chatKey, label: button.text });
    if (pressed === null) phone.toast("Кнопка уже не действует");
  }

  return { element, toggle, render };
}
