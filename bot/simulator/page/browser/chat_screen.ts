import type { PageEvent } from "../views.ts";
import { viewAvatar } from "./avatar.ts";
import { createComposer } from "./composer.ts";
import { fill, h } from "./dom.ts";
import { askForm } from "./forms.ts";
import { icon } from "./icons.ts";
import { createLog } from "./log.ts";
import type { ChatOptions, Phone, Screen } from "./phone.ts";
import { act } from "./requests.ts";
import { openMenu } from "./sheet.ts";
import { summaryOf } from "./summary.ts";

/** One chat: header, pinned message, messages, and the place to write. */
export function openChatScreen(phone: Phone, chatKey: string, options: ChatOptions): Screen {
  const { model, personId } = phone;
  const chat = () => model.chat(personId, chatKey);
  const title = h("h1", { class: "bar-title" });
  const subtitle = h("span", { class: "bar-subtitle" });
  const avatar = h("span");
  const pinned = h("div", { class: "pinned", hidden: true });
  const composer = createComposer(phone, chatKey, options);
  const log = createLog(phone, chatKey, composer);
  let actionTimer: ReturnType<typeof setTimeout> | undefined;

  const element = h(
    "div",
    { class: "screen" },
    h(
      "header",
      { class: "bar" },
      h(
        "button",
        {
          class: "round",
          type: "button",
          "aria-label": "К списку чатов",
          on: { click: () => phone.openList() },
        },
        icon("back"),
      ),
      avatar,
      h("div", { class: "bar-names" }, title, subtitle),
      h(
        "button",
        { class: "round", type: "button", "aria-label": "Меню чата", on: { click: openChatMenu } },
        icon("more"),
      ),
    ),
    pinned,
    log.element,
    composer.element,
  );

  function renderHeader(): void {
    const current = chat();
    if (current === undefined) return;
    title.textContent = current.title;
    fill(avatar, viewAvatar(current.title));
    const role = model.people().find(({ name }) => name === current.title)?.role ?? "";
    const ordinary = current.kind === "bot" ? "бот" : current.kind === "group" ? "группа" : role;
    const { action } = current;
    subtitle.textContent = action === null ? ordinary : (actionNames[action.name] ?? "печатает…");
    subtitle.classList.toggle("is-busy", action !== null);
    clearTimeout(actionTimer);
    if (action === null) return;
    actionTimer = setTimeout(() => {
      current.action = null;
      renderHeader();
    }, action.endsInMs);
  }

  function renderPinned(): void {
    const id = chat()?.pinnedMessageId;
    const view = chat()?.messages.find(({ message }) => message.message_id === id);
    pinned.hidden = view === undefined;
    if (view === undefined) return;
    fill(
      pinned,
      h(
        "button",
        {
          class: "pinned-message",
          type: "button",
          on: { click: () => log.scrollTo(view.message.message_id) },
        },
        h("span", { class: "pinned-title" }, "Закреплённое сообщение"),
        h("span", { class: "pinned-text" }, summaryOf(view.message)),
      ),
    );
  }

  function openChatMenu(): void {
    const isBlocked = model.person(personId)?.hasBlocked === true;
    const ofBot = [
      isBlocked
        ? {
            label: "Разблокировать бота",
            icon: "block" as const,
            act: () => void act(personId, "unblock"),
          }
        : {
            label: "Заблокировать бота",
            icon: "block" as const,
            isDangerous: true,
            act: () => void act(personId, "block"),
          },
    ];
    openMenu(phone.element, "Меню чата", [
      { label: "Открыть ссылку t.me", icon: "link", act: () => void askLink() },
      ...(chat()?.kind === "bot" ? ofBot : []),
    ]);
  }

  async function askLink(): Promise<void> {
    const bot = model.bot().username;
    const answer = await askForm(phone.element, {
      title: "Открыть ссылку",
      submit: "Открыть",
      fields: [
        { name: "link", label: "Ссылка", value: `https://t.me/${bot}?start=`, isRequired: true },
      ],
    });
    if (answer !== null) phone.openLink(answer["link"] ?? "");
  }

  function onEvent(event: PageEvent): void {
    if (event.type === "state") {
      renderAll();
      return;
    }
    if (event.type === "person") composer.render();
    if (!("personId" in event) || event.personId !== personId) return;
    if (event.type === "message" && event.chatKey === chatKey) log.upsert(event.view);
    if (event.type === "deleted" && event.chatKey === chatKey) log.remove(event.messageIds);
    if (event.type === "answer") log.onAnswer(event.queryId, event.answer);
    if (event.type === "inline") composer.onInlineResults(event.queryId, event.results);
    if (event.type !== "chat" || event.chat.key !== chatKey) return;
    renderHeader();
    renderPinned();
    composer.render();
  }

  function renderAll(): void {
    renderHeader();
    renderPinned();
    composer.render();
    log.render();
  }

  const stop = model.listen(onEvent);
  renderAll();
  return {
    element,
    close() {
      stop();
      clearTimeout(actionTimer);
      log.close();
    },
  };
}

const actionNames: Record<string, string> = {
  typing: "печатает…",
  upload_document: "отправляет файл…",
  upload_photo: "отправляет фото…",
  record_voice: "записывает голосовое…",
  upload_voice: "отправляет голосовое…",
  find_location: "выбирает место…",
  choose_sticker: "выбирает стикер…",
};
