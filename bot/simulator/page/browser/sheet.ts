import { fill, h, type Child } from "./dom.ts";
import { icon } from "./icons.ts";

export type Sheet = { close(): void };

export type SheetOptions = {
  title: string;
  /** Shown over the middle like an alert instead of rising from the bottom. */
  isAlert?: boolean;
  onClose?: () => void;
};

/** A dialogue over one phone. Escape and a press beside it close it; the rest of the phone waits. */
export function openSheet(
  phone: HTMLElement,
  options: SheetOptions,
  makeContent: (close: () => void) => Child[],
): Sheet {
  const before = document.activeElement;
  const layer = h("div", { class: options.isAlert === true ? "layer is-alert" : "layer" });
  // What a Mini App has already covered stays covered when this closes.
  const others = [...phone.children].filter((other) => !other.hasAttribute("inert"));

  function close(): void {
    if (!layer.isConnected) return;
    layer.remove();
    for (const other of others) other.removeAttribute("inert");
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    options.onClose?.();
  }

  const titleId = `sheet-${Math.random().toString(36).slice(2)}`;
  const panel = h("div", {
    class: "panel",
    role: options.isAlert === true ? "alertdialog" : "dialog",
    "aria-modal": "true",
    "aria-labelledby": titleId,
    tabindex: -1,
  });
  fill(panel, h("h2", { class: "panel-title", id: titleId }, options.title), ...makeContent(close));
  layer.append(panel);
  layer.addEventListener("click", (event) => {
    if (event.target === layer) close();
  });
  layer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  for (const other of others) other.setAttribute("inert", "");
  phone.append(layer);
  const first = panel.querySelector<HTMLElement>("input, textarea, button:not(.panel-close)");
  (first ?? panel).focus({ preventScroll: true });
  return { close };
}

/** A list of actions: «Файл», «Фото» … */
export function openMenu(
  phone: HTMLElement,
  title: string,
  items: {
    label: string;
    icon: Parameters<typeof icon>[0];
    isDangerous?: boolean;
    act: () => void;
  }[],
): Sheet {
  return openSheet(phone, { title }, (close) => [
    h(
      "div",
      { class: "menu" },
      ...items.map((item) =>
        h(
          "button",
          {
            class: item.isDangerous === true ? "menu-item is-dangerous" : "menu-item",
            type: "button",
            on: {
              click: () => {
                close();
                item.act();
              },
            },
          },
          icon(item.icon),
          item.label,
        ),
      ),
    ),
  ]);
}

/** Telegram's alert of a callback answer. */
export function openAlert(phone: HTMLElement, title: string, text: string): Sheet {
  return openSheet(phone, { title, isAlert: true }, (close) => [
    h("p", { class: "panel-text" }, text),
    h("div", { class: "panel-buttons" }, textButton("ОК", close)),
  ]);
}

/** Resolves true when the person agreed. */
export function ask(
  phone: HTMLElement,
  title: string,
  text: string,
  yes: string,
): Promise<boolean> {
  return new Promise((resolve) => {
    openSheet(phone, { title, isAlert: true, onClose: () => resolve(false) }, (close) => [
      h("p", { class: "panel-text" }, text),
      h(
        "div",
        { class: "panel-buttons" },
        textButton("Отмена", close),
        textButton(yes, () => {
          resolve(true);
          close();
        }),
      ),
    ]);
  });
}

export function textButton(label: string, click: () => void): HTMLButtonElement {
  return h("button", { class: "text-button", type: "button", on: { click } }, label);
}

/** Says something for a moment at the top, where it hides nothing new, to a screen reader too. */
export function showToast(phone: HTMLElement, text: string): void {
  phone.querySelector(".toast")?.remove();
  const toast = h("div", { class: "toast", role: "status" }, text);
  const isCovered = phone.querySelector(".app, .layer") !== null;
  const place = isCovered ? phone : (phone.querySelector(".log-frame") ?? phone);
  place.append(toast);
  setTimeout(() => toast.remove(), 4000);
}
