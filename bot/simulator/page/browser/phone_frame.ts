import { openChatList } from "./chat_list.ts";
import { openChatScreen } from "./chat_screen.ts";
import { fill, h } from "./dom.ts";
import { openTelegramLink } from "./links.ts";
import { openMiniAppSheet } from "./mini_app_sheet.ts";
import type { Model } from "./model.ts";
import type { Phone, Screen } from "./phone.ts";
import { act } from "./requests.ts";
import { openAlert, showToast } from "./sheet.ts";
import { currentTheme, miniAppTheme } from "./theme.ts";

/** A phone in somebody's hands: the list of chats or one chat, and sheets over it. */
export function createPhone(model: Model, personId: number): Phone & { close(): void } {
  const person = () => model.person(personId);
  const element = h("section", {
    class: "phone",
    "aria-label": `Телефон: ${person()?.name ?? ""}, ${person()?.role ?? ""}`,
    "data-person": personId,
  });
  let screen: Screen | null = null;

  function show(next: (phone: Phone) => Screen): void {
    screen?.close();
    screen = next(phone);
    fill(element, screen.element);
  }

  const phone: Phone & { close(): void } = {
    model,
    personId,
    element,
    botChatKey: () => `bot:${personId}`,
    openChat: (chatKey, options = {}) => show((self) => openChatScreen(self, chatKey, options)),
    openList: () => show(openChatList),
    openLink: (url) => openTelegramLink(phone, url),
    async openMiniApp(request) {
      const launched = await act<{ url: string | null }>(personId, "mini-app", {
        ...(request.url === undefined ? {} : { url: request.url }),
        ...(request.startParameter === undefined ? {} : { startParameter: request.startParameter }),
        isFromKeyboard: request.buttonText !== undefined,
        theme: miniAppTheme(currentTheme()),
      });
      if (launched === null || launched.url === null) {
        phone.toast("У этого бота нет приложения");
        return;
      }
      openMiniAppSheet(phone, launched.url, request);
    },
    toast: (text) => showToast(element, text),
    alert: (text) => void openAlert(element, model.bot().name, text),
    close: () => screen?.close(),
  };
  phone.openChat(phone.botChatKey());
  return phone;
}
