import { h, type Child } from "./dom.ts";
import { openSheet, textButton } from "./sheet.ts";

export type Field = {
  name: string;
  label: string;
  value?: string;
  type?: string;
  isRequired?: boolean;
  inputMode?: string;
};

/** Asks for a few words. Resolves null when the person leaves it. */
export function askForm(
  phone: HTMLElement,
  options: { title: string; submit: string; fields: Field[]; before?: Child[] },
): Promise<Record<string, string> | null> {
  return new Promise((resolve) => {
    const onClose = () => resolve(null);
    openSheet(phone, { title: options.title, isAlert: true, onClose }, (close) => {
      const submit = (event: SubmitEvent) => {
        event.preventDefault();
        resolve(readFields(form));
        close();
      };
      const form = h(
        "form",
        { class: "form", on: { submit } },
        ...(options.before ?? []),
        ...options.fields.map((field) => viewField(field)),
        h(
          "div",
          { class: "panel-buttons" },
          textButton("Отмена", close),
          h("button", { class: "text-button is-main", type: "submit" }, options.submit),
        ),
      );
      return [form];
    });
  });
}

function readFields(form: HTMLFormElement): Record<string, string> {
  const filled = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return Object.fromEntries(filled) as Record<string, string>;
}

function viewField({ name, label, value, type, isRequired, inputMode }: Field): HTMLElement {
  return h(
    "label",
    { class: "field" },
    h("span", {}, label),
    h("input", {
      name,
      type: type ?? "text",
      value: value ?? "",
      autocomplete: "off",
      ...(isRequired === true ? { required: true } : {}),
      ...(inputMode === undefined ? {} : { inputmode: inputMode }),
    }),
  );
}
