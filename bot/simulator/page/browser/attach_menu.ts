import { h } from "./dom.ts";
import { askForm } from "./forms.ts";
import { phoneOf, sizeOf } from "./format.ts";
import type { Phone } from "./phone.ts";
import { act, sendFiles } from "./requests.ts";
import { openMenu } from "./sheet.ts";

/** The paperclip: a file from this computer, a photo, a contact, a place. */
export function openAttachMenu(phone: Phone, chatKey: string): void {
  const { personId } = phone;
  openMenu(phone.element, "Прикрепить", [
    { label: "Файл", icon: "file", act: () => pickFiles(phone, chatKey, "document") },
    { label: "Фото", icon: "image", act: () => pickFiles(phone, chatKey, "photo") },
    { label: "Контакт", icon: "person", act: () => pickContact(phone, chatKey) },
    { label: "Геопозиция", icon: "pin", act: () => void askLocation(phone, chatKey) },
    { label: "Стикер", icon: "sticker", act: () => void act(personId, "sticker", { chatKey }) },
  ]);
}

function pickFiles(phone: Phone, chatKey: string, kind: "document" | "photo"): void {
  const input = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    ...(kind === "photo" ? { accept: "image/*" } : {}),
  });
  input.addEventListener("change", () => {
    void confirmFiles(phone, chatKey, kind, Array.from(input.files ?? []));
    input.remove();
  });
  document.body.append(input);
  input.click();
}

async function confirmFiles(
  phone: Phone,
  chatKey: string,
  kind: "document" | "photo",
  files: File[],
): Promise<void> {
  if (files.length === 0) return;
  const answer = await askForm(phone.element, {
    title: kind === "photo" ? "Отправить фото" : "Отправить файл",
    submit: "Отправить",
    before: files.map((file) =>
      h("p", { class: "panel-text" }, `${file.name}, ${sizeOf(file.size)}`),
    ),
    fields: [{ name: "caption", label: "Подпись" }],
  });
  if (answer === null) return;
  const form = new FormData();
  form.set("kind", kind);
  form.set("chatKey", chatKey);
  form.set("caption", answer["caption"] ?? "");
  for (const file of files) form.append("file", file);
  if (!(await sendFiles(phone.personId, form))) phone.toast("Не получилось отправить файл");
}

function pickContact(phone: Phone, chatKey: string): void {
  const { model, personId } = phone;
  const own = model.person(personId);
  const others = model.people().filter(({ id }) => id !== personId);
  openMenu(phone.element, "Чей контакт отправить?", [
    {
      label: `Мой: ${phoneOf(own?.phone ?? "")}`,
      icon: "person",
      act: () => void act(personId, "contact", { chatKey }),
    },
    ...others.map((other) => ({
      label: `${other.name}, ${phoneOf(other.phone)}`,
      icon: "person" as const,
      act: () => {
        const [firstName = other.name, ...rest] = other.name.split(" ");
        void act(personId, "contact", {
          chatKey,
          phone: other.phone,
          firstName,
          ...(rest.length === 0 ? {} : { lastName: rest.join(" ") }),
          userId: other.id,
        });
      },
    })),
    { label: "Другой контакт", icon: "plus", act: () => void askContact(phone, chatKey) },
  ]);
}

async function askContact(phone: Phone, chatKey: string): Promise<void> {
  const answer = await askForm(phone.element, {
    title: "Другой контакт",
    submit: "Отправить",
    fields: [
      { name: "firstName", label: "Имя", isRequired: true },
      { name: "phone", label: "Телефон", isRequired: true, type: "tel", value: "+7" },
    ],
  });
  if (answer === null) return;
  await act(phone.personId, "contact", {
    chatKey,
    firstName: answer["firstName"],
    phone: answer["phone"]?.replace(/[^\d+]/g, ""),
    userId: null,
  });
}

async function askLocation(phone: Phone, chatKey: string): Promise<void> {
  const answer = await askForm(phone.element, {
    title: "Геопозиция",
    submit: "Отправить",
    fields: [
      { name: "latitude", label: "Широта", value: "55.7558", inputMode: "decimal" },
      { name: "longitude", label: "Долгота", value: "37.6173", inputMode: "decimal" },
    ],
  });
  if (answer === null) return;
  const number = (name: string) => Number(answer[name]?.replace(",", "."));
  const place = { latitude: number("latitude"), longitude: number("longitude") };
  const sent = await act(phone.personId, "location", { chatKey, ...place });
  if (sent === null) phone.toast("Широта и долгота: числа, например 55.7558");
}
