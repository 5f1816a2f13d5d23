import type { MessageEntity } from "grammy/types";
import { h } from "./dom.ts";

type LinkOpener = (url: string) => void;
export type TextActions = { openLink: LinkOpener; sendCommand: (command: string) => void };

/** A formatted text as elements. Entities are nested; one that crosses its parent's end is cut there. */
export function viewText(text: string, entities: MessageEntity[], actions: TextActions): Node[] {
  const sorted = entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  return viewRange(text, 0, text.length, sorted, actions);
}

function viewRange(
  text: string,
  from: number,
  to: number,
  entities: MessageEntity[],
  actions: TextActions,
): Node[] {
  const nodes: Node[] = [];
  let position = from;
  let index = 0;
  for (let entity = entities[0]; entity !== undefined; entity = entities[index]) {
    const start = entity.offset;
    if (start > position) nodes.push(document.createTextNode(text.slice(position, start)));
    const end = Math.min(start + entity.length, to);
    const inner = entities.slice(index + 1).filter(({ offset }) => offset < end);
    const children = viewRange(text, start, end, inner, actions);
    nodes.push(wrap(entity, text.slice(start, end), children, actions));
    // A block begins a new line by itself.
    const isBlock = entity.type === "pre" || entity.type.endsWith("blockquote");
    position = isBlock && text[end] === "\n" ? end + 1 : end;
    index += 1 + inner.length;
  }
  if (position < to) nodes.push(document.createTextNode(text.slice(position, to)));
  return nodes;
}

const tags: Partial<Record<MessageEntity["type"], keyof HTMLElementTagNameMap>> = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

function wrap(entity: MessageEntity, inner: string, children: Node[], actions: TextActions): Node {
  const tag = tags[entity.type];
  if (tag !== undefined) return h(tag, {}, ...children);
  if (entity.type === "spoiler") return viewSpoiler(children);
  if (entity.type === "bot_command") return viewCommand(inner, actions);
  const url = urlOf(entity, inner);
  if (url === null) return h("span", {}, ...children);
  const open = (event: MouseEvent) => {
    event.preventDefault();
    actions.openLink(url);
  };
  return h(
    "a",
    { href: url, rel: "noopener noreferrer", target: "_blank", on: { click: open } },
    ...children,
  );
}

function urlOf(entity: MessageEntity, inner: string): string | null {
  if (entity.type === "text_link") return entity.url;
  if (entity.type === "url") return /^\w+:\/\//.test(inner) ? inner : `http://${inner}`;
  if (entity.type === "email") return `mailto:${inner}`;
  if (entity.type === "mention") return `https://t.me/${inner.slice(1)}`;
  return null;
}

function viewCommand(command: string, actions: TextActions): Node {
  const click = () => actions.sendCommand(command);
  return h("button", { class: "text-command", type: "button", on: { click } }, command);
}

function viewSpoiler(children: Node[]): Node {
  const spoiler = h(
    "button",
    { class: "spoiler", type: "button", "aria-label": "Скрытый текст" },
    ...children,
  );
  spoiler.addEventListener("click", () => {
    spoiler.classList.add("is-open");
    spoiler.removeAttribute("aria-label");
  });
  return spoiler;
}
