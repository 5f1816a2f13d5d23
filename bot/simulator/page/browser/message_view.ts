import type { Message } from "grammy/types";
import type { ChatView, MessageView } from "../views.ts";
import { fill, h, type Child } from "./dom.ts";
import { timeOf } from "./format.ts";
import { icon } from "./icons.ts";
import { viewInlineKeyboard, type Presses } from "./inline_keyboard.ts";
import { viewMedia } from "./media_view.ts";
import type { Phone } from "./phone.ts";
import { act } from "./requests.ts";
import { serviceText, summaryOf } from "./summary.ts";
import { viewText } from "./text_view.ts";

export type MessageContext = {
  phone: Phone;
  chat: ChatView;
  presses: Presses;
  openMenu: (view: MessageView) => void;
  scrollTo: (messageId: number) => void;
};

/** Draws a message, or an album of several, into its place. */
export function viewMessage(
  place: HTMLElement,
  views: MessageView[],
  context: MessageContext,
): void {
  const [view] = views;
  if (view === undefined) return;
  const { message } = view;
  const service = serviceText(message);
  if (service !== null) {
    place.className = "message is-service";
    place.dataset["author"] = "service";
    fill(place, h("span", { class: "service" }, service));
    return;
  }
  const isOwn = message.from?.id === context.phone.personId;
  const isJoined = place.classList.contains("is-joined");
  place.className = `message ${isOwn ? "is-own" : "is-foreign"}${isJoined ? " is-joined" : ""}`;
  place.dataset["author"] = String(message.from?.id);
  place.dataset["message"] = String(message.message_id);
  if (message.media_group_id !== undefined) place.dataset["album"] = message.media_group_id;
  place.setAttribute("aria-label", `${message.from?.first_name ?? ""}, ${timeOf(message.date)}`);
  fill(
    place,
    viewBubble(views, view, isOwn, context),
    viewInlineKeyboard(message, context.presses),
  );
}

function viewBubble(
  views: MessageView[],
  view: MessageView,
  isOwn: boolean,
  context: MessageContext,
): HTMLElement {
  const { message } = view;
  const captioned = views.find((each) => each.message.caption !== undefined)?.message ?? message;
  const media = viewMedia(views.map((each) => each.message));
  const text = viewBody(captioned, context);
  const isBare = message.sticker !== undefined;
  const bubble = h(
    "div",
    {
      class: `bubble${isBare ? " is-bare" : ""}${media !== null && text === null ? " is-media" : ""}`,
    },
    ...viewHeads(message, context),
    media,
    text,
    view.reactions.length > 0 && h("span", { class: "reactions" }, view.reactions.join(" ")),
    viewMeta(message, isOwn),
    h(
      "button",
      {
        class: "bubble-menu",
        type: "button",
        "aria-label": "Действия с сообщением",
        on: { click: () => context.openMenu(view) },
      },
      icon("down"),
    ),
  );
  bubble.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    context.openMenu(view);
  });
  return bubble;
}

function viewBody(message: Message, { phone }: MessageContext): HTMLElement | null {
  const text = message.text ?? message.caption;
  if (text === undefined) return null;
  const entities = message.text === undefined ? message.caption_entities : message.entities;
  return h(
    "div",
    { class: "text", dir: "auto" },
    ...viewText(text, entities ?? [], {
      openLink: (url) => phone.openLink(url),
      sendCommand: (command) => void act(phone.personId, "text", { text: command }),
    }),
  );
}

/** «Переслано от», «через бота», the message that this one answers. */
function viewHeads(message: Message, { chat, scrollTo }: MessageContext): Child[] {
  const origin = message.forward_origin;
  const from = origin?.type === "user" ? origin.sender_user.first_name : null;
  const reply = message.reply_to_message;
  const isNamed = chat.kind === "group" && message.from !== undefined;
  return [
    isNamed && h("span", { class: "head-author" }, message.from?.first_name ?? ""),
    from !== null && h("span", { class: "head-forward" }, `Переслано от ${from}`),
    message.via_bot !== undefined &&
      h("span", { class: "head-forward" }, `через @${message.via_bot.username ?? ""}`),
    reply !== undefined &&
      h(
        "button",
        { class: "head-reply", type: "button", on: { click: () => scrollTo(reply.message_id) } },
        h("strong", {}, reply.from?.first_name ?? ""),
        h("span", {}, summaryOf(reply as Message)),
      ),
  ];
}

function viewMeta(message: Message, isOwn: boolean): HTMLElement {
  const edited = message.edit_date === undefined ? "" : "изменено ";
  return h("span", { class: "meta" }, `${edited}${timeOf(message.date)}`, isOwn && icon("checks"));
}
