import { formatPhone } from "../domain/phones.ts";
import type { Client } from "../domain/services.ts";
import { cutText } from "../domain/text.ts";
import { type Html, rich, join } from "./html.ts";

export const CLIENT_FIELDS = {
  name: {
    label: "✏️ Имя",
    ask: "Как зовут заказчика или как называется организация?",
    expects: "имя или название текстом",
  },
  phone: {
    label: "📞 Телефон",
    ask: "Напишите телефон. Несколько номеров — через запятую.",
    expects: "телефон текстом, например: 8 916 123-45-67",
  },
  email: {
    label: "📧 Почта",
    ask: "Напишите электронную почту.",
    expects: "почту текстом, например: ivan@mail.ru",
  },
  inn: {
    label: "🏛 ИНН",
    ask: "Напишите ИНН: 10 цифр у организации, 12 у предпринимателя.",
    expects: "ИНН: 10 или 12 цифр",
  },
  address: { label: "📍 Адрес", ask: "Напишите адрес заказчика.", expects: "адрес текстом" },
  note: {
    label: "📝 Заметка",
    ask: "Напишите заметку. Её видите только вы и ваша компания.",
    expects: "заметку текстом",
  },
} as const;
export type ClientField = keyof typeof CLIENT_FIELDS;

export const CLIENTS = {
  listTitle: rich`<b>Клиенты</b>`,
  hint: rich`Чтобы найти, напишите имя или телефон. Чтобы добавить, пришлите контакт.`,
  none: rich`Клиентов пока нет. Нажмите «➕ Новый клиент» или пришлите контакт.`,
  notFound: (words: string) => rich`По запросу «${words}» никого не нашлось.`,
  add: "➕ Новый клиент",
  askNew: rich`Кто это? Имя и телефон, или пришлите контакт`,
  expected: "имя и телефон заказчика текстом или контакт",
  badPhone: (phone: string) =>
    `Не получилось прочитать телефон «${phone}». Проверьте цифры или напишите только имя.`,
  badPhones: "Не получилось прочитать телефон. Проверьте цифры, например: 8 916 123-45-67",
  badEmail: "Это не похоже на почту. Например: ivan@mail.ru",
  badInn: "В этом ИНН ошибка: не сходятся контрольные цифры. Проверьте и напишите ещё раз.",
  noName: "Напишите хотя бы имя. Например: Иван Петров 8 916 123-45-67",
  already: (name: string) => `Этот номер уже есть: ${name}.`,
  added: (name: string) => `Клиент добавлен: ${name}.`,
  makeOrganisation: "🏢 Это организация",
  makePerson: "👤 Это человек",
  offer: (name: string, phone: string) => rich`Добавить клиента ${name}, ${phone}?`,
  offerOwn: (name: string, phone: string) =>
    rich`Это ваш собственный контакт: ${name}, ${phone}. Добавить себя в клиенты?`,
  offerAdd: "✅ Добавить",
  offerDropped: rich`Хорошо, не добавляю.`,
  offerGone: "Этого контакта здесь уже нет. Пришлите его ещё раз.",
  clear: "Стереть",
} as const;

export function clientText(client: Client): Html {
  return join([
    rich`<b>${cutText(client.name, 200)}</b>${client.kind === "organisation" ? " · организация" : ""}`,
    ...client.phones.map(({ raw, e164 }) => rich`📞 ${e164 ? formatPhone(e164) : raw}`),
    ...client.emails.map((email) => rich`📧 ${email}`),
    client.inn === "" ? null : rich`ИНН ${client.inn}`,
    client.address === "" ? null : rich`📍 ${client.address}`,
    client.note === "" ? null : rich`📝 ${cutText(client.note, 500)}`,
  ]);
}

/** «Иван Петров · +7 916 123 45 67» */
export function clientLabel({ name, phones }: Client): string {
  const [phone] = phones;
  const number = phone?.e164 ? formatPhone(phone.e164) : phone?.raw;
  return number ? `${cutText(name, 35)} · ${number}` : cutText(name, 55);
}
