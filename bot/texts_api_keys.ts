import type { KeyScope } from "../domain/api_keys.ts";
import { type Html, rich } from "./html.ts";

export const API_KEYS = {
  button: "🔑 Ключи API",
  title: rich`<b>Ключи API</b>\nКлюч даёт другой программе доступ к сметам, заказчикам, объектам и ценам вашей компании. Согласовывать сметы, менять команду и CRM по ключу нельзя.`,
  none: rich`Ключей пока нет.`,
  newRead: "➕ Только чтение",
  newWrite: "➕ Чтение и запись",
  askName: rich`Для какой программы ключ? Например: 1С, сайт, выгрузка`,
  nameExpected: "название программы",
  badName: "Название — от 1 до 100 знаков.",
  made: (name: string, token: string): Html =>
    rich`🔑 Ключ «${name}»:\n\n<code>${token}</code>\n\nОн показан один раз: сохраните его в программе, а это сообщение удалите. Никому его не пересылайте.`,
  revokeLabel: (name: string) => `🚫 ${name}`,
  askRevoke: (name: string): Html =>
    rich`Отозвать ключ «${name}»? Программа перестанет работать со Смёткой сразу.`,
  sureRevoke: "🚫 Отозвать",
  revoked: "Ключ отозван.",
} as const;

export const SCOPE_NAMES: Readonly<Record<KeyScope, string>> = {
  read: "чтение",
  write: "чтение и запись",
};
