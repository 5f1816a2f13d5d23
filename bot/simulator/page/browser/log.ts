import type { CallbackAnswer } from "../../state.ts";
import type { MessageView } from "../views.ts";
import type { Composer } from "./composer.ts";
import { fill, h } from "./dom.ts";
import { dayOf } from "./format.ts";
import { icon } from "./icons.ts";
import { createPresses } from "./inline_keyboard.ts";
import { openMessageMenu } from "./message_menu.ts";
import { viewMessage } from "./message_view.ts";
import type { Phone } from "./phone.ts";
import { isUnread, markRead } from "./unread.ts";
import { viewWelcome } from "./welcome.ts";

export type Log = {
  readonly element: HTMLElement;
  render(): void;
  upsert(view: MessageView): void;
  remove(messageIds: number[]): void;
  scrollTo(messageId: number): void;
  onAnswer(queryId: string, answer: CallbackAnswer): void;
  close(): void;
};

/** How near to the end still counts as being at the end. */
const nearEnd = 120;

/** The messages of a chat, newest below, with days between them. */
export function createLog(phone: Phone, chatKey: string, composer: Composer): Log {
  const { model, personId } = phone;
  const chat = () => model.chat(personId, chatKey);
  const presses = createPresses(phone, chatKey, composer);
  const list = h("div", { class: "log-list" });
  const scroller = h("div", {
    class: "log",
    role: "log",
    "aria-label": "Сообщения",
    tabindex: 0,
    on: { scroll: onScroll },
  });
  scroller.append(list);
  const down = h(
    "button",
    {
      class: "log-down",
      type: "button",
      "aria-label": "К последнему сообщению",
      hidden: true,
      on: { click: scrollToEnd },
    },
    icon("down"),
  );
  const element = h("div", { class: "log-frame" }, scroller, down);
  const elements = new Map<number, HTMLElement>();
  const observer = new ResizeObserver(() => {
    if (wasAtEnd) scrollToEnd();
  });
  observer.observe(scroller);
  let wasAtEnd = true;

  function render(): void {
    elements.clear();
    const current = chat();
    fill(list);
    if (current === undefined) return;
    let hasDivider = false;
    for (const view of current.messages) {
      if (!hasDivider && isUnread(current, view, personId) && current.readUpTo > 0) {
        list.append(h("div", { class: "unread" }, "Непрочитанные сообщения"));
        hasDivider = true;
      }
      append(view);
    }
    if (current.messages.length === 0 && current.kind === "bot")
      list.append(viewWelcome(model.bot()));
    requestAnimationFrame(() => {
      scrollToEnd();
      markRead(current, personId);
    });
  }

  function append(view: MessageView): void {
    const { message } = view;
    const album = albumElement(message.media_group_id);
    if (album !== undefined) {
      elements.set(message.message_id, album);
      draw(view, album);
      return;
    }
    const day = dayOf(message.date);
    const lastDay = [...list.querySelectorAll(".day")].at(-1)?.textContent;
    if (day !== lastDay) list.append(h("div", { class: "day" }, day));
    const place = h("article", { class: "message" });
    elements.set(message.message_id, place);
    draw(view, place);
    list.append(place);
    joinRuns(place);
  }

  function draw(view: MessageView, place: HTMLElement): void {
    const current = chat();
    if (current === undefined) return;
    const album = view.message.media_group_id;
    const views =
      album === undefined
        ? [view]
        : current.messages.filter(({ message }) => message.media_group_id === album);
    viewMessage(place, views, {
      phone,
      chat: current,
      presses,
      openMenu: (shown) => openMessageMenu(phone, current, shown, composer),
      scrollTo,
    });
  }

  function albumElement(groupId: string | undefined): HTMLElement | undefined {
    if (groupId === undefined) return undefined;
    return list.querySelector<HTMLElement>(`[data-album="${groupId}"]`) ?? undefined;
  }

  function upsert(view: MessageView): void {
    const place = elements.get(view.message.message_id);
    list.querySelector(".welcome")?.remove();
    if (place === undefined) append(view);
    else draw(view, place);
    const isOwn = view.message.from?.id === personId;
    if (wasAtEnd || isOwn) {
      scrollToEnd();
      const current = chat();
      if (current !== undefined && isVisible()) markRead(current, personId);
    } else down.hidden = false;
  }

  function remove(messageIds: number[]): void {
    for (const id of messageIds) {
      const place = elements.get(id);
      elements.delete(id);
      if (place !== undefined && ![...elements.values()].includes(place)) place.remove();
    }
  }

  function scrollTo(messageId: number): void {
    const place = elements.get(messageId);
    if (place === undefined) return;
    place.scrollIntoView({ block: "center", behavior: "smooth" });
    place.classList.add("is-found");
    setTimeout(() => place.classList.remove("is-found"), 1500);
  }

  function scrollToEnd(): void {
    scroller.scrollTop = scroller.scrollHeight;
    wasAtEnd = true;
    down.hidden = true;
  }

  function onScroll(): void {
    const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    wasAtEnd = left < nearEnd;
    down.hidden = wasAtEnd;
    const current = chat();
    if (wasAtEnd && current !== undefined && isVisible()) markRead(current, personId);
  }

  function isVisible(): boolean {
    return element.checkVisibility();
  }

  return {
    element,
    render,
    upsert,
    remove,
    scrollTo,
    onAnswer: (queryId, answer) => presses.onAnswer(queryId, answer),
    close: () => observer.disconnect(),
  };
}

/** Only the last message of a run by one author has a tail. */
function joinRuns(place: HTMLElement): void {
  const before = place.previousElementSibling;
  if (!(before instanceof HTMLElement) || before.dataset["author"] !== place.dataset["author"])
    return;
  before.classList.add("is-joined");
}
