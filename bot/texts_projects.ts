import type { Project } from "../domain/services.ts";
import { cutText } from "../domain/text.ts";
import { type Html, rich, join } from "./html.ts";

export const PROJECT_FIELDS = {
  title: {
    label: "✏️ Название",
    ask: "Напишите название объекта. Например: Ленина 12, кв. 5",
    expects: "название объекта текстом",
  },
  address: {
    label: "📍 Адрес",
    ask: "Напишите полный адрес объекта.",
    expects: "адрес текстом",
  },
  client: {
    label: "👤 Заказчик",
    ask: "Кто заказчик? Имя и телефон, или пришлите контакт",
    expects: "имя и телефон заказчика текстом или контакт",
  },
  note: {
    label: "📝 Заметка",
    ask: "Напишите заметку. Её видите только вы и ваша компания.",
    expects: "заметку текстом",
  },
} as const;
export type ProjectField = keyof typeof PROJECT_FIELDS;

export const PROJECTS = {
  listTitle: rich`<b>Объекты</b>`,
  hint: rich`Чтобы найти, напишите адрес, название или имя заказчика.`,
  none: rich`Объектов пока нет. Нажмите «➕ Новый объект».`,
  notFound: (words: string) => rich`По запросу «${words}» объектов не нашлось.`,
  add: "➕ Новый объект",
  estimates: "📋 Сметы объекта",
  newEstimate: "➕ Новая смета",
  clear: "Стереть",
} as const;

export function projectText(project: Project): Html {
  return join([
    rich`<b>${cutText(project.title, 200)}</b>`,
    project.address === "" ? null : rich`📍 ${project.address}`,
    rich`👤 ${project.clientName ?? "заказчик не указан"}`,
    project.note === "" ? null : rich`📝 ${cutText(project.note, 500)}`,
  ]);
}

/** «Ленина 12, кв. 5 · Иван Петров» */
export function projectLabel({ title, clientName }: Project): string {
  return clientName === null
    ? cutText(title, 55)
    : `${cutText(title, 35)} · ${cutText(clientName, 20)}`;
}
