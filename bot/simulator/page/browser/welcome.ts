import type { BotView } from "../views.ts";
import { h } from "./dom.ts";

/** What an empty chat with a bot shows. */
export function viewWelcome(bot: BotView): HTMLElement {
  const text =
    bot.description === "" ? "Нажмите «Запустить», чтобы начать разговор." : bot.description;
  return h("div", { class: "welcome" }, h("strong", {}, "Что умеет этот бот?"), h("p", {}, text));
}
