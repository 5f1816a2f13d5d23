import type { InlineQueryResult, Message } from "grammy/types";
import { openAttachMenu } from "./attach_menu.ts";
import { fill, h } from "./dom.ts";
import { icon } from "./icons.ts";
import type { ChatOptions, Phone } from "./phone.ts";
import { createReplyKeyboard } from "./reply_keyboard.ts";
import { act } from "./requests.ts";
import { createSuggestions } from "./suggestions.ts";
import { summaryOf } from "./summary.ts";

export type Composer = {
  readonly element: HTMLElement;
  render(): void;
  replyTo(message: Message): void;
  edit(message: Message): void;
  setDraft(text: string): void;
  onInlineResults(queryId: string, results: InlineQueryResult[]): void;
};

type Subject = { kind: "reply" | "edit"; message: Message };

/** The place to write: menu button, text, attachments, reply keyboard; or one big button. */
export function createComposer(phone: Phone, chatKey: string, options: ChatOptions): Composer {
  const { model, personId } = phone;
  const chat = () => model.chat(personId, chatKey);
  let startPayload = options.startPayload;
  let subject: Subject | null = null;

  const input = h("textarea", {
    class: "input",
    rows: 1,
    "aria-label": "Сообщение",
    placeholder: "Сообщение",
    on: { input: onInput, keydown: onKey },
  });
  const suggestions = createSuggestions(phone, chatKey, input, send);
  const keyboard = createReplyKeyboard(phone, chatKey);
  const subjectBar = h("div", { class: "subject", hidden: true });
  const menuPlace = h("span", { class: "menu-place" });
  const sendButton = h("button", {
    class: "round is-accent",
    type: "button",
    on: { click: () => (input.value.trim() === "" ? voice() : send()) },
  });
  const row = h(
    "div",
    { class: "composer-row" },
    menuPlace,
    h(
      "div",
      { class: "input-frame" },
      input,
      keyboard.toggle,
      h(
        "button",
        {
          class: "round",
          type: "button",
          "aria-label": "Прикрепить",
          on: { click: () => openAttachMenu(phone, chatKey) },
        },
        icon("attach"),
      ),
    ),
    sendButton,
  );
  const bigButton = h("button", { class: "big-button", type: "button" });
  const element = h(
    "div",
    { class: "composer" },
    suggestions.element,
    subjectBar,
    row,
    bigButton,
    keyboard.element,
  );

  function render(): void {
    const current = chat();
    const person = model.person(personId);
    if (current === undefined || person === undefined) return;
    const isBot = current.kind === "bot";
    const isBlocked = isBot && person.hasBlocked;
    const isStart = isBot && !isBlocked && (!person.hasStarted || startPayload !== undefined);
    const isClosed = isBlocked || isStart;
    row.hidden = isClosed;
    subjectBar.hidden = isClosed || subject === null;
    bigButton.hidden = !isClosed;
    bigButton.textContent = isBlocked ? "Разблокировать" : "Запустить";
    bigButton.onclick = isBlocked ? () => void act(personId, "unblock") : () => void start();
    keyboard.render(isClosed);
    input.placeholder = current.keyboard?.placeholder || "Сообщение";
    renderMenuButton();
    renderSendButton();
  }

  function renderMenuButton(): void {
    const current = chat();
    if (current === undefined || current.kind !== "bot") {
      fill(menuPlace);
      return;
    }
    const { menuButton, commands } = current;
    if (menuButton.type === "web_app") {
      const open = () => void phone.openMiniApp({ url: menuButton.web_app.url });
      fill(
        menuPlace,
        h(
          "button",
          { class: "menu-button", type: "button", on: { click: open } },
          icon("app"),
          menuButton.text,
        ),
      );
      return;
    }
    const toggle = () => suggestions.toggleCommands();
    fill(
      menuPlace,
      commands.length > 0 &&
        h(
          "button",
          { class: "menu-button", type: "button", on: { click: toggle } },
          icon("menu"),
          "Меню",
        ),
    );
  }

  function renderSendButton(): void {
    const isEmpty = input.value.trim() === "";
    const name = isEmpty ? "mic" : "send";
    if (sendButton.dataset["icon"] === name) return;
    sendButton.dataset["icon"] = name;
    sendButton.setAttribute("aria-label", isEmpty ? "Голосовое сообщение" : "Отправить");
    fill(sendButton, icon(name));
  }

  function renderSubject(): void {
    subjectBar.hidden = subject === null;
    if (subject === null) return;
    const isEdit = subject.kind === "edit";
    fill(
      subjectBar,
      icon(isEdit ? "edit" : "reply"),
      h(
        "span",
        { class: "subject-text" },
        h("strong", {}, isEdit ? "Изменение" : `Ответ: ${subject.message.from?.first_name ?? ""}`),
        h("span", {}, summaryOf(subject.message)),
      ),
      h(
        "button",
        {
          class: "round",
          type: "button",
          "aria-label": "Не отвечать",
          on: { click: () => setSubject(null) },
        },
        icon("close"),
      ),
    );
  }

  function setSubject(next: Subject | null): void {
    if (subject?.kind === "edit" && next === null) setText("");
    subject = next;
    renderSubject();
  }

  function setText(text: string): void {
    input.value = text;
    onInput();
  }

  function onInput(): void {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 140)}px`;
    renderSendButton();
    suggestions.update();
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      suggestions.hide();
      setSubject(null);
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  }

  async function start(): Promise<void> {
    const payload = startPayload;
    startPayload = undefined;
    await act(personId, "start", payload === undefined ? {} : { payload });
    render();
  }

  function send(): void {
    const text = input.value;
    if (text.trim() === "") return;
    const before = subject;
    subject = null;
    renderSubject();
    setText("");
    suggestions.hide();
    void deliver(text, before);
  }

  async function deliver(text: string, about: Subject | null): Promise<void> {
    const sent =
      about?.kind === "edit"
        ? await act(personId, "edit", { messageId: about.message.message_id, text })
        : await act(personId, "text", {
            chatKey,
            text,
            ...(about === null ? {} : { replyTo: about.message.message_id }),
          });
    if (sent !== null) return;
    // Nothing typed is lost: what could not be sent comes back.
    setText(text);
    phone.toast("Не получилось отправить");
  }

  function voice(): void {
    void act(personId, "voice", { chatKey });
  }

  if (options.draft !== undefined) queueMicrotask(() => setText(options.draft ?? ""));
  return {
    element,
    render,
    replyTo(message) {
      setSubject({ kind: "reply", message });
      input.focus();
    },
    edit(message) {
      setSubject({ kind: "edit", message });
      setText(message.text ?? "");
      input.focus();
    },
    setDraft(text) {
      setText(text);
      input.focus();
    },
    onInlineResults: (queryId, results) => suggestions.onInlineResults(queryId, results),
  };
}
