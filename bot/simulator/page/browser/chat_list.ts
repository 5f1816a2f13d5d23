import type { ChatView } from "../views.ts";
import { viewAvatar } from "./avatar.ts";
import { fill, h } from "./dom.ts";
import { timeOf } from "./format.ts";
import { icon } from "./icons.ts";
import type { Phone, Screen } from "./phone.ts";
import { act } from "./requests.ts";
import { openMenu } from "./sheet.ts";
import { summaryOf } from "./summary.ts";
import { countUnread } from "./unread.ts";

export function openChatList(phone: Phone): Screen {
  const list = h("div", { class: "chat-list" });
  const element = h(
    "div",
    { class: "screen" },
    h(
      "header",
      { class: "bar" },
      h("h1", { class: "bar-title" }, "Чаты"),
      h(
        "button",
        { class: "round", type: "button", "aria-label": "Новый чат", on: { click: startChat } },
        icon("write"),
      ),
    ),
    list,
  );

  function render(): void {
    const chats = phone.model.person(phone.personId)?.chats ?? [];
    const shown = chats.filter(({ kind, messages }) => kind === "bot" || messages.length > 0);
    fill(list, ...shown.toSorted((a, b) => lastDate(b) - lastDate(a)).map(viewRow));
  }

  function viewRow(chat: ChatView): HTMLElement {
    const last = chat.messages.at(-1)?.message;
    const unread = countUnread(chat, phone.personId);
    return h(
      "button",
      { class: "chat-row", type: "button", on: { click: () => phone.openChat(chat.key) } },
      viewAvatar(chat.title, "large"),
      h(
        "span",
        { class: "chat-row-text" },
        h("span", { class: "chat-row-title" }, chat.title),
        h(
          "span",
          { class: "chat-row-last" },
          last === undefined ? "Нет сообщений" : summaryOf(last),
        ),
      ),
      h(
        "span",
        { class: "chat-row-side" },
        h("span", {}, last === undefined ? "" : timeOf(last.date)),
        unread > 0 && h("span", { class: "badge" }, String(unread)),
      ),
    );
  }

  function startChat(): void {
    const others = phone.model.people().filter(({ id }) => id !== phone.personId);
    openMenu(
      phone.element,
      "Кому написать?",
      others.map((other) => ({
        label: other.role === "" ? other.name : `${other.name}, ${other.role}`,
        icon: "person",
        act: async () => {
          const opened = await act<{ chatKey: string }>(phone.personId, "chat", {
            otherId: other.id,
          });
          if (opened !== null) phone.openChat(opened.chatKey);
        },
      })),
    );
  }

  const stop = phone.model.listen(render);
  render();
  return { element, close: stop };
}

function lastDate(chat: ChatView): number {
  return chat.messages.at(-1)?.message.date ?? 0;
}
