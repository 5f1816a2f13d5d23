import { formatDay } from "../domain/calendar.ts";
import type { Erasure } from "../domain/privacy.ts";
import { plural } from "../domain/words_ru.ts";
import { type Html, join, rich } from "./html.ts";

export const PRIVACY_BUTTONS = {
  open: "🔒 Персональные данные",
  export: "📥 Выгрузить",
  erase: "🗑 Стереть",
  sure: "🗑 Да, стереть навсегда",
} as const;

export const PRIVACY = {
  card: (name: string) =>
    join([
      rich`<b>Персональные данные</b> · ${name}`,
      rich`Заказчик вправе узнать, что о нём хранится, и попросить это стереть (152-ФЗ). Выгрузка — файл со всем, что о нём известно.`,
    ]),
  ask: (name: string) =>
    join([
      rich`Стереть данные заказчика <b>${name}</b>?`,
      rich`Имя, телефоны, почта, адреса и заметки исчезнут отовсюду: из карточки, черновиков, вопросов, уведомлений и данных CRM в Смётке. Вернуть их нельзя.`,
      rich`Согласованные сметы останутся, как подписаны: закон велит хранить их пять лет. Что уже отправлено в чаты и в саму CRM, сотрите там.`,
    ]),
  file: "Всё, что хранится об этом заказчике. Файл — только для него самого.",
  fileName: "Персональные данные.json",
} as const;

export function erasedText({ keptRevisions, keptUntil }: Erasure): Html {
  const kept =
    keptUntil === null
      ? null
      : rich`По закону осталось: ${keptRevisions} ${plural(keptRevisions, "согласованная версия", "согласованные версии", "согласованных версий")}, до ${formatDay(keptUntil)}`;
  return join([rich`Данные заказчика стёрты.`, kept]);
}
