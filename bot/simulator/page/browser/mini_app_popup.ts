import { h } from "./dom.ts";
import { openSheet, textButton } from "./sheet.ts";

type PopupButton = { id?: unknown; type?: unknown; text?: unknown };

const standardTexts: Record<string, string> = { ok: "ОК", close: "Закрыть", cancel: "Отмена" };

/** `web_app_open_popup`: tells which button was pressed, null when none was. */
export function openMiniAppPopup(
  phone: HTMLElement,
  data: Record<string, unknown>,
  onClose: (buttonId: string | null) => void,
): void {
  const buttons = (Array.isArray(data["buttons"]) ? data["buttons"] : []) as PopupButton[];
  const title = typeof data["title"] === "string" ? data["title"] : "";
  const message = typeof data["message"] === "string" ? data["message"] : "";
  let pressed: string | null = null;
  openSheet(phone, { title, isAlert: true, onClose: () => onClose(pressed) }, (close) => [
    h("p", { class: "panel-text" }, message),
    h(
      "div",
      { class: "panel-buttons" },
      ...buttons.map(({ id, type, text }) => {
        const label = standardTexts[String(type)] ?? String(text);
        const button = textButton(label, () => {
          pressed = typeof id === "string" ? id : "";
          close();
        });
        button.classList.toggle("is-dangerous", type === "destructive");
        return button;
      }),
    ),
  ]);
}
