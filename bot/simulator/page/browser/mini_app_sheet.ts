import { fill, h } from "./dom.ts";
import { icon } from "./icons.ts";
import { createMiniAppBridge } from "./mini_app_bridge.ts";
import type { MiniAppHost } from "./mini_app_host.ts";
import type { MiniAppRequest, Phone } from "./phone.ts";
import { act } from "./requests.ts";
import { ask, openMenu } from "./sheet.ts";

/** A Mini App over the chat, with what Telegram draws around it. */
export function openMiniAppSheet(phone: Phone, url: string, request: MiniAppRequest): void {
  const botName = phone.model.bot().name;
  const frame = h("iframe", {
    class: "app-frame",
    title: `Приложение ${botName}`,
    src: url,
    // As Telegram Web does it.
    sandbox:
      "allow-scripts allow-same-origin allow-popups allow-forms allow-modals allow-downloads",
    allow: "clipboard-write",
  });
  const backButton = h("button", {
    class: "round",
    type: "button",
    on: { click: () => void onBack() },
  });
  const bottom = h("div", { class: "app-bottom", hidden: true });
  const mainButton = h("button", {
    class: "app-button",
    type: "button",
    hidden: true,
    "data-button": "main",
  });
  const secondButton = h("button", {
    class: "app-button",
    type: "button",
    hidden: true,
    "data-button": "secondary",
  });
  bottom.append(secondButton, mainButton);
  const bar = h(
    "header",
    { class: "bar app-bar" },
    backButton,
    h(
      "div",
      { class: "bar-names" },
      h("h1", { class: "bar-title" }, botName),
      h("span", { class: "bar-subtitle" }, "мини-приложение"),
    ),
    h(
      "button",
      {
        class: "round",
        type: "button",
        "aria-label": "Меню приложения",
        on: { click: openAppMenu },
      },
      icon("more"),
    ),
  );
  const sheet = h(
    "div",
    { class: "app", role: "dialog", "aria-modal": "true", "aria-label": `Приложение ${botName}` },
    bar,
    frame,
    bottom,
  );
  const chat = [...phone.element.children];
  let isBackShown = false;
  let mustConfirmClosing = false;
  let hasSettings = false;

  const host: MiniAppHost = {
    frame,
    isFromKeyboard: request.buttonText !== undefined,
    close,
    setBack(isShown) {
      isBackShown = isShown;
      renderBack();
    },
    setSettings(isShown) {
      hasSettings = isShown;
    },
    setClosingConfirmation(isNeeded) {
      mustConfirmClosing = isNeeded;
    },
    setHeaderColour: (colour) => bar.style.setProperty("background-color", colour),
    setBackground: (colour) => sheet.style.setProperty("background-color", colour),
    setButton(which, button) {
      const element = which === "main" ? mainButton : secondButton;
      element.hidden = !button.isVisible;
      element.disabled = !button.isActive;
      element.textContent = button.text;
      element.style.setProperty("background-color", button.colour);
      element.style.setProperty("color", button.textColour);
      element.setAttribute("aria-busy", String(button.isBusy));
      bottom.hidden = mainButton.hidden && secondButton.hidden;
    },
    async sendData(data) {
      await act(phone.personId, "mini-app-data", { data, buttonText: request.buttonText ?? "" });
      close();
    },
  };
  const bridge = createMiniAppBridge(phone, host);
  mainButton.addEventListener("click", () => bridge.send("main_button_pressed"));
  secondButton.addEventListener("click", () => bridge.send("secondary_button_pressed"));
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") void onBack();
  });

  function renderBack(): void {
    backButton.setAttribute("aria-label", isBackShown ? "Назад" : "Закрыть");
    fill(backButton, icon(isBackShown ? "back" : "close"));
  }

  async function onBack(): Promise<void> {
    if (isBackShown) {
      bridge.send("back_button_pressed");
      return;
    }
    await leave();
  }

  async function leave(): Promise<void> {
    const text = "Изменения, которые не сохранены, пропадут.";
    if (mustConfirmClosing && !(await ask(phone.element, "Закрыть приложение?", text, "Закрыть")))
      return;
    close();
  }

  function close(): void {
    bridge.close();
    sheet.remove();
    for (const element of chat) element.removeAttribute("inert");
  }

  function openAppMenu(): void {
    openMenu(phone.element, "Меню приложения", [
      ...(hasSettings
        ? [
            {
              label: "Настройки",
              icon: "edit" as const,
              act: () => bridge.send("settings_button_pressed"),
            },
          ]
        : []),
      { label: "Обновить страницу", icon: "again", act: () => bridge.send("reload_iframe") },
      { label: "Закрыть приложение", icon: "close", act: () => void leave() },
    ]);
  }

  renderBack();
  for (const element of chat) element.setAttribute("inert", "");
  phone.element.append(sheet);
  backButton.focus({ preventScroll: true });
}
