import type { Contact, Document, Location, Message, PhotoSize, Voice } from "grammy/types";
import { viewAvatar } from "./avatar.ts";
import { h } from "./dom.ts";
import { phoneOf, sizeOf } from "./format.ts";
import { icon } from "./icons.ts";

/** The file, picture, contact or place of a message; of an album all pictures. Null for a text. */
export function viewMedia(messages: Message[]): HTMLElement | null {
  const [message] = messages;
  if (message === undefined) return null;
  if (message.photo !== undefined) return viewPhotos(messages);
  if (message.document !== undefined) {
    return h(
      "div",
      { class: "files" },
      ...messages.map(({ document }) => document && viewDocument(document)),
    );
  }
  if (message.voice !== undefined) return viewVoice(message.voice);
  if (message.contact !== undefined) return viewContact(message.contact);
  if (message.location !== undefined) return viewLocation(message.location);
  if (message.sticker !== undefined) {
    return h(
      "span",
      { class: "sticker", role: "img", "aria-label": "Стикер" },
      message.sticker.emoji ?? "🙂",
    );
  }
  return null;
}

function viewPhotos(messages: Message[]): HTMLElement {
  const photos = messages.flatMap(({ photo }) => photo?.at(-1) ?? []);
  return h(
    "div",
    { class: `photos photos-${Math.min(photos.length, 4)}` },
    ...photos.map(viewPhoto),
  );
}

function viewPhoto({ file_id: id, width, height }: PhotoSize): HTMLElement {
  const address = `files/${id}/photo`;
  return h(
    "a",
    {
      href: address,
      target: "_blank",
      rel: "noopener",
      class: "photo",
      "aria-label": "Фотография",
    },
    h("img", { src: address, alt: "", width, height, loading: "lazy" }),
  );
}

const opensInTab = /\.(?:pdf|png|jpe?g|gif|webp|txt)$/i;

/** A PDF opens in a new tab, anything else is saved. */
function viewDocument({
  file_id: id,
  file_name: name = "Файл",
  file_size: size = 0,
}: Document): HTMLElement {
  const kind = /\.([a-zа-я0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const isOpened = opensInTab.test(name);
  return h(
    "a",
    {
      class: "file",
      href: `files/${id}/${encodeURIComponent(name)}`,
      ...(isOpened ? { target: "_blank", rel: "noopener" } : { download: name }),
    },
    h(
      "span",
      { class: `file-icon file-${kind}`, "aria-hidden": "true" },
      kind === "" ? icon("file") : kind,
    ),
    h(
      "span",
      { class: "file-text" },
      h("span", { class: "file-name" }, name),
      h("span", { class: "file-size" }, `${sizeOf(size)} · ${isOpened ? "открыть" : "скачать"}`),
    ),
  );
}

function viewVoice({ duration }: Voice): HTMLElement {
  const bars = Array.from({ length: 28 }, (_, index) =>
    h("span", { class: `wave wave-${((index * 7) % 5) + 1}` }),
  );
  const seconds = `${Math.floor(duration / 60)}:${String(duration % 60).padStart(2, "0")}`;
  return h(
    "div",
    { class: "voice", role: "img", "aria-label": `Голосовое сообщение, ${seconds}` },
    h("span", { class: "voice-play" }, icon("play")),
    h(
      "span",
      { class: "voice-body" },
      h("span", { class: "waves" }, ...bars),
      h("span", {}, seconds),
    ),
  );
}

function viewContact({
  first_name: first,
  last_name: last = "",
  phone_number: phone,
}: Contact): HTMLElement {
  const name = `${first} ${last}`.trim();
  return h(
    "div",
    { class: "contact" },
    viewAvatar(name),
    h(
      "span",
      { class: "contact-text" },
      h("span", { class: "contact-name" }, name),
      h("span", { class: "contact-phone" }, phoneOf(phone)),
    ),
  );
}

function viewLocation({ latitude, longitude }: Location): HTMLElement {
  return h(
    "div",
    { class: "location" },
    h("span", { class: "location-map" }, icon("pin")),
    h("span", { class: "location-text" }, `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`),
  );
}
